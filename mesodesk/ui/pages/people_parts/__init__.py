"""Parts of the page of the people who work here."""

"""Parts of the page of protocols."""

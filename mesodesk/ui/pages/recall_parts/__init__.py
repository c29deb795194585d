"""Parts of one page; see the page of the same name."""

"""Parts of the page of screening rules."""

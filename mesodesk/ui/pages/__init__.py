"""One module a page; the shell imports each when it is first shown."""

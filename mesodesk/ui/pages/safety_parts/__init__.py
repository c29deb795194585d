"""Cards of the Safety page."""

"""What was set aside, offered to who typed it."""

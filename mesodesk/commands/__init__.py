"""What the `mesodesk` command does besides opening the window: a module for each."""

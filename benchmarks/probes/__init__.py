"""Programs that do one thing to a vault and print what it took, a line of JSON each."""

"""What the clinic knows, in plain Python: no Qt, no database."""

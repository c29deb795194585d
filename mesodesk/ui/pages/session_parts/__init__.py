"""The stations of the session workspace, and what they share."""

"""The form for what is measured."""

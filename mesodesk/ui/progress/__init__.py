"""Charts of a patient's progress."""

"""The parts of the patient page."""

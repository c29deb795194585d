"""Parts of the reactions of a patient: the body to tap, what lies under, the form, the list."""

"""Parts of the Consent tab."""

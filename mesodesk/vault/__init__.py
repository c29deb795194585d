"""Keys, locks, the audit chain and seals."""

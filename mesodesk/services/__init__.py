"""Use cases: one module each, one transaction per method, frozen records out."""

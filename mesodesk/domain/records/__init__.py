"""Frozen records that services return and the window shows."""

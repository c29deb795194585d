"""Mesodesk: the record-keeping desk for mesotherapy."""

__version__ = "0.1.0"

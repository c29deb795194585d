"""Identifiers: UUIDv7, so that rows made later sort later."""

from uuid import UUID

from uuid6 import uuid7


def new_id() -> UUID:
    """Return a new time-ordered identifier (RFC 9562, version 7)."""
    return UUID(bytes=uuid7().bytes)

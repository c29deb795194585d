"""What a chart comes to in a few characters, to compare the one in sight with the one kept."""

import hashlib
from typing import Any

IN_HAND = "a gesture"
"""Told in place of a digest when a gesture begins; what comes of it is told after it."""


def chart_digest(document: Any) -> dict[str, Any]:
    """Return how many edits are in force, and a hash of everything that is drawn."""
    hashed = hashlib.sha256()
    for field_id in sorted(document.fields):
        field = document.fields[field_id]
        said = (field.id, field.syringe_id, field.technique, str(field.depth_mm), field.needle)
        hashed.update(repr(said).encode())
        hashed.update(field.points.records.tobytes())
    return {"cursor": document.cursor, "hash": hashed.hexdigest()[:16]}

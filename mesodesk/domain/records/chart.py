"""What the vault holds of a session's chart."""

from dataclasses import dataclass

from mesodesk.domain.bodymap.edits import Edit
from mesodesk.domain.bodymap.fields import ChartField


@dataclass(frozen=True, slots=True)
class StoredChart:
    """The chart as it lies in the vault: its fields now, all edits, and how many are in force."""

    fields: tuple[ChartField, ...]
    edits: tuple[Edit, ...]
    cursor: int

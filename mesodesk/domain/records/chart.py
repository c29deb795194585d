"""What the vault holds of a session's chart."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from mesodesk.domain.bodymap.edits import Edit
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.records.patient import BodySex
from mesodesk.domain.records.session import SyringeRecord


@dataclass(frozen=True, slots=True)
class StoredChart:
    """The chart as it lies in the vault: its fields now, all edits, and how many are in force."""

    fields: tuple[ChartField, ...]
    edits: tuple[Edit, ...]
    cursor: int


@dataclass(frozen=True, slots=True)
class EarlierChart:
    """The chart of one of the patient's earlier sessions, which was signed.

    `day` is the calendar day at the clinic. `body_sex` and `height_cm` are of the body that it was
    drawn on: None for today's figure, and for one as tall as the figure. A chart that cannot be
    laid on today's body, because it was drawn on another atlas or is damaged, is not `drawable` and
    comes without fields. `original` marks the version that the session amends, which is the first
    of them then; `broken` one that is not what was signed, which nobody has said to know: it is
    shown, and not to be copied.
    """

    session_id: UUID
    number: int
    day: date
    syringes: tuple[SyringeRecord, ...]
    fields: tuple[ChartField, ...]
    drawable: bool = True
    body_sex: BodySex | None = None
    height_cm: Decimal | None = None
    original: bool = False
    broken: bool = False

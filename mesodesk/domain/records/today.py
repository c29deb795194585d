"""What the Today page shows."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from mesodesk.domain.records.followup import FollowUpRecord
from mesodesk.domain.records.session import SessionSummary
from mesodesk.domain.records.stock import LotRecord


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A next session somebody wrote down at the end of the last one and that has not begun.

    Of a `restricted` patient, whom who acts may not see, the name is the record number.
    """

    patient_id: UUID
    patient_name: str
    after_session_id: UUID
    next_number: int
    planned_on: date
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Today:
    """Everything that waits, most pressing first in each list."""

    overdue: tuple[FollowUpRecord, ...]
    due: tuple[FollowUpRecord, ...]
    drafts: tuple[SessionSummary, ...]
    planned: tuple[PlannedSession, ...]
    expiring: tuple[LotRecord, ...]
    next_due: FollowUpRecord | None

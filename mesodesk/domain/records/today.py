"""What the Today page shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from mesodesk.domain.records.followup import FollowUpRecord
from mesodesk.domain.records.plan import Glance
from mesodesk.domain.records.recall import Cluster, OpenRecall
from mesodesk.domain.records.session import SessionSummary
from mesodesk.domain.records.stock import LotRecord, LowStock


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A next session somebody wrote down at the end of the last one and that has not begun.

    Of a `restricted` patient, whom who acts may not see, the name is the record number, and there
    is no plan.
    """

    patient_id: UUID
    patient_name: str
    after_session_id: UUID
    next_number: int
    planned_on: date
    restricted: bool = False
    plan_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Today:
    """Everything that waits, most pressing first in each list.

    `plans` tells by plan where those stand that drafts and planned sessions belong to. `to_handle`
    are completed checks that call for something of which nobody has said yet what was done;
    `missed` those marked so in the last weeks and not made up for.
    """

    overdue: tuple[FollowUpRecord, ...]
    due: tuple[FollowUpRecord, ...]
    drafts: tuple[SessionSummary, ...]
    planned: tuple[PlannedSession, ...]
    expiring: tuple[LotRecord, ...]
    next_due: FollowUpRecord | None
    plans: Mapping[UUID, Glance] = field(default_factory=dict)
    recalls: tuple[OpenRecall, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    low: tuple[LowStock, ...] = ()
    to_handle: tuple[FollowUpRecord, ...] = ()
    missed: tuple[FollowUpRecord, ...] = ()

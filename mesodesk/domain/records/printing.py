"""What is printed of a patient: the record as it stands, with what was said of it later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.consent import ConsentRecord
from mesodesk.domain.records.export import ExportHead
from mesodesk.domain.records.followup import FollowUpRecord
from mesodesk.domain.records.intake import IntakeRecord
from mesodesk.domain.records.measurement import MeasurementRecord
from mesodesk.domain.records.patient import PatientRecord
from mesodesk.domain.records.photo import PhotoRecord
from mesodesk.domain.records.plan import PlanRecord
from mesodesk.domain.records.reaction import ReactionRecord
from mesodesk.domain.records.session import SessionRecord, StatementKind, SyringeRecord
from mesodesk.domain.screening import Chip
from mesodesk.domain.screening_snapshot import SnapshotEntry


@dataclass(frozen=True, slots=True)
class PrintedStatement:
    """What was said of a signed session later; `replaced_by` is the number of what replaces it."""

    kind: StatementKind
    text: str
    author: str
    made_at: datetime
    replaced_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedOther:
    """The chart that a session amends, or with `later` the one that took its place.

    `by`, `at` and `reason` tell of the amendment; while it is worked on, it is not `signed`.
    """

    fields: tuple[ChartField, ...]
    syringes: tuple[SyringeRecord, ...]
    atlas_id: str
    by: str
    at: datetime | None
    reason: str
    signed: bool = True
    later: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedSession:
    """A session with its chart.

    `entries` are findings of screening with the reasons given, `limits` what a signed session kept
    of each limit. `chart` is None where it cannot be read. `amends` is the reason for which it
    replaces another, else empty. `zone` is that of the clinic when it began. `plan` is what a
    signed session kept of its plan; it is empty for one that belongs to none. `other` is the
    version whose chart it is told apart from, None for a session with one version.
    """

    record: SessionRecord
    zone: str
    chart: tuple[ChartField, ...] | None
    entries: tuple[SnapshotEntry, ...]
    limits: tuple[Mapping[str, Any], ...] = ()
    statements: tuple[PrintedStatement, ...] = ()
    amends: str = ""
    plan: Mapping[str, Any] = field(default_factory=dict)
    other: PrintedOther | None = None


@dataclass(frozen=True, slots=True)
class PrintedPlan:
    """A plan with its sessions in the order of their numbers: (id, which of the plan it is)."""

    record: PlanRecord
    sessions: tuple[tuple[UUID, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedPhotos:
    """Photographs of a record with their thumbnails by id, the first day first.

    With `refused` none is shown: it says what the patient has not agreed to. `count` are on record.
    """

    count: int = 0
    shown: tuple[PhotoRecord, ...] = ()
    thumbnails: Mapping[UUID, bytes] = field(default_factory=dict, repr=False)
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedRecord:
    """A patient's whole record, or with `alone` one session or one consent of it.

    `warnings` are the labels of the patient's header as screening sees them now.
    """

    head: ExportHead
    clinic: ClinicFields
    patient: PatientRecord
    warnings: tuple[Chip, ...] = ()
    intakes: tuple[IntakeRecord, ...] = ()
    plans: tuple[PrintedPlan, ...] = ()
    sessions: tuple[PrintedSession, ...] = ()
    follow_ups: tuple[FollowUpRecord, ...] = ()
    measurements: tuple[MeasurementRecord, ...] = ()
    reactions: tuple[ReactionRecord, ...] = ()
    consents: tuple[ConsentRecord, ...] = ()
    photos: PrintedPhotos = PrintedPhotos()
    alone: bool = False
    restricted: bool = False

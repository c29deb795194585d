"""The calls of a day, as they are printed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from mesodesk.domain.records.followup import FollowUpRecord


@dataclass(frozen=True, slots=True)
class TreatedSession:
    """What a call is about, in short: when, by whom, and what was drawn up."""

    day: date
    therapist: str
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallList:
    """Whom to call now, overdue ones first.

    `sessions` are by id; that of a restricted record is not among them. `languages` are those that
    the patients speak, by patient, as kept with their details.
    """

    checks: tuple[FollowUpRecord, ...]
    made_at: datetime
    made_by: str
    clinic: str
    zone: str
    language: str
    jurisdiction: str
    sessions: Mapping[UUID, TreatedSession] = field(default_factory=dict)
    languages: Mapping[UUID, str] = field(default_factory=dict)

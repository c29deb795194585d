"""What happened to a patient, kind by kind, in one list by date."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from mesodesk.domain.records.consent import WithdrawalScope
from mesodesk.domain.records.plan import PlanState
from mesodesk.domain.records.session import StatementKind


class EventKind(StrEnum):
    """What a therapist looks for; one kind may have several things that happen."""

    SESSION = "session"
    FOLLOW_UP = "follow_up"
    REACTION = "reaction"
    MEASUREMENT = "measurement"
    PHOTO = "photo"
    CONSENT = "consent"
    PLAN = "plan"
    INTAKE = "intake"


class Place(NamedTuple):
    """Where an event stands in the order: by its moment, then by its id and source.

    Of what is known by its day alone the moment is noon at the clinic. Ids are in the order of
    their making, so that what happened at one moment stands in that order.
    """

    at: datetime
    id: UUID
    source: str


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One thing that happened. `on` is its day where no time is known.

    `fact` is what the words are made of: the record of `place.id`, or one of the facts below,
    as the source of that name says.
    """

    place: Place
    kind: EventKind
    fact: object
    on: date | None = None


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Some of a patient's events, the latest first.

    `left` is how many earlier ones there are of the kinds that were asked for; `counts` says how
    many there are in all of each kind that happened at all.
    """

    patient_id: UUID
    events: tuple[TimelineEvent, ...] = ()
    left: int = 0
    counts: dict[EventKind, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatementFact:
    """What was said of a signed session later: amended, entered in error, or left as it is.

    `session_id` is the session that stands in its place, or the session itself.
    """

    session_id: UUID
    number: int
    kind: StatementKind
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """A consent that was signed: how many the patient had signed or begun by then, and for what."""

    number: int
    title: str
    products: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class WithdrawalFact:
    """What was withdrawn of which consent."""

    number: int
    scope: WithdrawalScope
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class DemandFact:
    """That a new consent was asked for; `grade` is of a reaction, 1 to 5."""

    grade: int | None
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class PlanFact:
    """A plan as it was begun, or as it ended; `state` and `reason` are those of its end."""

    indication: str
    planned: int | None
    regions: tuple[str, ...]
    state: PlanState
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class IntakeFact:
    """A completed intake; `number` counts the patient's."""

    number: int
    by: str

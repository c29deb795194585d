"""Plans: a course of sessions agreed on with a patient, and how far it has come."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class PlanState(StrEnum):
    """An active plan takes sessions; the others can be taken up again."""

    ACTIVE = "active"
    FINISHED = "finished"
    STOPPED = "stopped"


class IntervalUnit(StrEnum):
    """What an interval is counted in; months are those of the calendar."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Interval:
    """The least time between two sessions; `count` is above 0."""

    count: int
    unit: IntervalUnit = IntervalUnit.DAYS


@dataclass(frozen=True, slots=True)
class PlanFields:
    """What is typed of a plan. None means that nobody has set it; nothing has a default.

    `regions` are keys of the atlas; `protocol_id` names the clinic's protocol that the sessions
    follow.
    """

    indication: str = ""
    regions: tuple[str, ...] = ()
    planned_sessions: int | None = None
    interval: Interval | None = None
    max_sessions: int | None = None
    protocol_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Glance:
    """Where a plan stands on a day: "3 of 6, day 9 of 14".

    `number` is that of the session which is open or comes next, `of` how many are planned. `day`
    counts the days since the last session that the interval is measured from, `last_on`, and
    `of_days` those until `earliest_on`; None where there was none, or no interval is set.
    """

    plan_id: UUID
    indication: str
    number: int
    of: int | None = None
    last_on: date | None = None
    day: int | None = None
    earliest_on: date | None = None
    of_days: int | None = None
    over_maximum: int | None = None
    """The maximum, if this session would be over it."""

    @property
    def too_soon(self) -> bool:
        return self.day is not None and self.of_days is not None and self.day < self.of_days


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A plan as it lies in the vault.

    `done` counts its sessions that were signed and stand; `open_session` is one in draft.
    `protocol_version` is the newest of the protocol. `reason` tells why it was stopped.
    """

    id: UUID
    version: int
    patient_id: UUID
    fields: PlanFields
    state: PlanState
    begun_at: datetime
    begun_by: str
    ended_at: datetime | None
    ended_by: str
    reason: str
    done: int
    glance: Glance
    open_session: UUID | None = None
    protocol_name: str = ""
    protocol_version: int | None = None

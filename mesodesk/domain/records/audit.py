"""What the audit chain is made of, and what reports of it tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from mesodesk.domain.audit_actions import ActionGroup


class SpanKind(StrEnum):
    """How a span of audit entries was closed.

    A found span was left open by a program that was killed, and is closed at the next opening.
    Whoever opened with the recovery key has nothing to sign with.
    """

    SIGNED = "signed"
    FOUND = "found"
    RECOVERY = "recovery"


class LogColumn(StrEnum):
    """What a report of the log can be sorted by."""

    TIME = "time"
    PERSON = "person"
    ACTION = "action"
    RECORD = "record"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which entries a report shows. What is None or empty leaves nothing out.

    `since` is the first moment, `until` the first one after; `troubled` asks for entries alone that
    did not go well: refused, failed, alarming, or a wrong password.
    """

    since: datetime | None = None
    until: datetime | None = None
    user_id: UUID | None = None
    patient_id: UUID | None = None
    groups: frozenset[ActionGroup] = frozenset()
    troubled: bool = False
    column: LogColumn = LogColumn.TIME
    descending: bool = True


class LogFormat(StrEnum):
    """As what a report is written into a file."""

    CSV = "csv"
    FHIR = "fhir"


@dataclass(frozen=True, slots=True)
class LogPatient:
    """Whose record an entry is about; `name` is empty where who reads must not see it."""

    id: UUID
    record_number: str
    name: str


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry, with what it is about as far as that is on record.

    `person` is the name of somebody else than the actor, where it was done to one who works here.
    """

    seq: int
    at: datetime
    actor_id: UUID | None
    actor_name: str
    actor_role: str
    workstation: str
    action: str
    object_type: str
    object_id: UUID | None
    object_version: int | None
    outcome: str
    reason: str
    program: str
    details: Mapping[str, object]
    patient: LogPatient | None = None
    person: str = ""


@dataclass(frozen=True, slots=True)
class LogCursor:
    """The entry that was shown last: the stretch of the report that it lies in, and its place."""

    stretch: str
    seq: int
    object_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some entries in the order asked for; `next` is None after the last."""

    entries: tuple[LogEntry, ...]
    next: LogCursor | None


@dataclass(frozen=True, slots=True)
class Saw:
    """What one person did with one patient's record on one day at the clinic."""

    actor_id: UUID | None
    actor_name: str
    day: date
    first_at: datetime
    last_at: datetime
    views: int = 0
    changes: int = 0
    prints: int = 0
    exports: int = 0
    emergencies: int = 0
    refusals: int = 0


class UnusualKind(StrEnum):
    """What an owner looks at once a week."""

    RESTRICTED = "restricted"
    ARCHIVED = "archived"
    MANY = "many"
    EMERGENCY = "emergency"
    REFUSAL = "refusal"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105  a kind, no password


@dataclass(frozen=True, slots=True)
class Unusual:
    """Something to ask about: who, how often, when last, and whose record."""

    kind: UnusualKind
    actor_id: UUID | None
    actor_name: str
    count: int
    last_at: datetime
    patient: LogPatient | None = None


@dataclass(frozen=True, slots=True)
class LogStanding:
    """How the log stands: `signed` and `unsigned` entries, and those that wait for a signature."""

    entries: int
    signed: int
    unsigned: int
    last_signer: str
    last_signed_at: datetime | None
    verified_at: datetime | None
    verified_findings: int

    @property
    def waiting(self) -> int:
        return self.entries - self.signed - self.unsigned


@dataclass(frozen=True, slots=True)
class DaySheet:
    """What is printed at the end of a day: how far the log had come, to be compared later."""

    clinic: str
    vault_id: UUID
    made_at: datetime
    made_by: str
    seq: int
    head: bytes
    counts: Mapping[str, int]

    @property
    def short_head(self) -> str:
        """The first 16 bytes of the head, in groups of four digits."""
        digits = self.head.hex()[:32].upper()
        return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))

    @property
    def code(self) -> str:
        """What the QR of the sheet holds: all that is needed to compare, and no name."""
        return f"mesodesk-anchor 1 {self.vault_id} {self.seq} {self.head.hex()}"

"""Recalls of lots: who was treated with one, where, and who has been reached. Clusters."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.reaction import ReactionRecord
from mesodesk.domain.records.session import SessionState


class ContactChannel(StrEnum):
    """How a patient of a recalled lot was told."""

    LETTER = "letter"
    PHONE = "phone"
    MESSAGE = "message"
    VISIT = "visit"


@dataclass(frozen=True, slots=True)
class RecallFields:
    """What the notice of a recall says. `reference` is its number, or who sent it."""

    reason: str
    noticed_on: date
    reference: str = ""


@dataclass(frozen=True, slots=True)
class RecallRecord:
    """A recall of one lot; `withdrawn_at` where it turned out to be none of this lot."""

    id: UUID
    version: int
    lot_id: UUID
    fields: RecallFields
    recalled_by: str
    recalled_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_reason: str = ""


@dataclass(frozen=True, slots=True)
class ContactFields:
    """What is noted when a patient was told, or could not be."""

    channel: ContactChannel
    reached: bool
    contacted_on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """One attempt to reach a patient."""

    fields: ContactFields
    by: str
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class TracedField:
    """A field of a chart that came from a syringe with the lot in it.

    `lot_ml` is the share of the lot in what was injected; `zone` tells of a field without points.
    """

    id: UUID
    syringe_digit: int
    regions: tuple[str, ...]
    points: int
    zone: bool
    volume_ml: Decimal
    lot_ml: Decimal
    depth_mm: str
    technique: str


@dataclass(frozen=True, slots=True)
class TracedSession:
    """A session that drew from the lot. `drawn_ml` is of the lot, over all its syringes.

    `reactions` are those on record that followed it, only told where the list leaves; `told` what
    checks told that no reaction was recorded from, as items of the schedule.
    """

    session_id: UUID
    number: int
    state: SessionState
    day: date
    therapist: str
    drawn_ml: Decimal
    fields: tuple[TracedField, ...]
    reactions: tuple[ReactionRecord, ...] = ()
    told: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        return sum(each.points for each in self.fields)

    @property
    def lot_ml(self) -> Decimal:
        """How much of the lot was injected, as far as it was charted."""
        return sum((each.lot_ml for each in self.fields), Decimal(0))

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions treated, in the order of the fields."""
        return tuple(dict.fromkeys(code for each in self.fields for code in each.regions))


@dataclass(frozen=True, slots=True)
class TracedPatient:
    """A patient treated with the lot, with all attempts to reach them, the latest first.

    Of a `restricted` one, whom who acts may not see, there is the record number and no session.
    `told` is what they reacted with, as `Reaction.what` has it. `language` is that of letters to
    them, empty if none is kept.
    """

    patient_id: UUID
    name: str
    record_number: str
    birth_date: date | None
    phone: str
    address: str
    sessions: tuple[TracedSession, ...]
    contacts: tuple[ContactRecord, ...] = ()
    reacted: bool = False
    restricted: bool = False
    told: tuple[str, ...] = ()
    language: str = ""

    @property
    def reached_on(self) -> date | None:
        """The day on which the patient was last reached, None if never."""
        return max((c.fields.contacted_on for c in self.contacts if c.fields.reached), default=None)


@dataclass(frozen=True, slots=True)
class LotTrace:
    """Everybody treated with a lot, by name."""

    lot_id: UUID
    product_name: str
    lot_number: str
    expires_on: date
    recall: RecallRecord | None
    patients: tuple[TracedPatient, ...]

    @property
    def sessions(self) -> int:
        return sum(len(each.sessions) for each in self.patients)

    @property
    def points(self) -> int:
        return sum(session.points for each in self.patients for session in each.sessions)

    @property
    def reached(self) -> int:
        return sum(each.reached_on is not None for each in self.patients)


@dataclass(frozen=True, slots=True)
class PatientRecall:
    """A recall that stands, of a lot that a patient was given; `told`: somebody reached them."""

    lot_id: UUID
    product_name: str
    lot_number: str
    reason: str
    told: bool


@dataclass(frozen=True, slots=True)
class RecallLetters:
    """What a letter to each of some patients is made of."""

    clinic: ClinicFields
    trace: LotTrace
    patients: tuple[TracedPatient, ...]
    made_on: date
    made_by: str


@dataclass(frozen=True, slots=True)
class OpenRecall:
    """A recall that stands, with how many patients it concerns and how many were reached."""

    recall: RecallRecord
    product_id: UUID
    product_name: str
    lot_number: str
    patients: int
    reached: int
    drafts: int


class ClusterKind(StrEnum):
    """What reactions have in common."""

    LOT = "lot"
    DAY = "day"


_RECORDED: Final = "kind."


def recorded_kind(kind: str) -> str:
    """Return how a kind of reaction on record is told apart from an item of a check."""
    return _RECORDED + kind


def is_recorded_kind(what: str) -> bool:
    """Whether something is a kind of reaction on record, and no item of a check."""
    return what.startswith(_RECORDED)


@dataclass(frozen=True, slots=True)
class Reaction:
    """Something that a check or a record told, of the urgency of a band or worse.

    `session_id` is the session that it followed; `treated_on` its day at the clinic; `what` an item
    of a check, or what `recorded_kind` made of a kind.
    """

    patient_id: UUID
    session_id: UUID
    treated_on: date
    lots: frozenset[UUID]
    what: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Reactions of two or more patients on one lot, or of one day of treatment.

    `noted` is how many patients had reacted when somebody last looked into it; 0 if nobody has.
    """

    kind: ClusterKind
    lot_id: UUID | None
    treated_on: date | None
    patients: frozenset[UUID]
    what: tuple[str, ...]
    product_id: UUID | None = None
    product_name: str = ""
    lot_number: str = ""
    noted: int = 0
    note: str = ""
    noted_by: str = ""

    @property
    def is_new(self) -> bool:
        """Whether somebody has reacted since it was last looked into."""
        return len(self.patients) > self.noted

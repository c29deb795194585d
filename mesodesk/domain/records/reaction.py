"""Reactions (adverse events) as typed and as they stand on record. Knows nothing of numpy."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.patient import BodySex

MOST_PLACES: Final = 12
"""How many places one reaction may have."""


class Precision(StrEnum):
    """How exactly a day is known. Of a month, the day that is kept is its first."""

    TIME = "time"
    DAY = "day"
    ABOUT = "about"
    MONTH = "month"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class When:
    """When something was, as exactly as anybody knows.

    `minute` counts from midnight by the clinic's clock, 0 to 1439, and only belongs to a time.
    """

    precision: Precision = Precision.UNKNOWN
    on: date | None = None
    minute: int | None = None

    @property
    def latest(self) -> date | None:
        """The last day that is meant: of a month its last."""
        if self.on is None or self.precision is not Precision.MONTH:
            return self.on
        year, month = divmod(self.on.year * 12 + self.on.month, 12)
        return date.fromordinal(date(year, month + 1, 1).toordinal() - 1)


UNKNOWN_WHEN: Final = When()


@dataclass(frozen=True, slots=True)
class ReactionPlace:
    """A place on the skin of a figure of the atlas: a triangle with two weights, and its region."""

    sex: BodySex
    triangle: int
    u: float
    v: float
    region: str = ""
    atlas_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionFields:
    """What is typed of a reaction.

    An empty `relatedness`, `outcome` or `scale` was not judged, said or graded; `ended` and
    `serious` that were not asked are no "no". `lots` are those suspected.
    """

    session_id: UUID | None = None
    kind: str = ""
    what: str = ""
    scale: str = ""
    grade: int | None = None
    serious: Answer = Answer.NOT_ASKED
    criteria: tuple[str, ...] = ()
    onset: When = UNKNOWN_WHEN
    ended: Answer = Answer.NOT_ASKED
    end: When = UNKNOWN_WHEN
    relatedness: str = ""
    actions: tuple[str, ...] = ()
    action_note: str = ""
    outcome: str = ""
    places: tuple[ReactionPlace, ...] = ()
    lots: tuple[UUID, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class FromCheck:
    """The answers of a follow-up check that a reaction was recorded from."""

    follow_up_id: UUID
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SuspectLot:
    """A lot that is suspected, in the words of its label when it was drawn up."""

    lot_id: UUID
    product_id: UUID
    product_name: str
    lot_number: str


@dataclass(frozen=True, slots=True)
class ReactionVersion:
    """What was known of a reaction from one moment on; the first has no `reason`.

    `scale_name` and `grade_label` are the words that were shown.
    """

    number: int
    fields: ReactionFields
    scale_name: str
    grade_label: str
    suspects: tuple[SuspectLot, ...]
    written_by: str
    written_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReportFields:
    """That somebody was told of a reaction. `recipient` is what they are, `name` who."""

    recipient: str
    reported_on: date
    name: str = ""
    reference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReportRecord:
    """A report as it stands on record."""

    id: UUID
    fields: ReportFields
    noted_by: str
    noted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionRecord:
    """A reaction with everything that was ever written of it, the first version first.

    `session_number` and `treated_on` are those of the session it followed. Of one that was entered
    in error, `error_reason` says why, and it counts nowhere.
    """

    id: UUID
    version: int
    patient_id: UUID
    told: FromCheck | None
    versions: tuple[ReactionVersion, ...]
    reports: tuple[ReportRecord, ...]
    session_number: int
    treated_on: date
    error_reason: str = ""
    error_by: str = ""
    error_at: datetime | None = None

    @property
    def latest(self) -> ReactionVersion:
        return self.versions[-1]

    @property
    def fields(self) -> ReactionFields:
        """What stands."""
        return self.latest.fields

    @property
    def counts(self) -> bool:
        return self.error_at is None

    @property
    def began_on(self) -> date:
        """The day it stands under in a list: of its onset, else of the session it followed."""
        return self.fields.onset.on or self.treated_on


@dataclass(frozen=True, slots=True)
class UnderField:
    """A field that lies under a place.

    `nearest_mm` is how near its nearest point comes; of a `zone` without points its outline, 0
    where the place lies within. `points` are those within reach, `volume_ml` what they held, or the
    whole zone. `parts` are products and lots.
    """

    session_id: UUID
    session_number: int
    draft: bool
    treated_on: date
    days: int
    syringe_digit: int
    parts: tuple[SuspectLot, ...]
    technique: str
    depths_mm: tuple[str, ...]
    nearest_mm: float
    points: int
    volume_ml: Decimal
    zone: bool = False


@dataclass(frozen=True, slots=True)
class NearReaction:
    """An earlier reaction near a place."""

    reaction: ReactionRecord
    mm: float


@dataclass(frozen=True, slots=True)
class LotReactions:
    """Other patients who reacted after a lot: how many, and how, without naming anybody.

    `what` are items of checks, and kinds as `records.recall.recorded_kind` writes them.
    """

    part: SuspectLot
    patients: int
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnderPlace:
    """What lies under some places, the latest session first.

    `reach_mm` is how far was looked; `left_out` are numbers of sessions that lie on another figure
    or cannot be read: never left out in silence.
    """

    reach_mm: int
    fields: tuple[UnderField, ...] = ()
    earlier: tuple[NearReaction, ...] = ()
    others: tuple[LotReactions, ...] = ()
    left_out: tuple[int, ...] = ()

    @property
    def parts(self) -> tuple[SuspectLot, ...]:
        """The lots under the places, each once."""
        found = {part.lot_id: part for each in self.fields for part in each.parts}
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class TreatedSession:
    """A session that a reaction may have followed, with the lots that went into it."""

    id: UUID
    number: int
    draft: bool
    day: date
    sex: BodySex
    parts: tuple[SuspectLot, ...] = ()


@dataclass(frozen=True, slots=True)
class PatientReactions:
    """A patient's reactions, the latest onset first, and the sessions to choose from."""

    patient_id: UUID
    sex: BodySex
    reactions: tuple[ReactionRecord, ...]
    sessions: tuple[TreatedSession, ...]

"""A session: what was checked, drawn up, injected and seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from mesodesk.domain.answers import Answer
from mesodesk.domain.findings import Acknowledgement
from mesodesk.domain.records.patient import BodySex
from mesodesk.domain.records.stock import ActiveFields


class SessionState(StrEnum):
    """A draft is worked on; every later state is read-only and sealed."""

    DRAFT = "draft"
    SIGNED = "signed"
    AMENDED = "amended"
    ENTERED_IN_ERROR = "entered_in_error"


class StatementKind(StrEnum):
    """What is said of a signed session later; a denied request leaves the session as it is."""

    AMENDED = "amended"
    ENTERED_IN_ERROR = "entered_in_error"
    REQUEST_DENIED = "request_denied"


COUNTED: Final = (SessionState.SIGNED,)
"""The state of what counts: a session that took place, in the version that stands.

What was amended is counted by its amendment.
"""

STANDING: Final = (SessionState.DRAFT, *COUNTED)
"""The states of a session that is there, begun or signed: each has a number of its own."""

SEALED: Final = (SessionState.SIGNED, SessionState.AMENDED)
"""The states that only a session with a seal can be in."""


@dataclass(frozen=True, slots=True)
class SessionFields:
    """What is typed into a session, station by station.

    `pain` is 0 to 10; `observation_min` minutes of observation; `reactions` maps the immediate
    reactions of the vocabulary to their answers. None and NOT_ASKED mean exactly that.
    """

    # Check
    anything_changed: Answer = Answer.NOT_ASKED
    changes: str = ""
    reaction_to_last: Answer = Answer.NOT_ASKED
    reaction_to_last_detail: str = ""
    emergency_kit: Answer = Answer.NOT_ASKED
    weight_kg: Decimal | None = None
    # Prepare
    skin_preparation: str = ""
    aseptic_steps: Mapping[str, Answer] = field(default_factory=dict)
    # Finish
    pain: int | None = None
    reactions: Mapping[str, Answer] = field(default_factory=dict)
    reaction_note: str = ""
    observation_min: int | None = None
    aftercare_id: str = ""
    aftercare_version: int | None = None
    aftercare_language: str = ""
    aftercare_given: Answer = Answer.NOT_ASKED
    next_session_on: date | None = None
    no_next_session: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class ComponentRecord:
    """What went into a syringe from one lot, with the label's strengths frozen at that moment."""

    id: UUID
    lot_id: UUID
    product_id: UUID
    product_name: str
    product_class: str
    lot_number: str
    expires_on: date
    diluent: bool
    volume_ml: Decimal
    actives: tuple[ActiveFields, ...]


@dataclass(frozen=True, slots=True)
class SyringeRecord:
    """A syringe drawn up for this session. `digit` is 1 to 9 and gives colour and shape."""

    id: UUID
    digit: int
    label: str
    components: tuple[ComponentRecord, ...]
    wasted_ml: Decimal | None
    left_ml: Decimal | None

    @property
    def drawn_ml(self) -> Decimal:
        return sum((part.volume_ml for part in self.components), Decimal(0))


@dataclass(frozen=True, slots=True)
class ComponentFields:
    """A component as typed: which lot, how many millilitres (more than 0)."""

    lot_id: UUID
    volume_ml: Decimal


@dataclass(frozen=True, slots=True)
class SyringeFields:
    """A syringe as typed."""

    digit: int
    label: str
    components: tuple[ComponentFields, ...]
    wasted_ml: Decimal | None = None
    left_ml: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Addendum:
    """A dated addition to a signed session; the session itself stays as it was."""

    id: UUID
    text: str
    author: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class SealRecord:
    """The seal of a signed session: SHA-256 of its canonical JSON, and whether it still holds."""

    sha256: str
    signed_by: str
    signed_at: datetime
    holds: bool


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A whole session without its chart."""

    id: UUID
    version: int
    patient_id: UUID
    number: int
    state: SessionState
    therapist_id: UUID
    therapist: str
    started_at: datetime
    atlas_id: str
    body_sex: BodySex
    height_cm: Decimal | None
    fields: SessionFields
    syringes: tuple[SyringeRecord, ...]
    acknowledgements: tuple[Acknowledgement, ...]
    addenda: tuple[Addendum, ...]
    seal: SealRecord | None
    discard_reason: str = ""


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """A session in a list or a timeline.

    `amends_id` is the version that it amends. `said`, `said_by` and `said_at` tell why, by whom and
    when it was amended or entered in error, or a draft of it discarded. `plan_number` is that in
    the plan, of which `plan_of` sessions are planned now.
    """

    id: UUID
    patient_id: UUID
    patient_name: str
    number: int
    state: SessionState
    started_at: datetime
    therapist: str
    points: int
    injected_ml: Decimal
    regions: tuple[str, ...]
    products: tuple[str, ...]
    next_session_on: date | None
    weight_kg: Decimal | None = None
    amends_id: UUID | None = None
    signed_at: datetime | None = None
    said: str = ""
    said_by: str = ""
    said_at: datetime | None = None
    plan_id: UUID | None = None
    plan_number: int | None = None
    plan_of: int | None = None

    @property
    def is_struck(self) -> bool:
        """Whether it is shown on demand only: another version stands, or it never happened."""
        return self.state in (SessionState.AMENDED, SessionState.ENTERED_IN_ERROR)


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that keeps a session from being signed; `station` and `place` lead to it.

    `station` is check, prepare, chart or finish; `place` the objectName of the widget.
    """

    code: str
    station: str
    place: str
    values: Mapping[str, str] = field(default_factory=dict)

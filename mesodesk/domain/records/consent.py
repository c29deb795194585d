"""A consent: what was explained, what the patient decided, and how it was signed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.session import SealRecord
from mesodesk.domain.records.stock import RegulatoryStatus


class ConsentState(StrEnum):
    """A draft is worked on; a signed one is sealed; a discarded one was never signed."""

    DRAFT = "draft"
    SIGNED = "signed"
    DISCARDED = "discarded"


class ConsentMethod(StrEnum):
    """How it was signed: drawn on the screen, or on paper that the clinic keeps."""

    DRAWN = "drawn"
    PAPER = "paper"


class SignerKind(StrEnum):
    """Who signs: the patient, or somebody who may decide for the patient."""

    PATIENT = "patient"
    REPRESENTATIVE = "representative"


class PhotoPurpose(StrEnum):
    """What photographs may be used for; each is asked by itself."""

    RECORD = "record"
    TEACHING = "teaching"
    PUBLICITY = "publicity"


class WithdrawalScope(StrEnum):
    """What is withdrawn: everything, or photographs for one purpose."""

    ALL = "all"
    RECORD = "record"
    TEACHING = "teaching"
    PUBLICITY = "publicity"


class DemandKind(StrEnum):
    """Why a new consent is asked for whatever was signed before."""

    REACTION = "reaction"
    OTHER = "other"


class TextOrigin(StrEnum):
    """Whether a text came with the program or is the clinic's own."""

    SHIPPED = "shipped"
    CLINIC = "clinic"


@dataclass(frozen=True, slots=True)
class TextKey:
    """Which version of which text, in which language."""

    id: str
    origin: TextOrigin
    version: int
    language: str


@dataclass(frozen=True, slots=True)
class ConsentText:
    """A version of a text with its merge fields unfilled.

    `asks_anew`: whoever signed an earlier version in this language is asked for a new consent.
    `made_by` and `made_at` are empty for what came with the program.
    """

    key: TextKey
    title: str
    body: str
    asks_anew: bool = True
    made_by: str = ""
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConsentTextFields:
    """A text as the clinic typed it."""

    title: str
    body: str
    asks_anew: bool = True


@dataclass(frozen=True, slots=True)
class AreaStatus:
    """The status of a product in one area of a consent, a group of regions.

    `region` is the code of the one region it holds for, without its side; empty for what is left
    of the area.
    """

    area: str
    region: str = ""
    status: RegulatoryStatus = RegulatoryStatus.UNKNOWN
    source: str = ""


@dataclass(frozen=True, slots=True)
class ConsentProduct:
    """A product named in a consent; what is said of it is frozen at signing.

    `status` is that in the clinic's country for any area. `by_area` is empty where it holds for all
    areas of the consent, else it names each of them.
    """

    product_id: UUID
    name: str
    product_class: str
    status: RegulatoryStatus
    status_source: str = ""
    by_area: tuple[AreaStatus, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsentFields:
    """What is typed into a consent. None and NOT_ASKED mean exactly that.

    `areas` are groups of regions of the body map. `informed_on` is the day on which the patient was
    told; `time_to_reflect` whether there was time enough to think it over.
    """

    text_id: str = "mesotherapy"
    language: str = "en"
    products: tuple[UUID, ...] = ()
    areas: tuple[str, ...] = ()
    planned_sessions: int | None = None
    alternatives: str = ""
    informed_on: date | None = None
    time_to_reflect: Answer = Answer.NOT_ASKED
    questions_asked: Answer = Answer.NOT_ASKED
    questions: str = ""
    interpreter: Answer = Answer.NOT_ASKED
    interpreter_name: str = ""
    photos: Mapping[PhotoPurpose, Answer] = field(default_factory=dict)
    signer: SignerKind = SignerKind.PATIENT
    signer_name: str = ""
    witness: str = ""
    method: ConsentMethod = ConsentMethod.DRAWN
    paper_place: str = ""

    def photo(self, purpose: PhotoPurpose) -> Answer:
        return self.photos.get(purpose, Answer.NOT_ASKED)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What was withdrawn of a signed consent; the consent itself stays as it was."""

    id: UUID
    scope: WithdrawalScope
    reason: str
    withdrawn_on: date
    recorded_at: datetime
    recorded_by: str
    holds: bool = True


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """A whole consent.

    `shown` is the text as the patient has it in front of them, all merge fields filled in, with
    everything that was decided; `shown_sha256` the SHA-256 of its UTF-8 bytes. Once signed it is
    what was signed, whatever became of the text since. `strokes` are packed; in a draft they are
    there only as long as `shown` is what they were drawn under.
    """

    id: UUID
    version: int
    patient_id: UUID
    number: int
    state: ConsentState
    fields: ConsentFields
    products: tuple[ConsentProduct, ...]
    text: TextKey
    title: str
    shown: str
    shown_sha256: str
    strokes: bytes | None
    started_at: datetime
    started_by: str
    signed_at: datetime | None = None
    informer: str = ""
    seal: SealRecord | None = None
    withdrawals: tuple[Withdrawal, ...] = ()
    missing: tuple[str, ...] = ()
    """Of a draft: what keeps it from being signed, as names of `ConsentFields`, and `strokes`."""

    @property
    def withdrawn(self) -> Withdrawal | None:
        """That all of it was withdrawn, if it was."""
        return next((one for one in self.withdrawals if one.scope is WithdrawalScope.ALL), None)


@dataclass(frozen=True, slots=True)
class Demand:
    """That a new consent is asked for, and why.

    `after` is the number of the patient's last signed consent then, which with those before it
    stands no more; `grade` is of a reaction, 1 to 5.
    """

    id: UUID
    after: int
    kind: DemandKind
    grade: int | None
    reason: str
    demanded_at: datetime
    demanded_by: str


@dataclass(frozen=True, slots=True)
class PhotoDecision:
    """What holds for photographs for one purpose now, and since when.

    `answer` is NOT_ASKED where nobody asked; a withdrawn yes is a no with `withdrawn`.
    """

    answer: Answer
    on: datetime | None = None
    withdrawn: bool = False

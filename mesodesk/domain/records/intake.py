"""Intake: answers, medicines, allergies and body figures of a patient at one date."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from mesodesk.domain.answers import Answer


class IntakeState(StrEnum):
    """A draft is typed into; a completed intake never changes again."""

    DRAFT = "draft"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """The answer to one item.

    `value` holds what text, number, date and choice items were given. `confirmed` is False for an
    answer carried over from the last intake that nobody has confirmed yet ("still true?").
    """

    answer: Answer = Answer.NOT_ASKED
    detail: str = ""
    value: str = ""
    confirmed: bool = True

    @property
    def effective(self) -> Answer:
        """Return what screening may rely on: an unconfirmed "no" counts as not asked."""
        if self.confirmed or self.answer is Answer.YES:
            return self.answer
        return Answer.NOT_ASKED


@dataclass(frozen=True, slots=True)
class Medicine:
    """A medicine in the patient's words."""

    name: str
    dose: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Allergy:
    """A substance and what it did."""

    substance: str
    reaction: str = ""


@dataclass(frozen=True, slots=True)
class IntakeFields:
    """What is typed into an intake.

    `height_cm` to 0.1 cm, `weight_kg` to 0.001 kg; `skin_type` is Fitzpatrick I to VI as 1 to 6.
    `medicines_asked` and `allergies_asked` tell a list that was asked for, empty or not, from one
    that was not, or was taken over and not asked for again.
    """

    answers: Mapping[str, ItemAnswer] = field(default_factory=dict)
    medicines: tuple[Medicine, ...] = ()
    medicines_asked: bool = False
    allergies: tuple[Allergy, ...] = ()
    allergies_asked: bool = False
    height_cm: Decimal | None = None
    weight_kg: Decimal | None = None
    skin_type: int | None = None


@dataclass(frozen=True, slots=True)
class IntakeRecord:
    """One intake of a patient; `based_on` names the one it started from."""

    id: UUID
    version: int
    patient_id: UUID
    questionnaire_id: str
    questionnaire_version: int
    state: IntakeState
    based_on: UUID | None
    fields: IntakeFields
    started_at: datetime
    completed_at: datetime | None
    completed_by: str

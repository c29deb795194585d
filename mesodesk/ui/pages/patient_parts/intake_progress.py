"""How far an intake is: what was asked, what was not, counted from its fields alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mesodesk.domain.questionnaire import Item, Questionnaire, is_open
from mesodesk.ui.pages.patient_parts.intake_item import is_asked, is_carried

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mesodesk.domain.records.intake import IntakeFields

BODY: Final = ("height_cm", "weight_kg", "skin_type")


@dataclass(frozen=True, slots=True)
class Progress:
    """`asked` of `total`; `unasked` are items, `others` lists and figures that are missing."""

    asked: int
    total: int
    unasked: tuple[Item, ...]
    others: tuple[str, ...]
    carried: int

    @property
    def left(self) -> tuple[str, ...]:
        """The ids of everything that is missing; as many as are said to be left."""
        return (*(item.id for item in self.unasked), *self.others)

    @property
    def share(self) -> float:
        return self.asked / self.total if self.total else 1.0


def progress_of(typed: IntakeFields, items: Iterable[Item]) -> Progress:
    """Count what was asked of the items that are put to this patient."""
    answers = {item_id: given.effective for item_id, given in typed.answers.items()}
    put = [item for item in items if is_open(item, answers)]
    unasked = tuple(item for item in put if not is_asked(item, typed.answers.get(item.id)))
    lists = {"medicines": typed.medicines_asked, "allergies": typed.allergies_asked}
    missing = [name for name, asked in lists.items() if not asked]
    missing += [name for name in BODY if getattr(typed, name) is None]
    total = len(put) + len(lists) + len(BODY)
    carried = sum(item.id in typed.answers and is_carried(typed.answers[item.id]) for item in put)
    return Progress(total - len(unasked) - len(missing), total, unasked, tuple(missing), carried)


def items_put(
    questionnaire: Questionnaire, body_sex: str, age_years: int | None
) -> tuple[Item, ...]:
    """Return the items that concern a patient, in the order of the sections."""
    concerned = set(questionnaire.items_for(body_sex, age_years))
    return tuple(
        item
        for section in questionnaire.sections
        for item in questionnaire.items_of(section.id)
        if item in concerned
    )

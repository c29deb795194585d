"""Going through an intake again, section by section: what was said, and that nothing changed.

"Nothing changed" confirms what was answered; what was not asked stays not asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from mesodesk.domain.answers import Answer
from mesodesk.domain.questionnaire import Item, Questionnaire, Section, is_open
from mesodesk.domain.records.intake import IntakeFields, ItemAnswer

LISTS: Final = ("medicines", "allergies")
"""Sections that hold a list besides their questions; the list is called as the section."""


@dataclass(frozen=True, slots=True)
class SectionReview:
    """One section as it is read out.

    `told` are the questions with a "yes" or a value; `unasked` counts those never asked. `waiting`
    are the answers that nobody has confirmed since; `list_waits` tells that of the section's list.
    """

    section: Section
    told: tuple[tuple[Item, ItemAnswer], ...]
    entries: tuple[str, ...]
    unasked: int
    waiting: tuple[str, ...]
    list_waits: bool

    @property
    def is_done(self) -> bool:
        """Whether everything that was answered in it has been confirmed."""
        return not self.waiting and not self.list_waits


def sections_to_review(
    questionnaire: Questionnaire, items: Iterable[Item], fields: IntakeFields, *, anew: bool
) -> tuple[SectionReview, ...]:
    """Return the sections in which something was answered, in their order.

    Args:
        questionnaire: whose sections.
        items: that are put to this patient.
        fields: of the open review, or of the last completed intake.
        anew: whether no review was begun, so that all of it waits.
    """
    answers = {name: given.answer for name, given in fields.answers.items()}
    put = {item.id for item in items if is_open(item, answers)}
    found = (
        _review(section, _items_of(questionnaire, section, put), fields, anew=anew)
        for section in questionnaire.sections
    )
    return tuple(
        each for each in found if each.told or each.entries or each.waiting or each.list_waits
    )


def _items_of(questionnaire: Questionnaire, section: Section, put: set[str]) -> list[Item]:
    return [item for item in questionnaire.items_of(section.id) if item.id in put]


def _review(
    section: Section, items: list[Item], fields: IntakeFields, *, anew: bool
) -> SectionReview:
    given = [(item, fields.answers[item.id]) for item in items if item.id in fields.answers]
    answered = [(item, each) for item, each in given if _says_something(each)]
    return SectionReview(
        section=section,
        told=tuple((i, each) for i, each in answered if each.answer is not Answer.NO),
        entries=_entries(section.id, fields),
        unasked=len(items) - len(answered),
        waiting=tuple(i.id for i, each in answered if anew or not each.confirmed),
        list_waits=section.id in LISTS and (anew or not getattr(fields, f"{section.id}_asked")),
    )


def _says_something(given: ItemAnswer) -> bool:
    return given.answer is not Answer.NOT_ASKED or bool(given.value)


def _entries(section_id: str, fields: IntakeFields) -> tuple[str, ...]:
    if section_id == "medicines":
        return tuple(" ".join(filter(None, (each.name, each.dose))) for each in fields.medicines)
    if section_id == "allergies":
        return tuple(each.substance for each in fields.allergies)
    return ()


def nothing_changed(
    fields: IntakeFields, item_ids: Iterable[str], lists: Iterable[str]
) -> IntakeFields:
    """Return the fields with the named answers and lists confirmed, and nothing else touched."""
    named = set(item_ids)
    answers: Mapping[str, ItemAnswer] = {
        name: replace(given, confirmed=True) if name in named else given
        for name, given in fields.answers.items()
    }
    asked = set(lists)
    return replace(
        fields,
        answers=answers,
        medicines_asked=fields.medicines_asked or "medicines" in asked,
        allergies_asked=fields.allergies_asked or "allergies" in asked,
    )

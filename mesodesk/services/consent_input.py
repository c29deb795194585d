"""What may be typed into a consent, and the sentence for what may not. Gaps are allowed."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.area_groups import load_groups
from mesodesk.domain.consent_files import load_consent
from mesodesk.domain.records.consent import ConsentFields
from mesodesk.domain.strokes import StrokesError, unpack
from mesodesk.domain.texts import LANGUAGES
from mesodesk.services.errors import RefusedError
from mesodesk.services.texts import Problems

_MOST_SESSIONS: Final = 100
_MOST_PRODUCTS: Final = 30
_LINES: Final = {
    "interpreter_name": "Name of the interpreter",
    "signer_name": "Who signs",
    "witness": "Witness",
    "paper_place": "Where the paper is kept",
}
_NOTES: Final = {"alternatives": "Other choices", "questions": "Questions"}


def checked_consent(
    typed: ConsentFields, known_products: Collection[UUID], today: date
) -> ConsentFields:
    """Return what was typed with clean texts.

    Args:
        typed: as the form has it.
        known_products: those that are in the catalogue.
        today: the day at the clinic.

    Raises:
        InvalidError: naming each field that cannot be kept.
    """
    problems = Problems()
    clean: dict[str, Any] = {
        "photos": {
            purpose: answer
            for purpose, answer in typed.photos.items()
            if answer is not Answer.NOT_ASKED
        }
    }
    for name, what in _LINES.items():
        clean[name] = problems.line(name, getattr(typed, name), what)
    for name, what in _NOTES.items():
        clean[name] = problems.note(name, getattr(typed, name), what)
    _check_choices(problems, typed, known_products)
    planned, told = typed.planned_sessions, typed.informed_on
    if planned is not None and not 1 <= planned <= _MOST_SESSIONS:
        problems.add("planned_sessions", f"Planned sessions: between 1 and {_MOST_SESSIONS}.")
    if told is not None and told > today:
        problems.add("informed_on", "Informed on: this day is still to come. Check the date.")
    problems.done()
    return replace(typed, **clean)


def _check_choices(
    problems: Problems, typed: ConsentFields, known_products: Collection[UUID]
) -> None:
    if typed.text_id not in load_consent().texts:
        problems.add("text_id", "Text: choose one from the list.")
    if typed.language not in LANGUAGES:
        problems.add("language", "Language: choose one from the list.")
    if len(set(typed.products)) != len(typed.products) or len(typed.products) > _MOST_PRODUCTS:
        problems.add("products", f"Products: each once, and at most {_MOST_PRODUCTS}.")
    if not set(typed.products) <= set(known_products):
        problems.add("products", "Products: one of them is not in the catalogue any more.")
    if not set(typed.areas) <= load_groups().keys() or len(set(typed.areas)) != len(typed.areas):
        problems.add("areas", "Areas: choose them from the list, each once.")


def need_strokes(strokes: bytes) -> None:
    """Refuse what no pen drew.

    Raises:
        RefusedError: saying what to do.
    """
    try:
        unpack(strokes)
    except StrokesError:
        raise RefusedError(
            "This signature cannot be kept: it has too many points, or is damaged. Clear the area"
            " and sign again. Everything else is kept."
        ) from None

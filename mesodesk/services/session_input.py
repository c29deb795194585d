"""What may be typed into a session, and the sentence for what may not.

Gaps are allowed: a draft is kept at any stage; `domain/session_rules.py` says what is missing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.session import ComponentFields, SessionFields, SyringeFields
from mesodesk.services.intake_input import WEIGHT_KG
from mesodesk.services.texts import Problems

# Ranges that catch slips of the hand, no clinical limits.
_OBSERVATION_MIN: Final = 24 * 60
_LONGEST_PAIN: Final = 10
_MOST_ML: Final = Decimal(1_000)
_FARTHEST_PLAN: Final = timedelta(days=5 * 366)
_LEAST_ML: Final = Decimal("0.001")

_LINES: Final = {
    "skin_preparation": "Skin preparation",
    "aftercare_id": "Aftercare text",
    "aftercare_language": "Language of the aftercare text",
}
_NOTES: Final = {
    "changes": "What changed",
    "reaction_to_last_detail": "Reaction to the last session",
    "reaction_note": "Immediate reactions",
    "note": "Note",
}


def checked_fields(typed: SessionFields, *, session_day: date) -> SessionFields:
    """Return what was typed with clean texts.

    Args:
        typed: as the form has it.
        session_day: the day of the session at the clinic; a next one must lie after it.

    Raises:
        InvalidError: naming each field that cannot be kept.
    """
    problems = Problems()
    clean: dict[str, Any] = {
        "aseptic_steps": _answered(typed.aseptic_steps),
        "reactions": _answered(typed.reactions),
    }
    for name, what in _LINES.items():
        clean[name] = problems.line(name, getattr(typed, name), what)
    for name, what in _NOTES.items():
        clean[name] = problems.note(name, getattr(typed, name), what)
    clean["weight_kg"] = problems.number(
        "weight_kg",
        typed.weight_kg,
        "Weight",
        least=WEIGHT_KG[0],
        most=WEIGHT_KG[1],
        places=3,
        unit="kg",
    )
    if typed.pain is not None and not 0 <= typed.pain <= _LONGEST_PAIN:
        problems.add("pain", "Pain: a whole number from 0 to 10.")
    if typed.observation_min is not None and not 0 <= typed.observation_min <= _OBSERVATION_MIN:
        problems.add("observation_min", "Observation: between 0 and 1440 minutes.")
    _check_next(problems, typed, session_day)
    problems.done()
    return replace(typed, **clean)


def _answered(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Leave out what was not asked, so that one state of the form has one spelling."""
    return {key: answer for key, answer in answers.items() if answer is not Answer.NOT_ASKED}


def _check_next(problems: Problems, typed: SessionFields, session_day: date) -> None:
    planned = typed.next_session_on
    if planned is None:
        return
    if typed.no_next_session:
        problems.add(
            "next_session_on", "Next session: either a date or “no next session”, not both."
        )
    elif planned <= session_day:
        problems.add("next_session_on", "Next session: this day is not after the present session.")
    elif planned > session_day + _FARTHEST_PLAN:
        problems.add("next_session_on", "Next session: this is more than five years ahead.")


def checked_syringe(typed: SyringeFields) -> SyringeFields:
    """Return a syringe with clean texts.

    Raises:
        InvalidError: naming each field that cannot be kept.
    """
    problems = Problems()
    label = problems.line("label", typed.label, "Label")
    if not 1 <= typed.digit <= 9:
        problems.add("digit", "Syringe: choose a number from 1 to 9.")
    if not typed.components:
        problems.add("components", "The syringe is empty: choose a lot and how many millilitres.")
    for at, part in enumerate(typed.components):
        _check_part(problems, f"components[{at}].volume_ml", part)
    for name, value in (("wasted_ml", typed.wasted_ml), ("left_ml", typed.left_ml)):
        what = "Wasted" if name == "wasted_ml" else "Left"
        problems.number(name, value, what, least=Decimal(0), most=_MOST_ML, places=3, unit="mL")
    problems.done()
    return replace(typed, label=label)


def _check_part(problems: Problems, place: str, part: ComponentFields) -> None:
    if part.volume_ml.is_finite() and part.volume_ml <= 0:
        problems.add(place, "A syringe cannot hold 0 mL of a product: type what was drawn.")
        return
    problems.number(
        place, part.volume_ml, "Volume", least=_LEAST_ML, most=_MOST_ML, places=3, unit="mL"
    )

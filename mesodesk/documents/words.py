"""Days, moments, figures and answers as they are printed; labels are in English."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.clinic import LengthUnit, WeightUnit
from mesodesk.domain.texts import day_text
from mesodesk.domain.units import cm_to_inches, kg_to_pounds, plain, rounded
from mesodesk.domain.vocabulary import Term

NO_BREAK: Final = "\u00a0"
ROMAN: Final = ("I", "II", "III", "IV", "V", "VI")
ANSWERS: Final = {Answer.YES: "Yes", Answer.NO: "No", Answer.NOT_ASKED: "NOT ASKED"}
TONES: Final = {Answer.YES: "yes", Answer.NO: "no", Answer.NOT_ASKED: "unasked"}

Pair = list[str]
"""A label and what stands beside it."""


_LANGUAGES: Final = {"en": "English", "es": "Spanish", "fr": "French", "it": "Italian"}


def moment_words(moment: datetime, zone: str) -> str:
    """Return date and time at the clinic: `3 Apr 2026, 10:42`."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{day_text(local.date())}, {local:%H:%M}"


def day_words(day: date | None) -> str:
    """Return a date, or that there is none."""
    return "" if day is None else day_text(day)


def language_words(code: str) -> str:
    """Return what a language is called; its code, where it is none of ours."""
    return _LANGUAGES.get(code, code)


def quantity(value: Decimal, unit: str, places: int | None = None) -> str:
    """Return a figure and its unit on one line: `2.5 mL`."""
    shown = plain(value) if places is None else format(rounded(value, places), "f")
    return f"{shown}{NO_BREAK}{unit}"


def weight_words(weight_kg: Decimal | None, unit: WeightUnit) -> str:
    """Return a weight in the clinic's unit; nothing if it is not known."""
    if weight_kg is None:
        return ""
    shown = kg_to_pounds(weight_kg) if unit is WeightUnit.LB else weight_kg
    return quantity(shown, unit.value, 1)


def length_words(length_cm: Decimal | None, unit: LengthUnit) -> str:
    """Return a height in the clinic's unit; nothing if it is not known."""
    if length_cm is None:
        return ""
    if unit is LengthUnit.INCH:
        return quantity(cm_to_inches(length_cm), unit.value, 1)
    return quantity(length_cm, unit.value)


def answer_words(answer: Answer, detail: str = "") -> str:
    """Return an answer with what was said besides."""
    return ": ".join(part for part in (ANSWERS[answer], detail) if part)


def answers_words(terms: Iterable[Term], given: Mapping[str, Answer], language: str) -> str:
    """Return many answers in few words; every "no" and "not asked" keeps its own word."""
    names: dict[Answer, list[str]] = {answer: [] for answer in Answer}
    for term in terms:
        names[given.get(term.id, Answer.NOT_ASKED)].append(term.name.get(language))
    told = [answer for answer, found in names.items() if found]
    if len(told) == 1:
        return f"{ANSWERS[told[0]]} to all {len(names[told[0]])}"
    return "\n".join(
        f"{ANSWERS[answer]}: {', '.join(found)}" for answer, found in names.items() if found
    )


def pairs(*told: tuple[str, str]) -> list[Pair]:
    """Return labels with what was recorded, or that nothing was."""
    return [[label, words or "not recorded"] for label, words in told]

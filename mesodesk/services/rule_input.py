"""What can be taken as a rule of the clinic, and the sentence for what cannot."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from mesodesk.domain.bodymap.regions import load_regions
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.findings import Override, Severity
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.screening_rules import OwnRuleFields
from mesodesk.domain.region_ids import any_part_of
from mesodesk.domain.texts import tokens
from mesodesk.domain.words import load_words
from mesodesk.services.texts import Problems

LONGEST_MESSAGE: Final = 500
MOST_WORDS: Final = 50


def checked_rule(problems: Problems, typed: OwnRuleFields) -> OwnRuleFields:
    """Return a rule as it is kept: texts in one form, only what the files know.

    Args:
        problems: collects what cannot be taken, by the names of the fields.
        typed: as it was typed.
    """
    checked = replace(
        typed,
        message=problems.note(
            "message", typed.message, "What the rule says", needed=True, longest=LONGEST_MESSAGE
        ),
        action=problems.note("action", typed.action, "What to do", longest=LONGEST_MESSAGE),
        source=problems.line("source", typed.source, "Source", needed=True),
        override=typed.override if typed.severity is Severity.STOP else Override.ALLOWED,
        medicine_words=_words(problems, "medicine_words", typed.medicine_words),
        allergy_words=_words(problems, "allergy_words", typed.allergy_words),
    )
    _check_known(problems, checked)
    if checked.override is Override.NEVER:
        problems.add("override", "Override: only a rule of the law can never be overridden.")
    if not (checked.asks or checked.is_scoped):
        problems.add(
            "items",
            "Say when the rule speaks: an answer, a medicine, an allergy, a product or a region.",
        )
    return checked


def _words(problems: Problems, place: str, typed: Iterable[str]) -> tuple[str, ...]:
    clean = tuple(
        dict.fromkeys(
            word for each in typed if (word := problems.line(place, each, "Word")) and tokens(word)
        )
    )
    if len(clean) > MOST_WORDS:
        problems.add(place, f"Words: at most {MOST_WORDS}; these are {len(clean)}.")
    return clean


def _check_known(problems: Problems, rule: OwnRuleFields) -> None:
    catalogue, words = load_catalogue(), load_words()
    items = {i.id for i in load_questionnaire().items if i.kind is ItemKind.YES_NO}
    for place, known in (
        ("items", items),
        ("medicine_groups", words),
        ("allergy_groups", words),
        ("classes", catalogue.classes),
        ("ingredients", catalogue.ingredients),
    ):
        if not set(getattr(rule, place)) <= set(known):
            problems.add(place, "Choose from the list: one of these is not known any more.")
    if any(not any_part_of(load_regions(), (each,)) for each in rule.regions):
        problems.add("regions", "Choose from the list: one of these regions is not known any more.")

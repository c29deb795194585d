"""Lays what the clinic says of screening rules over those shipped, and puts it into words.

    book = book_in_force(load_rules(), changes)

A shipped rule can be switched off or made stricter, never milder; the clinic's own rules come after
those shipped. A rule that nobody may override follows the law: it cannot be switched off.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from mesodesk.domain.bodymap.regions import load_regions, named
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.conditions import AnyOf, AnyYes, Condition, Context, OwnWords, Planned, WordsIn
from mesodesk.domain.findings import Override, Severity
from mesodesk.domain.records.screening_rules import OwnRuleFields, RuleChange
from mesodesk.domain.region_ids import is_part_of
from mesodesk.domain.rulebook import Rule, RuleBook, Scope
from mesodesk.domain.texts import LANGUAGES, LocalText, day_text, tokens
from mesodesk.domain.words import WordList

_AFTER_SHIPPED: Final = 1_000_000


def may_switch_off(rule: Rule) -> bool:
    """Whether a clinic may switch a rule off: not one that nobody may override."""
    return rule.override is not Override.NEVER


def stricter_than(severity: Severity) -> tuple[Severity, ...]:
    """Return the severities above one, the gravest first."""
    return tuple(each for each in Severity if each.rank < severity.rank)


def book_in_force(book: RuleBook, changes: Iterable[RuleChange]) -> RuleBook:
    """Return the rules as they stand in the clinic.

    Args:
        book: as shipped.
        changes: the newest of each rule; one of a rule that is not shipped any more says nothing.
    """
    newest = {change.rule_id: change for change in changes}
    shipped = [_changed(rule, newest.get(rule.id)) for rule in book.rules]
    own = sorted(
        (each for each in newest.values() if each.own is not None), key=lambda each: each.rule_id
    )
    made = [own_rule(each, at, book.context) for at, each in enumerate(own)]
    return replace(book, rules=(*shipped, *made))


def _changed(rule: Rule, change: RuleChange | None) -> Rule:
    if change is None or (not change.active and not may_switch_off(rule)):
        return rule
    # Never milder: the shipped rule may have become stricter since the clinic spoke of it.
    told = change.severity
    severity = told if told is not None and told.rank < rule.severity.rank else rule.severity
    return replace(rule, severity=severity, change=change)


def own_rule(change: RuleChange, at: int, context: Context) -> Rule:
    """Return a rule of the clinic.

    Args:
        change: its newest version; `own` is not None.
        at: its place among the clinic's rules.
        context: that it is evaluated in.
    """
    own = change.own
    if own is None:
        raise ValueError(f"{change.rule_id!r} is no rule of the clinic")
    return Rule(
        id=change.rule_id,
        version=change.number,
        order=_AFTER_SHIPPED + at,
        severity=own.severity,
        scope=_scope(own),
        condition=_condition(own, context),
        override=own.override if own.severity is Severity.STOP else Override.ALLOWED,
        message=LocalText.of({"en": own.message}),
        action=LocalText.of({"en": own.action}),
        chip=None,
        sources=(),
        valid_from=date.min,
        shown_early=own.asks,
        items=frozenset(own.items),
        change=change,
    )


def _condition(own: OwnRuleFields, context: Context) -> Condition:
    """Return when a rule speaks.

    Items and groups that the files do not know any more are left out; a rule that loses all it
    asked for speaks whenever it is in scope, rather than never again.
    """
    known = {item.id for item in context.questionnaire.items}
    items = tuple(each for each in own.items if each in known)
    parts: list[Condition] = [AnyYes(items)] if items else []
    for fact, groups, words in (
        ("medicines", own.medicine_groups, own.medicine_words),
        ("allergies", own.allergy_groups, own.allergy_words),
    ):
        lists = tuple(each for each in groups if each in context.words)
        if lists:
            parts.append(WordsIn(fact, lists))
        patterns = tuple(pattern for pattern in map(_pattern, words) if pattern)
        if patterns:
            parts.append(OwnWords(fact, WordList(fact, patterns)))
    return AnyOf(tuple(parts)) if parts else Planned()


def _pattern(typed: str) -> tuple[str, ...]:
    words = tokens(typed)
    if words and typed.strip().endswith("*"):
        return (*words[:-1], words[-1] + "*")
    return words


def _scope(own: OwnRuleFields) -> Scope:
    return Scope(
        classes=frozenset(own.classes),
        ingredients=frozenset(own.ingredients),
        regions=frozenset(own.regions),
        name=LocalText.of({language: scope_words(own, language) for language in LANGUAGES})
        if own.is_scoped
        else None,
    )


def scope_words(own: OwnRuleFields, language: str) -> str:
    """Return the products and regions of a rule in words; empty for every session."""
    catalogue = load_catalogue()
    named = [
        *(_name(catalogue.ingredients.get(each), each, language) for each in own.ingredients),
        *(_name(catalogue.classes.get(each), each, language) for each in own.classes),
        *_region_names(own.regions, language),
    ]
    return ", ".join(dict.fromkeys(named))


def _region_names(regions: Iterable[str], language: str) -> list[str]:
    """Return the names of regions; one that is named for both sides or more brings all of them."""
    known = load_regions()
    return [
        name
        for whole in regions
        for name in named([key for key in known if is_part_of(key, whole)], language) or (whole,)
    ]


def _name(thing: object, own_id: str, language: str) -> str:
    name = getattr(thing, "name", None)
    return name.get(language) if isinstance(name, LocalText) else own_id


def says(book: RuleBook, rule: Rule, language: str) -> str:
    """Return who changed a rule or wrote it, when and why; empty for one as shipped."""
    change = rule.change
    if change is None or (change.active and change.own is None and change.severity is None):
        return ""
    key = "own_by" if change.own is not None else "stricter_by"
    phrase = book.phrases[key if change.active else "switched_off_by"].get(language)
    day = day_text(change.made_at.date(), language)
    return phrase.format(name=change.made_by, day=day, reason=change.reason)


def off_words(book: RuleBook, message: str, language: str) -> str:
    """Return what a rule that is switched off would have said."""
    return book.phrases["switched_off"].get(language).format(message=message)

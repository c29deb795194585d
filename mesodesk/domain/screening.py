"""Screening: what the rules say about one patient on one day. Pure; the rules are data.

    rules = load_rules()
    findings = evaluate(rules, facts, "fr")
    blocking = open_findings(findings, acknowledgements)

A finding is *triggered* (its condition holds), *unanswered* (it would hold if a question not yet
asked were a "yes": of severity STOP where that "yes" would stop, else INFO), or *if used* (it
holds, but its products or regions are not planned: INFO). A rule that the clinic switched off says
so, as INFO, where it would have been triggered, and is silent otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from mesodesk.domain.answers import Answer
from mesodesk.domain.conditions import Truth, Verdict
from mesodesk.domain.findings import (
    Acknowledgement,
    Cause,
    Evidence,
    Finding,
    FindingKind,
    Override,
    Severity,
)
from mesodesk.domain.rule_changes import off_words, says
from mesodesk.domain.rulebook import Rule, RuleBook, load_rules
from mesodesk.domain.screening_facts import ScreeningFacts
from mesodesk.domain.texts import fold
from mesodesk.domain.unasked import unasked

__all__ = [
    "UNRECOGNISED",
    "Acknowledgement",
    "Answer",
    "Cause",
    "Chip",
    "Evidence",
    "Finding",
    "FindingKind",
    "Override",
    "RuleBook",
    "ScreeningFacts",
    "Severity",
    "acknowledge",
    "chips",
    "evaluate",
    "load_rules",
    "may_override",
    "open_findings",
    "unasked_words",
]


ANY_ALLERGY: Final = "allergy_to_component"
"""The rule of whatever is in a syringe; many actives have one of their own besides."""

UNRECOGNISED: Final = frozenset({"medicine_not_recognised", "allergy_not_recognised"})
"""Rules that speak of what no list knows."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A short label for the patient's header."""

    severity: Severity
    label: str


def evaluate(book: RuleBook, facts: ScreeningFacts, language: str = "en") -> tuple[Finding, ...]:
    """Return what the rules say, gravest first, then in the order of the file.

    Rules whose `valid_from` lies after `facts.on` are silent. The result depends on nothing but
    the arguments.
    """
    in_force = (rule for rule in book.rules if rule.valid_from <= facts.on)
    pairs = [(rule, _finding(book, rule, facts, language)) for rule in in_force]
    found = [(rule.order, finding) for rule, finding in pairs if finding is not None]
    found.sort(key=lambda pair: (pair[1].severity.rank, pair[1].kind.rank, pair[0]))
    return _told_once(tuple(finding for _, finding in found))


def _told_once(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Let an allergy stop once, where a rule of its own says all that the rule of any allergy does.

    What is left names the sources of both, and is as hard to override as the stricter of them.
    """
    anything = next((each for each in findings if _stops_for(each, ANY_ALLERGY)), None)
    if anything is None:
        return findings
    own = [
        each
        for each in findings
        if each is not anything and _stops_for(each) and set(each.evidence) & set(anything.evidence)
    ]
    told = {piece for each in own for piece in each.evidence}
    caused = {cause for each in own for cause in each.causes}
    if not told.issuperset(anything.evidence) or not caused.issuperset(anything.causes):
        return findings
    both = {each.rule_id: _with_source_of(each, anything) for each in own}
    return tuple(both.get(each.rule_id, each) for each in findings if each is not anything)


def _stops_for(finding: Finding, rule_id: str = "") -> bool:
    triggered = finding.kind is FindingKind.TRIGGERED and finding.severity is Severity.STOP
    return triggered and finding.rule_id == (rule_id or finding.rule_id)


def _with_source_of(finding: Finding, other: Finding) -> Finding:
    strict = max(finding.override, other.override, key=tuple(Override).index)
    sources = dict.fromkeys([*finding.source.split("; "), *other.source.split("; ")])
    return replace(finding, source="; ".join(sources), override=strict)


def _finding(book: RuleBook, rule: Rule, facts: ScreeningFacts, language: str) -> Finding | None:
    verdict = rule.condition(facts, book.context)
    if verdict.truth is Truth.FALSE:
        return None
    now, message = rule.applies_now(facts), rule.message.get(language)
    if verdict.truth is Truth.UNKNOWN:
        if not now:
            return None
        kind = FindingKind.UNANSWERED
        severity = Severity.STOP if rule.severity is Severity.STOP else Severity.INFO
        asked = ", ".join(book.name_of(piece.item_id, language) for piece in verdict.evidence)
        message = book.phrases["not_asked"].get(language).format(items=asked)
    elif now:
        kind, severity = FindingKind.TRIGGERED, rule.severity
    elif rule.shown_early:
        kind, severity = FindingKind.IF_USED, Severity.INFO
        phrase = book.phrases["matters_if"].get(language)
        message = phrase.format(scope=_scope_name(rule, language), message=message)
    else:
        return None
    if rule.is_off:
        if kind is not FindingKind.TRIGGERED:
            return None
        severity, message = Severity.INFO, off_words(book, message, language)
    return Finding(
        rule_id=rule.id,
        rule_version=rule.version,
        severity=severity,
        kind=kind,
        message=message,
        action="" if rule.is_off else rule.action.get(language),
        source=rule.source,
        override=rule.override,
        scope=_scope_name(rule, language),
        evidence=verdict.evidence,
        rule_severity=Severity.INFO if rule.is_off else rule.severity,
        chip=rule.chip.get(language) if rule.chip and not rule.is_off else None,
        causes=_causes(rule, facts, verdict) if kind is FindingKind.TRIGGERED else (),
        clinic_says=says(book, rule, language),
    )


def _causes(rule: Rule, facts: ScreeningFacts, verdict: Verdict) -> tuple[Cause, ...]:
    """Return what in the syringes and on the chart the scope and the condition point to, once."""
    return tuple(dict.fromkeys((*rule.scope.causes(facts), *verdict.causes)))


def _scope_name(rule: Rule, language: str) -> str:
    return rule.scope.name.get(language) if rule.scope.name else "all"


def open_findings(
    findings: Iterable[Finding], acknowledgements: Iterable[Acknowledgement]
) -> tuple[Finding, ...]:
    """Return the findings that still stand in the way.

    A STOP needs an override with a reason (never possible if `override` is NEVER); a CAUTION needs
    an acknowledgement with a reason; INFO needs nothing.
    """
    given = tuple(acknowledgements)
    return tuple(
        finding
        for finding in findings
        if finding.severity is not Severity.INFO
        and not any(acknowledgement.covers(finding) for acknowledgement in given)
    )


def may_override(finding: Finding, role: str) -> bool:
    """Whether a role may go on in spite of a finding.

    The owner stands in for the prescriber: in a clinic of one there is nobody else.
    """
    if finding.severity is not Severity.STOP or finding.override is Override.ALLOWED:
        return True
    return finding.override is Override.PRESCRIBER and role in {"prescriber", "owner"}


def acknowledge(finding: Finding, reason: str, by: str, at: datetime) -> Acknowledgement:
    """Return the acknowledgement of a finding, an override if it is a STOP.

    Raises:
        ValueError: if the reason is blank, or the rule allows no override.
    """
    if not reason.strip():
        raise ValueError("a reason is needed")
    stops = finding.severity is Severity.STOP
    if stops and finding.override is Override.NEVER:
        raise ValueError("this rule cannot be overridden")
    return Acknowledgement(
        rule_id=finding.rule_id,
        rule_version=finding.rule_version,
        reason=reason.strip(),
        by=by,
        at=at,
        overridden=stops,
        kind=finding.kind,
        fingerprint=finding.fingerprint,
    )


def chips(
    findings: Iterable[Finding],
    allergies: Iterable[str],
    language: str = "en",
    book: RuleBook | None = None,
) -> tuple[Chip, ...]:
    """Return the labels for the patient's header, gravest first, none twice.

    Findings speak with their rule's own severity, in use or not. Allergies that no chip took up
    get one of their own. All unanswered questions that block share one chip.
    """
    phrases = (book or load_rules()).phrases
    found = tuple(findings)
    made = [Chip(f.rule_severity, f.chip) for f in found if f.chip and _speaks(f)]
    taken = {fold(e.detail) for f in found if f.chip and _speaks(f) for e in f.evidence}
    phrase = phrases["allergy"].get(language)
    made += [
        Chip(Severity.CAUTION, phrase.format(name=name))
        for name in allergies
        if fold(name) not in taken
    ]
    stopping = unasked(found).stopping
    if stopping:
        made.append(Chip(Severity.STOP, unasked_words(len(stopping), language, book)))
    made.sort(key=lambda chip: chip.severity.rank)
    return tuple({chip.label: chip for chip in reversed(made)}.values())[::-1]


def unasked_words(count: int, language: str = "en", book: RuleBook | None = None) -> str:
    """Return how many questions were not asked of which a "yes" would stop a session."""
    phrase = (book or load_rules()).phrases["unanswered_chip"]
    return phrase.get(language).format(count=count)


def _speaks(finding: Finding) -> bool:
    return finding.kind is not FindingKind.UNANSWERED

"""How rules are told of: severity, what they concern, what was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.findings import Override, Severity
from mesodesk.ui.finding_card import capital
from mesodesk.ui.numbers import format_moment

if TYPE_CHECKING:
    from mesodesk.domain.records.screening_rules import RuleChange
    from mesodesk.domain.rulebook import Rule


def severity_name(severity: Severity) -> str:
    """Return what a severity is called."""
    return {
        Severity.STOP: tr("Stop"),
        Severity.CAUTION: tr("Caution"),
        Severity.INFO: tr("For information"),
    }[severity]


def override_words(rule: Rule) -> str:
    """Return what it takes to go on in spite of a rule."""
    if rule.severity is Severity.INFO:
        return tr("It is shown and needs nothing.")
    if rule.severity is Severity.CAUTION:
        return tr("Going on takes a reason.")
    return {
        Override.ALLOWED: tr("Going on takes a reason."),
        Override.PRESCRIBER: tr("A prescriber or the owner goes on, with a reason."),
        Override.NEVER: tr("Nobody can go on: it follows the law of a country."),
    }[rule.override]


def scope_name(rule: Rule, language: str) -> str:
    """Return which products and regions a rule concerns."""
    if rule.scope.name is None:
        return tr("every session")
    return rule.scope.name.get(language)


def standing(rule: Rule, language: str) -> str:
    """Return the line beneath a rule in the list."""
    said = [severity_name(rule.severity), scope_name(rule, language)]
    if rule.is_off:
        said.insert(0, tr("switched off"))
    elif rule.change is not None and rule.change.severity is not None:
        said.insert(0, tr("made stricter"))
    return capital(" · ".join(said))


def change_words(change: RuleChange, zone: str) -> tuple[str, str]:
    """Return what was said of a rule once: who and when, and what with the reason."""
    what = tr("in force")
    if not change.active:
        what = tr("switched off")
    elif change.severity is not None:
        what = tr("made stricter: {severity}").format(severity=severity_name(change.severity))
    elif change.own is None:
        what = tr("as shipped")
    who = tr("{number}. {name}, {moment}").format(
        number=change.number, name=change.made_by, moment=format_moment(change.made_at, zone)
    )
    return who, f"{capital(what)}: {change.reason}"


def tr(text: str) -> str:
    """Translate what the page of rules says."""
    return QCoreApplication.translate("rules", text)

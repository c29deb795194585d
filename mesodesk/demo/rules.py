"""Rules of the demonstration clinic: one of its own, one made stricter, one switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mesodesk.domain.findings import Severity
from mesodesk.domain.records.screening_rules import OwnRuleFields

if TYPE_CHECKING:
    from mesodesk.services.desk import Desk

_AROUND_THE_EYES: Final = OwnRuleFields(
    message="Around the eyes: no anaesthetic that nobody has asked an eye clinic about.",
    action="Chart it without, or write who was asked.",
    source="House rule of this clinic, after a swollen lid in spring",
    severity=Severity.CAUTION,
    ingredients=("procaine", "lidocaine"),
    regions=("periorbital", "tear_trough", "crows_feet"),
)


def change_rules(desk: Desk) -> None:
    """Let the owner say what this clinic makes of the rules, at the beginning of the year."""
    desk.rules.keep_own(None, 0, _AROUND_THE_EYES, "After a swollen lid in spring", active=True)
    desk.rules.change_shipped(
        "vasovagal",
        0,
        "Two patients fainted last year; we write down who stays beside them",
        active=True,
        severity=Severity.CAUTION,
    )
    desk.rules.change_shipped(
        "nsaid",
        0,
        "Every bruise is photographed here anyway",
        active=False,
        severity=None,
    )

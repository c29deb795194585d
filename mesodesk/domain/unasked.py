"""What has not been asked: counted in this one place, so that every page says the same number."""

from collections.abc import Iterable
from dataclasses import dataclass

from mesodesk.domain.answers import Answer
from mesodesk.domain.findings import Finding, FindingKind, Severity
from mesodesk.domain.questionnaire import load_questionnaire


@dataclass(frozen=True, slots=True)
class Unasked:
    """Items and facts that were not asked, each once, as the questionnaire has them, facts last.

    A "yes" to one of `stopping` would stop a session; `others` are all the rest.
    """

    stopping: tuple[str, ...]
    others: tuple[str, ...]


def unasked(findings: Iterable[Finding], left: Iterable[str] = ()) -> Unasked:
    """Return what screening waits for, and what else is left of an intake.

    Args:
        findings: of a patient or a session.
        left: ids of items, lists and figures that the intake lacks.
    """
    waiting = [each for each in findings if each.kind is FindingKind.UNANSWERED]
    stopping = waited_for(each for each in waiting if each.severity is Severity.STOP)
    others = dict.fromkeys([*waited_for(waiting), *left])
    return Unasked(stopping, _in_order(each for each in others if each not in stopping))


def waited_for(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the items and facts that findings wait for, each once."""
    return _in_order(
        piece.item_id
        for finding in findings
        for piece in finding.evidence
        if piece.answer is Answer.NOT_ASKED
    )


def _in_order(ids: Iterable[str]) -> tuple[str, ...]:
    order = {item.id: at for at, item in enumerate(load_questionnaire().items)}
    return tuple(sorted(dict.fromkeys(ids), key=lambda each: order.get(each, len(order))))

"""Limits of one session: how its chart stands to them, and the findings that take a reason."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from mesodesk.db.models.session import SessionRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.atlas import AtlasError, load_atlas, shipped_atlas_id
from mesodesk.domain.bodymap.codec import ChartDataError
from mesodesk.domain.bodymap.resizing import Body
from mesodesk.domain.findings import Evidence, Finding, FindingKind, Override, Severity
from mesodesk.domain.limit_facts import actives_of, drawn_up, syringe_uses
from mesodesk.domain.limit_files import limits_in_force, load_limits
from mesodesk.domain.limit_words import LimitWords
from mesodesk.domain.limits import ANY, Lack, Level, LimitFinding, evaluate
from mesodesk.domain.records.limits import LimitKind
from mesodesk.domain.session_rules import LIMIT_RULE
from mesodesk.domain.spacing_facts import with_gaps
from mesodesk.domain.units import plain
from mesodesk.services.chart_rows import read_fields
from mesodesk.services.clinic import clinic_record, clinic_row
from mesodesk.services.errors import RefusedError
from mesodesk.services.session_rows import kept_syringes, syringe_record
from mesodesk.services.store import Transaction

_UNREADABLE: Final = (
    "A part of this chart cannot be read, so its doses cannot be checked. Nothing was changed. Let"
    " “Check the vault” run, and keep the newest backup."
)


def limits_of(
    tx: Transaction, row: SessionRow, weight_kg: Decimal | None
) -> tuple[LimitFinding, ...]:
    """Return how the chart of a session stands to the clinic's limits, the worst first.

    Raises:
        RefusedError: if a stored field is damaged.
    """
    clinic = clinic_record(clinic_row(tx.db)).fields
    syringes = drawn_up(syringe_record(each, each.components) for each in kept_syringes(row))
    held = {name for each in syringes for name in actives_of(each.mixture)}
    limits = [
        limit
        for limit in limits_in_force(load_limits(), clinic.limits)
        if limit.active == ANY or limit.active in held
    ]
    if not limits:
        return ()  # asked at every keystroke, and most charts need not be read for it
    try:
        fields = [stored.field for stored in read_fields(tx.db, row.id).values()]
    except ChartDataError as error:
        raise RefusedError(_UNREADABLE) from error
    spaced = any(limit.kind is LimitKind.SPACING for limit in limits)
    body = _body(row) if spaced and len(fields) > 1 else None
    return evaluate(
        limits,
        with_gaps(syringe_uses(syringes, fields), fields, limits, body),
        weight_kg=weight_kg,
        jurisdiction=clinic.jurisdiction or None,
    )


def _body(row: SessionRow) -> Body | None:
    """Return the body that the chart lies on; None if it is not of the atlas in this program."""
    if row.atlas_id != shipped_atlas_id():
        return None
    try:
        return Body.of_height(load_atlas(row.body_sex.value), row.height_cm)
    except AtlasError:
        return None


def limit_findings(found: Iterable[LimitFinding], language: str) -> tuple[Finding, ...]:
    """Return a finding for each limit that takes a reason to go on, in the same order."""
    return tuple(_finding(each, language) for each in found if each.needs_reason)


def _finding(found: LimitFinding, language: str) -> Finding:
    limit, words = found.limit, LimitWords(found, language)
    over = found.level is Level.OVER
    severity = Severity.STOP if over else Severity.CAUTION
    return Finding(
        rule_id=f"{LIMIT_RULE}{limit.id}",
        rule_version=limit.version,
        severity=severity,
        kind=FindingKind.TRIGGERED,
        message=f"{words.message} {words.arithmetic}.",
        action=_action(found, language),
        source=words.source,
        override=Override.ALLOWED,
        scope="all",
        evidence=_evidence(found, words),
        rule_severity=severity,
    )


def _action(found: LimitFinding, language: str) -> str:
    key = "action_strength"
    if found.level is Level.OVER:
        key = "action_over"
    elif Lack.WEIGHT in found.lacks:
        key = "action_weight"
    return load_limits().phrases[key].get(language)


def _evidence(found: LimitFinding, words: LimitWords) -> tuple[Evidence, ...]:
    """Return what a reason covers.

    Over the line it is this very figure: more asks again. Where weight or strength is unknown, it
    is going on without it.
    """
    allowed = words.allowed_text() or f"{plain(found.limit.value)} {found.limit.kind.unit}"
    if found.level is Level.OVER:
        return (Evidence("limit", Answer.YES, f"{words.used_text()} / {allowed}"),)
    pieces = [Evidence("limit", Answer.YES, allowed)]
    if Lack.WEIGHT in found.lacks:
        pieces.append(Evidence("weight", Answer.NOT_ASKED))
    if Lack.STRENGTH in found.lacks:
        pieces.append(Evidence("limit", Answer.YES, str(Lack.STRENGTH)))
    return tuple(pieces)

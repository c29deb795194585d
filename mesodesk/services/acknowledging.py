"""Going on in spite of a finding: the reason is kept with the session, or taken back."""

from mesodesk.db.models.session import SessionAcknowledgementRow, SessionRow
from mesodesk.domain.screening import (
    Acknowledgement,
    Finding,
    Severity,
    acknowledge,
    may_override,
)
from mesodesk.services.errors import RefusedError
from mesodesk.services.session_rows import in_force
from mesodesk.services.session_screening import screening_of
from mesodesk.services.store import Transaction


def standing_finding(tx: Transaction, row: SessionRow, rule_id: str, rule_version: int) -> Finding:
    """Return the finding of a rule as it stands now.

    Raises:
        RefusedError: if the rule says nothing now, or has another version.
    """
    for finding in screening_of(tx, row):
        if (finding.rule_id, finding.rule_version) == (rule_id, rule_version):
            return finding
    raise RefusedError(
        "This finding does not stand any more, so no reason was kept. The list now shows what"
        " screening says."
    )


def keep_reason(
    tx: Transaction, row: SessionRow, finding: Finding, reason: str, *, override: bool
) -> Acknowledgement:
    """Keep why somebody goes on; it replaces the reason given before for the same rule.

    Raises:
        RefusedError: if this user may not override the stop, or did not mean to.
    """
    _refuse_override(tx, finding, override=override)
    given = acknowledge(finding, reason, tx.actor.name, tx.now)
    withdraw_reason(tx, row, finding.rule_id)
    # The old one has to be marked before the new one comes: only one of a rule is in force.
    tx.db.flush()
    row.acknowledgements.append(
        SessionAcknowledgementRow(
            session_id=row.id,
            rule_id=given.rule_id,
            rule_version=given.rule_version,
            reason=given.reason,
            overridden=given.overridden,
            kind=given.kind,
            fingerprint=given.fingerprint,
            user_id=tx.actor.id,
            user_name=tx.actor.name,
            acknowledged_at=tx.now,
        )
    )
    return given


def _refuse_override(tx: Transaction, finding: Finding, *, override: bool) -> None:
    if finding.severity is not Severity.STOP:
        return
    if not may_override(finding, tx.actor.role or ""):
        raise RefusedError(
            "This stop cannot be overridden by you. The reason was not kept, and the session stays"
            " in draft."
        )
    if not override:
        raise RefusedError(
            "This is a stop: going on has to be chosen on purpose. The reason was not kept."
        )


def withdraw_reason(tx: Transaction, row: SessionRow, rule_id: str) -> bool:
    """Mark the reason given for a rule as taken back; tell whether there was one."""
    given = [each for each in in_force(row) if each.rule_id == rule_id]
    for each in given:
        each.withdrawn_at = tx.now
    return bool(given)

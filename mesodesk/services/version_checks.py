"""Examines what follows a signature: statements, the states they led to, and chains of versions."""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.session import SessionRow
from mesodesk.db.models.versions import SessionStatementRow, SessionVersionRow
from mesodesk.domain.records.session import COUNTED, SessionState, StatementKind
from mesodesk.services.session_versions import link_of
from mesodesk.services.statements import statement_holds, statements_of
from mesodesk.vault.findings import Finding, Severity

STATED: Final = ("session.amend", "session.error", "session.deny_request")
"""What is audited with each statement, its digest among the details."""

_LEADS_TO: Final = {
    StatementKind.AMENDED: SessionState.AMENDED,
    StatementKind.ENTERED_IN_ERROR: SessionState.ENTERED_IN_ERROR,
}


def two_that_stand(db: Session) -> Iterator[Finding]:
    """Find sessions of which more than one version counts."""
    root = func.coalesce(SessionVersionRow.root_id, SessionRow.id)
    rows = db.execute(
        select(SessionRow.number, PatientRow.record_number, root)
        .outerjoin(SessionVersionRow, SessionVersionRow.session_id == SessionRow.id)
        .join(PatientRow, PatientRow.id == SessionRow.patient_id)
        .where(SessionRow.state.in_(COUNTED))
        .group_by(root)
        .having(func.count() > 1)
    )
    for number, record_number, root_id in rows:
        said = f"Two versions of session {number} of patient {record_number} count."
        yield _alarm(said, root_id)


def version_findings(
    db: Session, row: SessionRow, name: str, known: Sequence[str]
) -> Iterator[Finding]:
    """Examine what was said of one session, and what it amends.

    Args:
        db: within a transaction.
        row: the session.
        name: of it, in a sentence.
        known: digests of its statements, as the audit chain knows them.
    """
    said = statements_of(db, [row.id])
    if any(not statement_holds(db, each) for each in said):
        yield _alarm(f"A statement about {name} is not what was signed.", row.id)
    if [each.sha256 for each in said] != list(known):
        yield _alarm(
            f"{len(said)} statements speak of {name}; the audit log knows {len(known)}, or others.",
            row.id,
        )
    # That it counts as a draft is found with its seal.
    stands = (SessionState.DRAFT, _state_after(said))
    if row.signed_at is not None and row.state not in stands:
        yield _alarm(f"{name} counts otherwise than what was said of it.", row.id)
    for each in said:
        if each.replaced_by is not None and not _amends(db, each.replaced_by, row.id):
            yield _alarm(f"What {name} was amended by is not a version of it.", row.id)
    link = link_of(db, row.id)
    if link is not None and row.signed_at is not None and not _is_replaced(db, link):
        yield _alarm(f"{name} amends a session that does not say so.", row.id)


def _state_after(said: Sequence[SessionStatementRow]) -> SessionState:
    state = SessionState.SIGNED
    for each in said:
        state = _LEADS_TO.get(each.kind, state)
    return state


def _amends(db: Session, session_id: UUID, original_id: UUID) -> bool:
    link = link_of(db, session_id)
    return link is not None and link.amends_id == original_id


def _is_replaced(db: Session, link: SessionVersionRow) -> bool:
    found = db.scalar(
        select(SessionStatementRow.id).where(
            SessionStatementRow.session_id == link.amends_id,
            SessionStatementRow.replaced_by == link.session_id,
        )
    )
    return found is not None


def _alarm(sentence: str, session_id: UUID) -> Finding:
    return Finding(Severity.ALARM, "versions", sentence, session_id)

"""The versions of a session and what was said of them, as frozen records."""

import json
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.clinic import UserRow
from mesodesk.db.models.session import SessionRow, SessionSealRow
from mesodesk.db.models.versions import SessionStatementRow, SessionVersionRow
from mesodesk.domain.records.versions import Amends, SessionHistory, Statement, Version
from mesodesk.services.sealing import present_digest, seal_holds
from mesodesk.services.session_rows import whole_session
from mesodesk.services.session_versions import versions_of
from mesodesk.services.statements import statement_holds, statements_of
from mesodesk.services.store import Transaction

SEEN_BROKEN: Final = "session.accept_broken"
"""Audited when somebody says to know that a seal is broken."""


def history_of(tx: Transaction, session_id: UUID) -> SessionHistory:
    """Return all versions of a session, the first one first, and all that was said of them."""
    ids = versions_of(tx.db, session_id)
    if session_id not in ids:  # a draft that was discarded is shown with what it was to amend
        ids.append(session_id)
    seen = frozenset(each for each in ids if _accepted(tx.db, each))
    said = tuple(_statement(tx, each) for each in statements_of(tx.db, ids))
    return SessionHistory(_versions(tx, ids), said, seen)


def is_broken_unseen(db: Session, session_id: UUID) -> bool:
    """Tell whether a signed session is not what was signed, and nobody has said to know."""
    return not seal_holds(db, whole_session(db, session_id)) and not _accepted(db, session_id)


def _accepted(db: Session, session_id: UUID) -> bool:
    """Tell whether somebody has said to know the seal to be broken, of what stands there now."""
    accepted = db.scalars(
        select(AuditEntryRow.details).where(
            AuditEntryRow.object_id == session_id, AuditEntryRow.action == SEEN_BROKEN
        )
    ).all()
    if not accepted:
        return False
    present = present_digest(db, whole_session(db, session_id))
    return any(json.loads(details).get("present_sha256") == present for details in accepted)


def _versions(tx: Transaction, ids: Sequence[UUID]) -> tuple[Version, ...]:
    rows = tx.db.execute(
        select(
            SessionRow.id,
            SessionRow.state,
            SessionRow.signed_at,
            SessionSealRow.sha256,
            SessionSealRow.signer_name,
            SessionVersionRow,
            UserRow.name,
        )
        .outerjoin(SessionSealRow, SessionSealRow.session_id == SessionRow.id)
        .outerjoin(SessionVersionRow, SessionVersionRow.session_id == SessionRow.id)
        .outerjoin(UserRow, UserRow.id == SessionVersionRow.begun_by)
        .where(SessionRow.id.in_(ids))
        .order_by(SessionRow.id)
    )
    return tuple(
        Version(
            session_id=row.id,
            number=number,
            state=row.state,
            sha256=row.sha256 or "",
            signed_by=row.signer_name or "",
            signed_at=row.signed_at,
            amends=_amends(row.SessionVersionRow, row.name),
        )
        for number, row in enumerate(rows, start=1)
    )


def _amends(row: SessionVersionRow | None, begun_by: str | None) -> Amends | None:
    if row is None:
        return None
    return Amends(row.amends_id, row.root_id, row.reason, begun_by or "", row.begun_at)


def _statement(tx: Transaction, row: SessionStatementRow) -> Statement:
    return Statement(
        id=row.id,
        session_id=row.session_id,
        kind=row.kind,
        text=row.text,
        replaced_by=row.replaced_by,
        author=row.author_name,
        made_at=row.made_at,
        holds=statement_holds(tx.db, row),
    )

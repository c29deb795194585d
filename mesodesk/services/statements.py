"""Statements about a signed session: each signed by itself, and bound to the seal it speaks of."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mesodesk.db.models.session import SessionRow, SessionSealRow
from mesodesk.db.models.versions import SessionStatementRow
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.session import StatementKind
from mesodesk.services.errors import RefusedError
from mesodesk.services.sealing import signed_by
from mesodesk.services.store import Transaction
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.seal import digest_of


def statement_content(db: Session, row: SessionStatementRow) -> dict[str, Any]:
    """Return what a statement's digest covers, the seals of what it speaks of among it."""
    return {
        "session_id": row.session_id,
        "id": row.id,
        "kind": row.kind,
        "text": row.text,
        "replaced_by": row.replaced_by,
        "author_id": row.author_id,
        "author_name": row.author_name,
        "made_at": row.made_at,
        "seal": _sha256(db, row.session_id),
        "replacement": None if row.replaced_by is None else _sha256(db, row.replaced_by),
    }


def _sha256(db: Session, session_id: UUID) -> str | None:
    return db.scalar(select(SessionSealRow.sha256).where(SessionSealRow.session_id == session_id))


def state_that(
    tx: Transaction,
    row: SessionRow,
    kind: StatementKind,
    text: str,
    vault: OpenVault,
    replaced_by: UUID | None = None,
) -> SessionStatementRow:
    """Append a signed statement; the session and its seal stay as they are.

    Raises:
        RefusedError: if the session has no seal to speak of.
        SigningKeyError: if the vault was opened with the recovery key.
    """
    if row.seal is None:
        raise RefusedError("Only a signed session takes statements. Nothing was changed.")
    said = SessionStatementRow(
        id=new_id(),
        session_id=row.id,
        kind=kind,
        text=text,
        replaced_by=replaced_by,
        author_id=tx.actor.id,
        author_name=tx.actor.name,
        made_at=tx.now,
    )
    digest = digest_of(statement_content(tx.db, said))
    said.sha256 = digest.hex()
    said.signature = vault.sign_digest(digest)
    said.public_key = vault.public_key
    tx.db.add(said)
    tx.db.flush()
    return said


def statements_of(db: Session, session_ids: list[UUID]) -> list[SessionStatementRow]:
    """Return what was said of some sessions, in the order in which it was said."""
    return list(
        db.scalars(
            select(SessionStatementRow)
            .where(SessionStatementRow.session_id.in_(session_ids))
            .order_by(SessionStatementRow.id)
        )
    )


def statement_holds(db: Session, row: SessionStatementRow) -> bool:
    """Tell whether a statement is as it was signed, by who it says."""
    try:
        digest = digest_of(statement_content(db, row)).hex()
    except (ValueError, TypeError, LookupError):
        return False
    return digest == row.sha256 and signed_by(db, digest, row.author_id, row)

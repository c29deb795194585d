"""Which session amends which: the chain of versions, read from its table."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session, aliased

from mesodesk.db.models.session import SessionRow
from mesodesk.db.models.versions import SessionVersionRow
from mesodesk.domain.clock import local_date
from mesodesk.domain.records.session import SessionState
from mesodesk.services.errors import RefusedError
from mesodesk.services.store import Transaction


def link_of(db: Session, session_id: UUID) -> SessionVersionRow | None:
    """Return what a session amends; None if it is the first of its chain."""
    return db.get(SessionVersionRow, session_id)


def root_of(db: Session, session_id: UUID) -> UUID:
    """Return the first version of a session: itself, if it amends none."""
    link = link_of(db, session_id)
    return session_id if link is None else link.root_id


def versions_of(db: Session, session_id: UUID) -> list[UUID]:
    """Return all versions of a session, the first one first; drafts that were discarded are none.

    A version is made after the one that it amends, so their ids are in order.
    """
    root = root_of(db, session_id)
    later = (
        select(SessionRow.id)
        .join(SessionVersionRow, SessionVersionRow.session_id == SessionRow.id)
        .where(SessionVersionRow.root_id == root, ~_discarded())
        .order_by(SessionRow.id)
    )
    return [root, *db.scalars(later)]


def _discarded() -> ColumnElement[bool]:
    return (SessionRow.state == SessionState.ENTERED_IN_ERROR) & SessionRow.signed_at.is_(None)


def injected_on(tx: Transaction, row: SessionRow, zone: str) -> date:
    """Return the day of a draft's syringes: today, or that of the session which it amends.

    Args:
        tx: in which to look.
        row: the draft.
        zone: the clinic's.
    """
    if link_of(tx.db, row.id) is None:
        return local_date(tx.now, zone)
    return local_date(row.started_at, row.zone)


def amendment_of(db: Session, session_id: UUID) -> SessionVersionRow | None:
    """Return the draft that amends a session, None if there is none."""
    return db.scalars(
        select(SessionVersionRow)
        .join(SessionRow, SessionRow.id == SessionVersionRow.session_id)
        .where(
            SessionVersionRow.amends_id == session_id,
            SessionRow.state == SessionState.DRAFT,
        )
    ).one_or_none()


def refuse_amendment(tx: Transaction, draft_id: UUID) -> None:
    """Refuse to take the draft of an amendment for a session that is to begin.

    Raises:
        RefusedError: if it is one.
    """
    if link_of(tx.db, draft_id) is None:
        return
    number = tx.db.scalar(select(SessionRow.number).where(SessionRow.id == draft_id))
    raise RefusedError(
        f"Session {number} of this patient is being amended, so no new one was begun. Sign or"
        " discard that amendment first."
    )


def is_amendment() -> ColumnElement[bool]:
    """Return the condition that a row of `session` amends another."""
    return exists().where(SessionVersionRow.session_id == SessionRow.id)


def being_amended() -> Select[UUID]:
    """Return the statement that finds the sessions a draft stands in for."""
    draft = aliased(SessionRow)
    return (
        select(SessionVersionRow.amends_id)
        .join(draft, draft.id == SessionVersionRow.session_id)
        .where(draft.state == SessionState.DRAFT)
    )


def standing_for(db: Session, roots: Select[UUID]) -> dict[UUID, UUID]:
    """Return for each of some first versions that was amended the one that was signed last."""
    rows = db.execute(
        select(SessionVersionRow.root_id, SessionRow.id)
        .join(SessionRow, SessionRow.id == SessionVersionRow.session_id)
        .where(SessionVersionRow.root_id.in_(roots), SessionRow.signed_at.is_not(None))
        .order_by(SessionRow.id)
    )
    return {row.root_id: row.id for row in rows}

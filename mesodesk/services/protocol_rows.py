"""Protocols between their tables and their frozen records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from mesodesk.db.models.plan import ProtocolRow, ProtocolVersionRow, SessionPlanRow
from mesodesk.domain.protocols import ProtocolContent, protocol_from_plain
from mesodesk.domain.records.protocol import ProtocolRecord
from mesodesk.services.errors import NotFoundError

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from mesodesk.domain.records.favourite import Unreadable
    from mesodesk.services.store import Transaction


def find_protocol(tx: Transaction, protocol_id: UUID) -> ProtocolRow:
    """Return a protocol.

    Raises:
        NotFoundError: if there is none of that id.
    """
    row = tx.db.get(ProtocolRow, protocol_id)
    if row is None:
        raise NotFoundError("This protocol is not on record. Nothing was changed.")
    return row


def version_row(db: Session, protocol_id: UUID, number: int | None = None) -> ProtocolVersionRow:
    """Return a version of a protocol, by default the newest.

    Raises:
        NotFoundError: if it has none of that number.
    """
    versions = select(ProtocolVersionRow).where(ProtocolVersionRow.protocol_id == protocol_id)
    if number is not None:
        versions = versions.where(ProtocolVersionRow.number == number)
    row = db.scalars(versions.order_by(ProtocolVersionRow.number.desc()).limit(1)).first()
    if row is None:
        raise NotFoundError("This version of the protocol is not on record. Nothing was changed.")
    return row


def protocol_of(db: Session, session_id: UUID) -> ProtocolVersionRow | None:
    """Return the version of a protocol that a session began with; None if it has none."""
    return db.scalars(
        select(ProtocolVersionRow)
        .join(SessionPlanRow, SessionPlanRow.protocol_version_id == ProtocolVersionRow.id)
        .where(SessionPlanRow.session_id == session_id)
    ).one_or_none()


def content_of(row: ProtocolVersionRow) -> tuple[ProtocolContent | None, Unreadable | None]:
    """Return what a version holds, or why it cannot be read."""
    # Imported late: charts need numpy, and the first page tells of plans without it.
    from mesodesk.domain.bodymap.codec import ChartDataError
    from mesodesk.domain.favourites import NewerFormatError
    from mesodesk.domain.records.favourite import Unreadable

    try:
        return protocol_from_plain(row.content), None
    except NewerFormatError:
        return None, Unreadable.NEWER
    except ChartDataError:
        return None, Unreadable.DAMAGED


def protocol_record(row: ProtocolRow, kept: ProtocolVersionRow) -> ProtocolRecord:
    content, unreadable = content_of(kept)
    return ProtocolRecord(
        id=row.id,
        version=row.version,
        name=row.name,
        archived=row.archived_at is not None,
        number=kept.number,
        kept_at=kept.kept_at,
        kept_by=kept.kept_by_name,
        content=content,
        unreadable=unreadable,
    )

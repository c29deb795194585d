"""What completed checks call for: left to be handled, and handled by somebody, once."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.follow_up import FollowUpEscalationRow, FollowUpRow
from mesodesk.domain.records.followup import FollowUpRecord, RaisedFlag
from mesodesk.domain.schedule import BANDS, TO_HANDLE
from mesodesk.services.errors import ConflictError, NotFoundError
from mesodesk.services.followup_rows import find_follow_up, follow_up_record, follow_ups
from mesodesk.services.store import Transaction
from mesodesk.services.texts import note


def raise_escalation(
    tx: Transaction, check: FollowUpRow, raised: Iterable[RaisedFlag], handled: str
) -> None:
    """Leave what a check calls for to be handled, or handled already if `handled` says how.

    Args:
        tx: in which the check is completed.
        check: not closed yet.
        raised: the most urgent first; what is only to be observed leaves nothing.
        handled: what was done, as it may be kept.
    """
    asks = [each for each in raised if each.band in TO_HANDLE]
    if not asks:
        return
    row = FollowUpEscalationRow(
        follow_up_id=check.id,
        band=asks[0].band,
        items=[each.item_id for each in asks],
        raised_at=tx.now,
    )
    if handled:
        _put_handled(tx, row, handled)
    tx.db.add(row)
    tx.db.flush()
    tx.audit("follow_up.escalate", "follow_up", check.id, None, band=row.band, items=row.items)


def handle(tx: Transaction, follow_up_id: UUID, typed: str) -> FollowUpRecord:
    """Say once what was done about what a check called for.

    Raises:
        NotFoundError: if there is no such check, or it calls for nothing.
        ConflictError: if somebody has said it already.
        InvalidError: if nothing is said, or it cannot be taken.
    """
    check = find_follow_up(tx, follow_up_id)
    row = tx.db.get(FollowUpEscalationRow, check.id)
    if row is None:
        raise NotFoundError("This check calls for nothing. Nothing was changed.")
    if row.handled_at is not None:
        raise ConflictError(follow_up_record(tx.db, check))
    _put_handled(tx, row, note("handled", typed, "What was done", needed=True))
    tx.db.flush()
    tx.audit("follow_up.handle", "follow_up", check.id, check.version, band=row.band)
    return follow_up_record(tx.db, check)


def to_handle(tx: Transaction, *, limit: int) -> tuple[FollowUpRecord, ...]:
    """Return the checks of which nobody has said yet what was done, the most urgent first."""
    waiting = select(FollowUpEscalationRow.follow_up_id).where(
        FollowUpEscalationRow.handled_at.is_(None)
    )
    found = follow_ups(tx, FollowUpRow.id.in_(waiting), limit=limit)
    return tuple(sorted(found, key=_urgency))


def _urgency(check: FollowUpRecord) -> int:
    # Of a restricted record nothing is told but that it waits; it must not wait at the end.
    return 0 if check.escalation is None else BANDS.index(check.escalation.band)


def _put_handled(tx: Transaction, row: FollowUpEscalationRow, handled: str) -> None:
    row.handled = handled
    row.handled_at, row.handled_by, row.handled_by_name = tx.now, tx.actor.id, tx.actor.name

"""The history of a lot: what came, what went and by whom, and what was said of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from mesodesk.db.models.clinic import UserRow
from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.session import SessionRow
from mesodesk.db.models.stock import (
    LotHoldRow,
    LotOpeningRow,
    LotRow,
    RecallRow,
    StockCountRow,
    StockMovementRow,
)
from mesodesk.domain.records.session import COUNTED
from mesodesk.domain.records.stock import LotEvent, MovementWhat
from mesodesk.domain.units import plain
from mesodesk.services.session_versions import being_amended
from mesodesk.services.store import Transaction


def history_of(tx: Transaction, row: LotRow) -> tuple[LotEvent, ...]:
    """Return the history of a lot, the latest first.

    Patients are named by record number: this is a record of the lot, not of them.
    """
    came = datetime.combine(row.received_on, time(), UTC)
    first = LotEvent(
        min(came, row.created_at), MovementWhat.RECEIVED, "", row.received_ml, row.supplier
    )
    found = [
        *_movements(tx, row.id),
        *_openings(tx, row.id),
        *_holds(tx, row.id),
        *_recalls(tx, row.id),
        *_counts(tx, row.id),
    ]
    # Of two things at one moment, what was told later stands above.
    found.reverse()
    return (*sorted(found, key=lambda each: each.at, reverse=True), first)


def _movements(tx: Transaction, lot_id: UUID) -> Iterator[LotEvent]:
    move = StockMovementRow
    amended = SessionRow.id.in_(being_amended()).label("amended")
    rows = tx.db.execute(
        select(
            move.moved_at,
            move.kind,
            move.volume_ml,
            move.reason,
            move.session_id,
            UserRow.name,
            SessionRow.number,
            SessionRow.state,
            PatientRow.record_number,
            amended,
        )
        .join(UserRow, UserRow.id == move.user_id)
        .outerjoin(SessionRow, SessionRow.id == move.session_id)
        .outerjoin(PatientRow, PatientRow.id == SessionRow.patient_id)
        .where(move.lot_id == lot_id)
    )
    for each in rows:
        yield LotEvent(
            each.moved_at,
            MovementWhat(each.kind.value),
            each.name,
            each.volume_ml,
            each.reason,
            each.session_id,
            each.number,
            each.record_number or "",
            counts=each.session_id is None or (each.state in COUNTED and not each.amended),
        )


def _openings(tx: Transaction, lot_id: UUID) -> Iterator[LotEvent]:
    rows = tx.db.execute(
        select(LotOpeningRow, UserRow.name)
        .join(UserRow, UserRow.id == LotOpeningRow.opened_by)
        .where(LotOpeningRow.lot_id == lot_id)
    )
    for row, name in rows:
        until = row.use_by.isoformat()
        yield LotEvent(row.created_at, MovementWhat.OPENED, name, detail=until)
        if row.ended_on is not None:
            yield LotEvent(row.changed_at, MovementWhat.ENDED, "", detail=row.ended_reason)


def _holds(tx: Transaction, lot_id: UUID) -> Iterator[LotEvent]:
    releaser = aliased(UserRow)
    rows = tx.db.execute(
        select(LotHoldRow, UserRow.name, releaser.name)
        .join(UserRow, UserRow.id == LotHoldRow.held_by)
        .outerjoin(releaser, releaser.id == LotHoldRow.released_by)
        .where(LotHoldRow.lot_id == lot_id)
    )
    for row, name, released in rows:
        yield LotEvent(row.held_at, MovementWhat.HELD, name, detail=row.reason)
        if row.released_at is not None:
            yield LotEvent(
                row.released_at, MovementWhat.RELEASED, released or "", detail=row.release_reason
            )


def _recalls(tx: Transaction, lot_id: UUID) -> Iterator[LotEvent]:
    withdrawer = aliased(UserRow)
    rows = tx.db.execute(
        select(RecallRow, UserRow.name, withdrawer.name)
        .join(UserRow, UserRow.id == RecallRow.recalled_by)
        .outerjoin(withdrawer, withdrawer.id == RecallRow.withdrawn_by)
        .where(RecallRow.lot_id == lot_id)
    )
    for row, name, withdrawn in rows:
        yield LotEvent(row.recalled_at, MovementWhat.RECALLED, name, detail=row.reason)
        if row.withdrawn_at is not None:
            yield LotEvent(
                row.withdrawn_at,
                MovementWhat.WITHDRAWN,
                withdrawn or "",
                detail=row.withdrawn_reason,
            )


def _counts(tx: Transaction, lot_id: UUID) -> Iterator[LotEvent]:
    rows = tx.db.execute(
        select(StockCountRow, UserRow.name)
        .join(UserRow, UserRow.id == StockCountRow.user_id)
        .where(StockCountRow.lot_id == lot_id)
    )
    for row, name in rows:
        words = f"{plain(row.counted_ml)} mL, expected {plain(row.expected_ml)} mL"
        yield LotEvent(row.counted_at, MovementWhat.COUNTED, name, detail=words)

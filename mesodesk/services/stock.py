"""What happens to lots besides treatment: deliveries, waste, openings, quarantine, stock-takes."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from mesodesk.db.models.stock import (
    LotHoldRow,
    LotRow,
    MovementKind,
    StockCountRow,
    StockMovementRow,
)
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.stock import Counted, LotEvent, LotRecord
from mesodesk.domain.rights import Right
from mesodesk.domain.units import plain
from mesodesk.services.errors import RefusedError
from mesodesk.services.lot_history import history_of
from mesodesk.services.lot_records import current_lot, lot_kept, one_lot, today_of
from mesodesk.services.lot_rows import MOST_RECEIVED_ML, find_lot, taken
from mesodesk.services.product_rows import find_product
from mesodesk.services.session_rows import find_session
from mesodesk.services.stock_taking import begin_container, end_container, open_container
from mesodesk.services.store import Store, Transaction, mark_edited
from mesodesk.services.texts import Problems, note

_LEAST_ML: Final = Decimal("0.001")
_UNCOUNTED: Final = (
    "This lot is not counted, so nothing was taken out. Enter the volume received first."
)


class StockService:
    """Changes lots; each change is a movement or a line of its own that stays."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def receive(
        self,
        lot_id: UUID,
        version: int,
        volume_ml: Decimal,
        detail: str = "",
        *,
        again: bool = False,
    ) -> LotRecord:
        """Enter a further delivery of a lot.

        Args:
            lot_id: which lot.
            version: as it was seen.
            volume_ml: what came.
            detail: delivery note or supplier.
            again: whether it is meant although the same volume came in today already.

        Raises:
            NotFoundError: if there is no such lot.
            ConflictError: if it was changed since `version`.
            InvalidError: if the volume or the text cannot be taken.
            RefusedError: if the clinic does not count the lot, or the delivery seems entered twice.
        """
        with self._store.write(Right.STOCK_EDIT) as tx:
            row = current_lot(tx, lot_id, version)
            volume = _volume(volume_ml, "Received", MOST_RECEIVED_ML)
            why = note("detail", detail, "Delivery")
            if row.received_ml is None:
                raise RefusedError(
                    "This lot is not counted, so no delivery was added. Enter the volume received"
                    " first."
                )
            if not again and _came_today(tx, row, volume):
                raise RefusedError(
                    f"{plain(volume)} mL of lot {row.number} were received today already, so"
                    " nothing was added. If the same came twice, say so."
                )
            _move(tx, row, MovementKind.RECEIVED, volume, why)
            return _done(tx, row, "lot.receive", volume_ml=volume)

    def waste(self, lot_id: UUID, version: int, volume_ml: Decimal, reason: str) -> LotRecord:
        """Take out what was thrown away.

        Raises:
            NotFoundError: if there is no such lot.
            ConflictError: if it was changed since `version`.
            InvalidError: if the reason is missing, or it is more than there is.
            RefusedError: if the clinic does not count the lot.
        """
        with self._store.write(Right.STOCK_EDIT) as tx:
            row = current_lot(tx, lot_id, version)
            left = taken(tx.db, [row.id]).left_ml(row)
            if left is None:
                raise RefusedError(_UNCOUNTED)
            volume = _volume(volume_ml, "Thrown away", max(left, Decimal(0)))
            why = note("reason", reason, "Reason", needed=True)
            _move(tx, row, MovementKind.WASTED, -volume, why)
            return _done(tx, row, "lot.waste", volume_ml=volume)

    def open(self, lot_id: UUID, version: int, opened_on: date, rest_ml: Decimal) -> LotRecord:
        """Open a container of a multi-dose lot; one that is open is finished by it.

        Args:
            lot_id: which lot.
            version: as it was seen.
            opened_on: the day, not before it was received.
            rest_ml: what is left in the one before, thrown away with it; 0 if there is none.

        Raises:
            NotFoundError: if there is no such lot.
            ConflictError: if it was changed since `version`.
            InvalidError: if the day or the rest cannot be taken.
            RefusedError: if containers of it are single-dose.
        """
        with self._store.write(Right.STOCK_EDIT) as tx:
            row = current_lot(tx, lot_id, version)
            product = find_product(tx.db, row.product_id)
            if product.single_dose:
                raise RefusedError(
                    f"{product.name} comes in single-dose containers: each is opened for one"
                    " patient and its rest is thrown away. Nothing was changed."
                )
            _check_day(opened_on, row, today_of(tx))
            _finish(tx, row, today_of(tx), rest_ml, "Another one was opened")
            opening = begin_container(tx, row, product, opened_on)
            return _done(tx, row, "lot.open", use_by=opening.use_by.isoformat())

    def finish(self, lot_id: UUID, version: int, rest_ml: Decimal, reason: str) -> LotRecord:
        """Say that the open container is empty or was thrown away.

        Raises:
            NotFoundError: if there is no such lot.
            ConflictError: if it was changed since `version`.
            InvalidError: if the reason is missing or the rest cannot be taken.
            RefusedError: if none is open.
        """
        with self._store.write(Right.STOCK_EDIT) as tx:
            row = current_lot(tx, lot_id, version)
            why = note("reason", reason, "Reason", needed=True)
            if not _finish(tx, row, today_of(tx), rest_ml, why):
                raise RefusedError("No container of this lot is open. Nothing was changed.")
            return _done(tx, row, "lot.finish", rest_ml=rest_ml)

    def hold(self, lot_id: UUID, version: int, reason: str) -> LotRecord:
        """Put a lot in quarantine: nothing is drawn from it until it is released.

        Raises:
            NotFoundError: if there is no such lot.
            ConflictError: if it was changed since `version`.
            InvalidError: if the reason is missing.
        """
        with self._store.write(Right.STOCK_EDIT) as tx:
            row = current_lot(tx, lot_id, version)
            why = note("reason", reason, "Reason", needed=True)
            if _held(tx, row) is None:
                tx.db.add(
                    LotHoldRow(lot_id=row.id, reason=why, held_by=tx.actor.id, held_at=tx.now)
                )
                _done(tx, row, "lot.hold")
            return one_lot(tx, row)

    def release(self, lot_id: UUID, version: int, reason: str) -> LotRecord:
        """End the quarantine of a lot.

        Raises:
            NotFoundError: if there is no such lot.
            ConflictError: if it was changed since `version`.
            InvalidError: if the reason is missing.
        """
        with self._store.write(Right.RECALL) as tx:
            row = current_lot(tx, lot_id, version)
            why = note("reason", reason, "Reason", needed=True)
            held = _held(tx, row)
            if held is not None:
                held.released_by, held.released_at, held.release_reason = tx.actor.id, tx.now, why
                _done(tx, row, "lot.release")
            return one_lot(tx, row)

    def history(self, lot_id: UUID) -> tuple[LotEvent, ...]:
        """Return everything that happened to a lot, the latest first.

        Raises:
            NotFoundError: if there is no such lot.
        """
        with self._store.read(Right.CLINIC_READ) as tx:
            return history_of(tx, find_lot(tx.db, lot_id))

    def take_labels(self, session_id: UUID, digits: Sequence[int]) -> None:
        """Keep on the log that labels of a session's syringes were copied or printed.

        Raises:
            NotFoundError: if there is no such session, or none that who acts may see.
        """
        with self._store.write(Right.SESSION_EDIT) as tx:
            row = find_session(tx, session_id)
            tx.audit("session.label", "session", row.id, row.version, syringes=sorted(digits))

    def take_stock(self, counts: Iterable[Counted], detail: str = "") -> tuple[LotRecord, ...]:
        """Keep what was counted, all of it or none; a difference becomes a movement.

        Args:
            counts: of lots that the clinic counts.
            detail: a word on this stock-take.

        Raises:
            NotFoundError: if a lot is not on record.
            ConflictError: if one was changed since it was counted.
            InvalidError: naming each count that cannot be taken, by `counts[at]`.
        """
        with self._store.write(Right.STOCK_EDIT) as tx:
            said = note("detail", detail, "Note")
            rows = [(current_lot(tx, each.lot_id, each.version), each) for each in counts]
            _check_counts(tx, rows)
            found = [_counted(tx, row, each.counted_ml, said) for row, each in rows]
            tx.touch(Topic.STOCK)
            return tuple(found)


def _check_counts(tx: Transaction, rows: list[tuple[LotRow, Counted]]) -> None:
    out, problems = taken(tx.db, [row.id for row, _ in rows]), Problems()
    for at, (row, each) in enumerate(rows):
        most = out.received_ml(row)
        if most is None:
            problems.add(f"counts[{at}]", f"Lot {row.number} is not counted by this clinic.")
        else:
            problems.number(
                f"counts[{at}]",
                each.counted_ml,
                f"Lot {row.number}",
                least=Decimal(0),
                most=most,
                places=3,
                unit="mL",
            )
    problems.done()


def _counted(tx: Transaction, row: LotRow, counted_ml: Decimal, said: str) -> LotRecord:
    expected = taken(tx.db, [row.id]).left_ml(row) or Decimal(0)
    tx.db.add(
        StockCountRow(
            lot_id=row.id,
            expected_ml=expected,
            counted_ml=counted_ml,
            user_id=tx.actor.id,
            counted_at=tx.now,
            note=said,
        )
    )
    if counted_ml != expected:
        why = f"Stock-take: {said}" if said else "Stock-take"
        _move(tx, row, MovementKind.CORRECTED, counted_ml - expected, why)
    return _done(tx, row, "lot.count", difference_ml=counted_ml - expected)


def _came_today(tx: Transaction, row: LotRow, volume_ml: Decimal) -> bool:
    """Whether the very same volume of the lot came in today: perhaps one delivery, typed twice."""
    if row.received_ml == volume_ml and row.received_on == today_of(tx):
        return True
    last = tx.db.scalar(
        select(func.max(StockMovementRow.moved_at)).where(
            StockMovementRow.lot_id == row.id,
            StockMovementRow.kind == MovementKind.RECEIVED,
            StockMovementRow.volume_ml == volume_ml,
        )
    )
    return last is not None and (tx.now - last).days < 1


def _finish(tx: Transaction, row: LotRow, today: date, rest_ml: Decimal, reason: str) -> bool:
    """Finish the open container, its rest thrown away; tell whether there was one."""
    opening = open_container(tx, row.id)
    if opening is None:
        return False
    if rest_ml:
        left = taken(tx.db, [row.id]).left_ml(row)
        most = MOST_RECEIVED_ML if left is None else max(left, Decimal(0))
        volume = _volume(rest_ml, "Rest", most, place="rest_ml")
        if left is not None:
            _move(tx, row, MovementKind.WASTED, -volume, reason)
    end_container(opening, max(today, opening.opened_on), reason)
    tx.db.flush()
    return True


def _held(tx: Transaction, row: LotRow) -> LotHoldRow | None:
    return tx.db.scalar(
        select(LotHoldRow).where(LotHoldRow.lot_id == row.id, LotHoldRow.released_at.is_(None))
    )


def _check_day(day: date, row: LotRow, today: date) -> None:
    problems = Problems()
    if day > today:
        problems.add("opened_on", "Opened on: this day is still to come.")
    elif day < row.received_on:
        problems.add("opened_on", "Opened on: this is before the lot was received.")
    elif day > row.expires_on:
        problems.add("opened_on", "Opened on: the lot had expired by then.")
    problems.done()


def _volume(volume_ml: Decimal, what: str, most: Decimal, place: str = "volume_ml") -> Decimal:
    problems = Problems()
    problems.number(place, volume_ml, what, least=_LEAST_ML, most=most, places=3, unit="mL")
    problems.done()
    return volume_ml


def _move(
    tx: Transaction, row: LotRow, kind: MovementKind, volume_ml: Decimal, reason: str
) -> None:
    tx.db.add(
        StockMovementRow(
            lot_id=row.id,
            kind=kind,
            volume_ml=volume_ml,
            user_id=tx.actor.id,
            moved_at=tx.now,
            reason=reason,
        )
    )


def _done(tx: Transaction, row: LotRow, action: str, **details: object) -> LotRecord:
    mark_edited(row)
    lot_kept(tx, row, action, **details)
    return one_lot(tx, row)

"""Rows of lots: what is left of them, and what may be typed about them."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from mesodesk.db.models.session import SessionRow, SyringeComponentRow, SyringeRow
from mesodesk.db.models.stock import LotRow, MovementKind, ProductRow, StockMovementRow
from mesodesk.db.search_words import words
from mesodesk.domain.lots import NOTHING, taken_out
from mesodesk.domain.records.session import COUNTED, SessionState
from mesodesk.domain.records.stock import LotFields
from mesodesk.services.errors import NotFoundError
from mesodesk.services.session_versions import being_amended
from mesodesk.services.texts import Problems

_EARLIEST: Final = date(2000, 1, 1)
_LONGEST_SHELF_LIFE: Final = timedelta(days=20 * 366)
_LEAST_RECEIVED_ML: Final = Decimal("0.001")
MOST_RECEIVED_ML: Final = Decimal(1_000_000)


def number_key(number: str) -> str:
    """Return a lot number as it is compared: without case, spaces and signs."""
    return "".join(words(number)) or number.casefold()


def find_lot(db: Session, lot_id: UUID) -> LotRow:
    """Return a lot's row.

    Raises:
        NotFoundError: if there is none of that id.
    """
    row = db.get(LotRow, lot_id)
    if row is None:
        raise NotFoundError("This lot is not on record. Nothing was changed.")
    return row


@dataclass(frozen=True, slots=True)
class Taken:
    """Millilitres that came into lots and went out of them.

    `moved` is the sum of the movements, what is out of the lot negative; `received` what came after
    the first delivery; `in_drafts` what drafts take out.
    """

    moved: dict[UUID, Decimal]
    received: dict[UUID, Decimal]
    in_drafts: dict[UUID, Decimal]

    def left_ml(self, row: LotRow) -> Decimal | None:
        """Return what is left, None where the clinic does not count the lot."""
        return None if row.received_ml is None else row.received_ml - self.gone_ml(row)

    def gone_ml(self, row: LotRow) -> Decimal:
        """Return what was taken out and not made up for by a further delivery."""
        return self.in_drafts.get(row.id, NOTHING) - self.moved.get(row.id, NOTHING)

    def received_ml(self, row: LotRow) -> Decimal | None:
        """Return what came in all deliveries, None where the clinic does not count the lot."""
        if row.received_ml is None:
            return None
        return row.received_ml + self.received.get(row.id, NOTHING)


def taken(db: Session, lot_ids: Iterable[UUID], *, but: UUID | None = None) -> Taken:
    """Add up what was taken out of lots; syringes of draft sessions count as drawn.

    Movements are never changed. What a session drew counts as long as the session does: not once it
    was amended or entered in error, nor while a draft that amends it stands in for it.

    Args:
        db: to look in.
        lot_ids: of which.
        but: a draft that is left out.
    """
    ids = list(lot_ids)
    volume = StockMovementRow.volume_ml
    came = func.sum(volume).filter(StockMovementRow.kind == MovementKind.RECEIVED)
    rows = db.execute(
        select(StockMovementRow.lot_id, func.sum(volume), came)
        .where(StockMovementRow.lot_id.in_(ids))
        .group_by(StockMovementRow.lot_id)
    ).all()
    undone = _undone(db)
    return Taken(
        {row[0]: row[1] - undone.get(row[0], NOTHING) for row in rows},
        {row[0]: row[2] for row in rows if row[2] is not None},
        _in_drafts(db, ids, but),
    )


def _undone(db: Session) -> dict[UUID, Decimal]:
    """Return what the movements of sessions that do not count come to, by lot.

    They are few. Asking of each movement whether its session counts would read the whole clinic.
    """
    not_counted = select(SessionRow.id).where(
        SessionRow.state.in_([each for each in SessionState if each not in COUNTED])
    )
    rows = db.execute(
        select(StockMovementRow.lot_id, func.sum(StockMovementRow.volume_ml))
        .where(StockMovementRow.session_id.in_(not_counted.union(being_amended())))
        .group_by(StockMovementRow.lot_id)
    )
    return {row[0]: row[1] for row in rows}


def _in_drafts(db: Session, lot_ids: list[UUID], but: UUID | None) -> dict[UUID, Decimal]:
    """Return what drafts take out of lots, of single-dose containers whole ones."""
    rows = db.execute(
        select(
            SyringeComponentRow.lot_id,
            ProductRow.single_dose,
            ProductRow.container_ml,
            func.sum(SyringeComponentRow.volume_ml).label("volume_ml"),
        )
        .join(SyringeRow, SyringeRow.id == SyringeComponentRow.syringe_id)
        .join(SessionRow, SessionRow.id == SyringeRow.session_id)
        .join(LotRow, LotRow.id == SyringeComponentRow.lot_id)
        .join(ProductRow, ProductRow.id == LotRow.product_id)
        .where(
            SyringeComponentRow.lot_id.in_(lot_ids),
            SyringeRow.removed.is_(False),
            SessionRow.state == SessionState.DRAFT,
            SessionRow.id != but if but is not None else true(),
        )
        .group_by(SyringeComponentRow.lot_id, SessionRow.id)
    )
    found: dict[UUID, Decimal] = {}
    for row in rows:
        out = taken_out(row.volume_ml, single_dose=row.single_dose, container_ml=row.container_ml)
        found[row.lot_id] = found.get(row.lot_id, NOTHING) + out
    return found


def lot_fields(row: LotRow) -> LotFields:
    return LotFields(**{each.name: getattr(row, each.name) for each in fields(LotFields)})


def write_lot(row: LotRow, checked: LotFields) -> list[str]:
    """Put checked fields into a row and return the names of what changed."""
    changed = [
        each.name
        for each in fields(LotFields)
        if getattr(row, each.name) != getattr(checked, each.name)
    ]
    for name in changed:
        setattr(row, name, getattr(checked, name))
    row.number_key = number_key(checked.number)
    return changed


def checked_lot(typed: LotFields, today: date) -> LotFields:
    """Return the fields as they will be stored.

    Raises:
        InvalidError: naming every field that cannot be taken.
    """
    problems = Problems()
    checked = replace(
        typed,
        number=problems.line("number", typed.number, "Lot number", needed=True),
        supplier=problems.line("supplier", typed.supplier, "Supplier"),
        received_ml=problems.number(
            "received_ml",
            typed.received_ml,
            "Received",
            least=_LEAST_RECEIVED_ML,
            most=MOST_RECEIVED_ML,
            places=3,
            unit="mL",
        ),
    )
    if typed.received_on > today:
        problems.add("received_on", "Received on: this day is still to come.")
    elif typed.received_on < _EARLIEST:
        problems.add("received_on", "Received on: this is before 2000. Check the year.")
    if typed.expires_on < typed.received_on:
        problems.add("expires_on", "Expiry: this is before the day it was received.")
    elif typed.expires_on > today + _LONGEST_SHELF_LIFE:
        problems.add("expires_on", "Expiry: this is more than 20 years ahead. Check the year.")
    problems.done()
    return checked

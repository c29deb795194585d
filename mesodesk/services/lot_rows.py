"""Lots between their tables and their frozen records: what is left, and what may be typed."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mesodesk.db.models.session import SessionRow, SyringeComponentRow, SyringeRow
from mesodesk.db.models.stock import LotRow, StockMovementRow
from mesodesk.db.search_words import words
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.records.stock import LotFields, LotRecord, LotState, ProductRecord
from mesodesk.services.errors import NotFoundError
from mesodesk.services.texts import Problems

SOON: Final = timedelta(days=30)
"""How long before its expiry a lot is pointed out."""

_EARLIEST: Final = date(2000, 1, 1)
_LONGEST_SHELF_LIFE: Final = timedelta(days=20 * 366)
_LEAST_RECEIVED_ML: Final = Decimal("0.001")
_MOST_RECEIVED_ML: Final = Decimal(1_000_000)


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
    """Millilitres taken out of lots by movements (negative) and by drafts (positive)."""

    moved: dict[UUID, Decimal]
    in_drafts: dict[UUID, Decimal]

    def left_ml(self, row: LotRow) -> Decimal | None:
        """Return what is left, None where the clinic does not count the lot."""
        return None if row.received_ml is None else row.received_ml - self.gone_ml(row)

    def gone_ml(self, row: LotRow) -> Decimal:
        """Return what was taken out and is not there any more, counted lot or not."""
        nothing = Decimal(0)
        return self.in_drafts.get(row.id, nothing) - self.moved.get(row.id, nothing)


def taken(db: Session, lot_ids: Iterable[UUID]) -> Taken:
    """Add up what was taken out of lots; syringes of draft sessions count as drawn."""
    ids = list(lot_ids)
    moved = db.execute(
        select(StockMovementRow.lot_id, func.sum(StockMovementRow.volume_ml))
        .where(StockMovementRow.lot_id.in_(ids))
        .group_by(StockMovementRow.lot_id)
    )
    drawn = db.execute(
        select(SyringeComponentRow.lot_id, func.sum(SyringeComponentRow.volume_ml))
        .join(SyringeRow, SyringeRow.id == SyringeComponentRow.syringe_id)
        .join(SessionRow, SessionRow.id == SyringeRow.session_id)
        .where(
            SyringeComponentRow.lot_id.in_(ids),
            SyringeRow.removed.is_(False),
            SessionRow.state == SessionState.DRAFT,
        )
        .group_by(SyringeComponentRow.lot_id)
    )
    return Taken({row[0]: row[1] for row in moved}, {row[0]: row[1] for row in drawn})


def lot_record(
    row: LotRow, product: ProductRecord, left_ml: Decimal | None, today: date
) -> LotRecord:
    """Return the record of a lot as it stands on a day at the clinic."""
    return LotRecord(
        id=row.id,
        version=row.version,
        product=product,
        fields=lot_fields(row),
        state=lot_state(row.expires_on, left_ml, today),
        left_ml=left_ml,
    )


def lot_fields(row: LotRow) -> LotFields:
    return LotFields(**{each.name: getattr(row, each.name) for each in fields(LotFields)})


def lot_state(expires_on: date, left_ml: Decimal | None, today: date) -> LotState:
    """Return whether a lot can be drawn from: on the day of its expiry it still can."""
    if expires_on < today:
        return LotState.EXPIRED
    if left_ml is not None and left_ml <= 0:
        return LotState.USED_UP
    return LotState.EXPIRES_SOON if expires_on <= today + SOON else LotState.USABLE


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
            most=_MOST_RECEIVED_ML,
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

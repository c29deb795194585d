"""What a signed session takes from stock: what was drawn, rests, containers that it opens."""

from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.session import SessionRow
from mesodesk.db.models.stock import (
    LotOpeningRow,
    LotRow,
    MovementKind,
    ProductRow,
    StockMovementRow,
)
from mesodesk.domain.lots import NOTHING, good_until, taken_out
from mesodesk.domain.stock_rules import load_stock_rules
from mesodesk.services.lot_records import today_of
from mesodesk.services.lot_rows import taken
from mesodesk.services.session_rows import kept_syringes
from mesodesk.services.session_versions import link_of
from mesodesk.services.store import Transaction

REST: Final = "Rest of a single-dose container, which belongs to no other patient"
USED_UP: Final = "Used up"


def take_from_stock(tx: Transaction, row: SessionRow) -> None:
    """Take out of the lots exactly what the session drew.

    What is left in single-dose containers goes with it, as wasted: it is tied to this patient.
    A multi-dose container counts as opened by the first draw, but not by an amendment, which tells
    of an earlier day.
    """
    opens = link_of(tx.db, row.id) is None
    drawn: dict[UUID, Decimal] = {}
    for syringe in kept_syringes(row):
        for part in syringe.components:
            _move(tx, row, part.lot_id, MovementKind.DRAWN, part.volume_ml)
            drawn[part.lot_id] = drawn.get(part.lot_id, NOTHING) + part.volume_ml
    found = tx.db.execute(
        select(LotRow, ProductRow)
        .join(ProductRow, ProductRow.id == LotRow.product_id)
        .where(LotRow.id.in_(drawn))
        .order_by(LotRow.id)
    )
    for lot, product in found.all():
        volume = drawn[lot.id]
        rest = (
            taken_out(volume, single_dose=product.single_dose, container_ml=product.container_ml)
            - volume
        )
        if rest > 0 and lot.received_ml is not None:
            _move(tx, row, lot.id, MovementKind.WASTED, rest, REST)
        if opens and product.single_dose is False:
            _open(tx, lot, product, volume)


def _move(
    tx: Transaction,
    row: SessionRow,
    lot_id: UUID,
    kind: MovementKind,
    volume_ml: Decimal,
    reason: str = "",
) -> None:
    tx.db.add(
        StockMovementRow(
            lot_id=lot_id,
            kind=kind,
            volume_ml=-volume_ml,
            session_id=row.id,
            user_id=tx.actor.id,
            moved_at=tx.now,
            reason=reason,
        )
    )


def _open(tx: Transaction, lot: LotRow, product: ProductRow, volume_ml: Decimal) -> None:
    """Count containers as opened and as used up, by what left the lot before and leaves it now."""
    out = taken(tx.db, [lot.id])  # the session is no signed one yet
    before = out.received.get(lot.id, NOTHING) - out.moved.get(lot.id, NOTHING)
    content, after = product.container_ml, before + volume_ml
    opening = open_container(tx, lot.id)
    today = today_of(tx)
    if opening is not None:
        if content is None or after // content == before // content:
            return
        end_container(opening, today, USED_UP)
        tx.db.flush()
    if (content is None or after % content) and lot.expires_on >= today:
        begin_container(tx, lot, product, today)


def open_container(tx: Transaction, lot_id: UUID) -> LotOpeningRow | None:
    """Return the container of a lot that is open, None if none is."""
    return tx.db.scalar(
        select(LotOpeningRow).where(
            LotOpeningRow.lot_id == lot_id, LotOpeningRow.ended_on.is_(None)
        )
    )


def begin_container(
    tx: Transaction, lot: LotRow, product: ProductRow, opened_on: date
) -> LotOpeningRow:
    """Keep that a container was opened, and until when it is good."""
    days = product.open_days or load_stock_rules().open_days
    row = LotOpeningRow(
        lot_id=lot.id,
        opened_on=opened_on,
        use_by=good_until(opened_on, days, lot.expires_on),
        opened_by=tx.actor.id,
    )
    tx.db.add(row)
    tx.db.flush()
    return row


def end_container(row: LotOpeningRow, ended_on: date, reason: str) -> None:
    """Keep that a container is finished."""
    row.ended_on, row.ended_reason = ended_on, reason

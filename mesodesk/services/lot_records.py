"""Records of lots as they stand now: what is left, open, in quarantine or recalled."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.clinic import UserRow
from mesodesk.db.models.stock import (
    LotHoldRow,
    LotOpeningRow,
    LotRow,
    ProductRow,
    RecallRow,
)
from mesodesk.domain.changes import Topic
from mesodesk.domain.clock import local_date
from mesodesk.domain.lots import lot_state
from mesodesk.domain.records.stock import Hold, LotRecord, Opening
from mesodesk.domain.stock_rules import load_stock_rules
from mesodesk.services.clinic import clinic_row
from mesodesk.services.errors import ConflictError
from mesodesk.services.lot_rows import find_lot, lot_fields, taken
from mesodesk.services.product_rows import WHOLE_PRODUCT, product_record
from mesodesk.services.store import Transaction


def lot_records(tx: Transaction, rows: Iterable[LotRow]) -> list[LotRecord]:
    """Return the records of lots as they stand now, in the order given."""
    lots, today, soon = list(rows), today_of(tx), load_stock_rules().soon
    whole = select(ProductRow).where(ProductRow.id.in_({row.product_id for row in lots}))
    products = {row.id: product_record(row) for row in tx.db.scalars(whole.options(*WHOLE_PRODUCT))}
    ids = [row.id for row in lots]
    out, openings, holds = taken(tx.db, ids), _openings(tx, ids), _holds(tx, ids)
    recalls = _recalls(tx, ids)
    found = []
    for row in lots:
        opening, held, recall = openings.get(row.id), holds.get(row.id), recalls.get(row.id)
        left_ml = out.left_ml(row)
        state = lot_state(
            expires_on=row.expires_on,
            left_ml=left_ml,
            today=today,
            soon=soon,
            use_by=None if opening is None else opening.use_by,
            held=held is not None,
            recalled=recall is not None,
        )
        found.append(
            LotRecord(
                id=row.id,
                version=row.version,
                product=products[row.product_id],
                fields=lot_fields(row),
                state=state,
                left_ml=left_ml,
                received_ml=out.received_ml(row),
                opening=opening,
                held=held,
                recall_reason="" if recall is None else recall[0],
                recalled_on=None if recall is None else recall[1],
            )
        )
    return found


def _openings(tx: Transaction, lot_ids: list[UUID]) -> dict[UUID, Opening]:
    row = LotOpeningRow
    found = tx.db.execute(
        select(row.lot_id, row.id, row.opened_on, row.use_by).where(
            row.lot_id.in_(lot_ids), row.ended_on.is_(None)
        )
    )
    return {each.lot_id: Opening(each.id, each.opened_on, each.use_by) for each in found}


def _holds(tx: Transaction, lot_ids: list[UUID]) -> dict[UUID, Hold]:
    row = LotHoldRow
    found = tx.db.execute(
        select(row.lot_id, row.reason, UserRow.name, row.held_at)
        .join(UserRow, UserRow.id == row.held_by)
        .where(row.lot_id.in_(lot_ids), row.released_at.is_(None))
    )
    return {each.lot_id: Hold(each.reason, each.name, each.held_at) for each in found}


def _recalls(tx: Transaction, lot_ids: list[UUID]) -> dict[UUID, tuple[str, date]]:
    row = RecallRow
    found = tx.db.execute(
        select(row.lot_id, row.reason, row.noticed_on).where(
            row.lot_id.in_(lot_ids), row.withdrawn_at.is_(None)
        )
    )
    return {each.lot_id: (each.reason, each.noticed_on) for each in found}


def one_lot(tx: Transaction, row: LotRow) -> LotRecord:
    """Return the record of one lot."""
    [record] = lot_records(tx, [row])
    return record


def today_of(tx: Transaction) -> date:
    """Return the day at the clinic."""
    return local_date(tx.now, clinic_row(tx.db).zone)


def current_lot(tx: Transaction, lot_id: UUID, version: int) -> LotRow:
    """Return a lot's row if nobody changed it since `version`.

    Raises:
        NotFoundError: if there is none of that id.
        ConflictError: if it was changed meanwhile.
    """
    row = find_lot(tx.db, lot_id)
    if row.version != version:
        raise ConflictError(one_lot(tx, row))
    return row


def lot_kept(tx: Transaction, row: LotRow, action: str, **details: object) -> None:
    """Write down a change of a lot and say so."""
    tx.db.flush()
    tx.audit(action, "lot", row.id, row.version, **details)
    tx.touch(Topic.STOCK)

"""Lots of a synthetic clinic: a delivery of every product in use each half year, never counted."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

from mesodesk.db.models.stock import LotRow
from mesodesk.demo.treatments import TREATMENTS
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.stock import LotFields, ProductRecord
from mesodesk.domain.rights import Right
from mesodesk.services.desk import Desk
from mesodesk.services.lot_rows import write_lot
from mesodesk.services.store import Transaction

_HALF_YEAR = timedelta(days=182)
_SHELF_LIFE = timedelta(days=420)


@dataclass(frozen=True, slots=True)
class SeedLot:
    """A lot with what a syringe freezes of its label."""

    id: UUID
    number: str
    expires_on: date
    product: ProductRecord


class Shelf:
    """The lots by product of the starter catalogue, oldest first."""

    def __init__(self, lots: dict[str, list[SeedLot]], first_day: date) -> None:
        self._lots = lots
        self._first_day = first_day

    def on(self, starter_id: str, day: date) -> SeedLot:
        """Return the lot that is drawn from on a day."""
        return self._lots[starter_id][(day - self._first_day) // _HALF_YEAR]


def stock_up(desk: Desk, random: Random, first_day: date, last_day: date) -> Shelf:
    """Take in all deliveries of the years."""
    used = {
        part.starter_id
        for treatment in TREATMENTS
        for draw in treatment.draws
        for part in draw.parts
    }
    products = {each.starter_id: each for each in desk.catalogue.products()}
    lots: dict[str, list[SeedLot]] = {}
    with desk.store.write(Right.STOCK_EDIT) as tx:
        for starter_id in sorted(used):
            for number in range((last_day - first_day) // _HALF_YEAR + 1):
                received = first_day + number * _HALF_YEAR
                name = f"{random.choice('ABCDEFGHKLMNPRT')}{random.randint(100, 999)}-{number:02}"
                lot = _receive(tx, products[starter_id], name, received)
                lots.setdefault(starter_id, []).append(lot)
        tx.touch(Topic.STOCK)
    return Shelf(lots, first_day)


def _receive(tx: Transaction, product: ProductRecord, number: str, day: date) -> SeedLot:
    typed = LotFields(number, day + _SHELF_LIFE, day)
    row = LotRow(product_id=product.id)
    write_lot(row, typed)
    tx.db.add(row)
    tx.db.flush()
    tx.audit("lot.create", "lot", row.id, row.version)
    return SeedLot(row.id, number, typed.expires_on, product)

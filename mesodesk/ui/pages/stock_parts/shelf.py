"""All products with their lots, as the page has read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from mesodesk.domain.records.stock import LotRecord, ProductRecord
    from mesodesk.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Shelf:
    """All products by name, with their lots."""

    products: tuple[ProductRecord, ...] = ()
    lots: Mapping[UUID, list[LotRecord]] | None = None

    def lots_of(self, product: ProductRecord) -> list[LotRecord]:
        return (self.lots or {}).get(product.id, [])

    def all_lots(self) -> list[LotRecord]:
        return [lot for lots in (self.lots or {}).values() for lot in lots]


def look(desk: Desk) -> Shelf:
    """Read the shelf. Database thread only."""
    lots: dict[UUID, list[LotRecord]] = {}
    for lot in desk.catalogue.lots():
        lots.setdefault(lot.product.id, []).append(lot)
    return Shelf(desk.catalogue.products(include_archived=True), lots)

"""The rows of the product list."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mesodesk.domain.records.stock import LotRecord, ProductRecord
from mesodesk.ui.pages.stock_parts.words import lacks_strength, summary
from mesodesk.ui.widgets.rows import RowRole

_Index = QModelIndex | QPersistentModelIndex


class ProductListModel(QAbstractListModel):
    """Products found, as ready-made strings."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._products: Sequence[ProductRecord] = ()
        self._rows: list[dict[int, str]] = []

    def show_products(
        self,
        products: Sequence[ProductRecord],
        lots: Mapping[UUID, Sequence[LotRecord]],
        language: str,
    ) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self._products = products
        self._rows = [
            self._strings(product, lots.get(product.id, ()), language) for product in products
        ]
        self.endResetModel()

    def product(self, row: int) -> ProductRecord | None:
        """Return the product of a row, or None beyond the end."""
        return self._products[row] if 0 <= row < len(self._products) else None

    def row_of(self, product_id: UUID | None) -> int:
        """Return the row of a product, or -1."""
        ids = [product.id for product in self._products]
        return ids.index(product_id) if product_id in ids else -1

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ". ".join((row[RowRole.TITLE], row[RowRole.SUBTITLE], row[RowRole.TRAILING]))
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row[RowRole.TITLE]}\n{row[RowRole.SUBTITLE]}"
        return row.get(role)

    def _strings(
        self, product: ProductRecord, lots: Sequence[LotRecord], language: str
    ) -> dict[int, str]:
        drawable = sum(lot.can_be_drawn for lot in lots)
        words = self.tr("1 lot") if drawable == 1 else self.tr("{n} lots").format(n=drawable)
        trailing = words if drawable else ""
        if product.archived:
            icon, trailing = "archive-outline", self.tr("archived")
        elif lacks_strength(product.fields) and lots:
            icon = "alert-outline"
        else:
            icon = "book-open-outline" if product.starter_id else "flask-outline"
        return {
            int(RowRole.TITLE): product.fields.name,
            int(RowRole.SUBTITLE): summary(product.fields, language),
            int(RowRole.TRAILING): trailing,
            int(RowRole.ICON): icon,
        }

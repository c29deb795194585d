"""The stock-take: every lot that is counted, with room for what is there; kept all at once."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from mesodesk.domain.records.stock import Counted
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_date, format_quantity
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.layouts import PageScroll, clear, nest, row
from mesodesk.ui.widgets.numberfields import NumberField
from mesodesk.ui.widgets.text import ElidedLabel, Label, Muted, Title
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mesodesk.domain.records.stock import LotRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class StockTake(QWidget):
    """Lots by product, the first to expire first. What is left empty was not counted."""

    #: The lots as they stand after it.
    kept = Signal(object)
    closed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stock_take")
        self._context = context
        self._lots: list[LotRecord] = []
        self.fields: list[NumberField] = []
        self._differences: list[Label] = []
        self.note = TextField(
            "stock_take_note", self.tr("Note"), placeholder=self.tr("A word on this stock-take"),
            longest=200,
        )  # fmt: skip
        self.keep = Button(
            self.tr("Keep what was counted"), "stock_take_keep", ButtonKind.PRIMARY, "check"
        )
        self.cancel = Button(self.tr("Close"), "stock_take_close", ButtonKind.QUIET)
        self.says = Muted("", wrap=False)
        self.says.setObjectName("stock_take_says")
        self.trouble = Notice(object_name="stock_take_trouble")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.S)
        self._grid.setColumnStretch(0, 1)
        card = Card(object_name="stock_take_card")
        card.add(
            Muted(
                self.tr(
                    "Type what is there of each lot, in mL. A lot that you leave empty is not"
                    " touched. Each difference becomes a correction; what agrees is kept too."
                )
            )
        )
        nest(card.body, self._grid)
        card.add(self.note)
        card.add(self.trouble)
        foot = row(self.keep, self.cancel)
        foot.addWidget(self.says, 1)
        nest(card.body, foot)
        scroll = PageScroll("stock_take_scroll", max_width=1100, margin=0, edge=True)
        scroll.add(Title(self.tr("Stock-take")))
        scroll.add(card)
        scroll.column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        self.keep.clicked.connect(self._keep)
        self.cancel.clicked.connect(self.closed)

    def begin(self, lots: Iterable[LotRecord]) -> None:
        """Show the lots that the clinic counts and that hold something, or should."""
        found = [
            lot
            for lot in lots
            if lot.left_ml is not None and lot.left_ml > 0 and not lot.product.archived
        ]
        found.sort(key=lambda lot: (lot.product.fields.name.casefold(), lot.fields.expires_on))
        self._lots = found
        clear(self._grid)
        self.fields, self._differences = [], []
        heads = (self.tr("Lot"), self.tr("Expected"), self.tr("There"), self.tr("Difference"))
        for column, text in enumerate(heads):
            self._grid.addWidget(Label(text, Role.SMALL, "muted"), 0, column)
        for at, lot in enumerate(found, start=1):
            self._add_line(at, lot)
        self.trouble.dismiss()
        self.note.set_value("")
        self._say()
        if self.fields:
            self.fields[0].setFocus()

    def _add_line(self, at: int, lot: LotRecord) -> None:
        fields = lot.fields
        words = self.tr("{product} · lot {number} · {day}").format(
            product=lot.product.fields.name,
            number=fields.number,
            day=format_date(fields.expires_on),
        )
        field = NumberField(
            f"count_{fields.number}",
            self.tr("There of lot {number}").format(number=fields.number),
            places=3,
            unit="mL",
            minimum=Decimal(0),
            maximum=lot.received_ml,
        )
        field.setFixedWidth(170)
        difference = Label("", Role.SMALL)
        difference.setMinimumWidth(90)
        self._grid.addWidget(ElidedLabel(words, Role.BODY), at, 0)
        left = lot.left_ml or Decimal(0)
        self._grid.addWidget(Label(format_quantity(left, "mL")), at, 1)
        self._grid.addWidget(field, at, 2)
        self._grid.addWidget(difference, at, 3)
        self.fields.append(field)
        self._differences.append(difference)
        field.edited.connect(self._say)

    @Slot()
    def _say(self) -> None:
        counted = differs = 0
        for lot, field, label in zip(self._lots, self.fields, self._differences, strict=True):
            there = field.value()
            if there is None or lot.left_ml is None:
                label.setText("")
                continue
            counted += 1
            off = there - lot.left_ml
            differs += off != 0
            sign = "+" if off > 0 else ""
            label.setText(f"{sign}{format_quantity(off, 'mL')}" if off else self.tr("agrees"))
            label.set_tone(Kind.CAUTION.value if off else Kind.OK.value)
        words = self.tr("{counted} of {lots} lots counted, {differs} differ")
        self.says.setText(
            words.format(counted=counted, lots=len(self._lots), differs=differs)
            if self._lots
            else self.tr("No lot that is counted holds anything.")
        )
        self.keep.setEnabled(counted > 0)

    @Slot()
    def _keep(self) -> None:
        counts = []
        for lot, field in zip(self._lots, self.fields, strict=True):
            there = field.value()
            if there is not None:
                counts.append(Counted(lot.id, lot.version, there))
        self.keep.setEnabled(False)
        work = partial(_take, tuple(counts), self.note.value())
        self._context.write(self, work, self.kept.emit, self._failed)

    def _failed(self, error: Exception) -> None:
        self.keep.setEnabled(True)
        self.trouble.show_notice(Kind.CAUTION, self.tr("Nothing was kept"), explain(error))


def _take(counts: tuple[Counted, ...], note: str, desk: Desk) -> tuple[LotRecord, ...]:
    return desk.stock.take_stock(counts, note)

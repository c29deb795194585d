"""The lots of one product: what can be drawn, what cannot and why; a new delivery on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.records.stock import LotState
from mesodesk.domain.rights import Right
from mesodesk.ui.pages.stock_parts.lot_editor import LotEditor
from mesodesk.ui.pages.stock_parts.lot_row import lot_row
from mesodesk.ui.pages.stock_parts.new_lot import NewLot
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.rows import Row
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mesodesk.domain.records.stock import LotRecord, ProductRecord
    from mesodesk.ui.context import Context


class LotsCard(Card):
    """A row a lot; a click opens it for correction in its place."""

    def __init__(
        self, context: Context, product: ProductRecord, parent: QWidget | None = None
    ) -> None:
        super().__init__(object_name="lots_card", parent=parent)
        self.set_title(self.tr("Lots"))
        self._context = context
        self._product = product
        self._lots: Sequence[LotRecord] = ()
        self.editor: LotEditor | None = None
        self.new_lot = Button(
            self.tr("New lot"), "new_lot", icon_name="plus", compact=True, parent=self
        )
        self._may_edit = context.may(Right.STOCK_EDIT)
        self.add_trailing(self.new_lot)
        self.new_lot.setVisible(self._may_enter())
        self.entry = NewLot(context, product)
        self.none = Muted(self.tr("No lot on the shelf. Nothing of this product can be drawn."))
        self.none.setObjectName("no_lots")
        self.rows: list[Row] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self.body.setSpacing(Space.S)
        self.add(self.entry)
        self.add(self.none)
        nest(self.body, self._list)
        self.entry.hide()
        self.new_lot.clicked.connect(self.open_entry)
        self.entry.added.connect(self._added)
        self.entry.closed.connect(self._entry_closed)
        self.entry.lot_asked.connect(self.open_lot)

    def _may_enter(self) -> bool:
        return self._may_edit and not self._product.archived

    @Slot()
    def open_entry(self) -> None:
        """Show the form for a delivery, with the cursor in it."""
        if self._may_enter():
            self.entry.show()
            self.new_lot.setEnabled(False)
            self.entry.begin()

    @Slot()
    def _entry_closed(self) -> None:
        self.entry.hide()
        self.new_lot.setEnabled(True)
        self.new_lot.setFocus()

    @Slot(object)
    def _added(self, _lot: LotRecord) -> None:
        # The form stays open for the next lot of the same delivery; the list is read again.
        self.none.hide()

    def show_lots(self, lots: Sequence[LotRecord]) -> None:
        """Show the lots, those that can be drawn first; one being corrected stays open."""
        order = {LotState.EXPIRES_SOON: 0, LotState.USABLE: 0}
        self._lots = sorted(lots, key=lambda lot: (order.get(lot.state, 1), lot.fields.expires_on))
        self.none.setVisible(not lots)
        focused = next((at for at, each in enumerate(self.rows) if each.hasFocus()), None)
        for old in self.rows:
            self._list.removeWidget(old)
            old.hide()
            old.deleteLater()
        today = self._context.today()
        self.rows = [lot_row(lot, today) for lot in self._lots]
        editor, open_id = self.editor, self.editor.lot_id if self.editor else None
        if editor is not None:
            self._list.removeWidget(editor)
        for lot, made in zip(self._lots, self.rows, strict=True):
            made.clicked.connect(self._open)
            self._list.addWidget(made)
            if editor is not None and lot.id == open_id:
                made.setCheckable(True)
                made.setChecked(True)
                self._list.addWidget(editor)
        if focused is not None and self.rows:
            self.rows[min(focused, len(self.rows) - 1)].setFocus()

    @Slot(object)
    def open_lot(self, lot_id: object) -> None:
        """Open a lot for correction, unless it is open."""
        at = next((at for at, each in enumerate(self._lots) if each.id == lot_id), None)
        if at is not None and (self.editor is None or self.editor.lot_id != lot_id):
            self.rows[at].click()

    @Slot()
    def _open(self) -> None:
        sender = self.sender()
        if not isinstance(sender, Row) or sender not in self.rows:
            return
        lot = self._lots[self.rows.index(sender)]
        was_open = self.editor is not None and self.editor.lot_id == lot.id
        self.close_editor()
        if was_open:
            sender.setChecked(False)
            return
        self.editor = LotEditor(self._context, lot)
        self.editor.closed.connect(self.close_editor)
        self._list.insertWidget(self._list.indexOf(sender) + 1, self.editor)
        self.editor.show()
        sender.setCheckable(True)
        sender.setChecked(True)
        self.editor.form.number.setFocus()

    @Slot()
    def close_editor(self) -> None:
        """Close the lot that is open for correction; what was typed is kept."""
        if self.editor is not None:
            self._list.removeWidget(self.editor)
            self.editor.retire(self)
            self.editor = None
            for each in self.rows:
                each.setChecked(False)

    def flush(self) -> None:
        """Write down what is being typed."""
        self.entry.flush()
        if self.editor is not None:
            self.editor.flush()

    def retire(self, heir: QWidget) -> None:
        """Let what is typed be kept by itself; the card goes."""
        self.entry.retire(heir)
        if self.editor is not None:
            self.editor.retire(heir)

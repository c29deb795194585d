"""The form for a delivery just come in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from mesodesk.ui.jobs import explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.pages.stock_parts.lot_form import LotForm
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.typed import draft
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.layouts import column, nest, row
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from mesodesk.domain.records.stock import LotFields, LotRecord, ProductRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_FORM = "lot"


class NewLot(QWidget):
    """The form for a delivery: Enter adds it. What is typed survives a crash."""

    added = Signal(object)
    closed = Signal()
    #: A lot on record, to be opened: its id.
    lot_asked = Signal(object)

    def __init__(
        self, context: Context, product: ProductRecord, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("new_lot_form")
        self._context = context
        self._product_id = product.id
        self._refused = False
        self._same_lot: UUID | None = None
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self.form = LotForm("", context.today())
        self.notice = Notice(object_name="new_lot_notice")
        self.missing = Muted("", wrap=False)
        self.create_button = Button(
            self.tr("Add the lot"), "create_lot", ButtonKind.PRIMARY, "plus"
        )
        self.cancel = Button(self.tr("Discard"), "discard_lot", ButtonKind.QUIET)
        line = row(self.create_button, self.cancel)
        line.addWidget(self.missing, 1)
        whole = column(self.form, self.notice, spacing=Space.M)
        nest(whole, line)
        whole.addSpacing(Space.S)
        self.setLayout(whole)
        self.form.edited.connect(self._typed)
        self.form.entered.connect(self._create)
        self.create_button.clicked.connect(self._create)
        self.cancel.clicked.connect(self._discard)
        self.notice.acted.connect(self._open_same)
        self._say_missing()

    def begin(self) -> None:
        """Put the cursor in the first field; a draft left over comes back first."""
        self._context.run(self, partial(_draft, self._product_id), self._show_draft)
        self.form.number.setFocus()

    def flush(self) -> None:
        """Write down what is being typed."""
        self._keeper.flush()

    def retire(self, heir: QWidget) -> None:
        """Let the keeper finish on its own."""
        self._keeper.setParent(heir)
        self._keeper.retire()

    def _show_draft(self, draft: Mapping[str, object] | None) -> None:
        if draft and self.form.is_empty():
            self.form.show_draft(draft)
            words = self.tr("This is what was typed before; the lot is not added yet.")
            self.notice.show_notice(Kind.INFO, words)
            self._say_missing()

    @Slot()
    def _typed(self) -> None:
        if self._refused:
            # What was refused is not what stands here now.
            self._refused = False
            self.notice.dismiss()
        payload = self.form.draft()
        write = partial(_put_draft, self._context.desk, self._product_id, payload)
        self._keeper.put("draft", write, aside=draft(_FORM, self._product_id, payload))
        self._say_missing()

    def _say_missing(self) -> None:
        words = self.form.missing()
        text = self.tr("Still needed: {what}.").format(what=words) if words else ""
        self.missing.setText(text)

    @Slot()
    def _create(self) -> None:
        fields = self.form.fields()
        if fields is None:
            self.form.first_gap().setFocus()
            self._say_missing()
            return
        self.create_button.setEnabled(False)
        work = partial(_add_lot, self._product_id, fields)
        self._context.write(self, work, self._created, self._not_created, after=self._keeper)

    def _created(self, lot: LotRecord) -> None:
        self._refused = False
        self.create_button.setEnabled(True)
        self.form.clear()
        words = self.tr("Lot {number} was added.").format(number=lot.fields.number)
        self.notice.show_notice(Kind.OK, words)
        self._say_missing()
        self.form.number.setFocus()
        self.added.emit(lot)

    def _not_created(self, error: Exception) -> None:
        self.create_button.setEnabled(True)
        self._refused = True
        for problem in getattr(error, "problems", ()):
            self.form.show_problem(problem.place, problem.sentence)
        self._same_lot = getattr(error, "lot_id", None)
        action = self.tr("Open that lot") if self._same_lot is not None else ""
        self.notice.show_notice(Kind.CAUTION, self.tr("No lot was added."), explain(error), action)

    @Slot()
    def _open_same(self) -> None:
        if self._same_lot is not None:
            self.lot_asked.emit(self._same_lot)

    @Slot()
    def _discard(self) -> None:
        self.form.clear()
        self.notice.show_notice(Kind.INFO, "")
        self._say_missing()
        self._keeper.put("draft", partial(_discard_draft, self._context.desk, self._product_id))
        self._keeper.flush()
        self.closed.emit()


def _draft(product_id: UUID, desk: Desk) -> Mapping[str, object] | None:
    return desk.drafts.get(_FORM, str(product_id))


def _put_draft(desk: Desk, product_id: UUID, payload: Mapping[str, object], _version: int) -> None:
    desk.drafts.put(_FORM, str(product_id), payload)


def _discard_draft(desk: Desk, product_id: UUID, _version: int) -> None:
    desk.drafts.discard(_FORM, str(product_id))


def _add_lot(product_id: UUID, fields: LotFields, desk: Desk) -> LotRecord:
    lot = desk.catalogue.add_lot(product_id, fields)
    desk.drafts.discard(_FORM, str(product_id))
    return lot

"""A lot on record, open for correction."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from mesodesk.domain.rights import Right
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.pages.patient_parts.conflict import KeptNotice
from mesodesk.ui.pages.stock_parts.lot_actions import LotActions
from mesodesk.ui.pages.stock_parts.lot_form import LotForm
from mesodesk.ui.tokens import Space
from mesodesk.ui.typed import changes
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.layouts import column, nest, row
from mesodesk.ui.widgets.who_may import let_edit

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.stock import LotFields, LotRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class LotEditor(QWidget):
    """A lot on record, corrected in place: kept as it is typed."""

    closed = Signal()

    def __init__(self, context: Context, lot: LotRecord, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lot_editor")
        self._context = context
        self.lot_id = lot.id
        self._fields = lot.fields
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self._keeper.open(lot.version)
        self.kept = KeptNotice("lot")
        self.kept.follow(self._keeper)
        self.form = LotForm("edit_", context.today())
        self.form.show_fields(lot.fields)
        let_edit(self.form, may=context.may(Right.STOCK_EDIT))
        self.acts = LotActions(context, lot, self._keeper)
        self.done = Button(self.tr("Close"), "close_lot", ButtonKind.QUIET)
        whole = column(self.kept, self.form, self.acts, spacing=Space.M)
        nest(whole, row(self.done, stretch=True))
        whole.setContentsMargins(Space.S, Space.S, Space.S, Space.M)
        self.setLayout(whole)
        self.form.edited.connect(self._typed)
        self.form.entered.connect(self.closed)
        self.done.clicked.connect(self.closed)
        self.kept.theirs_wanted.connect(self._show_theirs)
        self._keeper.refused.connect(self._refused)
        self.acts.done.connect(self._acted)

    def flush(self) -> None:
        """Write down what is being typed."""
        self._keeper.flush()

    def retire(self, heir: QWidget) -> None:
        """Let the keeper finish on its own; the form goes."""
        self._keeper.setParent(heir)
        self._keeper.retire()
        self.hide()
        self.deleteLater()

    @Slot()
    def _typed(self) -> None:
        fields = self.form.fields()
        if fields is not None:
            write = partial(_update_lot, self._context.desk, self.lot_id, fields)
            told = changes("lot", self.lot_id, self._fields, fields)
            self._keeper.put("lot", write, aside=told)

    @Slot(object)
    def _acted(self, lot: LotRecord) -> None:
        self._keeper.open(lot.version)

    @Slot(object)
    def _show_theirs(self, lot: LotRecord) -> None:
        self.form.show_fields(lot.fields)

    @Slot(object, object)
    def _refused(self, _key: object, error: Exception) -> None:
        for problem in getattr(error, "problems", ()):
            self.form.show_problem(problem.place, problem.sentence)


def _update_lot(desk: Desk, lot_id: UUID, fields: LotFields, version: int) -> LotRecord:
    return desk.catalogue.update_lot(lot_id, version, fields)

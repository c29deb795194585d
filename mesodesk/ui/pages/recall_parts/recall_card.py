"""Whether a lot is recalled: what the notice says, and how to enter or withdraw one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from mesodesk.domain.records.recall import RecallFields
from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_date
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.text import Body, Muted
from mesodesk.ui.widgets.textfields import TextField
from mesodesk.ui.widgets.who_may import WhoMay

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.recall import LotTrace, RecallRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class RecallCard(Card):
    """Reads and enters the recall of one lot; `changed` when something was kept."""

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(self.tr("Recall"), object_name="recall_card")
        self._context = context
        self._trace: LotTrace | None = None
        self._may = context.may(Right.RECALL)
        self.words = Body("")
        self.words.setObjectName("recall_words")
        self.about = Muted("")
        self.reason = MultilineField(
            "recall_reason",
            self.tr("What the notice says"),
            placeholder=self.tr("What the notice says is wrong with this lot"),
            most_lines=5,
        )
        self.reference = TextField(
            "recall_reference",
            self.tr("Reference"),
            placeholder=self.tr("Number of the notice, who sent it"),
        )
        self.day = DateField(
            "recall_day",
            self.tr("Date of the notice"),
            context.today(),
            maximum=context.today(),
            too_late=self.tr("This day is still to come."),
        )
        self.keep = Button(
            self.tr("Recall this lot"), "recall_keep", ButtonKind.DANGER, "alert-octagon-outline"
        )
        self.withdraw = Button(
            self.tr("Withdraw the recall"), "recall_withdraw", ButtonKind.QUIET, compact=True
        )
        self.trouble = Notice(object_name="recall_trouble")
        self.who_may = WhoMay(
            "recall_who_may", "" if self._may else self.tr("A therapist recalls lots.")
        )
        self._lay_out()
        self.keep.clicked.connect(self._recall)
        self.withdraw.clicked.connect(self._withdraw)
        self.reason.edited.connect(self._ready)
        self.day.edited.connect(self._ready)

    def _lay_out(self) -> None:
        self.body.setSpacing(Space.S)
        self._why = FormRow(self.tr("Reason"), self.reason)
        self._more = (
            FormRow(self.tr("Reference"), self.reference, optional=True),
            FormRow(self.tr("Date of the notice"), self.day),
        )
        for widget in (self.words, self.about, self.who_may):
            self.add(widget)
        self.add(self._why)
        for each in self._more:
            self.add(each)
        self.add(self.trouble)
        nest(self.body, row(self.keep, self.withdraw, stretch=True))

    def show_trace(self, trace: LotTrace) -> None:
        """Show what stands about a lot; what is being typed for it stays."""
        if self._trace is None or trace.lot_id != self._trace.lot_id:
            self.reason.set_value("")
            self.reference.set_value("")
            self.day.set_value(self._context.today())
            self.trouble.dismiss()
        self._trace = trace
        recall = trace.recall
        if recall is None:
            self.words.setText(
                self.tr(
                    "This lot is not recalled. Once it is, nothing can be drawn from it, and open"
                    " sessions with it say so before they are signed."
                )
            )
        else:
            self.words.setText(recall.fields.reason)
        self.about.setText("" if recall is None else self._about(recall))
        self.about.setVisible(recall is not None)
        self._why.set_help(
            "" if recall is None else self.tr("Why the recall does not hold any more.")
        )
        self.reason.input.setPlaceholderText(
            self.tr("What the notice says is wrong with this lot") if recall is None else ""
        )
        self._why.setVisible(self._may)
        for each in self._more:
            each.setVisible(self._may and recall is None)
        self.keep.setVisible(self._may and recall is None)
        self.withdraw.setVisible(self._may and recall is not None)
        self._ready()

    def _about(self, recall: RecallRecord) -> str:
        day = format_date(recall.fields.noticed_on)
        parts = [
            self.tr("Notice of {day}").format(day=day),
            recall.fields.reference,
            self.tr("entered by {name}").format(name=recall.recalled_by),
        ]
        return " · ".join(part for part in parts if part)

    @Slot()
    def _ready(self) -> None:
        said = bool(self.reason.value().strip())
        self.keep.setEnabled(said and self.day.value() is not None)
        self.withdraw.setEnabled(said)

    @Slot()
    def _recall(self) -> None:
        day = self.day.value()
        if self._trace is None or day is None:
            return
        typed = RecallFields(self.reason.value(), day, self.reference.value())
        self._write(partial(_recall, self._trace.lot_id, typed))

    @Slot()
    def _withdraw(self) -> None:
        if self._trace is not None and self._trace.recall is not None:
            recall = self._trace.recall
            self._write(partial(_withdraw, recall.id, recall.version, self.reason.value()))

    def _write(self, work: object) -> None:
        self.keep.setEnabled(False)
        self.withdraw.setEnabled(False)
        self._context.write(self, work, self._kept, self._failed)  # type: ignore[arg-type]

    def _kept(self, _recall: object) -> None:
        self.reason.set_value("")
        self.trouble.dismiss()
        self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self._ready()
        self.trouble.show_notice(Kind.CAUTION, self.tr("Not kept"), explain(error))


def _recall(lot_id: UUID, typed: RecallFields, desk: Desk) -> RecallRecord:
    return desk.recalls.recall(lot_id, desk.catalogue.lot(lot_id).version, typed)


def _withdraw(recall_id: UUID, version: int, reason: str, desk: Desk) -> RecallRecord:
    return desk.recalls.withdraw(recall_id, version, reason)

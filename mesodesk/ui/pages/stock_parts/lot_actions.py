"""What happens to a lot besides treatment: deliveries, waste, open containers, quarantine."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.records.stock import LotState
from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.pages.stock_parts.lot_history import LotHistory
from mesodesk.ui.pages.stock_parts.words import closed_words
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import FlowLayout, nest, row
from mesodesk.ui.widgets.numberfields import NumberField
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from mesodesk.domain.records.stock import LotRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.keeper import Keeper


class Act(StrEnum):
    """What is done to a lot."""

    RECEIVE = "receive"
    WASTE = "waste"
    OPEN = "open"
    FINISH = "finish"
    HOLD = "hold"
    RELEASE = "release"


_WITH_VOLUME = frozenset({Act.RECEIVE, Act.WASTE, Act.OPEN, Act.FINISH})
_NEEDS_VOLUME = frozenset({Act.RECEIVE, Act.WASTE})
_NEEDS_REASON = frozenset({Act.WASTE, Act.FINISH, Act.HOLD, Act.RELEASE})
_ICONS = {
    Act.RECEIVE: "package-variant-plus",
    Act.WASTE: "trash-can-outline",
    Act.OPEN: "bottle-tonic-outline",
    Act.FINISH: "bottle-tonic-outline",
    Act.HOLD: "lock-outline",
    Act.RELEASE: "lock-open-outline",
}


class LotActions(QWidget):
    """A button for each act that makes sense now; the one pressed opens a line to fill in."""

    #: LotRecord, as it stands after something was done.
    done = Signal(object)

    def __init__(
        self, context: Context, lot: LotRecord, keeper: Keeper, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("lot_actions")
        self._context = context
        self._keeper = keeper
        self._lot = lot
        self._act: Act | None = None
        self._again = False
        self.state = Notice(object_name="lot_state")
        self.buttons = {
            act: Button("", f"lot_{act.value}", ButtonKind.SECONDARY, _ICONS[act], compact=True)
            for act in Act
        }
        self.treated = Button(
            self.tr("Who was treated, recall"), "lot_treated", ButtonKind.SECONDARY,
            "account-search-outline", compact=True,
        )  # fmt: skip
        self.volume = NumberField(
            "lot_act_ml", self.tr("Volume in mL"), places=3, unit="mL", minimum=Decimal(0)
        )
        self.volume.setMaximumWidth(200)
        self.reason = TextField("lot_act_reason", self.tr("Reason"), longest=300)
        self.keep = Button("", "lot_act_keep", ButtonKind.PRIMARY, compact=True)
        self.cancel = Button(self.tr("Cancel"), "lot_act_cancel", ButtonKind.QUIET, compact=True)
        self.trouble = Notice(object_name="lot_act_trouble")
        self.history = LotHistory(context, lot.id)
        self._lay_out()
        self._connect()
        self.show_lot(lot)

    def _lay_out(self) -> None:
        bar = QWidget()
        flow = FlowLayout(bar, Space.S)
        for button in (*self.buttons.values(), self.treated):
            flow.addWidget(button)
        self._volume_row = FormRow("", self.volume)
        self._reason_row = FormRow(self.tr("Reason"), self.reason)
        fields = row(self._volume_row, spacing=Space.M)
        fields.addWidget(self._reason_row, 1)
        self._line = QWidget()
        inner = QVBoxLayout(self._line)
        inner.setContentsMargins(0, 0, 0, 0)
        nest(inner, fields)
        inner.addWidget(self.trouble)
        nest(inner, row(self.keep, self.cancel, stretch=True))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.S)
        for widget in (self.state, bar, self._line, self.history):
            whole.addWidget(widget)
        self._line.hide()

    def _connect(self) -> None:
        for button in self.buttons.values():
            button.clicked.connect(self._pressed)
        self.treated.clicked.connect(self._to_recall)
        self.keep.clicked.connect(self._keep)
        self.cancel.clicked.connect(self.close_line)
        self.trouble.acted.connect(self._mean_it)
        self.volume.edited.connect(self._typed)
        self.reason.edited.connect(self._typed)

    def show_lot(self, lot: LotRecord) -> None:
        """Offer what makes sense for a lot as it stands."""
        self._lot = lot
        may, counted = self._context.may(Right.STOCK_EDIT), lot.left_ml is not None
        something = counted and lot.left_ml is not None and lot.left_ml > 0
        multi = lot.product.fields.single_dose is not True
        offered = {
            Act.RECEIVE: may and counted,
            Act.WASTE: may and something,
            Act.OPEN: may and multi and lot.state is not LotState.EXPIRED,
            Act.FINISH: may and lot.opening is not None,
            Act.HOLD: may and lot.held is None,
            Act.RELEASE: self._context.may(Right.RECALL) and lot.held is not None,
        }
        words = self._words()
        for act, button in self.buttons.items():
            button.setText(words[act])
            button.setAccessibleName(words[act])
            button.setVisible(offered[act])
        kind, headline, text = closed_words(lot)
        self.state.show_notice(kind, headline, text)
        self.history.reload()

    def _words(self) -> dict[Act, str]:
        opened = self._lot.opening is not None
        return {
            Act.RECEIVE: self.tr("More came"),
            Act.WASTE: self.tr("Throw away"),
            Act.OPEN: self.tr("Open the next container") if opened else self.tr("Open a container"),
            Act.FINISH: self.tr("Container finished"),
            Act.HOLD: self.tr("Put in quarantine"),
            Act.RELEASE: self.tr("End the quarantine"),
        }

    @Slot()
    def _pressed(self) -> None:
        pressed = self.sender()
        act = next((act for act, button in self.buttons.items() if button is pressed), None)
        if act is not None:
            self.begin(act)

    def begin(self, act: Act) -> None:
        """Open the line for an act, with the cursor in it."""
        self._act, self._again = act, False
        asks = {
            Act.RECEIVE: self.tr("How much came"),
            Act.WASTE: self.tr("How much is thrown away"),
            Act.OPEN: self.tr("Rest of the one before, thrown away"),
            Act.FINISH: self.tr("Rest, thrown away"),
        }
        hints = {
            Act.RECEIVE: self.tr("Delivery note or supplier"),
            Act.WASTE: self.tr("Why it is thrown away"),
            Act.FINISH: self.tr("Empty, or thrown away and why"),
            Act.HOLD: self.tr("Why nothing may be drawn from it"),
            Act.RELEASE: self.tr("Why it may be drawn from again"),
        }
        asked = act in _WITH_VOLUME and not (act is Act.OPEN and self._lot.opening is None)
        self._volume_row.setVisible(asked)
        self._volume_row.label.setText(asks.get(act, ""))
        self._reason_row.setVisible(act is not Act.OPEN)
        self._reason_row.label.setText(
            self.tr("Delivery") if act is Act.RECEIVE else self.tr("Reason")
        )
        self.reason.input.setPlaceholderText(hints.get(act, ""))
        self.volume.set_value(None if act in _NEEDS_VOLUME else Decimal(0))
        self.reason.set_value("")
        self.keep.setText(self._words()[act])
        self.trouble.dismiss()
        self._line.show()
        self._typed()
        first = self.volume if asked else self.reason
        (first if first.isVisibleTo(self) else self.keep).setFocus()

    @Slot()
    def close_line(self) -> None:
        """Take the line away; nothing was done."""
        self._line.hide()
        self._act = None

    @Slot()
    def _typed(self) -> None:
        volume, act = self.volume.value(), self._act
        ready = act not in _NEEDS_VOLUME or (volume is not None and volume > 0)
        if act in _NEEDS_REASON and not self.reason.value().strip():
            ready = False
        self.keep.setEnabled(ready)

    @Slot()
    def _keep(self) -> None:
        if self._act is None:
            return
        self.keep.setEnabled(False)
        volume = self.volume.value() or Decimal(0)
        today = self._context.today()
        given = (self._lot.id, volume, self.reason.value())
        work = {
            Act.RECEIVE: partial(_receive, *given, again=self._again),
            Act.WASTE: partial(_waste, *given),
            Act.OPEN: partial(_open, self._lot.id, volume, today),
            Act.FINISH: partial(_finish, *given),
            Act.HOLD: partial(_hold, self._lot.id, self.reason.value()),
            Act.RELEASE: partial(_release, self._lot.id, self.reason.value()),
        }[self._act]
        self._context.write(self, work, self._kept, self._failed, after=self._keeper)

    def _kept(self, lot: LotRecord) -> None:
        self.close_line()
        self.show_lot(lot)
        self.done.emit(lot)

    def _failed(self, error: Exception) -> None:
        self.keep.setEnabled(True)
        sentence = explain(error)
        twice = self._act is Act.RECEIVE and "received today already" in sentence
        action = self.tr("It came twice: add it") if twice else ""
        self.trouble.show_notice(Kind.CAUTION, self.tr("Not kept"), sentence, action)

    @Slot()
    def _mean_it(self) -> None:
        self._again = True
        self._keep()

    @Slot()
    def _to_recall(self) -> None:
        self._context.navigate("recall", lot_id=self._lot.id)


def _receive(lot_id: UUID, volume: Decimal, detail: str, desk: Desk, *, again: bool) -> LotRecord:
    return desk.stock.receive(lot_id, _version(desk, lot_id), volume, detail, again=again)


def _waste(lot_id: UUID, volume: Decimal, reason: str, desk: Desk) -> LotRecord:
    return desk.stock.waste(lot_id, _version(desk, lot_id), volume, reason)


def _open(lot_id: UUID, rest: Decimal, today: date, desk: Desk) -> LotRecord:
    return desk.stock.open(lot_id, _version(desk, lot_id), today, rest)


def _finish(lot_id: UUID, rest: Decimal, reason: str, desk: Desk) -> LotRecord:
    return desk.stock.finish(lot_id, _version(desk, lot_id), rest, reason)


def _hold(lot_id: UUID, reason: str, desk: Desk) -> LotRecord:
    return desk.stock.hold(lot_id, _version(desk, lot_id), reason)


def _release(lot_id: UUID, reason: str, desk: Desk) -> LotRecord:
    return desk.stock.release(lot_id, _version(desk, lot_id), reason)


def _version(desk: Desk, lot_id: UUID) -> int:
    """Return the version that stands: what is added to a lot conflicts with nothing."""
    return desk.catalogue.lot(lot_id).version

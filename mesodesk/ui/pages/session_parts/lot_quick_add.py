"""Entering a delivery without leaving the session."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.records.stock import LotFields
from mesodesk.ui import theme
from mesodesk.ui.jobs import explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.pages.session_parts.lot_shelf import strengths
from mesodesk.ui.pages.stock_parts.expiry_field import ExpiryField
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.typed import draft
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.choices import PickList
from mesodesk.ui.widgets.forms import Form, FormRow
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.numberfields import NumberField
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.text import Heading
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from uuid import UUID

    from mesodesk.domain.records.stock import LotRecord, ProductRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_FORM: Final = "session_lot"
_PLACES: Final = {
    "number": "new_lot_number",
    "expires_on": "new_lot_expiry",
    "received_on": "new_lot_expiry",
    "received_ml": "new_lot_ml",
}


class LotQuickAdd(QFrame):
    """Product, number, expiry as on the label, mL received; what is typed survives a crash."""

    #: The `LotRecord` that was added.
    added = Signal(object)
    closed = Signal()
    #: A product that is not in the list is to be entered.
    stock_asked = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, "new_lot_panel", self.tr("New lot"))
        self._context = context
        self._products: tuple[ProductRecord, ...] = ()
        self._waiting_id = ""
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self.product = PickList("new_lot_product", self.tr("Product"))
        self.number = TextField("new_lot_number", self.tr("Lot number"))
        self.expiry = ExpiryField(
            "new_lot_expiry", self.tr("Expiry, as on the label"), context.today()
        )
        self.received = NumberField("new_lot_ml", self.tr("mL received"), places=3, unit="mL")
        self.notice = Notice(object_name="new_lot_notice")
        self.add_button = Button(
            self.tr("Add the lot"), "new_lot_add", ButtonKind.SECONDARY, "plus", compact=True
        )
        self.cancel = Button(self.tr("Cancel"), "new_lot_cancel", ButtonKind.QUIET, compact=True)
        self.stock = Button(
            self.tr("Another product: open Stock"),
            "new_lot_stock",
            ButtonKind.QUIET,
            "arrow-right",
            compact=True,
        )
        self._lay_out()
        self._connect()
        self.hide()

    def _lay_out(self) -> None:
        form = Form(max_width=900)
        form.add_pair(
            FormRow(self.tr("Product"), self.product),
            FormRow(self.tr("Lot number"), self.number),
        )
        form.add_pair(
            FormRow(self.tr("Expiry, as on the label"), self.expiry),
            FormRow(self.tr("Received"), self.received, optional=True),
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addWidget(self.stock)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.add_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        whole.setSpacing(Space.M)
        whole.addWidget(Heading(self.tr("New lot")))
        whole.addWidget(form)
        whole.addWidget(self.notice)
        nest(whole, buttons)

    def _connect(self) -> None:
        self.product.edited.connect(self._product_chosen)
        for field in (self.number, self.expiry, self.received):
            field.edited.connect(self._typed)
            field.input.returnPressed.connect(self.add_lot)
        self.add_button.clicked.connect(self.add_lot)
        self.cancel.clicked.connect(self._cancel)
        self.stock.clicked.connect(self.stock_asked)

    def begin(self) -> None:
        """Show the form with the cursor in its first field; what was typed before comes back."""
        self.show()
        self.product.input.setFocus(Qt.FocusReason.OtherFocusReason)
        self._context.run(self, _open, self._show)

    def flush(self) -> None:
        """Begin to write what waits."""
        self._keeper.flush()

    def _show(self, opened: tuple[tuple[ProductRecord, ...], Mapping[str, Any] | None]) -> None:
        self._products, draft = opened
        self.product.set_options(
            [
                Option(product.id, product.fields.name, strengths(product.fields))
                for product in self._products
            ]
        )
        if draft and not self.number.value():
            chosen = next((p.id for p in self._products if str(p.id) == draft["product"]), None)
            self.product.set_value(chosen)
            self.number.set_value(str(draft["number"]))
            self.expiry.set_text(str(draft["expiry"]))
            self.received.input.setText(str(draft["received"]))
            self.received.set_range(None, None)

    @Slot(object)
    def _product_chosen(self, product_id: UUID | None) -> None:
        self._say_strength(product_id)
        if product_id is not None:
            self.number.input.setFocus(Qt.FocusReason.OtherFocusReason)
        self._typed()

    def _say_strength(self, product_id: UUID | None) -> None:
        product = next((each for each in self._products if each.id == product_id), None)
        lacks = product is not None and any(
            active.strength is None for active in product.fields.actives
        )
        words = self.tr("Strength not typed yet: mg stay unknown until it is typed in Stock.")
        self.product.set_hint(words if lacks else "", Kind.CAUTION)

    @Slot()
    def _typed(self) -> None:
        self.notice.hide()
        payload: dict[str, object] = {
            "product": str(self.product.value() or ""),
            "number": self.number.value(),
            "expiry": self.expiry.text(),
            "received": self.received.input.text(),
        }
        write = partial(_keep, self._context.desk, payload)
        self._keeper.put(_FORM, write, aside=draft(_FORM, "", payload))

    @Slot()
    def add_lot(self) -> None:
        """Enter the lot, or say at each field what is missing."""
        fields = self._fields()
        if fields is None or not self.add_button.isEnabled():
            return
        self.add_button.setEnabled(False)
        work = partial(_add, product_id=self.product.value(), fields=fields)
        self._context.write(self, work, self._added, self._not_added, after=self._keeper)

    def _fields(self) -> LotFields | None:
        if self.product.value() is None:
            self.product.set_error(self.tr("Choose a product from the list."))
        if not self.number.value():
            self.number.set_error(self.tr("Type the lot number on the label."))
        expires_on = self.expiry.value()
        if expires_on is None and not self.expiry.error():
            self.expiry.set_error(self.tr("Type the expiry date on the label, such as 03/2027."))
        wrong = [
            field
            for field in (self.product, self.number, self.expiry, self.received)
            if field.error()
        ]
        if wrong or expires_on is None:
            wrong[0].setFocus(Qt.FocusReason.OtherFocusReason)
            return None
        received_ml: Decimal | None = self.received.value()
        return LotFields(self.number.value(), expires_on, self._context.today(), received_ml)

    def _added(self, lot: LotRecord) -> None:
        self._empty()
        self.hide()
        self.added.emit(lot)

    def _not_added(self, error: Exception) -> None:
        self.add_button.setEnabled(True)
        problems = getattr(error, "problems", ())
        for problem in problems:
            field = {
                "new_lot_number": self.number,
                "new_lot_expiry": self.expiry,
                "new_lot_ml": self.received,
            }.get(_PLACES.get(problem.place, ""))
            if field is not None:
                field.set_error(problem.sentence)
        if not problems:
            self.notice.show_notice(Kind.CAUTION, self.tr("No lot was added."), explain(error))

    @Slot()
    def _cancel(self) -> None:
        self._empty()
        self._keeper.put(_FORM, partial(_forget, self._context.desk))
        self._keeper.flush()
        self.hide()
        self.closed.emit()

    def _empty(self) -> None:
        self.add_button.setEnabled(True)
        self.notice.hide()
        self.product.set_value(None)
        self.product.set_hint("")
        self.number.set_value("")
        self.expiry.set_value(None)
        self.received.set_value(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._cancel()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        scheme = theme.current()
        paint.box(QPainter(self), paint.inside(self), scheme.ground, scheme.accent)


def _open(desk: Desk) -> tuple[tuple[ProductRecord, ...], Mapping[str, Any] | None]:
    return desk.catalogue.products(), desk.drafts.get(_FORM, "")


def _add(desk: Desk, *, product_id: UUID, fields: LotFields) -> LotRecord:
    lot = desk.catalogue.add_lot(product_id, fields)
    desk.drafts.discard(_FORM, "")
    return lot


def _keep(desk: Desk, payload: Mapping[str, object], _version: int) -> None:
    desk.drafts.put(_FORM, "", payload)


def _forget(desk: Desk, _version: int) -> None:
    desk.drafts.discard(_FORM, "")

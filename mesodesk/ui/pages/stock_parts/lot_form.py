"""The fields of a lot, for a delivery just come in and for one on record alike."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from mesodesk.domain.records.stock import LotFields
from mesodesk.domain.units import plain
from mesodesk.ui.pages.stock_parts.expiry_field import ExpiryField
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.numberfields import NumberField
from mesodesk.ui.widgets.textfields import TextField

_EARLIEST: Final = date(2000, 1, 1)


class LotForm(QWidget):
    """Shows and reads a lot. Emits `edited`, and `entered` on Enter in any field.

    Args:
        prefix: put before the objectNames, so that two forms can be told apart.
        today: at the clinic.
    """

    edited = Signal()
    entered = Signal()

    def __init__(self, prefix: str, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self.number = TextField(f"{prefix}lot_number", self.tr("Lot number"), longest=60)
        self.expires = ExpiryField(f"{prefix}lot_expiry", self.tr("Expiry"), today)
        self.volume = NumberField(
            f"{prefix}lot_received_ml",
            self.tr("Received, in mL"),
            places=3,
            unit="mL",
            minimum=Decimal("0.001"),
            maximum=Decimal(1_000_000),
        )
        self.received = DateField(
            f"{prefix}lot_received_on",
            self.tr("Received on"),
            today,
            minimum=_EARLIEST,
            maximum=today,
            too_late=self.tr("This day is still to come."),
        )
        self.supplier = TextField(f"{prefix}lot_supplier", self.tr("Supplier"))
        self._lay_out()
        self._connect()
        self.clear()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.M)
        top = Qt.AlignmentFlag.AlignTop
        counted = self.tr("Empty: this lot is not counted.")
        for at, (label, field, optional) in enumerate(
            (
                (self.tr("Lot number"), self.number, False),
                (self.tr("Expiry, as on the label"), self.expires, False),
                (self.tr("Received"), self.volume, True),
                (self.tr("Received on"), self.received, False),
                (self.tr("Supplier"), self.supplier, True),
            )
        ):
            row = FormRow(label, field, optional=optional)
            grid.addWidget(row, at // 3, at % 3, top)
        self.volume.set_hint(counted)
        for column in range(3):
            grid.setColumnStretch(column, 1)

    def _connect(self) -> None:
        for day in (self.expires, self.received):
            day.edited.connect(self._look_again)
        for field in (self.number, self.expires, self.volume, self.received, self.supplier):
            field.edited.connect(self._tell)
            field.input.returnPressed.connect(self.entered)

    @Slot()
    def _look_again(self) -> None:
        """Take back what was said of both days once one of them is another one."""
        for day in (self.expires, self.received):
            # A field that cannot read its own text has no value: that sentence stays.
            if day.value() is not None:
                day.set_error("")

    @Slot()
    def _tell(self) -> None:
        empty = self.volume.value() is None
        self.volume.set_hint(self.tr("Empty: this lot is not counted.") if empty else "")
        self.edited.emit()

    def clear(self) -> None:
        """Empty the form; received today."""
        for field in (self.number, self.supplier):
            field.set_value("")
        self.expires.set_value(None)
        self.volume.set_value(None)
        self.received.set_value(self._today)

    def show_fields(self, fields: LotFields) -> None:
        """Show a lot on record."""
        self.number.set_value(fields.number)
        self.expires.set_value(fields.expires_on)
        self.volume.set_value(fields.received_ml)
        self.received.set_value(fields.received_on)
        self.supplier.set_value(fields.supplier)
        self.volume.set_hint(
            "" if fields.received_ml is not None else self.tr("Empty: this lot is not counted.")
        )

    def fields(self) -> LotFields | None:
        """Return what was typed, or None while something required is missing or wrong."""
        expires, received = self.expires.value(), self.received.value()
        if not self.number.value() or expires is None or received is None or self._has_error():
            return None
        return LotFields(
            number=self.number.value(),
            expires_on=expires,
            received_on=received,
            received_ml=self.volume.value(),
            supplier=self.supplier.value(),
        )

    def missing(self) -> str:
        """Return what still has to be filled in, in words, or ""."""
        wanted = (
            (bool(self.number.value()), self.tr("lot number")),
            (self.expires.value() is not None, self.tr("expiry")),
            (self.received.value() is not None, self.tr("day received")),
        )
        return ", ".join(words for given, words in wanted if not given)

    def is_empty(self) -> bool:
        """Tell whether nothing was typed."""
        return not (self.number.value() or self.expires.text() or self.supplier.value()) and (
            self.volume.value() is None
        )

    def first_gap(self) -> QWidget:
        """Return the first field that still needs something."""
        for field in (self.number, self.expires, self.volume, self.received, self.supplier):
            if field.error():
                return field
        for needed in (self.number, self.expires, self.received):
            if not needed.value():
                return needed
        return self.number

    def draft(self) -> dict[str, object]:
        """Return what was typed, finished or not, as plain values."""
        volume, received = self.volume.value(), self.received.value()
        return {
            "number": self.number.value(),
            "expiry": self.expires.text(),
            "received_ml": "" if volume is None else plain(volume),
            "received_on": received.isoformat() if received else "",
            "supplier": self.supplier.value(),
        }

    def show_draft(self, draft: Mapping[str, object]) -> None:
        """Show what `draft` returned before."""
        self.number.set_value(str(draft.get("number", "")))
        self.expires.set_text(str(draft.get("expiry", "")))
        self.supplier.set_value(str(draft.get("supplier", "")))
        try:
            self.volume.set_value(Decimal(str(draft.get("received_ml") or "")))
        except InvalidOperation:
            self.volume.set_value(None)
        received = str(draft.get("received_on", ""))
        self.received.set_value(date.fromisoformat(received) if received else None)

    def show_problem(self, place: str, sentence: str) -> None:
        """Show a sentence of the service at the field it speaks of."""
        field = {
            "number": self.number,
            "expires_on": self.expires,
            "received_ml": self.volume,
            "received_on": self.received,
            "supplier": self.supplier,
        }.get(place)
        if field is not None:
            field.set_error(sentence)

    def _has_error(self) -> bool:
        fields = (self.number, self.expires, self.volume, self.received, self.supplier)
        return any(field.error() for field in fields)

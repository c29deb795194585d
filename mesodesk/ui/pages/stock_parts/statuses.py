"""Statuses of a product in other countries, or for one area: a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from mesodesk.domain.bodymap.regions import load_regions
from mesodesk.domain.records.stock import RegulatoryStatus, StatusFields
from mesodesk.domain.texts import fold
from mesodesk.ui.gate.first_run_steps import countries
from mesodesk.ui.pages.stock_parts.words import status_words
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind, IconButton
from mesodesk.ui.widgets.choices import ChoiceField, Option, PickList
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Strong
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

_ANY = "any"


class StatusRow(QWidget):
    """Country, area, status, source and day. Without a country and a status it is not complete."""

    edited = Signal()
    removed = Signal()

    def __init__(self, prefix: str, number: int, today: date) -> None:
        super().__init__()
        name = f"{prefix}status_{number}"
        self.country = PickList(f"{name}_country", self.tr("Country"), countries())
        self.area = PickList(f"{name}_area", self.tr("Area"), _areas())
        self.status = ChoiceField(
            f"{name}_status",
            self.tr("Status there"),
            [Option(each, status_words(each)) for each in RegulatoryStatus],
        )
        self.source = TextField(
            f"{name}_source", self.tr("Source"), placeholder=self.tr("Where it was looked up")
        )
        self.day = DateField(
            f"{name}_day", self.tr("Looked up on"), today, maximum=today,
            too_late=self.tr("This day is still to come."),
        )  # fmt: skip
        self.remove = IconButton("close", self.tr("Remove this status"), f"{name}_remove")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, Space.S)
        grid.setSpacing(Space.S)
        for column, widget in enumerate((self.country, self.area, self.status)):
            grid.addWidget(widget, 0, column)
            grid.setColumnStretch(column, 1)
        grid.addWidget(self.source, 1, 0, 1, 2)
        grid.addWidget(self.day, 1, 2)
        grid.addWidget(self.remove, 0, 3)
        self.area.set_value(_ANY)
        self.status.set_value(RegulatoryStatus.UNKNOWN)
        for field in (self.country, self.area, self.status, self.source, self.day):
            field.edited.connect(self._tell)
        self.remove.clicked.connect(self.removed)

    def show_status(self, status: StatusFields) -> None:
        """Show a line that is on record."""
        self.country.set_value(status.jurisdiction or None)
        self.area.set_value(status.area or _ANY)
        self.status.set_value(status.status)
        self.source.set_value(status.source)
        self.day.set_value(status.noted_on)

    def value(self) -> StatusFields | None:
        """Return the line, None while its country is not chosen."""
        country = self.country.value()
        if not country:
            return None
        area = self.area.value() or _ANY
        return StatusFields(
            country,
            "" if area == _ANY else area,
            self.status.value() or RegulatoryStatus.UNKNOWN,
            self.source.value(),
            self.day.value(),
        )

    @Slot()
    def _tell(self) -> None:
        self.edited.emit()


class StatusesEditor(QWidget):
    """The lines, and a button for one more. Emits `edited`."""

    edited = Signal()

    def __init__(self, prefix: str, today: date) -> None:
        super().__init__()
        self._prefix, self._today = prefix, today
        self._serial = 0
        self.rows: list[StatusRow] = []
        self.add = Button(
            self.tr("Status elsewhere, or for one area"), f"{prefix}add_status", ButtonKind.QUIET,
            "plus", compact=True,
        )  # fmt: skip
        self._head = Strong(self.tr("Other countries and single areas"))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(Space.S)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.S)
        whole.addWidget(self._head)
        nest(whole, self._lines)
        nest(whole, row(self.add, stretch=True))
        self._head.hide()
        self.add.clicked.connect(self._add)

    def set_statuses(self, statuses: Sequence[StatusFields]) -> None:
        """Show what is on record; lines that show it already keep their cursor."""
        if tuple(statuses) == self.values():
            return
        while len(self.rows) > len(statuses):
            self._drop(self.rows[-1])
        while len(self.rows) < len(statuses):
            self._new()
        for made, status in zip(self.rows, statuses, strict=True):
            made.show_status(status)

    def values(self) -> tuple[StatusFields, ...]:
        """Return the lines that are complete."""
        found = (each.value() for each in self.rows)
        return tuple(each for each in found if each is not None)

    def show_problem(self, place: str, sentence: str) -> None:
        """Show a sentence of the service at the line it speaks of."""
        number = place.removeprefix("statuses[").partition("]")[0]
        complete = [each for each in self.rows if each.value() is not None]
        if number.isdigit() and int(number) < len(complete):
            complete[int(number)].country.set_error(sentence)

    def _new(self) -> StatusRow:
        self._serial += 1
        made = StatusRow(self._prefix, self._serial, self._today)
        made.edited.connect(self.edited)
        made.removed.connect(self._removed)
        self.rows.append(made)
        self._lines.addWidget(made)
        self._head.show()
        return made

    def _drop(self, gone: StatusRow) -> None:
        self.rows.remove(gone)
        self._lines.removeWidget(gone)
        gone.hide()
        gone.deleteLater()
        self._head.setVisible(bool(self.rows))

    @Slot()
    def _add(self) -> None:
        self._new().country.input.setFocus()

    @Slot()
    def _removed(self) -> None:
        gone = self.sender()
        if isinstance(gone, StatusRow) and gone in self.rows:
            self._drop(gone)
            self.add.setFocus()
            self.edited.emit()


def _areas() -> list[Option]:
    """Return the regions without their sides, by their codes' words, and that all are meant."""
    anywhere = QCoreApplication.translate("stock", "Any area")
    known = dict.fromkeys(region.code for region in load_regions().values())
    options = [Option(code, code.replace("_", " ").capitalize()) for code in known]
    return [Option(_ANY, anywhere), *sorted(options, key=lambda each: fold(each.text))]

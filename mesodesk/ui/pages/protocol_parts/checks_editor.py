"""The checks of a protocol: as the program ships them, or the clinic's own times and channels."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from mesodesk.domain.protocols import ProtocolCheck, as_shipped, plannable
from mesodesk.domain.records.followup import Channel
from mesodesk.domain.schedule import Check, load_schedule
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.choices import CheckField, ChoiceField
from mesodesk.ui.widgets.numberfields import NumberField
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Muted

_SHIPPED: Final = "shipped"
_OWN: Final = "own"
_OPEN: Final = "open"
_NUMBER_WIDTH: Final = 76
_CHANNEL_WIDTH: Final = 128
_LATEST: Final = {"hours": Decimal(168), "days": Decimal(730)}


class ChecksEditor(QWidget):
    """Whether there are own checks, and a line for each. `edited` tells of a change."""

    edited = Signal()

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = SegmentedControl(
            {_SHIPPED: self.tr("As the program has them"), _OWN: self.tr("Our own")},
            "protocol_checks",
            self.tr("Which checks follow a session"),
            least_width=150,
        )
        self.choice.set_value(_SHIPPED)
        self.lines = [CheckLine(check, language) for check in plannable(load_schedule())]
        self._grid = QWidget()
        self._lay_out()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(self.choice)
        column.addWidget(self._grid)
        self._grid.hide()
        self.choice.chosen.connect(self._chosen)
        for line in self.lines:
            line.edited.connect(self.edited)

    def _lay_out(self) -> None:
        grid = QGridLayout(self._grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(Space.S)
        heads = ("", self.tr("due"), self.tr("from"), self.tr("until"), "", self.tr("how"))
        for at, words in enumerate(heads):
            grid.addWidget(Muted(words, wrap=False), 0, at)
        for row, line in enumerate(self.lines, start=1):
            for at, widget in enumerate(line.widgets()):
                grid.addWidget(widget, row, at)
        grid.setColumnStretch(0, 1)

    def checks(self) -> tuple[ProtocolCheck, ...] | None:
        """Return the clinic's own checks, None for those of the program."""
        if self.choice.value() != _OWN:
            return None
        return tuple(check for line in self.lines if (check := line.check()) is not None)

    def set_checks(self, checks: tuple[ProtocolCheck, ...] | None) -> None:
        """Show checks without telling of it."""
        self.choice.set_value(_SHIPPED if checks is None else _OWN)
        self._grid.setVisible(checks is not None)
        by_id = {each.check_id: each for each in checks or as_shipped(load_schedule())}
        for line in self.lines:
            line.show_check(by_id.get(line.shipped.id))

    def has_error(self) -> bool:
        """Tell whether a number cannot be taken."""
        return self.choice.value() == _OWN and any(line.has_error() for line in self.lines)

    @Slot(str)
    def _chosen(self, value: str) -> None:
        self._grid.setVisible(value == _OWN)
        self.edited.emit()


class CheckLine(QWidget):
    """One check: whether it is planned, when, in which window, and how the patient is reached."""

    edited = Signal()

    def __init__(self, shipped: Check, language: str) -> None:
        super().__init__()
        self.hide()  # it holds the widgets together, and is never in sight itself
        self.shipped = shipped
        self._title = ""
        name = f"check_{shipped.id}"
        title = shipped.title.get(language)
        self.on = CheckField(title, name, compact=True)
        self.due = self._number(f"{name}_due", self.tr("{check}: due").format(check=title))
        self.first = self._number(f"{name}_from", self.tr("{check}: from").format(check=title))
        self.last = self._number(f"{name}_until", self.tr("{check}: until").format(check=title))
        self.unit = Muted(
            self.tr("hours") if shipped.unit == "hours" else self.tr("days"), wrap=False
        )
        self.channel = ChoiceField(
            f"{name}_channel",
            self.tr("{check}: how the patient is reached").format(check=title),
            [
                Option(_OPEN, self.tr("open")),
                Option(Channel.VISIT, self.tr("visit")),
                Option(Channel.PHONE, self.tr("phone")),
                Option(Channel.MESSAGE, self.tr("message")),
            ],
            compact=True,
        )
        self.channel.setFixedWidth(_CHANNEL_WIDTH)
        self.on.ticked.connect(self._ticked)
        for field in (self.due, self.first, self.last, self.channel):
            field.edited.connect(self._typed)

    def _number(self, object_name: str, accessible_name: str) -> NumberField:
        field = NumberField(
            object_name,
            accessible_name,
            places=0,
            minimum=Decimal(0),
            maximum=_LATEST[self.shipped.unit],
            compact=True,
        )
        field.setFixedWidth(_NUMBER_WIDTH)
        return field

    def widgets(self) -> tuple[QWidget, ...]:
        """Return the widgets in the order of the columns."""
        return (self.on, self.due, self.first, self.last, self.unit, self.channel)

    def show_check(self, check: ProtocolCheck | None) -> None:
        """Show a check, or that it is not planned."""
        self.on.setChecked(check is not None)
        times = check or ProtocolCheck(
            self.shipped.id,
            self.shipped.unit,
            self.shipped.due,
            self.shipped.window_from,
            self.shipped.window_to,
        )
        self._title = times.title
        self.due.set_value(Decimal(times.due))
        self.first.set_value(Decimal(times.window_from))
        self.last.set_value(Decimal(times.window_to))
        self.channel.set_value(times.channel or _OPEN)
        self._show_on()

    def check(self) -> ProtocolCheck | None:
        """Return the check, None if it is not planned."""
        if not self.on.isChecked():
            return None
        chosen = self.channel.value()
        due, first, last = (each.value() or Decimal(0) for each in self._numbers())
        return ProtocolCheck(
            self.shipped.id,
            self.shipped.unit,
            int(due),
            int(first),
            int(last),
            chosen if isinstance(chosen, Channel) else None,
            self._title,
        )

    def has_error(self) -> bool:
        """Tell whether a number is missing or cannot be taken, or they do not follow each other."""
        return self.on.isChecked() and any(
            each.error() or each.value() is None for each in self._numbers()
        )

    def _numbers(self) -> tuple[NumberField, NumberField, NumberField]:
        return self.due, self.first, self.last

    def _show_on(self) -> None:
        for widget in self.widgets()[1:]:
            widget.setEnabled(self.on.isChecked())
        due, first, last = (each.value() for each in self._numbers())
        wrong = None not in (due, first, last) and not first <= due <= last  # type: ignore[operator]
        self.due.set_error(self.tr("not between from and until") if wrong else "")

    @Slot(bool)
    def _ticked(self, _on: bool) -> None:
        self._show_on()
        self.edited.emit()

    @Slot(object)
    def _typed(self, _value: object) -> None:
        self._show_on()
        self.edited.emit()

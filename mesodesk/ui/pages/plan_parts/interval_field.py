"""The least time between two sessions: a number, and days, weeks or months."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mesodesk.domain.plans import LONGEST, MOST_SESSIONS
from mesodesk.domain.records.plan import Interval, IntervalUnit
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.numberfields import NumberField
from mesodesk.ui.widgets.segments import SegmentedControl


class CountField(NumberField):
    """A number of sessions, or nothing: nobody has to set one."""

    def __init__(self, object_name: str, accessible_name: str) -> None:
        super().__init__(
            object_name,
            accessible_name,
            places=0,
            minimum=Decimal(1),
            maximum=Decimal(MOST_SESSIONS),
            step=Decimal(1),
        )

    def count(self) -> int | None:
        """Return the number, None if the field is empty or wrong."""
        value = self.value()
        return None if value is None else int(value)

    def set_count(self, count: int | None) -> None:
        """Show a number without telling of it."""
        self.set_value(None if count is None else Decimal(count))


class IntervalField(QWidget):
    """An interval, or none while no number is typed. `edited` tells of a change."""

    edited = Signal()

    def __init__(self, prefix: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = NumberField(
            f"{prefix}interval",
            self.tr("Least time between two sessions"),
            places=0,
            minimum=Decimal(1),
            maximum=Decimal(LONGEST[IntervalUnit.DAYS]),
        )
        self.unit = SegmentedControl(
            {
                IntervalUnit.DAYS.value: self.tr("days"),
                IntervalUnit.WEEKS.value: self.tr("weeks"),
                IntervalUnit.MONTHS.value: self.tr("months"),
            },
            f"{prefix}interval_unit",
            self.tr("Unit of the interval"),
            least_width=72,
        )
        self.unit.set_value(IntervalUnit.DAYS.value)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        line.addWidget(self.number, 1)
        line.addWidget(self.unit)
        self.setFocusProxy(self.number)
        self.number.edited.connect(self._typed)
        self.unit.chosen.connect(self._chosen)

    def interval(self) -> Interval | None:
        """Return the interval, None without a number."""
        count, unit = self.number.value(), IntervalUnit(self.unit.value() or IntervalUnit.DAYS)
        return None if count is None else Interval(int(count), unit)

    def set_interval(self, interval: Interval | None) -> None:
        """Show an interval without telling of it."""
        unit = IntervalUnit.DAYS if interval is None else interval.unit
        self.unit.set_value(unit.value)
        self._fit()
        self.number.set_value(None if interval is None else Decimal(interval.count))

    def _fit(self) -> None:
        unit = IntervalUnit(self.unit.value() or IntervalUnit.DAYS)
        self.number.set_range(Decimal(1), Decimal(LONGEST[unit]))

    @Slot(object)
    def _typed(self, _value: object) -> None:
        self.edited.emit()

    @Slot(str)
    def _chosen(self, _unit: str) -> None:
        self._fit()
        self.edited.emit()

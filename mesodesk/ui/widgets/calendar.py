"""A month to pick a day from, by click or by keys."""

from datetime import date, timedelta

from PySide6.QtCore import QDate, QLocale, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from mesodesk.ui import theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Heading

_CELL = 40
_KEYS = {
    Qt.Key.Key_Left.value: -1,
    Qt.Key.Key_Right.value: 1,
    Qt.Key.Key_Up.value: -7,
    Qt.Key.Key_Down.value: 7,
}


class MonthGrid(QWidget):
    """Six weeks of days. Arrows move, PageUp and PageDown change the month, Enter picks."""

    picked = Signal(object)
    """The `date` clicked or chosen with Enter."""

    shown = Signal(object)
    """The first day of the month now in sight."""

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, object_name, self.tr("Calendar"))
        self._today = self._cursor = date(2000, 1, 1)
        self._chosen: date | None = None
        self._least: date | None = None
        self._most: date | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_days(
        self, chosen: date | None, today: date, least: date | None, most: date | None
    ) -> None:
        """Show the month of the chosen day, or of today."""
        self._chosen, self._today, self._least, self._most = chosen, today, least, most
        start = chosen or today
        self._move_to(min(most, start) if most is not None else start)

    def cursor_day(self) -> date:
        """Return the day that Enter picks."""
        return self._cursor

    def sizeHint(self) -> QSize:
        return QSize(7 * _CELL, 6 * _CELL + 26)

    @Slot(int)
    def turn(self, months: int) -> None:
        """Go some months forth (or back, if negative)."""
        count = self._cursor.year * 12 + self._cursor.month - 1 + months
        year, month = divmod(count, 12)
        if 1 <= year <= 9998:
            last = QDate(year, month + 1, 1).daysInMonth()
            self._move_to(date(year, month + 1, min(self._cursor.day, last)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in _KEYS:
            self._move_to(self._cursor + timedelta(days=_KEYS[key]))
        elif key == Qt.Key.Key_PageUp:
            self.turn(-1)
        elif key == Qt.Key.Key_PageDown:
            self.turn(1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._pick(self._cursor)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        day = self._day_at(event.position())
        if day is not None:
            self._move_to(day)
            self._pick(day)

    def cell(self, day: date) -> QRectF:
        """Return where a day of the month in sight is painted."""
        at = (day - self._first()).days
        return QRectF(at % 7 * _CELL, 26 + at // 7 * _CELL, _CELL, _CELL)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        first = self._first()
        small = theme.font(Role.SMALL)
        for at in range(7):
            name = QLocale().dayName(
                (first + timedelta(days=at)).isoweekday(), QLocale.FormatType.ShortFormat
            )
            box = QRectF(at * _CELL, 0, _CELL, 22)
            paint.write(painter, box, name[:2], small, scheme.muted, Qt.AlignmentFlag.AlignHCenter)
        for at in range(42):
            self._paint_day(painter, first + timedelta(days=at))

    def _paint_day(self, painter: QPainter, day: date) -> None:
        scheme = theme.current()
        disc = self.cell(day).adjusted(3, 3, -3, -3)
        ink = scheme.text if day.month == self._cursor.month else scheme.muted
        font = theme.font(Role.BODY)
        if not self._allowed(day):
            ink = scheme.disabled
        if day == self._chosen:
            paint.box(painter, disc, scheme.accent, radius=17)
            ink, font = scheme.on_accent, theme.font(Role.STRONG)
        elif day == self._today:
            paint.box(painter, disc, None, scheme.border_strong, radius=17)
        if day == self._cursor and self.hasFocus():
            paint.ring(painter, disc.adjusted(-2, -2, 2, 2), radius=19)
        paint.write(painter, disc, str(day.day), font, ink, Qt.AlignmentFlag.AlignHCenter)

    def _first(self) -> date:
        """Return the day in the upper left corner."""
        start = self._cursor.replace(day=1)
        begins = QLocale().firstDayOfWeek().value
        return start - timedelta(days=(start.isoweekday() - begins) % 7)

    def _day_at(self, place: QPointF) -> date | None:
        row, column = int((place.y() - 26) // _CELL), int(place.x() // _CELL)
        if not (0 <= row < 6 and 0 <= column < 7):
            return None
        return self._first() + timedelta(days=7 * row + column)

    def _allowed(self, day: date) -> bool:
        after_least = self._least is None or day >= self._least
        return after_least and (self._most is None or day <= self._most)

    def _move_to(self, day: date) -> None:
        self._cursor = day
        self.shown.emit(day.replace(day=1))
        self.update()

    def _pick(self, day: date) -> None:
        if self._allowed(day):
            self._chosen = day
            self.update()
            self.picked.emit(day)


class Calendar(QWidget):
    """A month grid with its name and arrows for month and year."""

    picked = Signal(object)

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = MonthGrid(f"{object_name}_days")
        self.name = Heading()
        self.name.setAlignment(Qt.AlignmentFlag.AlignCenter)
        line = QHBoxLayout()
        line.setSpacing(0)
        for icon, text, months in (
            ("chevron-double-left", self.tr("Year before"), -12),
            ("chevron-left", self.tr("Month before"), -1),
            ("", "", 0),
            ("chevron-right", self.tr("Next month"), 1),
            ("chevron-double-right", self.tr("Next year"), 12),
        ):
            line.addWidget(self._arrow(icon, text, months) if icon else self.name, int(not icon))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        nest(column, line)
        column.addWidget(self.grid)
        self.grid.shown.connect(self._show_name)
        self.grid.picked.connect(self.picked)

    def _arrow(self, icon: str, text: str, months: int) -> QWidget:
        button = _Arrow(icon, text, f"{self.grid.objectName()}_{months}", months)
        button.turned.connect(self.grid.turn)
        return button

    @Slot(object)
    def _show_name(self, first: date) -> None:
        name = QLocale().standaloneMonthName(first.month)
        self.name.setText(f"{name[:1].upper()}{name[1:]} {first.year}")


class _Arrow(IconButton):
    """Turns the calendar by a number of months."""

    turned = Signal(int)

    def __init__(self, icon: str, text: str, object_name: str, months: int) -> None:
        super().__init__(icon, text, object_name, size=36)
        self._months = months
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clicked.connect(self._turn)

    @Slot()
    def _turn(self) -> None:
        self.turned.emit(self._months)

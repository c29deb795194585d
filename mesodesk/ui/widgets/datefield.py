"""A field for a date: typed in many ways, or picked from a calendar."""

from datetime import date

from PySide6.QtCore import QEvent, QLocale, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from mesodesk.ui.dates import DateTextError, Habits, parse_date
from mesodesk.ui.numbers import format_date
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.calendar import Calendar
from mesodesk.ui.widgets.field import Field
from mesodesk.ui.widgets.popover import Popover
from mesodesk.ui.widgets.textfields import bare_line_edit


class DateField(Field):
    """A day. When the field is left, the date is written out so that a mistake shows.

    `edited` gives the `date`, or None while the field is empty or wrong. Down opens the calendar.

    Args:
        object_name: of the input.
        accessible_name: read out.
        today: the clinic's day, for the calendar and years of two digits.
        minimum: earliest day allowed.
        maximum: latest day allowed.
        too_early: the sentence for an earlier day.
        too_late: the sentence for a later day.
    """

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        today: date,
        *,
        minimum: date | None = None,
        maximum: date | None = None,
        too_early: str = "",
        too_late: str = "",
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(object_name, accessible_name, compact=compact, parent=parent)
        self._today = today
        self._minimum, self._maximum = minimum, maximum
        self._too_early, self._too_late = too_early, too_late
        self._value: date | None = None
        self._popover: Popover | None = None
        self.input = bare_line_edit()
        self.input.setPlaceholderText(self.tr("day month year"))
        self.adopt(self.input)
        self.open_button = IconButton(
            "calendar-month-outline", self.tr("Open the calendar"), f"{object_name}_open", size=36
        )
        self.open_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.frame.line.addWidget(self.input, 1)
        self.frame.line.addWidget(self.open_button)
        self.input.textEdited.connect(self._edited)
        self.input.editingFinished.connect(self._finished)
        self.input.installEventFilter(self)
        self.open_button.clicked.connect(self._toggle)

    def value(self) -> date | None:
        """Return the day, or None if the field is empty or wrong."""
        return self._value

    def set_value(self, day: date | None) -> None:
        """Show a day without telling of it."""
        if day != self._value or self.error():
            self.input.setText("" if day is None else format_date(day))
        self._value = day
        self.set_error("")

    def set_today(self, today: date) -> None:
        """Tell the clinic's day."""
        self._today = today

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() is QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Down
        ):
            self.open_calendar()
            return True
        return super().eventFilter(watched, event)

    @Slot()
    def _toggle(self) -> None:
        if self._popover is not None and self._popover.isVisible():
            self._popover.close_panel()
        else:
            self.open_calendar()

    @Slot()
    def open_calendar(self) -> None:
        """Show the calendar beneath the field, with the focus in it."""
        if self._popover is None:
            name = f"{self._object_name}_calendar"
            self._popover = Popover(self.frame, name, self.tr("Calendar"))
            self.calendar = Calendar(name)
            self._popover.add(self.calendar)
            self.calendar.picked.connect(self._picked)
        self.calendar.grid.set_days(self._value, self._today, self._minimum, self._maximum)
        self._popover.open_at(focus=self.calendar.grid)

    @Slot(object)
    def _picked(self, day: date) -> None:
        if self._popover is not None:
            self._popover.close_panel()
        self.set_value(day)
        self.edited.emit(day)
        self.input.setFocus(Qt.FocusReason.OtherFocusReason)
        self.committed.emit()

    def _read(self, *, finished: bool) -> None:
        """Read the text; a sentence is only shown once the typing is over, or the day is out."""
        self._value = None
        text = self.input.text().strip()
        if not text:
            self.set_error("")
            return
        future = self._today.replace(year=self._today.year + 20, day=1)
        latest = (self._maximum or future) if finished else None
        try:
            day = parse_date(text, Habits.of(QLocale()), latest=latest)
        except DateTextError as error:
            self.set_error(error.sentence if finished else "")
            return
        sentence = self._outside(day)
        self._value = None if sentence else day
        self.set_error(sentence if finished else "")

    def _outside(self, day: date) -> str:
        if self._minimum is not None and day < self._minimum:
            words = self._too_early or self.tr("This must not be before {day}.")
            return words.format(day=format_date(self._minimum))
        if self._maximum is not None and day > self._maximum:
            words = self._too_late or self.tr("This must not be after {day}.")
            return words.format(day=format_date(self._maximum))
        return ""

    @Slot(str)
    def _edited(self, _text: str) -> None:
        before = self._value
        self._read(finished=False)
        if self._value != before:
            self.edited.emit(self._value)

    @Slot()
    def _finished(self) -> None:
        before = self._value
        self._read(finished=True)
        if self._value != before:
            self.edited.emit(self._value)
        if self._value is not None:
            self.input.setText(format_date(self._value))
        self.committed.emit()

"""A field for an expiry date, typed as it stands on the label."""

from datetime import date

from PySide6.QtCore import QLocale, Slot
from PySide6.QtWidgets import QWidget

from mesodesk.domain.expiry import ExpiryError, read_expiry
from mesodesk.ui.dates import Habits
from mesodesk.ui.numbers import format_date
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.field import Field
from mesodesk.ui.widgets.textfields import bare_line_edit


class ExpiryField(Field):
    """The last day on which a lot is good; a month alone counts to its last day.

    What was read is said beneath while typing, so that a mistake shows. `edited` gives the date, or
    None while the field is empty or cannot be read.
    """

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        today: date,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(object_name, accessible_name, parent=parent)
        self._today = today
        self._value: date | None = None
        self.input = bare_line_edit()
        self.input.setPlaceholderText(self.tr("03/2027"))
        self.adopt(self.input)
        self.frame.line.addWidget(self.input, 1)
        self.input.textEdited.connect(self._edited)
        self.input.editingFinished.connect(self._finished)

    def value(self) -> date | None:
        """Return the day, or None if the field is empty or cannot be read."""
        return self._value

    def text(self) -> str:
        """Return what stands in the field, readable or not."""
        return self.input.text().strip()

    def set_value(self, day: date | None) -> None:
        """Show a day without telling of it."""
        self.set_text("" if day is None else day.isoformat())

    def set_text(self, text: str) -> None:
        """Show what was typed before, without telling of it."""
        self.input.setText(text)
        self._read(finished=bool(text))

    def _read(self, *, finished: bool) -> None:
        self._value = None
        self.set_hint("")
        sentence = ""
        if self.text():
            try:
                self._value = read_expiry(self.text(), month_first=_month_first())
            except ExpiryError as error:
                sentence = error.sentence
        self.set_error(sentence if finished else "")
        if self._value is not None:
            self._say(self._value)

    def _say(self, day: date) -> None:
        if day < self._today:
            words = self.tr("Expired on {day}: it cannot be drawn.")
            self.set_hint(words.format(day=format_date(day)), Kind.STOP)
        else:
            self.set_hint(self.tr("good through {day}").format(day=format_date(day)))

    @Slot(str)
    def _edited(self, _text: str) -> None:
        before = self._value
        self._read(finished=False)
        if self._value != before or self._value is None:
            self.edited.emit(self._value)

    @Slot()
    def _finished(self) -> None:
        self._read(finished=True)
        self.committed.emit()


def _month_first() -> bool:
    return Habits.of(QLocale()).month_first

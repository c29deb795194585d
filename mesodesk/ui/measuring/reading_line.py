"""The readings of one measure on one side, with the reading before beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mesodesk.domain.readings import MOST_READINGS, question_of, wants_another
from mesodesk.domain.records.measurement import BodySide, Doubt, MeasurementFields
from mesodesk.ui.measuring.reading_field import ReadingField
from mesodesk.ui.numbers import format_day
from mesodesk.ui.progress.words import preferred_unit, side_words, value_words
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from mesodesk.domain.measures import Measure
    from mesodesk.domain.readings import Earlier, Question
    from mesodesk.domain.records.measurement import Reading, SeriesKey
    from mesodesk.ui.context import Context

SIDE_WIDTH: Final = 42
LAST_WIDTH: Final = 116


class ReadingLine(QWidget):
    """Two fields, and a third where it is wanted."""

    #: Something was typed.
    edited = Signal()
    #: A field was left: now is the time to say what is wrong.
    left = Signal()
    #: (field): Enter was pressed there.
    entered = Signal(object)

    def __init__(self, context: Context, measure: Measure, side: BodySide, name: str) -> None:
        super().__init__()
        self._context = context
        self.measure, self.side = measure, side
        self._earlier: Earlier | None = None
        self._confirmed: set[Doubt] = set()
        unit = preferred_unit(measure.kind, context.clinic.fields)
        if unit is None:
            raise ValueError("a rating has no readings")
        self.unit = unit
        self.id = f"{measure.id}_{side.value}" if measure.sides else measure.id
        self.fields = [
            ReadingField(measure, unit, f"reading_{self.id}_{number}", name, number)
            for number in range(1, MOST_READINGS + 1)
        ]
        self.last = Muted("", wrap=False)
        self.last.setFixedWidth(LAST_WIDTH)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.XS)
        label = Muted(side_words(side), wrap=False)
        label.setFixedWidth(SIDE_WIDTH)
        line.addWidget(label)
        for field in self.fields:
            line.addWidget(field)
            field.edited.connect(self._edited)
            field.input.textEdited.connect(self._typed)
            field.committed.connect(self._left)
            field.entered.connect(self._entered)
        line.addStretch(1)
        line.addWidget(self.last)
        self._show_third()

    def set_earlier(self, earlier: Earlier | None) -> None:
        """Tell the reading before of the very same series."""
        self._earlier = earlier
        if earlier is None:
            self.last.setText(self.tr("none before"))
            return
        figure = value_words(self.measure, earlier.value, self._context.clinic.fields)
        self.last.setText(f"{figure}, {format_day(earlier.on, self._context.today())}")

    def readings(self) -> tuple[Reading, ...]:
        """Return the readings that can be used, in order."""
        found = (field.reading() for field in self.shown_fields())
        return tuple(each for each in found if each is not None)

    def shown_fields(self) -> Sequence[ReadingField]:
        """Return the fields that are offered."""
        return [field for field in self.fields if not field.isHidden()]

    def is_blank(self) -> bool:
        """Whether nothing was typed."""
        return all(field.is_blank() for field in self.fields)

    def wants_third(self) -> bool:
        """Whether the first two readings lie too far apart and there is no third."""
        return wants_another(self.measure, self.readings())

    def wrong(self) -> ReadingField | None:
        """Return the first field that cannot be used."""
        for field in self.shown_fields():
            if not field.is_blank() and field.reading() is None:
                return field
        return None

    def question(self, key: SeriesKey, height_cm: Decimal | None) -> Question | None:
        """Return what is to be asked and was not answered yet."""
        limits = self._context.clinic.fields.limits
        asked = question_of(key, self.measure, self.readings(), self._earlier, height_cm, limits)
        return None if asked is None or asked.doubt in self._confirmed else asked

    def item(self, key: SeriesKey) -> MeasurementFields | None:
        """Return what was measured, None of nothing."""
        readings = self.readings()
        if not readings:
            return None
        return MeasurementFields(key, readings, confirmed=frozenset(self._confirmed))

    def confirm(self, doubt: Doubt) -> None:
        """Keep that the figures are as they were typed."""
        self._confirmed.add(doubt)

    def replace(self, before: Reading, after: Reading) -> None:
        """Take all readings in the unit of one of them as in another."""
        for field in self.shown_fields():
            reading = field.reading()
            if reading is not None and reading.unit is before.unit:
                field.show_reading(type(reading)(reading.typed, after.unit))
        self._edited(None)

    def texts(self) -> list[str]:
        """Return what stands in the fields."""
        return [field.text() for field in self.fields]

    def show_texts(self, texts: Sequence[str]) -> None:
        """Show what stood there before."""
        for field, text in zip(self.fields, texts, strict=False):
            field.show_text(text)
        self._show_third()

    def clear(self) -> None:
        """Empty the fields, and forget what was answered."""
        self._confirmed.clear()
        self.show_texts([""] * MOST_READINGS)

    def _show_third(self) -> None:
        second, third = self.fields[1:]
        second.setVisible(self.measure.readings > 1 or not second.is_blank())
        two = [field.reading() for field in self.fields[:2]]
        both = tuple(each for each in two if each is not None)
        wanted = self.measure.readings == MOST_READINGS or not third.is_blank()
        third.setVisible(wanted or wants_another(self.measure, both))

    @Slot(object)
    def _edited(self, _value: object) -> None:
        # What was said of other figures does not hold for these.
        self._confirmed.clear()
        self._show_third()

    @Slot(str)
    def _typed(self, _text: str) -> None:
        self.edited.emit()

    @Slot()
    def _left(self) -> None:
        self.left.emit()

    @Slot()
    def _entered(self) -> None:
        self.left.emit()
        self.entered.emit(self.sender())

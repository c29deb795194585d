"""A narrow field for one reading; it keeps the number as typed, with its unit."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal

from mesodesk.domain.readings import UNITS, in_other_unit, is_possible
from mesodesk.domain.records.measurement import MeasuredUnit, Reading
from mesodesk.domain.units import QuantityError, QuantityProblem, parse_decimal, rounded
from mesodesk.ui.numbers import format_decimal
from mesodesk.ui.progress.words import converter, reading_words
from mesodesk.ui.widgets.numberfields import NumberField

if TYPE_CHECKING:
    from mesodesk.domain.measures import Measure

_PLACES: Final = 2
_WIDTH: Final = 82
_SUFFIXES: Final = {
    MeasuredUnit.KG: ("kg",),
    MeasuredUnit.LB: ("lbs", "lb"),
    MeasuredUnit.CM: ("cm",),
    MeasuredUnit.INCH: ("in", '"', "\u2033"),
    MeasuredUnit.MM: ("mm",),
}
_ENTER: Final = (Qt.Key.Key_Return.value, Qt.Key.Key_Enter.value)


class ReadingField(NumberField):
    """One reading. A unit typed after the number wins over the clinic's.

    What is wrong is said by the row, which is wide enough for it.
    """

    entered = Signal()
    """Enter was pressed: on to the next."""

    def __init__(
        self, measure: Measure, unit: MeasuredUnit, object_name: str, name: str, number: int
    ) -> None:
        self._measure = measure
        self._name = name
        self._own = self._typed_unit = unit
        super().__init__(object_name, f"{name}, {number}", places=_PLACES, compact=True)
        self.setFixedWidth(_WIDTH)

    def reading(self) -> Reading | None:
        """Return what was typed, None while it is empty or wrong."""
        if self.value() is None:
            return None
        return Reading(self._typed.normalize() + 0, self._typed_unit)

    def text(self) -> str:
        """Return what stands there with its unit: a draft may come back under another one."""
        number, unit = self._split(self.input.text())
        return f"{number.strip()} {unit.value}" if number.strip() else ""

    def show_text(self, text: str) -> None:
        """Show what stood there before, as if it were typed, without telling of it."""
        number, unit = self._split(text)
        self.input.setText(number.strip() if unit is self._own else text.strip())
        self._read(frozenset())

    def show_reading(self, reading: Reading) -> None:
        """Show a reading, with its unit where it is not the clinic's."""
        self.show_text(f"{format_decimal(reading.typed)} {reading.unit.value}")

    def is_blank(self) -> bool:
        """Whether nothing stands there."""
        return not self.input.text().strip()

    def _parse(self, text: str) -> tuple[Decimal, Decimal]:
        number, self._typed_unit = self._split(text)
        typed = parse_decimal(number, places=_PLACES)
        reading = Reading(typed, self._typed_unit)
        if not is_possible(self._measure, reading):
            low = reading.value < self._measure.least
            problem = QuantityProblem.TOO_SMALL if low else QuantityProblem.TOO_LARGE
            raise _ImpossibleError(problem, self._impossible(reading))
        return typed, reading.value

    def _split(self, text: str) -> tuple[str, MeasuredUnit]:
        """Take a unit off the end of the text."""
        bare = text.strip().lower()
        for unit in UNITS[self._measure.kind]:
            for suffix in _SUFFIXES[unit]:
                if bare.endswith(suffix):
                    return bare[: -len(suffix)], unit
        return text, self._own

    def _finished(self) -> None:
        # Unlike a plain number the text may end in a unit, so it stays as it was typed.
        self._read(frozenset())
        self.committed.emit()

    def _impossible(self, reading: Reading) -> str:
        shown = converter(reading.unit)
        least, most = (
            format_decimal(rounded(shown(limit), 0))
            for limit in (self._measure.least, self._measure.most)
        )
        sentence = self.tr(
            "{what}: {reading} cannot be right; it lies between {least} and {most} {unit}."
        ).format(
            what=self._name,
            reading=reading_words(reading),
            least=least,
            most=most,
            unit=reading.unit.value,
        )
        other = in_other_unit(reading)
        if other is not None and is_possible(self._measure, other):
            was = self.tr("Was it {other}? Then type the unit too.")
            return f"{sentence} {was.format(other=reading_words(other))}"
        return f"{sentence} {self.tr('Measure again, or check the number.')}"

    def _show_message(self) -> None:
        self.input.setAccessibleDescription(self.error())

    def _key(self, key: int) -> bool:
        if key in _ENTER:
            self.entered.emit()
            return True
        return super()._key(key)


class _ImpossibleError(QuantityError):
    """A reading outside what can be, told in its own unit."""

    def __init__(self, problem: QuantityProblem, sentence: str) -> None:
        super().__init__(problem, Decimal(0))
        self.sentence = sentence

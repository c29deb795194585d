"""Fields for quantities: exact decimals, weights in kg or lb, lengths in cm or in."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from mesodesk.domain.records.clinic import LengthUnit, WeightUnit
from mesodesk.domain.units import (
    QuantityError,
    QuantityProblem,
    cm_to_inches,
    inches_to_cm,
    kg_to_pounds,
    parse_decimal,
    plain,
    pounds_to_kg,
    rounded,
)
from mesodesk.ui.numbers import format_decimal
from mesodesk.ui.theme import Role
from mesodesk.ui.widgets.buttons import Button, ButtonKind, IconButton
from mesodesk.ui.widgets.field import Field
from mesodesk.ui.widgets.text import Label
from mesodesk.ui.widgets.textfields import bare_line_edit

# While somebody types, a number may still grow into the range: said only when the field is left.
_LATER: Final = frozenset({QuantityProblem.TOO_SMALL})


class NumberField(Field):
    """An exact decimal. `2,5` and `2.5` are the same; what cannot be read stays, with a sentence.

    `edited` gives the Decimal, or None while the field is empty or wrong.

    Args:
        object_name: of the input.
        accessible_name: read out.
        places: most decimals.
        unit: shown inside, at the right.
        minimum: least value allowed.
        maximum: greatest value allowed.
        step: what Up, Down and the two buttons add; None shows no buttons.
    """

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        *,
        places: int,
        unit: str = "",
        minimum: Decimal | None = None,
        maximum: Decimal | None = None,
        step: Decimal | None = None,
        placeholder: str = "",
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(object_name, accessible_name, compact=compact, parent=parent)
        self._places = places
        self._minimum = minimum
        self._maximum = maximum
        self._step = step
        self._value: Decimal | None = None
        self._typed = Decimal(0)
        self.input = bare_line_edit()
        self.input.setPlaceholderText(placeholder)
        self.input.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        self.input.setMinimumWidth(36)
        self.adopt(self.input)
        self.unit = Label(unit, Role.BODY, "muted")
        self.frame.line.addWidget(self.input, 1)
        self.frame.line.addWidget(self.unit)
        self.unit.setVisible(bool(unit))
        self.frame.line.addSpacing(4)
        if step is not None:
            self._add_steppers(compact=compact)
        self.input.textEdited.connect(self._edited)
        self.input.editingFinished.connect(self._finished)
        self.input.installEventFilter(self)

    def _add_steppers(self, *, compact: bool) -> None:
        size = 30 if compact else 36
        self.less = IconButton("minus", self.tr("Less"), f"{self._object_name}_less", size=size)
        self.more = IconButton("plus", self.tr("More"), f"{self._object_name}_more", size=size)
        for button, slot in ((self.less, self._step_down), (self.more, self._step_up)):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAutoRepeat(True)
            button.clicked.connect(slot)
            self.frame.line.addWidget(button)

    def value(self) -> Decimal | None:
        """Return the number, or None if the field is empty or wrong."""
        return self._value

    def set_value(self, value: Decimal | None) -> None:
        """Show a number without telling of it."""
        if value != self._value or self.error() or not self.input.text():
            self.input.setText("" if value is None else self._shown(value))
        self._value = value
        self.set_error("")

    def set_range(self, minimum: Decimal | None, maximum: Decimal | None) -> None:
        """Change what is allowed; what is there is judged anew."""
        self._minimum, self._maximum = minimum, maximum
        if self.input.text().strip():
            self._read(later=frozenset())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event.key())
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        if self._step is None or key not in _STEPS:
            return False
        self._move(_STEPS[key])
        return True

    def _shown(self, value: Decimal) -> str:
        return format_decimal(value)

    def _parse(self, text: str) -> tuple[Decimal, Decimal]:
        """Return the number as typed, with its decimals, and the value it stands for."""
        typed = parse_decimal(
            text, places=self._places, minimum=self._minimum, maximum=self._maximum
        )
        return typed, typed

    def _read(self, later: frozenset[QuantityProblem]) -> None:
        text = self.input.text()
        self._value = None
        if not text.strip():
            self.set_error("")
            return
        try:
            self._typed, self._value = self._parse(text)
        except QuantityError as error:
            self.set_error("" if error.problem in later else error.sentence)
        else:
            self.set_error("")

    @Slot(str)
    def _edited(self, _text: str) -> None:
        before = self._value
        self._read(_LATER)
        if self._value is not None or before is not None or not self.input.text():
            self.edited.emit(self._value)

    @Slot()
    def _finished(self) -> None:
        self._read(frozenset())
        if self._value is not None:
            decimals = max(0, -int(self._typed.as_tuple().exponent))
            shown = format_decimal(self._typed, decimals)
            if shown != self.input.text():
                self.input.setText(shown)
        self.committed.emit()

    @Slot()
    def _step_up(self) -> None:
        self._move(1)

    @Slot()
    def _step_down(self) -> None:
        self._move(-1)

    def _move(self, steps: int) -> None:
        if self._step is None or not self.isEnabled():
            return
        start = self._value if self._value is not None else (self._minimum or Decimal(0))
        moved = start + steps * self._step if self._value is not None else start
        if self._minimum is not None:
            moved = max(moved, self._minimum)
        elif moved < 0:
            moved = Decimal(0)
        if self._maximum is not None:
            moved = min(moved, self._maximum)
        if moved != self._value:
            self.set_value(moved)
            self.edited.emit(moved)


_STEPS: Final = {
    Qt.Key.Key_Up.value: 1,
    Qt.Key.Key_Down.value: -1,
    Qt.Key.Key_PageUp.value: 10,
    Qt.Key.Key_PageDown.value: -10,
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit that a quantity can be typed in, beside the one it is stored in."""

    symbol: str
    words: tuple[str, ...]
    places: int
    shown_places: int
    to_stored: Callable[[Decimal], Decimal]
    from_stored: Callable[[Decimal], Decimal]


def _same(value: Decimal) -> Decimal:
    return value


KG: Final = Measure("kg", ("kg",), 3, 3, _same, _same)
LB: Final = Measure("lb", ("lb", "lbs"), 2, 1, pounds_to_kg, kg_to_pounds)
CM: Final = Measure("cm", ("cm",), 1, 1, _same, _same)
INCH: Final = Measure("in", ("in", '"', "\u2033"), 2, 1, inches_to_cm, cm_to_inches)


class MeasureField(NumberField):
    """A quantity in one of two units; the button at the right changes the unit.

    A unit typed after the number ("150 lb") changes it too. `value()` is in the stored unit. What
    was typed stays as typed, in its unit; changing the unit converts it.
    """

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        measures: tuple[Measure, Measure],
        preferred: Measure,
        *,
        stored_places: int,
        minimum: Decimal,
        maximum: Decimal,
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            object_name,
            accessible_name,
            places=preferred.places,
            minimum=minimum,
            maximum=maximum,
            compact=compact,
            parent=parent,
        )
        self._measures = measures
        self._measure = preferred
        self._stored_places = stored_places
        self.unit_button = Button(
            preferred.symbol, f"{object_name}_unit", ButtonKind.QUIET, compact=True
        )
        self.unit_button.setToolTip(self.tr("Change the unit, or type it after the number"))
        # With Tab one goes on to the next number; the figure typed there would be lost on a button.
        self.unit_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.unit_button.clicked.connect(self._swap)
        self.frame.line.addWidget(self.unit_button)
        self._show_unit()

    def measure(self) -> Measure:
        """Return the unit that is shown."""
        return self._measure

    def figure(self) -> Decimal | None:
        """Return the number in the unit that is shown, None if the field is empty or wrong."""
        return None if self._value is None else self._in_unit(self._value)

    def set_measure(self, measure: Measure) -> None:
        """Show another unit; a number that is there is converted."""
        self._measure = measure
        self._show_unit()
        if self._value is not None:
            self.input.setText(self._shown(self._value))

    def _show_unit(self) -> None:
        self.unit_button.setText(self._measure.symbol)
        self.unit_button.setAccessibleName(f"{self._accessible_name}: {self._measure.symbol}")

    @Slot()
    def _swap(self) -> None:
        first, second = self._measures
        self.set_measure(second if self._measure is first else first)

    def _shown(self, value: Decimal) -> str:
        return format_decimal(self._in_unit(value))

    def _in_unit(self, value: Decimal) -> Decimal:
        shown = rounded(self._measure.from_stored(value), self._measure.shown_places)
        return Decimal(plain(shown))

    def _parse(self, text: str) -> tuple[Decimal, Decimal]:
        typed = parse_decimal(self._without_unit(text), places=self._measure.places)
        stored = rounded(self._measure.to_stored(typed), self._stored_places)
        if self._minimum is not None and stored < self._minimum:
            raise _OutOfRangeError(QuantityProblem.TOO_SMALL, self._range_sentence())
        if self._maximum is not None and stored > self._maximum:
            raise _OutOfRangeError(QuantityProblem.TOO_LARGE, self._range_sentence())
        return typed, stored

    def _range_sentence(self) -> str:
        least, most = (
            format_decimal(rounded(self._measure.from_stored(limit or Decimal(0)), 0))
            for limit in (self._minimum, self._maximum)
        )
        return self.tr("This must lie between {least} and {most} {unit}: check the number.").format(
            least=least, most=most, unit=self._measure.symbol
        )

    def _without_unit(self, text: str) -> str:
        """Take a unit off the end of the text, and change to it."""
        bare = text.strip().lower()
        for measure in self._measures:
            for word in sorted(measure.words, key=len, reverse=True):
                if bare.endswith(word):
                    self._measure = measure
                    self._show_unit()
                    return bare[: -len(word)]
        return text


class _OutOfRangeError(QuantityError):
    """A quantity outside what is possible, told in the unit that is shown."""

    def __init__(self, problem: QuantityProblem, sentence: str) -> None:
        super().__init__(problem, Decimal(0))
        self.sentence = sentence


class WeightField(MeasureField):
    """A body weight, stored in kg to the gram, between 2 and 400 kg."""

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        preferred: WeightUnit = WeightUnit.KG,
        *,
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            object_name,
            accessible_name,
            (KG, LB),
            KG if preferred is WeightUnit.KG else LB,
            stored_places=3,
            minimum=Decimal(2),
            maximum=Decimal(400),
            compact=compact,
            parent=parent,
        )


class LengthField(MeasureField):
    """A length of the body, stored in cm to the millimetre; 30 to 250 cm unless told otherwise."""

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        preferred: LengthUnit = LengthUnit.CM,
        *,
        minimum: Decimal = Decimal(30),
        maximum: Decimal = Decimal(250),
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            object_name,
            accessible_name,
            (CM, INCH),
            CM if preferred is LengthUnit.CM else INCH,
            stored_places=1,
            minimum=minimum,
            maximum=maximum,
            compact=compact,
            parent=parent,
        )

"""Asks about a weight that is typed outside of the measuring form: pounds pass for kilograms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from mesodesk.domain.measures import load_measures
from mesodesk.domain.progress import WEIGHT
from mesodesk.domain.readings import question_of
from mesodesk.domain.records.measurement import MeasuredUnit, Reading
from mesodesk.ui.measuring.doubt_strip import DoubtStrip
from mesodesk.ui.widgets.numberfields import KG, LB

if TYPE_CHECKING:
    from decimal import Decimal

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.readings import Earlier, Question
    from mesodesk.ui.context import Context
    from mesodesk.ui.widgets.numberfields import WeightField

_UNITS = {KG: MeasuredUnit.KG, LB: MeasuredUnit.LB}
_FIELD_UNITS = {unit: measure for measure, unit in _UNITS.items()}


class WeightDoubt(DoubtStrip):
    """Beneath a weight: asks once it was typed. What is on record meanwhile is what was typed."""

    #: The other unit was meant: kg, a Decimal, which the field shows by now.
    corrected = Signal(object)

    def __init__(
        self, context: Context, field: WeightField, object_name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(object_name, parent)
        self._context = context
        self._field = field
        self._question: Question | None = None
        self._compared: tuple[Decimal | None, Decimal | None, Earlier | None] | None = None
        self._so: object = None
        self.confirmed.connect(self._is_so)
        self.replaced.connect(self._was_other)
        field.edited.connect(self._typing)

    def look(self, height_cm: Decimal | None, earlier: Earlier | None = None) -> None:
        """Ask about what stands in the field, unless somebody said that it is so.

        Args:
            height_cm: the patient's, if it is known.
            earlier: the weight before, in kg, with its day.
        """
        figure = self._field.figure()
        self._question = None
        # With what it is compared belongs to it: another patient may weigh as much.
        self._compared = (self._field.value(), height_cm, earlier)
        if figure is not None and self._compared != self._so:
            reading = Reading(figure, _UNITS[self._field.measure()])
            limits = self._context.clinic.fields.limits
            measure = load_measures()[WEIGHT.measure]
            self._question = question_of(WEIGHT, measure, (reading,), earlier, height_cm, limits)
        if self._question is None:
            self.say("")
        else:
            self.ask(self._question, self._context.today())

    @Slot(object)
    def _typing(self, _weight_kg: object) -> None:
        self._question = None
        self.say("")

    @Slot()
    def _is_so(self) -> None:
        self._so = self._compared
        self._field.input.setFocus()
        self._typing(None)

    @Slot()
    def _was_other(self) -> None:
        if self._question is None or self._question.instead is None:
            return
        instead = self._question.instead
        self._field.set_measure(_FIELD_UNITS[instead.unit])
        self._field.set_value(instead.value)
        self._field.input.setFocus()
        self._typing(None)
        self.corrected.emit(instead.value)

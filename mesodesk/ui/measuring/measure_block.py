"""One measure of the form: its name, where it is taken, a line for each side, what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from mesodesk.domain.measures import MeasureKind
from mesodesk.domain.progress import Series, earlier_in
from mesodesk.domain.records.measurement import BodySide, MeasuredUnit, SeriesKey
from mesodesk.domain.units import cm_to_inches, inches_to_cm, rounded
from mesodesk.ui.measuring.doubt_strip import DoubtStrip
from mesodesk.ui.measuring.reading_line import ReadingLine
from mesodesk.ui.progress.words import preferred_unit, side_words
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.numberfields import NumberField
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.text import Strong, plain_tip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from decimal import Decimal

    from mesodesk.domain.measures import Measure
    from mesodesk.domain.records.measurement import MeasurementFields
    from mesodesk.domain.records.progress import PatientProgress
    from mesodesk.ui.context import Context
    from mesodesk.ui.measuring.reading_field import ReadingField

NAME_WIDTH: Final = 146
_SIDES: Final = (BodySide.LEFT, BodySide.RIGHT)


class MeasureBlock(QWidget):
    """A measure with its readings; what is wrong or asked stands beneath the line it concerns."""

    #: Something was typed or chosen.
    edited = Signal()
    #: (field): Enter was pressed in a field.
    entered = Signal(object)

    def __init__(self, context: Context, measure: Measure) -> None:
        super().__init__()
        self.setObjectName(f"measure_{measure.id}")
        self._context = context
        self.measure = measure
        self._progress: PatientProgress | None = None
        self._every: Mapping[SeriesKey, Series] = {}
        self._day = context.today()
        name = measure.name.get(context.language)
        sides = _SIDES if measure.sides else (BodySide.NONE,)
        self.lines = [ReadingLine(context, measure, side, _line_name(name, side)) for side in sides]
        self.strips = [DoubtStrip(f"doubt_{line.id}") for line in self.lines]
        self.where = self._choice(name)
        self.distance = self._distance(name)
        self._build(name)

    def _choice(self, name: str) -> ChoiceField | None:
        if not self.measure.protocols:
            return None
        language = self._context.language
        field = ChoiceField(
            f"where_{self.measure.id}",
            self.tr("{measure}: where").format(measure=name),
            [
                Option(each.id, each.name.get(language), subtitle=each.how.get(language))
                for each in self.measure.protocols
            ],
            compact=True,
        )
        field.setFixedWidth(NAME_WIDTH)
        field.set_value(self.measure.protocols[0].id)
        field.edited.connect(self._where_chosen)
        return field

    def _distance(self, name: str) -> NumberField | None:
        if not any(each.needs_cm for each in self.measure.protocols):
            return None
        unit = preferred_unit(MeasureKind.GIRTH, self._context.clinic.fields)
        self._inches = unit is MeasuredUnit.INCH
        field = NumberField(
            f"distance_{self.measure.id}",
            self.tr("{measure}: distance").format(measure=name),
            places=1,
            unit="in" if self._inches else "cm",
            compact=True,
        )
        field.setFixedWidth(NAME_WIDTH)
        field.edited.connect(self._where_chosen)
        field.hide()
        return field

    def _build(self, name: str) -> None:
        unit = self.lines[0].unit.value
        title = Strong(f"{name} ({unit})")
        title.setToolTip(plain_tip(self.measure.how.get(self._context.language)))
        title.setFixedWidth(NAME_WIDTH)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.setSpacing(2)
        right.setSpacing(Space.XS)
        left.addWidget(title)
        for widget in (self.where, self.distance):
            if widget is not None:
                left.addWidget(widget)
        left.addStretch(1)
        for line, strip in zip(self.lines, self.strips, strict=True):
            right.addWidget(line)
            right.addWidget(strip)
            line.edited.connect(self.edited)
            line.edited.connect(self._hide_answered)
            line.left.connect(self.judge)
            line.entered.connect(self.entered)
            strip.confirmed.connect(self._confirmed)
            strip.replaced.connect(self._replaced)
        right.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.S)
        nest(grid, left, 0, 0, Qt.AlignmentFlag.AlignTop)
        nest(grid, right, 0, 1)
        grid.setColumnStretch(1, 1)

    # What stands there

    def key(self, line: ReadingLine) -> SeriesKey:
        """Return what a line measures, as it is chosen now."""
        protocol = "" if self.where is None else str(self.where.value() or "")
        return SeriesKey(self.measure.id, protocol, self.landmark_cm(), side=line.side)

    def landmark_cm(self) -> Decimal | None:
        """Return the distance that the protocol names, where it names one."""
        if self.distance is None or self.distance.isHidden():
            return None
        typed = self.distance.value()
        if typed is None:
            return None
        return rounded(inches_to_cm(typed), 1) if self._inches else typed

    def items(self) -> Iterator[MeasurementFields]:
        """Yield what was measured."""
        for line in self.lines:
            item = line.item(self.key(line))
            if item is not None:
                yield item

    def fields(self, number: int) -> Iterator[ReadingField]:
        """Yield the fields of the nth reading that are offered, from 0."""
        for line in self.lines:
            if number < len(line.shown_fields()):
                yield line.shown_fields()[number]

    def is_blank(self) -> bool:
        return all(line.is_blank() for line in self.lines)

    def stop(self) -> QWidget | None:
        """Say what stands in the way of recording, and return where it is put right."""
        self.judge()
        if self.is_blank():
            return None
        if self.distance is not None and not self.distance.isHidden() and not self.landmark_cm():
            self.strips[0].say(self.tr("Say at what distance it was measured."))
            return self.distance
        for line, strip in zip(self.lines, self.strips, strict=True):
            if line.wrong() is not None:
                return line.wrong()
            if line.wants_third():
                return line.fields[-1]
            if strip.is_asking():
                return strip.first_focus()
        return None

    # What was before

    def show_history(
        self, progress: PatientProgress, every: Mapping[SeriesKey, Series], day: date
    ) -> None:
        """Show the readings up to a day beside the fields, and where it was measured then."""
        first = self._progress is None or self._progress.patient_id != progress.patient_id
        self._progress, self._every, self._day = progress, every, day
        if first and self.is_blank():
            self._choose_as_before(progress)
        self._show_earlier()

    def _choose_as_before(self, progress: PatientProgress) -> None:
        if self.where is None:
            return
        own = [each for each in progress.measurements if each.counts]
        same = [each.key for each in own if each.key.measure == self.measure.id]
        if same and self.measure.protocol(same[-1].protocol) is not None:
            self.choose_where(same[-1].protocol, same[-1].landmark_cm)
        else:
            self.choose_where(self.measure.protocols[0].id, None)

    def choose_where(self, protocol: str, landmark_cm: Decimal | None) -> None:
        """Show where it is measured, without telling of it."""
        if self.where is not None:
            self.where.set_value(protocol)
        self._show_distance()
        if self.distance is not None:
            shown = landmark_cm
            if shown is not None and self._inches:
                shown = rounded(cm_to_inches(shown), 1)
            self.distance.set_value(shown)

    def show_where(self, protocol: str, distance: str) -> None:
        """Show where it is measured as it was typed before."""
        self.choose_where(protocol, None)
        if self.distance is not None and distance:
            self.distance.input.setText(distance)
            self.distance.input.editingFinished.emit()

    def distance_text(self) -> str:
        """Return the distance as it is typed."""
        return "" if self.distance is None else self.distance.input.text()

    def _show_distance(self) -> None:
        if self.distance is not None and self.where is not None:
            chosen = self.measure.protocol(str(self.where.value() or ""))
            self.distance.setVisible(chosen is not None and chosen.needs_cm)

    @Slot(object)
    def _where_chosen(self, _value: object) -> None:
        self._show_distance()
        self._show_earlier()
        self.judge()
        self.edited.emit()

    def _show_earlier(self) -> None:
        if self._progress is not None:
            for line in self.lines:
                line.set_earlier(earlier_in(self._every, self.key(line), self._day))

    # What is asked

    @Slot()
    def judge(self) -> None:
        """Say beneath each line what is wrong, wanted or in doubt."""
        height = None if self._progress is None else self._progress.height_cm
        for line, strip in zip(self.lines, self.strips, strict=True):
            wrong, asked = line.wrong(), line.question(self.key(line), height)
            if wrong is not None:
                strip.say(wrong.error() or self.tr("This is no number that can be used."))
            elif line.wants_third():
                strip.say(
                    self.tr("The two readings lie too far apart: take a third. The median counts."),
                    Kind.INFO,
                )
            elif asked is not None:
                strip.ask(asked, self._context.today())
            else:
                strip.say("")

    @Slot()
    def _hide_answered(self) -> None:
        """Take back what was said of a figure that is being typed anew."""
        line = self.sender()
        for each, strip in zip(self.lines, self.strips, strict=True):
            if each is line and not each.wants_third():
                strip.say("")

    @Slot()
    def _confirmed(self) -> None:
        self._answer(instead=False)

    @Slot()
    def _replaced(self) -> None:
        self._answer(instead=True)

    def _answer(self, *, instead: bool) -> None:
        """Take the answer to a question: as it was typed, or in the other unit."""
        strip = self.sender()
        line = next(each for each, own in zip(self.lines, self.strips, strict=True) if own is strip)
        height = None if self._progress is None else self._progress.height_cm
        asked = line.question(self.key(line), height)
        if asked is not None and instead and asked.instead is not None:
            line.replace(asked.reading, asked.instead)
        elif asked is not None:
            line.confirm(asked.doubt)
        self.judge()
        self.edited.emit()
        self.entered.emit(line.shown_fields()[len(line.readings()) - 1])

    def clear(self) -> None:
        """Empty the fields; where it is measured stays chosen."""
        for line in self.lines:
            line.clear()
        for strip in self.strips:
            strip.say("")


def _line_name(name: str, side: BodySide) -> str:
    words = side_words(side)
    return f"{name}, {words}" if words else name

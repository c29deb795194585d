"""The form for one occasion: readings down the columns by Enter, ratings, the day, home or here."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.measures import MeasureKind, load_measures
from mesodesk.domain.progress import Series, series_by_key
from mesodesk.domain.readings import MOST_READINGS
from mesodesk.domain.records.measurement import (
    MeasurementFields,
    MeasuringFields,
    SeriesKey,
    TakenAt,
)
from mesodesk.ui.measuring.measure_block import NAME_WIDTH, MeasureBlock
from mesodesk.ui.measuring.rating_block import RatingBlock
from mesodesk.ui.measuring.reading_line import SIDE_WIDTH
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Muted
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal
    from uuid import UUID

    from mesodesk.domain.records.progress import PatientProgress
    from mesodesk.ui.context import Context
    from mesodesk.ui.measuring.reading_field import ReadingField

_FIRST_WIDTH: Final = 86


class MeasuringForm(QWidget):
    """Fields for what is usually measured; anything else is added from a list."""

    #: Something was typed or chosen.
    edited = Signal()
    #: Enter was pressed where nothing follows.
    finished = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("measuring_form")
        self._context = context
        self._progress: PatientProgress | None = None
        self._every: dict[SeriesKey, Series] = {}
        self.blocks: dict[str, MeasureBlock] = {}
        self.ratings: list[RatingBlock] = []
        self._count = 0
        self.day = DateField("measured_on", self.tr("Day"), context.today(), compact=True)
        self.day.set_value(context.today())
        self.day.setFixedWidth(170)
        self.taken_at = SegmentedControl(
            {TakenAt.CLINIC.value: self.tr("here"), TakenAt.HOME.value: self.tr("at home")},
            "taken_at",
            self.tr("Where it was taken"),
            compact=True,
        )
        self.taken_at.set_value(TakenAt.CLINIC.value)
        self.more = ChoiceField(
            "add_measure",
            self.tr("Add"),
            placeholder=self.tr("Add a measure or a rating"),
            compact=True,
        )
        self.note = TextField(
            "measuring_note", self.tr("Note"), placeholder=self.tr("Note, if any"), compact=True
        )
        self._build()

    def _build(self) -> None:
        self._blocks, self._ratings = QVBoxLayout(), QVBoxLayout()
        for layout in (self._blocks, self._ratings):
            layout.setSpacing(Space.S)
        head = [Muted("", wrap=False) for _ in range(3)]
        head[0].setFixedWidth(NAME_WIDTH + SIDE_WIDTH + Space.S)
        for label, words in zip(head[1:], (self.tr("first"), self.tr("second")), strict=True):
            label.setText(words)
            label.setFixedWidth(_FIRST_WIDTH - Space.S)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.S)
        nest(whole, row(self.day, self.taken_at, stretch=True))
        nest(whole, row(*head, stretch=True))
        nest(whole, self._blocks)
        nest(whole, self._ratings)
        whole.addWidget(self.more)
        whole.addWidget(self.note)
        for measure in load_measures().values():
            if measure.usual:
                self._add_block(measure.id)
        self._offer()
        self.more.edited.connect(self._added)
        self.day.edited.connect(self._day_chosen)
        self.taken_at.chosen.connect(self._chosen)
        self.note.edited.connect(self._noted)

    # What stands there

    def fields(self, session_id: UUID | None) -> MeasuringFields:
        """Return what was measured, as typed."""
        items: list[MeasurementFields] = []
        for block in self.blocks.values():
            items += block.items()
        items += [rating.item() for rating in self.ratings]
        return MeasuringFields(
            self.day.value() or self._context.today(),
            TakenAt(self.taken_at.value() or TakenAt.CLINIC),
            tuple(items),
            self.note.value(),
            session_id,
        )

    def weight_kg(self) -> Decimal | None:
        """Return the weight that was typed, of one reading."""
        line = self.blocks["weight"].lines[0]
        return line.readings()[0].value if line.readings() else None

    def is_blank(self) -> bool:
        """Whether nothing was measured yet."""
        return not self.ratings and all(block.is_blank() for block in self.blocks.values())

    def stop(self) -> QWidget | None:
        """Say what stands in the way of recording, and return where it is put right."""
        if self.day.value() is None:
            self.day.set_error(self.day.error() or self.tr("Say on which day."))
            return self.day
        stops = [block.stop() for block in self.blocks.values()]
        stops += [rating.stop() for rating in self.ratings]
        return next((stop for stop in stops if stop is not None), None)

    def order(self) -> list[ReadingField]:
        """Return the fields as Enter goes through them: all first readings, then all second."""
        return [
            field
            for number in range(MOST_READINGS)
            for block in self.blocks.values()
            for field in block.fields(number)
        ]

    def first_focus(self) -> QWidget:
        """Return where typing begins."""
        return self.order()[0].input

    @Slot(object)
    def _entered(self, field: ReadingField) -> None:
        """Go on to the next field; from one that is empty past the first column, to the end."""
        order = self.order()
        at = order.index(field) + 1 if field in order else len(order)
        skips = field.is_blank() and not field.objectName().endswith("_1_field")
        if at < len(order) and not skips:
            order[at].input.setFocus()
            order[at].input.selectAll()
        else:
            self.finished.emit()

    # What was before

    def show_history(self, progress: PatientProgress) -> None:
        """Show the readings before beside the fields; what this patient has is offered at once."""
        other = self._progress is None or self._progress.patient_id != progress.patient_id
        self._progress, self._every = progress, series_by_key(progress)
        if other:
            measured = {each.key.measure for each in progress.measurements if each.counts}
            for measure in load_measures().values():
                if measure.id in measured and measure.kind is not MeasureKind.RATING:
                    self._add_block(measure.id)
            self._offer()
        for block in self.blocks.values():
            self._show_before(block)

    def _show_before(self, block: MeasureBlock) -> None:
        if self._progress is not None:
            day = self.day.value() or self._context.today()
            block.show_history(self._progress, self._every, day)

    def _add_block(self, measure_id: str) -> MeasureBlock:
        if measure_id in self.blocks:
            return self.blocks[measure_id]
        block = MeasureBlock(self._context, load_measures()[measure_id])
        block.edited.connect(self.edited)
        block.entered.connect(self._entered)
        self.blocks[measure_id] = block
        self._blocks.addWidget(block)
        self._show_before(block)
        return block

    def _add_rating(self, measure_id: str) -> RatingBlock:
        self._count += 1
        rating = RatingBlock(self._context, load_measures()[measure_id], self._count)
        rating.edited.connect(self.edited)
        rating.dropped.connect(self._dropped)
        self.ratings.append(rating)
        self._ratings.addWidget(rating)
        return rating

    def _offer(self) -> None:
        language = self._context.language
        self.more.set_options(
            [
                Option(each.id, each.name.get(language), subtitle=each.how.get(language))
                for each in load_measures().values()
                if each.id not in self.blocks
            ]
        )
        self.more.set_value(None)

    @Slot(object)
    def _added(self, measure_id: str) -> None:
        measure = load_measures()[measure_id]
        if measure.kind is MeasureKind.RATING:
            rating = self._add_rating(measure_id)
            first: QWidget = rating.region or next(iter(rating.items.values()))
        else:
            first = self._add_block(measure_id).lines[0].fields[0].input
        self._offer()
        first.setFocus()
        self.edited.emit()

    @Slot()
    def _dropped(self) -> None:
        rating = self.sender()
        if isinstance(rating, RatingBlock):
            self._take_out(rating)
            self.edited.emit()

    def _take_out(self, rating: RatingBlock) -> None:
        self.ratings.remove(rating)
        self._ratings.removeWidget(rating)
        rating.hide()
        rating.deleteLater()

    @Slot(object)
    def _day_chosen(self, _day: date | None) -> None:
        if self._progress is not None:
            self.show_history(self._progress)
        self.edited.emit()

    @Slot(str)
    def _chosen(self, _value: str) -> None:
        self.edited.emit()

    @Slot(object)
    def _noted(self, _text: str | None) -> None:
        self.edited.emit()

    # Drafts

    def draft(self) -> dict[str, Any]:
        """Return what stands in the form, exactly as typed."""
        day = self.day.value()
        return {
            "day": None if day is None or day == self._context.today() else day.isoformat(),
            "taken_at": self.taken_at.value(),
            "note": self.note.value(),
            "readings": {line.id: line.texts() for line in self._lines() if not line.is_blank()},
            "added": list(self.blocks),
            "where": {
                name: [block.where.value(), block.distance_text()]
                for name, block in self.blocks.items()
                if block.where is not None
            },
            "ratings": [rating.draft() for rating in self.ratings],
        }

    def _lines(self) -> Iterator[Any]:
        for block in self.blocks.values():
            yield from block.lines

    def show_draft(self, draft: Mapping[str, Any]) -> None:
        """Show what was typed before, without telling of it."""
        self.clear()
        if draft.get("day"):
            self.day.set_value(date.fromisoformat(str(draft["day"])))
        self.taken_at.set_value(str(draft.get("taken_at") or TakenAt.CLINIC))
        self.note.set_value(str(draft.get("note") or ""))
        known = load_measures()
        for name in draft.get("added") or ():
            if name in known:
                self._add_block(name)
        for name, (where, distance) in dict(draft.get("where") or {}).items():
            if name in self.blocks:
                self.blocks[name].show_where(str(where), str(distance))
        readings = dict(draft.get("readings") or {})
        for line in self._lines():
            line.show_texts([str(each) for each in readings.get(line.id, ())])
        for each in draft.get("ratings") or ():
            if each.get("measure") in known:
                self._add_rating(each["measure"]).show_draft(each)
        self._offer()
        for block in self.blocks.values():
            block.judge()

    def clear(self) -> None:
        """Empty the form; where it is measured stays chosen."""
        for block in self.blocks.values():
            block.clear()
        for rating in tuple(self.ratings):
            self._take_out(rating)
        self.day.set_value(self._context.today())
        self.taken_at.set_value(TakenAt.CLINIC.value)
        self.note.set_value("")
        self._offer()

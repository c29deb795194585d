"""One rating of the form: where, which side, who judges, and a level for each item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.records.measurement import BodySide, MeasurementFields, Rater, SeriesKey
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Label, Muted, Strong

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mesodesk.domain.measures import Measure, Region
    from mesodesk.ui.context import Context

_ITEM_WIDTH: Final = 190


class RatingBlock(QWidget):
    """A rating as it is chosen; all items are needed for a sum."""

    edited = Signal()
    #: It is not wanted after all.
    dropped = Signal()

    def __init__(self, context: Context, measure: Measure, number: int) -> None:
        super().__init__()
        self.measure = measure
        self._language = context.language
        self._id = f"rating_{number}_{measure.id}"
        self.setObjectName(self._id)
        self.region: ChoiceField | None = None
        self.side: SegmentedControl | None = None
        self.rater: SegmentedControl | None = None
        self.items: dict[str, ChoiceField] = {}
        self.sum = Strong("")
        self.message = Label("", tone=Kind.STOP.value, wrap=True)
        self.drop = IconButton("close", self.tr("Leave it out"), f"{self._id}_drop", size=36)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.XS)
        self._add_head()
        self._add_place()
        self._add_items()
        self._column.addWidget(self.message)
        self.message.hide()
        self.drop.clicked.connect(self.dropped)
        self._say_sum()

    def _add_head(self) -> None:
        line = QHBoxLayout()
        line.addWidget(Strong(self.measure.name.get(self._language)))
        line.addStretch(1)
        line.addWidget(self.sum)
        line.addWidget(self.drop)
        nest(self._column, line)
        self._column.addWidget(Muted(self.measure.how.get(self._language)))

    def _add_place(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(Space.S)
        if self.measure.regions:
            options = [_option(each, self._language) for each in self.measure.regions]
            self.region = ChoiceField(f"{self._id}_region", self.tr("Where"), options, compact=True)
            self.region.edited.connect(self._edited)
            line.addWidget(self.region, 1)
        if self.measure.sides:
            words = {"left": self.tr("left"), "right": self.tr("right")}
            self.side = SegmentedControl(words, f"{self._id}_side", self.tr("Side"), compact=True)
            self.side.chosen.connect(self._edited)
            line.addWidget(self.side)
        if self.measure.rated_by:
            words = {"clinician": self.tr("by the clinic"), "patient": self.tr("by the patient")}
            self.rater = SegmentedControl(
                words, f"{self._id}_rater", self.tr("Who judges"), compact=True
            )
            self.rater.chosen.connect(self._edited)
            line.addWidget(self.rater)
        line.addStretch(0 if self.measure.regions else 1)
        nest(self._column, line)

    def _add_items(self) -> None:
        for item in self.measure.items:
            name = item.name.get(self._language)
            options = [
                Option(each.score, f"{each.score}  {each.label.get(self._language)}")
                for each in item.levels
            ]
            field = ChoiceField(f"{self._id}_{item.id}", name, options, compact=True)
            field.edited.connect(self._edited)
            self.items[item.id] = field
            label = Muted(name)
            label.setFixedWidth(_ITEM_WIDTH)
            line = QHBoxLayout()
            line.setSpacing(Space.S)
            line.addWidget(label)
            line.addWidget(field, 1)
            nest(self._column, line)

    def scores(self) -> dict[str, int]:
        """Return the levels that are chosen, by item."""
        chosen = {item_id: field.value() for item_id, field in self.items.items()}
        return {item_id: int(score) for item_id, score in chosen.items() if score is not None}

    def item(self) -> MeasurementFields:
        """Return the rating as far as it is chosen."""
        region = "" if self.region is None else str(self.region.value() or "")
        side = BodySide.NONE if self.side is None else BodySide(self.side.value() or "none")
        chosen = None if self.rater is None else self.rater.value()
        rater = None if chosen is None else Rater(chosen)
        key = SeriesKey(self.measure.id, region=region, side=side, rater=rater)
        return MeasurementFields(key, scores=self.scores())

    def stop(self) -> QWidget | None:
        """Say what is missing, and return where it is chosen."""
        lacking: QWidget | None = None
        if self.region is not None and self.region.value() is None:
            lacking = self.region
        elif self.side is not None and self.side.value() is None:
            lacking = self.side.segment("left")
        elif self.rater is not None and self.rater.value() is None:
            lacking = self.rater.segment("clinician")
        else:
            open_items = [field for field in self.items.values() if field.value() is None]
            lacking = open_items[0] if open_items else None
        self.message.setText("" if lacking is None else self.tr("Choose what is still open here."))
        self.message.setVisible(lacking is not None)
        return lacking

    def draft(self) -> dict[str, Any]:
        """Return the choices, as they are kept while they are made."""
        return {
            "measure": self.measure.id,
            "region": None if self.region is None else self.region.value(),
            "side": None if self.side is None else self.side.value(),
            "rater": None if self.rater is None else self.rater.value(),
            "scores": self.scores(),
        }

    def show_draft(self, draft: Mapping[str, Any]) -> None:
        """Show choices that were made before."""
        if self.region is not None:
            self.region.set_value(draft.get("region"))
        for control, name in ((self.side, "side"), (self.rater, "rater")):
            if control is not None and draft.get(name):
                control.set_value(str(draft[name]))
        for item_id, score in dict(draft.get("scores") or {}).items():
            if item_id in self.items:
                self.items[item_id].set_value(score)
        self._say_sum()

    def _say_sum(self) -> None:
        scores = self.scores()
        if len(self.items) < 2 or len(scores) < len(self.items):
            self.sum.setText("")
            return
        total = sum(scores.values())
        band = self.measure.total(total)
        words = self.tr("{sum} of {most}").format(sum=total, most=self.measure.scale[1])
        self.sum.setText(words if band is None else f"{words}, {band.name.get(self._language)}")

    @Slot()
    def _edited(self, _value: object = None) -> None:
        self.message.hide()
        self._say_sum()
        self.edited.emit()


def _option(region: Region, language: str) -> Option:
    return Option(region.id, region.name.get(language))

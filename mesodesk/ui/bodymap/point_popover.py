"""The popover of one point: what was injected, how and from where, by large buttons or typed."""

from decimal import Decimal

from PySide6.QtCore import QPoint, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mesodesk.domain.bodymap.fields import PointRef
from mesodesk.ui.bodymap.chart_popover import ChartPopover
from mesodesk.ui.bodymap.figures import points_text
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.bodymap.names import look_of
from mesodesk.ui.bodymap.stepper import Stepper
from mesodesk.ui.bodymap.vocabulary import (
    LARGEST_DEPTH_MM,
    LARGEST_DOSE_ML,
    LEAST_DEPTH_MM,
    LEAST_DOSE_ML,
    needle_options,
    stepped_depth,
    stepped_dose,
    technique_options,
)
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.choices import ChoiceField, Option
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Strong


class PointPopover(ChartPopover):
    """Shows the selected point of the model, and changes it as one edits."""

    def __init__(self, model: ChartModel, anchor: QWidget) -> None:
        super().__init__(anchor, "point")
        self.setAccessibleName(self.tr("Point"))
        self._model = model
        self._ref: PointRef | None = None
        self.dose_ml = Stepper(
            "point_dose",
            self.tr("Volume"),
            stepped_dose,
            unit="mL",
            places=3,
            limits=(LEAST_DOSE_ML, LARGEST_DOSE_ML),
        )
        self.depth_mm = Stepper(
            "point_depth",
            self.tr("Depth"),
            stepped_depth,
            unit="mm",
            places=2,
            limits=(LEAST_DEPTH_MM, LARGEST_DEPTH_MM),
        )
        #: stands over what no point of a field has of its own; a lone point needs no such words.
        self.whole = Strong("")
        self.whole.setObjectName("point_whole_field")
        self.technique = ChoiceField("point_technique", self.tr("Technique"))
        self.needle = ChoiceField("point_needle", self.tr("Needle"))
        self.syringe = ChoiceField("point_syringe", self.tr("Syringe"))
        self.delete = Button(
            self.tr("Delete point"),
            "point_delete",
            ButtonKind.QUIET,
            "trash-can-outline",
        )
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.add_rows(
            (self.tr("Volume"), self.dose_ml),
            (self.tr("Depth"), self.depth_mm),
            self.whole,
            (self.tr("Technique"), self.technique),
            (self.tr("Needle"), self.needle),
            (self.tr("Syringe"), self.syringe),
        )
        footer = QHBoxLayout()
        footer.addWidget(self.delete)
        footer.addStretch(1)
        nest(self.body, footer)

    def _connect(self) -> None:
        self.dose_ml.edited.connect(self._dose_edited)
        self.depth_mm.edited.connect(self._depth_edited)
        self.technique.edited.connect(self._technique_edited)
        self.needle.edited.connect(self._needle_edited)
        self.syringe.edited.connect(self._syringe_edited)
        self.delete.clicked.connect(self._delete)
        self._model.changed.connect(self._refresh)
        self._model.selection_changed.connect(self._selection_changed)
        self._model.pending_changed.connect(self._refresh)

    def open_on(self, ref: PointRef, place: QPoint, *, keyboard: bool) -> None:
        """Show a point.

        Args:
            ref: the point.
            place: where to open, in the window's coordinates.
            keyboard: put the cursor into the volume; else the canvas keeps the keys.
        """
        self._ref = ref
        self._fill(ref)
        self.open_at(place, self.dose_ml.field.input if keyboard else None)
        if keyboard:
            self.dose_ml.field.input.selectAll()

    def _fill(self, ref: PointRef) -> None:
        point, field = self._model.point(ref), self._model.fields[ref.field_id]
        region = self._model.region_of(ref)
        self.badge.set_digit(look_of(self._model, ref).digit)
        self.region.setText(region.name(self._model.language) if region is not None else "")
        self.dose_ml.set_value(point.volume_ml)
        self.depth_mm.set_value(point.depth_mm)
        count = len(field.points)
        self.whole.setText(self.tr("Whole field, {points}").format(points=points_text(count)))
        self.whole.setVisible(count > 1)
        self.technique.set_options(technique_options(self._model.language, field.technique))
        self.technique.set_value(field.technique)
        self.needle.set_options(needle_options(field.needle))
        self.needle.set_value(field.needle)
        self.syringe.set_options(
            [
                Option(one.id, f"{one.digit} \u00b7 {one.label}" if one.label else str(one.digit))
                for one in self._model.syringes
            ]
        )
        self.syringe.set_value(field.syringe_id)
        for widget in (
            *(self.dose_ml, self.depth_mm, self.technique),
            *(self.needle, self.syringe, self.delete),
        ):
            widget.setEnabled(not self._model.read_only)

    @Slot()
    @Slot(object)
    def _refresh(self, _changed: object = None) -> None:
        if self.isVisible() and self._ref is not None and self._ref == self._model.selection:
            self._fill(self._ref)

    @Slot()
    def _selection_changed(self) -> None:
        if self.isVisible() and self._model.selection != self._ref:
            self.close_panel()

    @Slot(object)
    def _dose_edited(self, dose_ml: Decimal) -> None:
        if self._ref is not None:
            self._model.set_dose(self._ref, dose_ml)

    @Slot(object)
    def _depth_edited(self, depth_mm: Decimal) -> None:
        if self._ref is not None:
            self._model.set_depth(self._ref, depth_mm)

    @Slot(object)
    def _technique_edited(self, technique: str) -> None:
        if self._ref is not None:
            self._model.set_technique(self._ref, technique)

    @Slot(object)
    def _needle_edited(self, needle: str) -> None:
        if self._ref is not None:
            self._model.set_needle(self._ref, needle)

    @Slot(object)
    def _syringe_edited(self, _chosen: object) -> None:
        if self._ref is not None:
            self._model.set_syringe(self._ref, self.syringe.value())

    @Slot()
    def _delete(self) -> None:
        if self._ref is not None:
            self._model.delete(self._ref)

"""The popover of a field: what it holds, and large buttons to change it, for gloves and fingers."""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, QSize, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mesodesk.domain.bodymap.field_edits import usual_dose_ml
from mesodesk.domain.bodymap.fields import LARGEST_SPACING_MM, LEAST_SPACING_MM, ChartField, Pattern
from mesodesk.ui.bodymap.chart_popover import ChartPopover
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.bodymap.names import UNKNOWN_LOOK, field_lines
from mesodesk.ui.bodymap.stepper import Stepper
from mesodesk.ui.bodymap.vocabulary import (
    LARGEST_COUNT,
    LARGEST_DOSE_ML,
    LARGEST_TOTAL_ML,
    LEAST_COUNT,
    LEAST_DOSE_ML,
    stepped_dose,
    stepped_spacing,
    stepped_total,
)
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Label

if TYPE_CHECKING:
    from uuid import UUID

_GAP: Final = 6


class FieldPopover(ChartPopover):
    """Shows the selected field, and changes it as one edits.

    It goes when another field is selected, and when something is asked: nothing lies over that.
    """

    def __init__(self, model: ChartModel, anchor: QWidget) -> None:
        super().__init__(anchor, "field")
        self.setAccessibleName(self.tr("Field"))
        self._model = model
        self._fields = model.field_model
        self._shown: UUID | None = None
        self.figures = Label("", wrap=True)
        self.figures.setObjectName("field_figures")
        self.amounts = Label("", tone="muted", wrap=True)
        self.amounts.setObjectName("field_amounts")
        self.spacing_mm = Stepper(
            "field_popover_spacing", self.tr("Spacing along the skin"), stepped_spacing,
            unit="mm", places=1, limits=(LEAST_SPACING_MM, LARGEST_SPACING_MM),
        )  # fmt: skip
        self.points = Stepper(
            "field_popover_points", self.tr("Number of points"), self._stepped_count,
            unit="", places=0, limits=(LEAST_COUNT, LARGEST_COUNT),
        )  # fmt: skip
        self.dose_ml = Stepper(
            "field_popover_dose", self.tr("Volume of each point"), stepped_dose,
            unit="mL", places=3, limits=(LEAST_DOSE_ML, LARGEST_DOSE_ML),
        )  # fmt: skip
        self.total_ml = Stepper(
            "field_popover_total", self.tr("Volume shared over the field"), stepped_total,
            unit="mL", places=3, limits=(LEAST_DOSE_ML, LARGEST_TOTAL_ML),
        )  # fmt: skip
        self.mirror = Button(
            self.tr("Mirror"), "field_popover_mirror", ButtonKind.QUIET, "flip-horizontal"
        )
        self.mirror.setToolTip(self.tr("Put its image on the other side of the body"))
        self.delete = Button(
            self.tr("Delete field"), "field_popover_delete", ButtonKind.QUIET, "trash-can-outline"
        )
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.add(self.figures)
        self.add(self.amounts)
        self._spacing = Label(self.tr("Spacing"), tone="muted")
        self._count = Label(self.tr("Points"), tone="muted")
        self.add_rows(
            (self._spacing, self.spacing_mm),
            (self._count, self.points),
            (self.tr("Each"), self.dose_ml),
            (self.tr("Total"), self.total_ml),
        )
        footer = QHBoxLayout()
        footer.addWidget(self.mirror)
        footer.addStretch(1)
        footer.addWidget(self.delete)
        nest(self.body, footer)

    def _connect(self) -> None:
        self.spacing_mm.edited.connect(self._spacing_edited)
        self.points.edited.connect(self._points_edited)
        self.dose_ml.edited.connect(self._dose_edited)
        self.total_ml.edited.connect(self._total_edited)
        self.mirror.clicked.connect(self._fields.mirror)
        self.delete.clicked.connect(self._fields.delete)
        self._fields.selection_changed.connect(self._refresh)
        # What is said may be that a wanted number was refused.
        self._model.said.connect(self._refresh)
        self._model.selection_changed.connect(self._point_selected)
        self._model.pending_changed.connect(self._asked)
        self._fields.question_changed.connect(self._asked)

    def open_beside(self, bounds: QRect, canvas: QRect, *, keyboard: bool) -> None:
        """Show the selected field; rather over the canvas than over the figures beside it.

        Args:
            bounds: where the field is, in the window's coordinates; as little of it as possible is
                covered.
            canvas: where the canvas is.
            keyboard: put the cursor into the spacing, or the dose; else the canvas keeps the keys.
        """
        field = self._fields.selected
        if field is None:
            return
        self._shown = field.id
        self._fill(field)
        first = self.spacing_mm if self._has_spacing(field) else self.dose_ml
        self.open_at(canvas.topLeft(), first.field.input if keyboard else None)
        if keyboard:
            first.field.input.selectAll()
        self.fit()
        window = self.window().rect()
        tall = QRect(canvas.x(), 0, canvas.width(), window.height())
        rooms = (tall, window) if canvas.width() >= self.width() else (window,)
        self.move(beside(self.size(), bounds, rooms))

    def _has_spacing(self, field: ChartField) -> bool:
        return field.outline is not None

    def _fill(self, field: ChartField) -> None:
        model, tally = self._model, self._model.tally
        syringe = model.syringe(field.syringe_id)
        self.badge.set_digit(UNKNOWN_LOOK.digit if syringe is None else syringe.digit)
        if tally is not None:
            area = self._fields.laying.area_of(field)
            cm2 = None if area is None else self._fields.laying.cm2(area)
            name, figures, amounts = field_lines(model, field, tally.of_field(field.id).whole, cm2)
            self.region.setText(name)
            self.figures.setText(figures)
            self.amounts.setText(amounts)
            self.amounts.setVisible(bool(amounts))
        for widget in (self._spacing, self.spacing_mm):
            widget.setVisible(self._has_spacing(field))
        for widget in (self._count, self.points):
            widget.setVisible(self._has_spacing(field) and field.pattern is not Pattern.ZONE)
        self.points.set_value(Decimal(len(field.points)))
        if field.spacing_mm is not None:
            self.spacing_mm.set_value(field.spacing_mm)
        self.dose_ml.set_value(usual_dose_ml(field))
        self.total_ml.set_value(field.volume_ml)
        inputs = (self.spacing_mm, self.points, self.dose_ml, self.total_ml)
        for input_ in (*inputs, self.mirror, self.delete):
            input_.setEnabled(not model.read_only)

    @Slot()
    @Slot(str)
    def _refresh(self, _said: str = "") -> None:
        if not self.isVisible():
            return
        field = self._fields.selected
        if field is None or field.id != self._shown:
            self.close_panel()
        else:
            self._fill(field)

    @Slot()
    def _point_selected(self) -> None:
        if self._model.selection is not None:
            self.close_panel()

    @Slot(object)
    def _asked(self, asked: object) -> None:
        if asked is not None and self.isVisible():
            self.close_panel()

    @Slot(object)
    def _spacing_edited(self, spacing_mm: Decimal) -> None:
        self._fields.set_spacing(spacing_mm)

    def _stepped_count(self, count: Decimal, direction: int) -> Decimal:
        return self._fields.laying.stepped_count(self._fields.selected, count, direction)

    @Slot(object)
    def _points_edited(self, count: Decimal) -> None:
        self._fields.set_count(int(count))

    @Slot(object)
    def _dose_edited(self, dose_ml: Decimal) -> None:
        self._fields.set_dose(dose_ml)

    @Slot(object)
    def _total_edited(self, total_ml: Decimal) -> None:
        self._fields.set_total(total_ml)


def beside(size: QSize, bounds: QRect, rooms: Iterable[QRect]) -> QPoint:
    """Return where a box goes so that it covers least of what it stands beside.

    Args:
        size: of the box.
        bounds: what it stands beside.
        rooms: that it may fill; an earlier one is preferred to a later one that is no better.
    """
    width, height = size.width(), size.height()
    middle = bounds.center() - QPoint(width // 2, height // 2)
    wanted = (
        QPoint(bounds.right() + _GAP, middle.y()),
        QPoint(bounds.left() - _GAP - width, middle.y()),
        QPoint(middle.x(), bounds.bottom() + _GAP),
        QPoint(middle.x(), bounds.top() - _GAP - height),
    )
    places = [_within(QRect(corner, size), room) for room in rooms for corner in wanted]
    return min(places, key=lambda place: _area(place.intersected(bounds))).topLeft()


def _within(box: QRect, room: QRect) -> QRect:
    """Push a box into a room; where it is larger, its upper left corner shows."""
    left = max(room.left(), min(box.left(), room.left() + room.width() - box.width()))
    top = max(room.top(), min(box.top(), room.top() + room.height() - box.height()))
    return QRect(QPoint(left, top), box.size())


def _area(box: QRect) -> int:
    return max(0, box.width()) * max(0, box.height())

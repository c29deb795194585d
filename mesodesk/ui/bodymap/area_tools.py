"""The tools that lay fields: what they show under the pointer, and what a click or drag does."""

from decimal import Decimal
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QCursor, QPainter, QPen

from mesodesk.domain.bodymap.fields import OutlineKind, PointRef
from mesodesk.domain.bodymap.outlines import arrays, region_outline
from mesodesk.ui import theme
from mesodesk.ui.bodymap.drawing_gestures import (
    DragSpacing,
    DrawArea,
    DrawBand,
    DrawCircle,
    DrawRectangle,
)
from mesodesk.ui.bodymap.field_lines import outline_in, paint_framed
from mesodesk.ui.bodymap.field_preview import FieldPreview
from mesodesk.ui.bodymap.field_words import Joining
from mesodesk.ui.bodymap.line_gesture import DrawLine, lines_at
from mesodesk.ui.bodymap.marks import draw_mark
from mesodesk.ui.bodymap.names import UNKNOWN_LOOK
from mesodesk.ui.bodymap.stamp_gesture import StampHand
from mesodesk.ui.bodymap.tools import Tool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mesodesk.domain.bodymap.fields import ChartField, Outline
    from mesodesk.ui.bodymap.canvas import Canvas
    from mesodesk.ui.bodymap.foresight import Work
    from mesodesk.ui.bodymap.gestures import Gesture
    from mesodesk.ui.bodymap.stage import Stage

_DRAWN: Final[dict[Tool, type[DrawArea]]] = {
    Tool.LASSO: DrawArea,
    Tool.BAND: DrawBand,
    Tool.RECTANGLE: DrawRectangle,
    Tool.CIRCLE: DrawCircle,
    Tool.LINE: DrawLine,
}
_HANDLE_PX: Final = 13.0
# Larger than it looks: a finger must hit it.
_HANDLE_REACH: Final = 22.0
# The corner it belongs to may be so far beyond the edge of the canvas.
_NEAR: Final = 12.0
# Clicks nearer together are at one place.
_SAME_PLACE: Final = 6.0


class AreaTools(QObject):
    """Sees to the canvas's region and drawing tools, and to the field that is selected."""

    def __init__(self, canvas: "Canvas") -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._region: str | None = None
        self._selected_at: QPointF | None = None
        self.preview = FieldPreview(canvas.model)
        self.stamps = StampHand(canvas)
        canvas.tool_changed.connect(self._tool_taken)
        canvas.joining.changed.connect(self.tell_anew)
        canvas.model.field_model.foresight.ready.connect(self.tell_anew)
        canvas.model.settings_changed.connect(self.tell_anew)
        canvas.model.field_model.settings_changed.connect(self.tell_anew)
        canvas.model.field_model.selection_changed.connect(canvas.update)
        canvas.model.field_model.settings_changed.connect(canvas.update)
        canvas.model.field_model.question_changed.connect(canvas.update)

    @property
    def draws(self) -> bool:
        """Whether a drag with the tool in hand draws an area."""
        return self._canvas.tool in _DRAWN and not self._canvas.model.read_only

    def grown(self, start: QPointF) -> "Gesture | None":
        """Return the gesture that a press grows into, None for the usual ones."""
        if self._on_handle(start):
            return DragSpacing(self._canvas, self.preview, start)
        return self.drawn_from(start) or self.stamps.grown(start)

    def drawn_from(self, start: QPointF) -> DrawArea | None:
        """Begin the shape of the tool in hand; None if it draws none."""
        return _DRAWN[self._canvas.tool](self._canvas, self.preview, start) if self.draws else None

    def click(self, place: QPointF) -> bool:
        """Do what the tool does at a place of the skin; tell whether it did anything."""
        canvas = self._canvas
        if canvas.tool is Tool.REGION and not canvas.model.read_only:
            self._fill_region(place)
            return True
        if self.stamps.click(place):
            return True
        if canvas.tool in _DRAWN:
            if not self.select_at(place):
                canvas.say_at(place, _how_to_draw(canvas.tool))
            return True
        return canvas.tool is Tool.SELECT and self.select_at(place)

    def _fill_region(self, place: QPointF) -> None:
        canvas = self._canvas
        skin, atlas = canvas.pick(place), canvas.model.atlas
        if skin is None or atlas is None:
            canvas.say_at(place, _tr("There is no skin here: no field was made."))
            return
        self._fill(atlas.region_of(skin).key, place)

    def _fill(self, key: str, place: QPointF) -> None:
        """Fill a region, or join it to the selected field or cut it out; say so beside a place."""
        canvas = self._canvas
        if canvas.joining.allowed_at(place):
            canvas.say_here(place)
            self.leave()
            canvas.model.field_model.foresight.result(*self._measuring(key))
            with canvas.joining.using():
                canvas.model.field_model.fill_region(key, canvas.joining.now)

    @property
    def reaching(self) -> Joining | None:
        """What is done with a region that is reached by its name; None if it is only shown."""
        fills = self._canvas.tool.fills_areas and not self._canvas.model.read_only
        return self._canvas.joining.now if fills else None

    def reach(self, key: str, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Bring a region into sight; fill it, or put the crosshair there if points are placed.

        Args:
            key: of the region.
            held: Shift to add it to the selected field, Alt to cut it out.
        """
        canvas, atlas = self._canvas, self._canvas.model.atlas
        if atlas is None:
            return
        middle = atlas.middle_of(key)
        canvas.show_view(atlas.best_view(middle).view_id)
        xy, _ = canvas.view.project(*arrays([middle]))
        canvas.set_viewport(canvas.viewport.showing(canvas.viewport.to_canvas(*xy[0].tolist())))
        at = canvas.viewport.to_canvas(*xy[0].tolist())
        canvas.say_here(at)
        if self.reaching is None:
            canvas.show_crosshair(at)
            return
        canvas.joining.hold(held)
        self._fill(key, at)
        canvas.joining.hold(Qt.KeyboardModifier.NoModifier)

    def select_at(self, place: QPointF) -> bool:
        """Select the field at a place, and the one beneath it if that was just done there.

        Returns:
            Whether there is one.
        """
        canvas = self._canvas
        fields, found = canvas.model.field_model, [field.id for field in self.fields_at(place)]
        again = (
            self._selected_at is not None
            and (place - self._selected_at).manhattanLength() <= _SAME_PLACE
        )
        self._selected_at = place
        if not found:
            fields.select(None)
            return False
        below = found.index(fields.selection) + 1 if again and fields.selection in found else 0
        fields.select(found[below % len(found)])
        return True

    def fields_at(self, place: QPointF) -> "Iterator[ChartField]":
        """Return the fields whose skin a place shows, from the top: lines, then the newest."""
        canvas = self._canvas
        skin, laying = canvas.pick(place), canvas.model.field_model.laying
        if skin is None:
            return
        yield from lines_at(canvas, place)
        for field in reversed(list(canvas.model.fields.values())):
            area = laying.area_of(field)
            if area is not None and area.contains(skin):
                yield field

    def hover(self, place: QPointF) -> bool:
        """Show what a click would fill; tell whether the tool in hand does so."""
        canvas = self._canvas
        if self._on_handle(place):
            self.leave()
            canvas.hover_label.show_text(_tr("Drag sideways to change the spacing"))
            return True
        return self.show_at(place)

    @Slot()
    def _tool_taken(self) -> None:
        """Tell what the tool would do where the crosshair or a mouse rests on the body."""
        canvas = self._canvas
        if not canvas.has_stage:
            return
        if canvas.crosshair is not None:
            at = canvas.viewport.to_canvas(canvas.crosshair.x(), canvas.crosshair.y())
            if canvas.rect().contains(at.toPoint()):
                canvas.show_crosshair(at)
        elif canvas.underMouse():
            canvas.hover(QPointF(canvas.mapFromGlobal(QCursor.pos())))

    def show_at(self, place: QPointF) -> bool:
        """Show what the tool in hand would make at a place; tell whether it fills or presses."""
        canvas = self._canvas
        if canvas.tool is not Tool.REGION or canvas.model.read_only:
            self.leave()
            return self.stamps.hover(place)
        skin, atlas = canvas.pick(place), canvas.model.atlas
        key = None if skin is None or atlas is None else atlas.region_of(skin).key
        if key != self._region:
            self._region = key
            canvas.update()
            fields = canvas.model.field_model
            # While something is asked, its answer is made ready.
            if key is not None and fields.question is None:
                fields.foresight.prepare(*self._measuring(key))
        self._tell()
        return True

    def _measuring(self, key: str) -> "tuple[Outline, Work[float | None]]":
        """Return the outline of a region, and what measures its skin for the first time."""
        outline, laying = region_outline([key]), self._canvas.model.field_model.laying
        return outline, lambda _go_on: laying.measured_cm2(outline)

    def _tell(self) -> None:
        canvas, key = self._canvas, self._region
        canvas.hover_label.show_text(
            "" if key is None else self.preview.about_region(key, canvas.joining.now)
        )

    @Slot()
    def tell_anew(self) -> None:
        """Say anew what a gesture or a click would do."""
        canvas, atlas = self._canvas, self._canvas.model.atlas
        if atlas is None or not canvas.has_stage or canvas.view not in atlas.views:
            # A chart of another body is coming in; what is in the hand goes with the one before.
            return
        if canvas.gesture is not None:
            canvas.gesture.tell()
        elif self._region is not None:
            self._tell()

    def leave(self) -> None:
        """Show no region and no footprint any more."""
        self.stamps.leave()
        if self._region is not None:
            self._region = None
            self._canvas.hover_label.show_text("")
            self._canvas.update()

    # Painting

    def paint(self, painter: QPainter, stage: "Stage") -> None:
        """Paint the region under the pointer, the selected field and its handle, a preview."""
        atlas, model = self._canvas.model.atlas, self._canvas.model
        if atlas is None:
            return
        if self._region is not None and not self._canvas.busy:
            seen = outline_in(atlas, stage.view, region_outline([self._region]))
            paint_framed(painter, stage.viewport, seen, theme.current().accent)
        field = model.field_model.selected
        if field is not None:
            self._paint_selected(painter, stage, field)
        for asked in self._asked_about():
            seen = outline_in(atlas, stage.view, asked)
            paint_framed(painter, stage.viewport, seen, theme.current().accent)
        self.paint_preview(painter, stage)
        self.stamps.paint(painter, stage)

    def _asked_about(self) -> "Iterator[Outline]":
        """Yield the outlines of what is not charted before a question is answered."""
        model = self._canvas.model
        question, pending = model.field_model.question, model.pending
        if question is not None and question.outline is not None:
            yield question.outline
        for _, _, field in () if pending is None else pending.edit.changes:
            if field is not None and field.outline is not None:
                yield field.outline

    def _paint_selected(self, painter: QPainter, stage: "Stage", field: "ChartField") -> None:
        atlas = self._canvas.model.atlas
        if atlas is not None and field.outline is not None:
            seen = outline_in(atlas, stage.view, field.outline)
            paint_framed(painter, stage.viewport, seen, theme.current().accent)
            if field.outline.kind is OutlineKind.LINE:
                self._paint_points(painter, stage, field)
        elif field.outline is None:
            self.stamps.paint_selected(painter, stage, field)
        handle = self._handle()
        if handle is not None:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("accent"), 2.0))
            painter.setBrush(QColor("#FFFFFF"))
            painter.drawRoundedRect(_handle_box(handle), 3, 3)
            painter.restore()

    def _paint_points(self, painter: QPainter, stage: "Stage", field: "ChartField") -> None:
        """Paint the points of a field once more, over the frame of the line that they lie on."""
        syringe = self._canvas.model.syringe(field.syringe_id)
        look = UNKNOWN_LOOK if syringe is None else syringe.look
        radius = stage.field_radius(field)
        for index in range(len(field.points)):
            at, seen = stage.on_canvas(PointRef(field.id, index))
            if seen:
                draw_mark(painter, look, at, radius)

    def paint_preview(self, painter: QPainter, stage: "Stage") -> None:
        """Paint the points that a gesture would make."""
        laid, syringe = self.preview.laid, self.preview.syringe
        if laid is None:
            return
        look = UNKNOWN_LOOK if syringe is None else syringe.look
        xy, seen = stage.view.project(laid.triangle, laid.u, laid.v)
        radius = stage.spaced_radius(self.preview.spacing_mm)
        for x, y in xy[seen].tolist():
            draw_mark(painter, look, stage.viewport.to_canvas(x, y), radius)

    def _handle(self) -> QPointF | None:
        """Return where the handle of the selected field is, None if there is none in sight."""
        canvas = self._canvas
        atlas, field = canvas.model.atlas, canvas.model.field_model.selected
        if atlas is None or field is None or field.outline is None or canvas.model.read_only:
            return None
        bounds = outline_in(atlas, canvas.view, field.outline).bounds
        if bounds.isEmpty():
            return None
        corner = canvas.viewport.to_canvas(bounds.right(), bounds.bottom())
        whole = QRectF(canvas.rect())
        if not whole.adjusted(-_NEAR, -_NEAR, _NEAR, _NEAR).contains(corner):
            return None
        room = whole.adjusted(16, 16, -16, -16)
        return QPointF(
            float(np.clip(corner.x() + 10, room.left(), room.right())),
            float(np.clip(corner.y() + 10, room.top(), room.bottom())),
        )

    def _on_handle(self, place: QPointF) -> bool:
        handle = self._handle()
        if handle is None:
            return False
        if self.draws or self.stamps.in_hand:
            # A drag is the tool's; only what is plainly aimed at the handle is not.
            return _handle_box(handle).contains(place)
        return (handle - place).manhattanLength() <= _HANDLE_REACH

    def cursor(self, place: QPointF) -> Qt.CursorShape | None:
        """Return the cursor for a place, None for the usual one."""
        if self._on_handle(place):
            return Qt.CursorShape.SizeHorCursor
        if (
            self.draws
            or self.stamps.in_hand
            or (self._canvas.tool is Tool.REGION and not self._canvas.model.read_only)
        ):
            return Qt.CursorShape.CrossCursor
        return None

    def step_spacing(self, direction: int) -> None:
        """Make the selected field's spacing, or that of the next, a millimetre more or less.

        A footprint in hand is turned instead.
        """
        fields = self._canvas.model.field_model
        if self.stamps.in_hand and (fields.selected is None or fields.selected.outline is None):
            self._canvas.model.stamping.step_turn(direction)
            return
        now = fields.settings.spacing_mm
        if fields.selected is not None and fields.selected.spacing_mm is not None:
            now = fields.selected.spacing_mm
        fields.set_spacing(now + Decimal(direction))


def _handle_box(handle: QPointF) -> QRectF:
    """Return what is seen of a handle."""
    box = QRectF(0, 0, _HANDLE_PX, _HANDLE_PX)
    box.moveCenter(handle)
    return box


def _how_to_draw(tool: Tool) -> str:
    if tool is Tool.LINE:
        return _tr("Hold down and draw along the skin.")
    return _tr("Hold down and draw the outline of the area.")


def _tr(text: str) -> str:
    return QCoreApplication.translate("area_tools", text)

"""Drawing the area of a field: a lasso, a rectangle, a circle, a band swept over the skin."""

from decimal import Decimal
from math import hypot
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from mesodesk.domain.bodymap.fields import LARGEST_SPACING_MM, LEAST_SPACING_MM, OutlineKind
from mesodesk.ui import theme
from mesodesk.ui.bodymap.field_words import Joining
from mesodesk.ui.bodymap.gestures import Gesture

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.area import Area
    from mesodesk.domain.bodymap.planar import FloatArray
    from mesodesk.domain.bodymap.skin import Skin
    from mesodesk.ui.bodymap.canvas import Canvas
    from mesodesk.ui.bodymap.field_preview import FieldPreview

# A hand that draws is read this often, in canvas pixels.
_STEP_PX: Final = 4.0
_CORNERS: Final = 48
_LEAST_MM: Final = 3.0
_PX_PER_MM: Final = 6.0


def joining_of(modifiers: Qt.KeyboardModifier) -> Joining:
    """Return what an area does: Shift adds it to the selected field, Alt cuts it out."""
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return Joining.ADD
    if modifiers & Qt.KeyboardModifier.AltModifier:
        return Joining.CUT
    return Joining.NEW


class DrawArea(Gesture):
    """A drag that outlines an area; nothing is charted before its end."""

    cursor = Qt.CursorShape.CrossCursor
    kind = OutlineKind.LASSO

    def __init__(self, canvas: "Canvas", preview: "FieldPreview", start: QPointF) -> None:
        self._canvas = canvas
        self._preview = preview
        self._places = [start]

    def move(self, place: QPointF) -> None:
        if (place - self._places[-1]).manhattanLength() >= _STEP_PX:
            self._places.append(place)
            self._tell()
        self._canvas.update()

    def release(self, place: QPointF) -> None:
        self._places.append(place)
        canvas = self._canvas
        canvas.hover_label.show_text("")
        if not self._large_enough():
            canvas.say_at(place, _tr("Too small an area: no field was made."))
            return
        canvas.say_here(place)
        joining = joining_of(canvas.modifiers)
        canvas.model.field_model.fill_area(self._area(), self.kind, self.width_mm(), joining)

    def cancel(self) -> None:
        self._canvas.hover_label.show_text("")

    def width_mm(self) -> Decimal | None:
        """Return how wide the band is; None for other shapes."""
        return None

    def shape(self) -> QPolygonF:
        """Return what is drawn so far, on the canvas."""
        return QPolygonF(self._places)

    def paint(self, painter: QPainter) -> None:
        path = QPainterPath()
        path.addPolygon(self.shape())
        path.closeSubpath()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = theme.colour("accent")
        ground.setAlpha(48)
        painter.fillPath(path, ground)
        for width, colour in ((4.0, QColor("#FFFFFF")), (1.8, theme.colour("accent"))):
            painter.strokePath(path, QPen(colour, width))
        painter.restore()

    def _tell(self) -> None:
        """Say about how many points and millilitres this would be."""
        canvas = self._canvas
        pixels = self._in_picture(self.shape().toList())
        canvas.hover_label.show_text(self._preview.about_drawn(canvas.view, pixels))

    def _area(self) -> "Area":
        from mesodesk.domain.bodymap.drawing import inside_loop

        pixels = self._in_picture(self.shape().toList())
        return inside_loop(_skin(self._canvas), self._canvas.view, pixels)

    def _in_picture(self, places: list[QPointF]) -> "FloatArray":
        viewport = self._canvas.viewport
        return np.array([viewport.to_picture(place) for place in places])

    def _large_enough(self) -> bool:
        bounds = self.shape().boundingRect()
        return max(bounds.width(), bounds.height()) * self._canvas.mm_per_px() >= _LEAST_MM


class DrawRectangle(DrawArea):
    """A drag from corner to corner."""

    kind = OutlineKind.RECTANGLE

    def move(self, place: QPointF) -> None:
        del self._places[1:]
        self._places.append(place)
        self._tell()
        self._canvas.update()

    def shape(self) -> QPolygonF:
        a, b = self._places[0], self._places[-1]
        return QPolygonF([a, QPointF(b.x(), a.y()), b, QPointF(a.x(), b.y())])


class DrawCircle(DrawRectangle):
    """A drag from the middle outwards; a true circle on the skin."""

    kind = OutlineKind.CIRCLE

    def _radius(self) -> float:
        reach = self._places[-1] - self._places[0]
        return hypot(reach.x(), reach.y())

    def shape(self) -> QPolygonF:
        angle = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
        x = self._places[0].x() + self._radius() * np.cos(angle)
        y = self._places[0].y() + self._radius() * np.sin(angle)
        return QPolygonF([QPointF(*at) for at in zip(x.tolist(), y.tolist(), strict=True)])

    def _area(self) -> "Area":
        from mesodesk.domain.bodymap.drawing import along_stroke

        canvas = self._canvas
        # At the figure's own height, as the domain wants it: the picture's scale gives just that.
        radius = self._radius() / canvas.viewport.scale * canvas.view.camera.mm_per_px
        middle = self._in_picture(self._places[:1])
        return along_stroke(_skin(canvas), canvas.view, middle, radius)


class DrawBand(DrawArea):
    """A sweep over the skin with a width."""

    kind = OutlineKind.BAND

    def width_mm(self) -> Decimal:
        return self._canvas.model.field_model.band_mm

    def shape(self) -> QPolygonF:
        import shapely

        places = [(place.x(), place.y()) for place in self._places]
        if len(places) == 1:
            places.append((places[0][0] + 0.1, places[0][1]))
        half = float(self.width_mm()) / 2 / self._canvas.mm_per_px()
        swept = shapely.LineString(places).simplify(1.0).buffer(half)
        return QPolygonF(
            [QPointF(x, y) for x, y in shapely.get_coordinates(swept.exterior).tolist()]
        )

    def _area(self) -> "Area":
        from mesodesk.domain.bodymap.drawing import along_stroke

        canvas = self._canvas
        reach = float(self.width_mm()) / 2 / canvas.model.field_model.laying.scale
        return along_stroke(_skin(canvas), canvas.view, self._in_picture(self._places), reach)


class DragSpacing(Gesture):
    """Pulls the handle of the selected field: further out, points lie further apart."""

    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, canvas: "Canvas", preview: "FieldPreview", start: QPointF) -> None:
        self._canvas = canvas
        self._preview = preview
        self._start = start
        field = canvas.model.field_model.selected
        self._from = field.spacing_mm if field is not None else None
        self._spacing = self._from

    def move(self, place: QPointF) -> None:
        if self._from is None:
            return
        pulled = round((place.x() - self._start.x()) / _PX_PER_MM)
        low, high = LEAST_SPACING_MM, LARGEST_SPACING_MM
        spacing = min(max(self._from + Decimal(pulled), low), high)
        if spacing != self._spacing:
            self._spacing = spacing
            self._canvas.hover_label.show_text(self._preview.pull(spacing))
            self._canvas.update()

    def release(self, place: QPointF) -> None:
        self.move(place)
        self.cancel()
        self._canvas.say_here(place)
        if self._spacing is not None:
            self._canvas.model.field_model.set_spacing(self._spacing)

    def cancel(self) -> None:
        self._preview.pull(None)
        self._canvas.hover_label.show_text("")


def _skin(canvas: "Canvas") -> "Skin":
    atlas = canvas.model.atlas
    if atlas is None:
        raise LookupError("no chart is loaded")
    return atlas.skin


def _tr(text: str) -> str:
    return QCoreApplication.translate("drawing_gestures", text)

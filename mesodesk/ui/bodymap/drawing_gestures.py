"""Drawing the area of a field: a lasso, a rectangle, a circle, a band swept over the skin."""

from decimal import Decimal
from functools import partial
from math import hypot
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from mesodesk.domain.bodymap.fields import (
    LARGEST_SPACING_MM,
    LEAST_SPACING_MM,
    Outline,
    OutlineKind,
)
from mesodesk.ui import theme
from mesodesk.ui.bodymap.field_laying import Shape
from mesodesk.ui.bodymap.field_words import Joining
from mesodesk.ui.bodymap.gestures import Gesture

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.planar import FloatArray
    from mesodesk.ui.bodymap.canvas import Canvas
    from mesodesk.ui.bodymap.field_preview import FieldPreview

# A hand that draws is read this often, in canvas pixels.
_STEP_PX: Final = 4.0
_CORNERS: Final = 48
_LEAST_MM: Final = 3.0
_PX_PER_MM: Final = 6.0


class DrawArea(Gesture):
    """A drag that outlines an area; nothing is charted before its end.

    What is drawn is kept in pixels of the picture, so that it stays on the same skin when the
    picture is moved or magnified meanwhile.
    """

    cursor = Qt.CursorShape.CrossCursor
    kind = OutlineKind.LASSO
    #: how many corners it has at least where they are set one by one; 0: it has two places only.
    corners = 3
    #: whether its border comes back to where it began.
    closed = True

    def __init__(self, canvas: "Canvas", preview: "FieldPreview", start: QPointF) -> None:
        self._canvas = canvas
        self._preview = preview
        self._drawn = [self._on_picture(start)]
        #: where it would end now: not every step of a hand is drawn.
        self._hand = self._drawn[0]

    def move(self, place: QPointF) -> None:
        last = self._drawn[-1]
        self._hand = self._on_picture(place)
        step = place - self._canvas.viewport.to_canvas(last.x(), last.y())
        if step.manhattanLength() >= _STEP_PX:
            self._drawn.append(self._hand)
            self.tell()
        self._cut_ahead()
        self._canvas.update()

    def trace(self, places: list[QPointF]) -> None:
        """Draw through places of the picture instead of following a hand."""
        self._drawn = list(places)
        self._hand = places[-1]

    def release(self, place: QPointF) -> None:
        self._hand = self._on_picture(place)
        canvas = self._canvas
        canvas.hover_label.show_text("")
        if not self._large_enough():
            canvas.say_at(place, _tr("Too small an area: no field was made."))
        elif canvas.joining.allowed_at(place):
            canvas.say_here(place)
            fields, shape = canvas.model.field_model, self.drawn()
            outline = fields.foresight.result(shape, partial(fields.laying.outline_on, shape))
            with canvas.joining.using():
                fields.fill_drawn(outline, canvas.joining.now)

    def cancel(self) -> None:
        self._canvas.model.field_model.foresight.drop()
        self._canvas.hover_label.show_text("")

    def width_mm(self) -> Decimal | None:
        """Return how wide the band is; None for other shapes."""
        return None

    def shape(self) -> QPolygonF:
        """Return what is drawn so far, in pixels of the picture."""
        return QPolygonF(self.places())

    def places(self) -> list[QPointF]:
        """Return the places it was drawn through, in pixels of the picture, the last one too."""
        ended = self._hand == self._drawn[-1]
        return self._drawn if ended else [*self._drawn, self._hand]

    def paint(self, painter: QPainter) -> None:
        path = QPainterPath()
        # What it goes around twice is inside as well.
        path.setFillRule(Qt.FillRule.WindingFill)
        path.addPolygon(self._shown(self.shape()))
        path.closeSubpath()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = theme.colour("accent")
        ground.setAlpha(48)
        painter.fillPath(path, ground)
        for width, colour in ((4.0, QColor("#FFFFFF")), (1.8, theme.colour("accent"))):
            painter.strokePath(path, QPen(colour, width))
        painter.restore()

    def tell(self) -> None:
        self._canvas.hover_label.show_text(self.told())

    def told(self) -> str:
        """Return how many points and millilitres this would be, in words.

        About so many, until the hand rests and the area is cut.
        """
        canvas, fields = self._canvas, self._canvas.model.field_model
        cut = fields.foresight.known(self.drawn())
        if isinstance(cut, Outline) and canvas.joining.now is Joining.NEW:
            return self._preview.as_cut(cut)
        loop = _array(self.shape().toList())
        return self._preview.about_drawn(canvas.view, loop, canvas.joining.now)

    def drawn(self) -> Shape:
        """Return what it means on the skin if it ends here."""
        return self._around(self.shape().toList())

    def _around(self, places: list[QPointF], reach_mm: float | None = None) -> Shape:
        through = tuple((place.x(), place.y()) for place in places)
        return Shape(self._canvas.view, through, reach_mm, self.kind, self.width_mm())

    def _cut_ahead(self) -> None:
        """Have the area cut out while the hand rests: it is there when the hand lets go."""
        if self._large_enough():
            fields, shape = self._canvas.model.field_model, self.drawn()
            cut = partial(fields.laying.outline_on, shape)
            if self._canvas.joining.now is Joining.NEW:
                cut = partial(fields.laying.laid_on, shape, fields.settings)
            fields.foresight.prepare(shape, cut)

    def _on_picture(self, place: QPointF) -> QPointF:
        return QPointF(*self._canvas.viewport.to_picture(place))

    def _shown(self, drawn: QPolygonF) -> QPolygonF:
        """Return something drawn as it lies on the canvas now."""
        viewport = self._canvas.viewport
        return QPolygonF([viewport.to_canvas(place.x(), place.y()) for place in drawn.toList()])

    def _mm_per_px(self) -> float:
        """Return millimetres of the patient's skin per pixel of the picture."""
        return self._canvas.mm_per_px() * self._canvas.viewport.scale

    def _large_enough(self) -> bool:
        bounds = self.shape().boundingRect()
        return max(bounds.width(), bounds.height()) * self._mm_per_px() >= _LEAST_MM


class DrawRectangle(DrawArea):
    """A drag from corner to corner."""

    kind = OutlineKind.RECTANGLE
    corners = 0

    def move(self, place: QPointF) -> None:
        self.trace([self._drawn[0], self._on_picture(place)])
        self.tell()
        self._cut_ahead()
        self._canvas.update()

    def shape(self) -> QPolygonF:
        a, b = self._drawn[0], self._hand
        return QPolygonF([a, QPointF(b.x(), a.y()), b, QPointF(a.x(), b.y())])


class DrawCircle(DrawRectangle):
    """A drag from the middle outwards; a true circle on the skin."""

    kind = OutlineKind.CIRCLE

    def _radius(self) -> float:
        reach = self._hand - self._drawn[0]
        return hypot(reach.x(), reach.y())

    def shape(self) -> QPolygonF:
        angle = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
        x = self._drawn[0].x() + self._radius() * np.cos(angle)
        y = self._drawn[0].y() + self._radius() * np.sin(angle)
        return QPolygonF([QPointF(*at) for at in zip(x.tolist(), y.tolist(), strict=True)])

    def drawn(self) -> Shape:
        # At the figure's own height, as the domain wants it: the picture's scale gives just that.
        return self._around(self._drawn[:1], self._radius() * self._canvas.view.camera.mm_per_px)


class DrawBand(DrawArea):
    """A sweep over the skin with a width."""

    kind = OutlineKind.BAND
    corners = 2
    closed = False

    def width_mm(self) -> Decimal:
        return self._canvas.model.field_model.band_mm

    def shape(self) -> QPolygonF:
        import shapely

        places = [(place.x(), place.y()) for place in self.places()]
        if len(places) == 1:
            places.append((places[0][0] + 0.1, places[0][1]))
        half = float(self.width_mm()) / 2 / self._mm_per_px()
        trembling = 1.0 / self._canvas.viewport.scale
        swept = shapely.LineString(places).simplify(trembling).buffer(half)
        return QPolygonF(
            [QPointF(x, y) for x, y in shapely.get_coordinates(swept.exterior).tolist()]
        )

    def drawn(self) -> Shape:
        scale = self._canvas.model.field_model.laying.scale
        return self._around(self.places(), float(self.width_mm()) / 2 / scale)


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


def _array(places: list[QPointF]) -> "FloatArray":
    return np.array([(place.x(), place.y()) for place in places])


def _tr(text: str) -> str:
    return QCoreApplication.translate("drawing_gestures", text)

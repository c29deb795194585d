"""Drawing a line over the skin, with the points that it will have."""

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from mesodesk.domain.bodymap.fields import Outline, OutlineKind
from mesodesk.domain.bodymap.line import Stroke, drawn_line, line_mm
from mesodesk.ui import theme
from mesodesk.ui.bodymap.drawing_gestures import DrawArea
from mesodesk.ui.bodymap.field_lines import outline_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mesodesk.domain.bodymap.fields import ChartField
    from mesodesk.domain.bodymap.planar import FloatArray
    from mesodesk.ui.bodymap.canvas import Canvas

_LEAST_MM: Final = 3.0
# How near to a line a click means it, in pixels: a finger must hit it.
_REACH_PX: Final = 9.0


class DrawLine(DrawArea):
    """A drag along the skin. Its points are shown while it is drawn, where they will be."""

    kind = OutlineKind.LINE
    corners = 2
    closed = False
    # What a hand drew is steadied; corners that were set stay where they are.
    _by_hand = True

    def trace(self, places: list[QPointF]) -> None:
        super().trace(places)
        self._by_hand = False

    def release(self, place: QPointF) -> None:
        self._hand = self._on_picture(place)
        canvas, stroke = self._canvas, self._stroke()
        self.cancel()
        canvas.say_here(place)
        atlas = canvas.model.atlas
        if atlas is None or not stroke.line:
            canvas.say_at(place, _tr("There is no skin there: no line was made."))
            return
        if line_mm(atlas.surface, stroke.line) < _LEAST_MM:
            canvas.say_at(place, _tr("Too short a line: nothing was made."))
            return
        with canvas.model.said_as_one():
            if stroke.cut:
                canvas.model.said.emit(_tr("The line ends where the skin in sight ends."))
            canvas.model.field_model.fill(Outline(OutlineKind.LINE, rings=(stroke.line,)))

    def cancel(self) -> None:
        self._preview.line(())
        super().cancel()

    def paint(self, painter: QPainter) -> None:
        line = self._shown(self.shape())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for width, colour in ((4.0, QColor("#FFFFFF")), (1.8, theme.colour("accent"))):
            pen = QPen(colour, width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolyline(line)
        painter.restore()
        # Over the stroke, or it would hide them.
        self._canvas.areas.paint_preview(painter, self._canvas.stage)

    def told(self) -> str:
        if len(self.places()) < 2:
            return ""
        return self._preview.line(self._stroke().line)

    def _cut_ahead(self) -> None:
        """Nothing is cut for a line."""

    def _stroke(self) -> Stroke:
        canvas = self._canvas
        atlas = canvas.model.atlas
        if atlas is None:
            return Stroke((), cut=True)
        places = np.array([(place.x(), place.y()) for place in self.places()])
        if self._by_hand:
            places = _steadied(places)
        return drawn_line(atlas.skin, canvas.view, places)


def _steadied(places: "FloatArray") -> "FloatArray":
    """Take the trembling of a hand, and the steps of pixels, out of a stroke; its ends stay."""
    steady = places.copy()
    steady[1:-1] = (places[:-2] + 2 * places[1:-1] + places[2:]) / 4
    return steady


def lines_at(canvas: "Canvas", place: QPointF) -> "Iterator[ChartField]":
    """Return the lines that run by a place of the canvas, the newest first."""
    atlas, viewport = canvas.model.atlas, canvas.viewport
    if atlas is None:
        return
    at, reach = np.array(viewport.to_picture(place)), _REACH_PX / viewport.scale
    around = QRectF(at[0] - reach, at[1] - reach, 2 * reach, 2 * reach)
    for field in reversed(list(canvas.model.fields.values())):
        if field.outline is None or field.outline.kind is not OutlineKind.LINE:
            continue
        seen = outline_in(atlas, canvas.view, field.outline)
        if seen.bounds.intersects(around) and any(
            _away(at, np.array([(p.x(), p.y()) for p in line.toList()])) <= reach
            for line in seen.lines
        ):
            yield field


def _away(at: "FloatArray", line: "FloatArray") -> float:
    """Return how far a place is from a polyline."""
    start, way = line[:-1], np.diff(line, axis=0)
    length = np.maximum((way**2).sum(axis=1), 1e-12)
    share = np.clip(((at - start) * way).sum(axis=1) / length, 0.0, 1.0)
    return float(np.linalg.norm(start + share[:, None] * way - at, axis=1).min())


def _tr(text: str) -> str:
    return QCoreApplication.translate("line_gesture", text)

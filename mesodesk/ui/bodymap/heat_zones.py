"""Zones without points on the exposure map: hatched, since nobody knows where in them it went."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QTransform

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.fields import Outline
from mesodesk.domain.bodymap.view import View
from mesodesk.ui.bodymap.field_lines import SeenLines, outline_in
from mesodesk.ui.bodymap.viewport import Viewport

INK: Final = QColor("#1F2937")
"""Neither a class of the map nor a warning."""

_GROUND: Final = QColor(255, 255, 255, 70)
_HALO: Final = QColor(255, 255, 255, 170)


class HeatZones:
    """What one view shows of some zones."""

    def __init__(self, atlas: Atlas, view: View, outlines: Iterable[Outline]) -> None:
        """Look the outlines up in the view. Any thread."""
        seen = (outline_in(atlas, view, outline) for outline in outlines)
        self._seen: tuple[SeenLines, ...] = tuple(each for each in seen if each.lines)

    @property
    def is_empty(self) -> bool:
        """Whether the view shows nothing of any zone."""
        return not self._seen

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        """Paint the zones over the colours; the lines are as fine at any magnification."""
        to_canvas = QTransform(viewport.scale, 0, 0, viewport.scale, viewport.x, viewport.y)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for seen in self._seen:
            ground = QPainterPath()
            for polygon in seen.tinted:
                ground.addPolygon(to_canvas.map(polygon))
                ground.closeSubpath()
            hatch(painter, ground)
            for colour, width, style in (
                (_HALO, 3.6, Qt.PenStyle.SolidLine),
                (INK, 1.6, Qt.PenStyle.DashLine),
            ):
                painter.setPen(QPen(colour, width, style))
                for line in seen.lines:
                    painter.drawPolyline(to_canvas.map(line))
        painter.restore()


def hatch(painter: QPainter, shape: QPainterPath) -> None:
    """Fill a shape with the lines that stand for a zone without points."""
    painter.fillPath(shape, _GROUND)
    painter.fillPath(shape, QBrush(INK, Qt.BrushStyle.BDiagPattern))

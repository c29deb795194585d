"""How the points of a syringe look: its shape and colour in a white ring, readable on any skin."""

import math
from functools import cache
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QTransform

from mesodesk.ui.tokens import SyringeLook
from mesodesk.ui.widgets.badges import shape_path

_RING: Final = QColor("#FFFFFF")
_EDGE: Final = QColor(27, 34, 39, 120)


def draw_mark(painter: QPainter, look: SyringeLook, centre: QPointF, radius: float) -> None:
    """Paint one point: its shape in its colour, in a white ring with a faint dark edge."""
    path = QTransform.fromScale(radius, radius).map(shape_path(look.shape))
    ring = min(2.0, max(0.9, radius * 0.3))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(centre)
    for grown, colour in ((ring + 0.6, _EDGE), (ring, _RING)):
        painter.setPen(QPen(colour, 2 * grown, j=Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(colour)
        painter.drawPath(path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.colour))
    painter.drawPath(path)
    painter.restore()


@cache
def stamp(look: SyringeLook, radius: float, ratio: float) -> QPixmap:
    """Return one point as a picture, its centre in the middle, to be stamped many times."""
    side = math.ceil((radius * 1.6 + 3) * ratio) * 2
    made = QPixmap(side, side)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    middle = side / ratio / 2
    draw_mark(painter, look, QPointF(middle, middle), radius)
    painter.end()
    return made

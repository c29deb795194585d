"""How the points of a syringe look: its shape and colour in a white ring with a dark edge.

White sets every colour apart from the skin, and the edge sets the white apart from light skin.
"""

import math
from functools import cache
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPixmap, QTransform

from mesodesk.domain.syringe_looks import Shape, SyringeLook
from mesodesk.ui import theme
from mesodesk.ui.theme import Role
from mesodesk.ui.widgets.badges import shape_path

_RING: Final = QColor("#FFFFFF")
# Opaque: amber and yellow in white on lit skin have hardly any other contrast.
_EDGE: Final = QColor("#1B2227")
_EDGE_PX: Final = 1.2
# A digit in a smaller mark would be a smudge.
_LEAST_WITH_DIGIT: Final = 6.0
_DIGIT_SIZE: Final = 1.2
_LEAST_DIGIT_PX: Final = 8
# How far below its origin a shape has room for a digit, in radii.
_LOWERED: Final = {Shape.TRIANGLE: 0.1, Shape.DROP: 0.2, Shape.STAR: 0.05}


def draw_mark(painter: QPainter, look: SyringeLook, centre: QPointF, radius: float) -> None:
    """Paint one point: its shape in its colour, and the digit where there is room to read it."""
    path = QTransform.fromScale(radius, radius).map(shape_path(look.shape))
    ring = min(2.0, max(0.9, radius * 0.3))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(centre)
    for grown, colour in ((ring + _EDGE_PX, _EDGE), (ring, _RING)):
        painter.setPen(QPen(colour, 2 * grown, j=Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(colour)
        painter.drawPath(path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.colour))
    painter.drawPath(path)
    if radius >= _LEAST_WITH_DIGIT:
        below = radius * _LOWERED.get(look.shape, 0.0)
        size = max(_LEAST_DIGIT_PX, round(radius * _DIGIT_SIZE))
        digit = _digit_path(look.digit, size)
        painter.fillPath(digit.translated(0, below), QColor(look.ink))
    painter.restore()


@cache
def _digit_path(digit: int, size_px: int) -> QPainterPath:
    """Return a digit around the origin; as a path it is in the middle to a fraction of a pixel."""
    font = QFont(theme.font(Role.STRONG))
    font.setPixelSize(size_px)
    path = QPainterPath()
    path.addText(0, 0, font, str(digit))
    return path.translated(-path.boundingRect().center())


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

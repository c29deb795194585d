"""The badge of a syringe: colour, shape and digit; its points on the chart are shaped alike."""

import math
from functools import cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from mesodesk.domain.syringe_looks import Shape, SyringeLook, syringe_look
from mesodesk.ui import theme
from mesodesk.ui.theme import Role
from mesodesk.ui.widgets import paint

# Corners, radius and first angle in degrees, so that every outline weighs the same to the eye.
_REGULAR: Final = {
    Shape.TRIANGLE: (3, 1.3, -90.0),
    Shape.DIAMOND: (4, 1.22, -90.0),
    Shape.PENTAGON: (5, 1.12, -90.0),
    Shape.HEXAGON: (6, 1.1, 0.0),
}
# How far below the origin the digit sits.
_LOWERED: Final = {Shape.TRIANGLE: 0.12, Shape.DROP: 0.2, Shape.STAR: 0.05}


@cache
def shape_path(shape: Shape) -> QPainterPath:
    """Return an outline around the origin, about as heavy as a circle of radius 1."""
    path = QPainterPath()
    if shape is Shape.CIRCLE:
        path.addEllipse(QPointF(0, 0), 1.0, 1.0)
    elif shape is Shape.SQUARE:
        path.addRoundedRect(QRectF(-0.9, -0.9, 1.8, 1.8), 0.2, 0.2)
    elif shape is Shape.STAR:
        _add_corners(
            path, [_polar(1.3 if at % 2 == 0 else 0.74, 36.0 * at - 90) for at in range(10)]
        )
    elif shape is Shape.CROSS:
        level = QPainterPath()
        level.addRect(QRectF(-1.1, -0.5, 2.2, 1.0))
        path.addRect(QRectF(-0.5, -1.1, 1.0, 2.2))
        path = path.united(level)
    elif shape is Shape.DROP:
        path.moveTo(0, -1.35)
        path.cubicTo(0.35, -0.85, 0.95, -0.4, 0.95, 0.2)
        path.cubicTo(0.95, 1.38, -0.95, 1.38, -0.95, 0.2)
        path.cubicTo(-0.95, -0.4, -0.35, -0.85, 0, -1.35)
    else:
        count, radius, first = _REGULAR[shape]
        _add_corners(path, [_polar(radius, first + 360 / count * at) for at in range(count)])
    return path


def _polar(radius: float, degrees: float) -> QPointF:
    angle = math.radians(degrees)
    return QPointF(radius * math.cos(angle), radius * math.sin(angle))


def _add_corners(path: QPainterPath, corners: list[QPointF]) -> None:
    path.addPolygon(QPolygonF(corners))
    path.closeSubpath()


def draw_badge(
    painter: QPainter, look: SyringeLook, box: QRectF, *, with_digit: bool = True
) -> None:
    """Paint a syringe's badge into a square box; without its digit it is a legend's mark."""
    radius = min(box.width(), box.height()) / 2
    round_or_square = look.shape in (Shape.CIRCLE, Shape.SQUARE)
    inner = radius * (0.96 if round_or_square else 0.8)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.center() + QPointF(0, radius * _LOWERED.get(look.shape, 0.0) * 0.8))
    painter.setBrush(QColor(look.colour))
    edge = paint.seen_edge(look.colour)
    painter.setPen(Qt.PenStyle.NoPen if edge is None else QPen(QColor(edge), 1.4))
    painter.drawPath(QTransform.fromScale(inner, inner).map(shape_path(look.shape)))
    if with_digit:
        font = QFont(theme.font(Role.STRONG))
        font.setPixelSize(max(8, round(radius * (1.0 if round_or_square else 0.9))))
        middle = QPointF(0, radius * _LOWERED.get(look.shape, 0.0) * 0.5)
        room = QRectF(-radius, -radius, 2 * radius, 2 * radius).translated(middle)
        paint.write(painter, room, str(look.digit), font, look.ink, Qt.AlignmentFlag.AlignHCenter)
    painter.restore()


class SyringeBadge(QWidget):
    """A syringe's colour, shape and digit."""

    def __init__(self, digit: int, size: int = 26, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_digit(digit)

    def set_digit(self, digit: int) -> None:
        """Show another syringe."""
        self._digit = digit
        self.setAccessibleName(self.tr("Syringe {digit}").format(digit=digit))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        draw_badge(QPainter(self), syringe_look(self._digit), paint.inside(self))


class InitialsBadge(QWidget):
    """A person's initials on a disc in the person's colour (a syringe colour by number)."""

    def __init__(self, initials: str, number: int = 1, size: int = 36) -> None:
        super().__init__()
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_person(initials, number)

    def set_person(self, initials: str, number: int) -> None:
        """Show another person."""
        self._initials = initials[:3]
        self._number = number
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        look = syringe_look((self._number - 1) % 9 + 1)
        whole = paint.inside(self)
        paint.box(painter, whole, look.colour, radius=self._size / 2)
        font = theme.font(Role.STRONG)
        paint.write(painter, whole, self._initials, font, look.ink, Qt.AlignmentFlag.AlignHCenter)

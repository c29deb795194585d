"""The badge of a syringe: colour, shape and digit; the same shapes mark its points on the chart."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from mesodesk.ui import theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Shape, syringe_look
from mesodesk.ui.widgets import paint

# Corners of a regular outline by number, and by how much it is turned (degrees).
_REGULAR = {Shape.DIAMOND: (4, 0.0), Shape.HEXAGON: (6, 30.0), Shape.PENTAGON: (5, -90.0)}


def shape_path(shape: Shape, box: QRectF) -> QPainterPath:
    """Return a shape that fills a box; equal in weight to the eye, not in area."""
    path = QPainterPath()
    if shape is Shape.CIRCLE:
        path.addEllipse(box)
    elif shape is Shape.SQUARE:
        inset = box.width() * 0.05
        inner = box.adjusted(inset, inset, -inset, -inset)
        path.addRoundedRect(inner, box.width() * 0.12, box.width() * 0.12)
    elif shape in _REGULAR:
        count, turned = _REGULAR[shape]
        path.addPolygon(_polygon(box, count, turned, 1.0))
    elif shape is Shape.STAR:
        path.addPolygon(_polygon(box, 10, -90.0, 0.62))
    elif shape is Shape.TRIANGLE:
        path.addPolygon(
            QPolygonF([box.bottomLeft(), box.bottomRight(), QPointF(box.center().x(), box.top())])
        )
    elif shape is Shape.CROSS:
        path = _cross(box)
    else:
        path = _pill(box)
    path.closeSubpath()
    return path


def _polygon(box: QRectF, count: int, turned: float, inner: float) -> QPolygonF:
    """Return corners on the circle in the box; every second one at `inner` of the radius."""
    middle, radius = box.center(), box.width() / 2 * 1.05
    corners = []
    for at in range(count):
        reach = radius * (inner if at % 2 and inner < 1 else 1.0)
        angle = math.radians(turned + 360 / count * at)
        corners.append(middle + QPointF(reach * math.cos(angle), reach * math.sin(angle)))
    return QPolygonF(corners)


def _cross(box: QRectF) -> QPainterPath:
    arm = box.width() * 0.3
    upright = QPainterPath()
    upright.addRect(box.adjusted(arm, 0, -arm, 0))
    level = QPainterPath()
    level.addRect(box.adjusted(0, arm, 0, -arm))
    return upright.united(level)


def _pill(box: QRectF) -> QPainterPath:
    path = QPainterPath()
    level = box.adjusted(0, box.height() * 0.18, 0, -box.height() * 0.18)
    path.addRoundedRect(level, level.height() / 2, level.height() / 2)
    return path


# Where the digit sits best, as a share of the height below the middle.
_LOWERED = {Shape.TRIANGLE: 0.16}


def paint_badge(painter: QPainter, digit: int, box: QRectF, *, with_digit: bool = True) -> None:
    """Paint a syringe's badge into a square box; without digit it is the mark of a point."""
    look = syringe_look(digit)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(look.colour))
    needs_edge = theme.current().dark and look.colour == "#000000"
    painter.setPen(QPen(QColor("#FFFFFF"), 1.2) if needs_edge else Qt.PenStyle.NoPen)
    painter.drawPath(shape_path(look.shape, box))
    if with_digit:
        font = QFont(theme.font(Role.STRONG))
        share = 0.42 if look.shape in (Shape.TRIANGLE, Shape.STAR, Shape.CROSS) else 0.5
        font.setPixelSize(max(8, round(box.height() * share)))
        room = box.translated(0, box.height() * _LOWERED.get(look.shape, 0.0))
        paint.write(painter, room, str(digit), font, look.ink, Qt.AlignmentFlag.AlignHCenter)
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
        paint_badge(QPainter(self), self._digit, paint.inside(self).adjusted(1, 1, -1, -1))


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

"""Where a patient signs, with pen, finger or mouse; and a signature shown again."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mesodesk.domain.strokes import MOST_POINTS, TENTHS, InkPoint, Strokes
from mesodesk.ui import theme
from mesodesk.ui.theme import Role
from mesodesk.ui.widgets import paint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QHideEvent, QMouseEvent, QPaintEvent, QTabletEvent, QTouchEvent

_PEN: Final = 2.4
_LEAST_HEIGHT: Final = 140
_MOST_HEIGHT: Final = 460
_LINE_AT: Final = 0.78
_WHOLE_PRESSURE: Final = 65_535
_TOUCHES: Final = (
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TouchEnd,
    QEvent.Type.TouchCancel,
)


class SignaturePad(QWidget):
    """A large area to sign on. A stroke goes on wherever the pen leads until it is lifted."""

    #: A stroke was finished; all strokes so far.
    drawn = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, "signature_pad", self.tr("Signature"))
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(_LEAST_HEIGHT)
        self.setMaximumHeight(_MOST_HEIGHT)
        self._words = ""
        self._area = (0, 0)
        self._strokes: list[tuple[InkPoint, ...]] = []
        self._stroke: list[InkPoint] | None = None
        self._time = QElapsedTimer()

    def strokes(self) -> Strokes | None:
        """Return what was drawn, or None."""
        if not self._strokes:
            return None
        return Strokes(*self._area, tuple(self._strokes))

    def set_strokes(self, strokes: Strokes | None) -> None:
        """Show strokes without telling of it; None clears the area."""
        if self._stroke is not None:
            return  # A pen that is on the paper is not taken away.
        self._strokes = [] if strokes is None else list(strokes.strokes)
        self._area = (0, 0) if strokes is None else (strokes.width, strokes.height)
        self.update()

    def set_words(self, words: str) -> None:
        """Write beneath the line what to do there."""
        self._words = words
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(560, _MOST_HEIGHT)

    # The pen

    def event(self, event: QEvent) -> bool:
        if event.type() in _TOUCHES:
            self._touched(event)  # type: ignore[arg-type]  # told by its type
            return True
        return super().event(event)

    def _touched(self, event: QTouchEvent) -> None:
        points = event.points()
        if not points:
            return
        event.accept()
        at, pressure = points[0].position(), points[0].pressure()
        if event.type() is QEvent.Type.TouchBegin:
            self._begin(at, pressure)
        elif event.type() is QEvent.Type.TouchUpdate:
            self._go_on(at, pressure)
        else:
            self._lift()

    def tabletEvent(self, event: QTabletEvent) -> None:
        event.accept()
        if event.type() is QEvent.Type.TabletPress:
            self._begin(event.position(), event.pressure())
        elif event.type() is QEvent.Type.TabletMove:
            self._go_on(event.position(), event.pressure())
        else:
            self._lift()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._begin(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go_on(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._lift()

    def _begin(self, at: QPointF, pressure: float = 0) -> None:
        if not self.isEnabled() or self._stroke is not None:
            return
        if not self._strokes:
            self._area = (self.width() * TENTHS, self.height() * TENTHS)
            self._time.start()
        elif not self._time.isValid():
            self._time.start()
        self._stroke = [self._point(at, pressure)]
        self.update()

    def _go_on(self, at: QPointF, pressure: float = 0) -> None:
        if self._stroke is None or sum(map(len, self._strokes)) + len(self._stroke) >= MOST_POINTS:
            return
        point = self._point(at, pressure)
        last = self._stroke[-1]
        if (point.x, point.y) != (last.x, last.y):
            self._stroke.append(point)
            self.update()

    def _lift(self) -> None:
        if self._stroke is None:
            return
        self._strokes.append(tuple(self._stroke))
        self._stroke = None
        self.update()
        self.drawn.emit(self.strokes())

    def hideEvent(self, event: QHideEvent) -> None:
        """End a stroke that a lock cuts off: the pen is lifted elsewhere, and it is kept."""
        super().hideEvent(event)
        self._lift()

    def _point(self, at: QPointF, pressure: float) -> InkPoint:
        """Return a place of the window as a place of the area; outside, the nearest in it."""
        scale, left, top = fit(self._area, QRectF(self.rect()))
        x = round((at.x() - left) / scale)
        y = round((at.y() - top) / scale)
        width, height = self._area
        return InkPoint(
            min(max(x, 0), width),
            min(max(y, 0), height),
            max(0, self._time.elapsed()),
            round(min(max(pressure, 0), 1) * _WHOLE_PRESSURE),
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        whole = paint.inside(self)
        paint.box(painter, whole, scheme.surface, scheme.border_strong, width=1.5)
        line = whole.top() + whole.height() * _LINE_AT
        painter.setPen(QPen(QColor(scheme.border_strong), 1))
        painter.drawLine(QPointF(24, line), QPointF(whole.width() - 24, line))
        beneath = QRectF(24, line + 6, whole.width() - 48, whole.bottom() - line - 8)
        paint.write(painter, beneath, self._words, theme.font(Role.SMALL), scheme.muted)
        now = [] if self._stroke is None else [self._stroke]
        if self._area != (0, 0):
            draw_strokes(painter, [*self._strokes, *now], self._area, whole)


class SignatureView(QWidget):
    """A signature shown again, cut to what was drawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, "signature_view", self.tr("Signature"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._strokes: Strokes | None = None

    def set_strokes(self, strokes: Strokes | None) -> None:
        self._strokes = strokes
        self.setVisible(strokes is not None)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, 110)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._strokes is None:
            return
        painter = QPainter(self)
        left, top, right, bottom = self._strokes.bounds
        painter.save()
        room = paint.inside(self).adjusted(4, 8, -4, -8)
        size = (max(1, right - left), max(1, bottom - top))
        scale = min(room.width() / size[0], room.height() / size[1], 1 / TENTHS)
        painter.translate(room.left() - left * scale, room.top() - top * scale)
        painter.scale(scale, scale)
        _stroke_all(painter, self._strokes.strokes, _PEN / scale)
        painter.restore()


def fit(area: tuple[int, int], room: QRectF) -> tuple[float, float, float]:
    """Return how an area is laid into a room: pixels of a tenth, and the left and top edge."""
    width, height = max(1, area[0]), max(1, area[1])
    scale = min(room.width() / width, room.height() / height)
    left = room.left() + (room.width() - width * scale) / 2
    return scale, left, room.top() + (room.height() - height * scale) / 2


def draw_strokes(
    painter: QPainter,
    strokes: Sequence[Sequence[InkPoint]],
    area: tuple[int, int],
    room: QRectF,
) -> None:
    """Draw strokes as large as the room lets them be."""
    scale, left, top = fit(area, room)
    painter.save()
    painter.translate(left, top)
    painter.scale(scale, scale)
    _stroke_all(painter, strokes, _PEN / scale)
    painter.restore()


def _stroke_all(painter: QPainter, strokes: Sequence[Sequence[InkPoint]], width: float) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(theme.current().text), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for stroke in strokes:
        if len(stroke) == 1:
            painter.drawPoint(QPointF(stroke[0].x, stroke[0].y))
        elif stroke:
            painter.drawPath(_smooth(stroke))


def _smooth(stroke: Sequence[InkPoint]) -> QPainterPath:
    """Return a curve through the middles between the points, so that no corner shows."""
    path = QPainterPath(QPointF(stroke[0].x, stroke[0].y))
    for here, after in pairwise(stroke[1:]):
        path.quadTo(here.x, here.y, (here.x + after.x) / 2, (here.y + after.y) / 2)
    path.lineTo(stroke[-1].x, stroke[-1].y)
    return path

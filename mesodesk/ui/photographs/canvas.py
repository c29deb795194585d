"""Shows one photograph as large as there is room, with the layer that is drawn over it."""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mesodesk.domain.alignment import Place
from mesodesk.domain.records.photo import MarkFields, MarkKind
from mesodesk.ui import theme
from mesodesk.ui.photographs.album import fitted
from mesodesk.ui.theme import Role
from mesodesk.ui.widgets import paint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

_INK, _EDGE = QColor("#FFD23F"), QColor("#14191B")
_LEAST_PX: Final = 6.0


class PhotoCanvas(QWidget):
    """A photograph. With a tool, a drag draws; without one, nothing can be changed by mistake."""

    #: (MarkFields): something was drawn. Of a text the words are still to be typed.
    drawn = Signal(object)

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, object_name, self.tr("Photograph"))
        self._image = QImage()
        self._marks: tuple[MarkFields, ...] = ()
        self._tool: MarkKind | None = None
        self._from: Place | None = None
        self._to: Place | None = None
        self.setMinimumSize(280, 240)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(720, 540)

    def show_image(self, image: QImage, marks: Iterable[MarkFields]) -> None:
        """Show a photograph; an empty image shows nothing."""
        self._image, self._marks = image, tuple(marks)
        self._from = self._to = None
        self.update()

    def set_tool(self, tool: MarkKind | None) -> None:
        """Draw with a tool from now on; None only looks."""
        self._tool = tool
        self._from = self._to = None
        self.setCursor(Qt.CursorShape.CrossCursor if tool else Qt.CursorShape.ArrowCursor)
        self.update()

    @property
    def frame(self) -> QRectF:
        """Where the photograph lies in the widget."""
        return fitted(self._image.size(), QRectF(self.rect()))

    def place_at(self, point: QPointF) -> Place:
        """Return the place under a point, kept within the photograph."""
        frame = self.frame
        x = min(max(point.x(), frame.left()), frame.right())
        y = min(max(point.y(), frame.top()), frame.bottom())
        return Place((x - frame.left()) / frame.width(), (y - frame.top()) / frame.width())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        inside = self.frame.contains(event.position()) and not self._image.isNull()
        if self._tool is None or not inside or event.button() is not Qt.MouseButton.LeftButton:
            return
        self._from = self._to = self.place_at(event.position())
        if self._tool is MarkKind.TEXT:
            self._finish()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            self._to = self.place_at(event.position())
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        if self._from is None or self._to is None:
            return
        across = hypot(self._to.x - self._from.x, self._to.y - self._from.y) * self.frame.width()
        if across < _LEAST_PX:
            self._from = self._to = None  # a tap draws nothing
            self.update()
        else:
            self._finish()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._from is not None:
            self._from = self._to = None
            self.update()
        else:
            super().keyPressEvent(event)

    def _finish(self) -> None:
        if self._tool is not None and self._from is not None and self._to is not None:
            made = MarkFields(self._tool, self._from, self._to)
            self._from = self._to = None
            self.drawn.emit(made)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("ground"))
        if self._image.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self.frame
        painter.drawImage(frame, self._image)
        for mark in self._marks:
            paint_mark(painter, frame, mark)
        if self._tool is not None and self._from is not None and self._to is not None:
            paint_mark(painter, frame, MarkFields(self._tool, self._from, self._to))


def paint_mark(painter: QPainter, frame: QRectF, mark: MarkFields) -> None:
    """Paint a mark over a photograph that lies in a frame: yellow, edged to show on any skin."""
    start, end = _point(frame, mark.start), _point(frame, mark.end)
    if mark.kind is MarkKind.TEXT:
        _paint_text(painter, start, mark.text)
        return
    path = _circle(start, end) if mark.kind is MarkKind.CIRCLE else _arrow(start, end)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((_EDGE, 6.0), (_INK, 3.0)):
        pen = QPen(colour, width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(path)


def _point(frame: QRectF, place: Place) -> QPointF:
    return QPointF(frame.left() + place.x * frame.width(), frame.top() + place.y * frame.width())


def _circle(middle: QPointF, edge: QPointF) -> QPainterPath:
    path = QPainterPath()
    radius = QLineF(middle, edge).length()
    path.addEllipse(middle, radius, radius)
    return path


def _arrow(start: QPointF, tip: QPointF) -> QPainterPath:
    path = QPainterPath(start)
    path.lineTo(tip)
    back = QLineF(tip, start)
    back.setLength(min(18.0, max(8.0, back.length() / 3)))
    for turn in (28, -28):
        barb = QLineF(back)
        barb.setAngle(back.angle() + turn)
        path.moveTo(tip)
        path.lineTo(barb.p2())
    return path


def _paint_text(painter: QPainter, at: QPointF, text: str) -> None:
    painter.setFont(theme.font(Role.STRONG))
    metrics = painter.fontMetrics()
    size = QSizeF(metrics.horizontalAdvance(text) + 14, metrics.height() + 8)
    box = QRectF(QPointF(at.x(), at.y() - size.height() / 2), size)
    paint.box(painter, box, _INK, _EDGE, radius=4)
    painter.setPen(_EDGE)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

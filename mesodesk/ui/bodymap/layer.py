"""A picture of body and points, kept for one magnification and drawn scaled or shifted in between.

Drawing body and points anew costs tens of milliseconds, drawing a ready picture two to five. So
while one pans or zooms the picture is reused, and made anew when the hand has come to rest.
"""

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from mesodesk.ui.bodymap.viewport import Viewport

Paint = Callable[[QPainter, Viewport, QRectF], None]
"""Paints what lies in a rectangle of the canvas."""


class Layer:
    """A transparent picture of a rectangle of the canvas."""

    def __init__(self) -> None:
        self._pixmap: QPixmap | None = None
        self._viewport: Viewport | None = None
        self._rect = QRectF()

    def clear(self) -> None:
        """Forget the picture."""
        self._pixmap = None
        self._viewport = None

    def is_for(self, viewport: Viewport) -> bool:
        """Tell whether the picture was made for just this magnification and place."""
        return self._viewport == viewport

    def covers(self, viewport: Viewport, rect: QRectF) -> bool:
        """Tell whether the picture, moved to a viewport, fills a rectangle of the body."""
        needed = rect.intersected(viewport.target)
        return self._viewport is not None and self._moved_to(viewport).contains(needed)

    def render(self, viewport: Viewport, rect: QRectF, ratio: float, paint: Paint) -> None:
        """Make the picture anew for a rectangle of the canvas."""
        left, top = math.floor(rect.left()), math.floor(rect.top())
        width = max(1, math.ceil(rect.right()) - left)
        height = max(1, math.ceil(rect.bottom()) - top)
        self._rect = QRectF(left, top, width, height)
        self._viewport = viewport
        self._pixmap = QPixmap(math.ceil(width * ratio), math.ceil(height * ratio))
        self._pixmap.setDevicePixelRatio(ratio)
        self._pixmap.fill(Qt.GlobalColor.transparent)
        self.repaint(self._rect, paint)

    def repaint(self, rect: QRectF, paint: Paint) -> None:
        """Make part of the picture anew; the rectangle is in the picture's own viewport."""
        if self._pixmap is None or self._viewport is None:
            return
        part = QRectF(rect.toAlignedRect()).intersected(self._rect)
        if part.isEmpty():
            return
        painter = QPainter(self._pixmap)
        painter.translate(-self._rect.topLeft())
        painter.setClipRect(part)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
        painter.fillRect(part, Qt.GlobalColor.transparent)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        paint(painter, self._viewport, part)
        painter.end()

    @property
    def viewport(self) -> Viewport | None:
        """The viewport that the picture was made for."""
        return self._viewport

    def draw(self, painter: QPainter, viewport: Viewport) -> None:
        """Draw the picture where it belongs in a viewport."""
        if self._pixmap is None or self._viewport is None:
            return
        target = self._moved_to(viewport)
        if viewport.scale == self._viewport.scale:
            # Whole device pixels: a shifted picture stays as sharp as it is.
            ratio = self._pixmap.devicePixelRatio()
            corner = QPointF(round(target.x() * ratio), round(target.y() * ratio)) / ratio
            painter.drawPixmap(corner, self._pixmap)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(target, self._pixmap, QRectF(self._pixmap.rect()))

    def _moved_to(self, viewport: Viewport) -> QRectF:
        made_for = self._viewport
        if made_for is None:
            return QRectF()
        grown = viewport.scale / made_for.scale
        x = (self._rect.x() - made_for.x) * grown + viewport.x
        y = (self._rect.y() - made_for.y) * grown + viewport.y
        return QRectF(x, y, self._rect.width() * grown, self._rect.height() * grown)

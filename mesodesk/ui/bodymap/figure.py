"""The body in one view: a soft picture, sharp lines, painted at any magnification."""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPen, QPolygonF

from mesodesk.domain.bodymap.view import View
from mesodesk.ui import theme
from mesodesk.ui.bodymap.viewport import Viewport

_LINE: Final = QColor("#6E4A3D")
_LINE_ON_DARK: Final = QColor("#8A5F50")
# On a dark ground the skin would glare.
_DIMMED: Final = 0.84
# A picture drawn much smaller than it is must be averaged, not sampled.
_AVERAGE_BELOW: Final = 0.9


# Each takes up to 5 MiB: only the view that was painted last keeps its picture.
@lru_cache(maxsize=1)
def _image(path: str) -> QImage:
    image = QImageReader(path).read()
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


# The overview and the detail each have their size; older ones are of no use.
@lru_cache(maxsize=2)
def _shrunk(path: str, width: int, height: int) -> QImage:
    whole = _image(path)
    if whole.isNull():
        return whole
    return whole.scaled(
        QSize(width, height),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


def read_picture(view: View) -> None:
    """Read the picture of a view ahead of its first painting. Any thread."""
    _image(str(view.image_path))


class Figure:
    """What is drawn beneath the points."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._lines = _polygons(view)

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRectF, ratio: float) -> None:
        """Paint the part of the body that lies in a rectangle of the canvas.

        Args:
            painter: set up for canvas coordinates and clipped to the rectangle.
            viewport: where the picture lies.
            clip: what is needed, in canvas pixels.
            ratio: device pixels to one canvas pixel.
        """
        if not viewport.target.intersects(clip):
            return
        dark = theme.current().dark
        painter.save()
        painter.setOpacity(_DIMMED if dark else 1.0)
        self._paint_picture(painter, viewport, ratio)
        painter.setOpacity(1.0)
        self._paint_lines(painter, viewport, clip, _LINE_ON_DARK if dark else _LINE)
        painter.restore()

    def _paint_picture(self, painter: QPainter, viewport: Viewport, ratio: float) -> None:
        image = self._image_for(viewport.scale * ratio)
        if image.isNull():
            # A picture that cannot be read: the lines still show the body, and points are placed
            # by the surface, not by the picture.
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        # The whole picture, cut by the painter's clip: a part drawn by itself would be sampled at
        # slightly other places, and its edges would show.
        painter.drawImage(viewport.target, image)

    def _image_for(self, scale: float) -> QImage:
        path, width, height = str(self.view.image_path), self.view.width_px, self.view.height_px
        if scale >= _AVERAGE_BELOW:
            return _image(path)
        return _shrunk(path, max(1, round(width * scale)), max(1, round(height * scale)))

    def _paint_lines(
        self, painter: QPainter, viewport: Viewport, clip: QRectF, colour: QColor
    ) -> None:
        pen = QPen(colour, min(2.0, 1.0 + 0.18 * (viewport.zoom - 1)))
        pen.setCosmetic(True)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.translate(viewport.x, viewport.y)
        painter.scale(viewport.scale, viewport.scale)
        grown = clip.adjusted(-3, -3, 3, 3).translated(-viewport.x, -viewport.y)
        wanted = QRectF(grown.topLeft() / viewport.scale, grown.size() / viewport.scale)
        for line, bounds in self._lines:
            if bounds.intersects(wanted):
                painter.drawPolyline(line)


class SmallFigure(Figure):
    """The same for a small picture that is painted once: the large one is never read."""

    def _image_for(self, scale: float) -> QImage:
        width, height = self.view.width_px, self.view.height_px
        if scale >= _AVERAGE_BELOW:
            return super()._image_for(scale)
        size = QSize(max(1, round(width * scale)), max(1, round(height * scale)))
        return _read_small(str(self.view.image_path), size)


def _read_small(path: str, size: QSize) -> QImage:
    """Return a picture at a size, a null image if it cannot be read.

    Read at twice the size and averaged: the decoder's own scaling leaves jagged edges.
    """
    reader = QImageReader(path)
    reader.setScaledSize(size * 2)
    read = reader.read()
    if read.isNull():
        return read
    return read.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied).scaled(
        size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


# Those of pictures in small are kept by their pictures, and would take the place of these.
@lru_cache(maxsize=8)
def _polygons(view: View) -> list[tuple[QPolygonF, QRectF]]:
    """Return the lines of a view with the rectangles that they lie in."""
    return [_polygon(line) for line in view.lines]


def _polygon(line: object) -> tuple[QPolygonF, QRectF]:
    polygon = QPolygonF([QPointF(x, y) for x, y in line.tolist()])  # type: ignore[attr-defined]
    # A straight line has an empty rectangle, which would meet nothing.
    return polygon, polygon.boundingRect().adjusted(-1, -1, 1, 1)


@lru_cache(maxsize=128)
def thumbnail(view: View, size: QSize, ratio: float) -> QImage:
    """Return the whole view in small, in the middle of a picture of that size."""
    device = QSize(round(size.width() * ratio), round(size.height() * ratio))
    scale = min(device.width() / view.width_px, device.height() / view.height_px)
    reader = QImageReader(str(view.image_path))
    reader.setScaledSize(
        QSize(max(1, round(view.width_px * scale * 2)), max(1, round(view.height_px * scale * 2)))
    )
    # Read at twice the size and averaged: the decoder's own scaling leaves jagged edges.
    body = reader.read()
    if not body.isNull():
        body = body.scaled(
            device, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    made = QImage(device, QImage.Format.Format_ARGB32_Premultiplied)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    shown = QSizeF(view.width_px * scale / ratio, view.height_px * scale / ratio)
    corner = QPointF((size.width() - shown.width()) / 2, (size.height() - shown.height()) / 2)
    painter.drawImage(QRectF(corner, shown), body)
    _paint_small_lines(painter, view, corner, scale / ratio)
    painter.end()
    return made


def _paint_small_lines(painter: QPainter, view: View, corner: QPointF, scale: float) -> None:
    pen = QPen(_LINE, 0.8)
    pen.setCosmetic(True)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    painter.translate(corner)
    painter.scale(scale, scale)
    for line in view.lines:
        painter.drawPolyline(_polygon(line)[0])

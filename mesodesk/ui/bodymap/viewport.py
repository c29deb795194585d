"""Where a view's picture lies on the canvas: scale and offset, zoom and pan. No painting."""

from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF

MOST_ZOOM: Final = 12.0
"""Largest magnification, against the whole view fitted into the canvas."""
_BORDER: Final = 16.0
# Some of the body stays in sight however far one pans.
_KEPT: Final = 80.0


@dataclass(frozen=True, slots=True)
class Viewport:
    """Canvas pixels = picture pixels * `scale` + (`x`, `y`)."""

    picture: QSizeF
    canvas: QSizeF
    scale: float
    x: float
    y: float

    @classmethod
    def fitted(cls, picture: QSizeF, canvas: QSizeF) -> "Viewport":
        """Show the whole picture in the middle of the canvas."""
        room_x = max(canvas.width() - 2 * _BORDER, 1.0)
        room_y = max(canvas.height() - 2 * _BORDER, 1.0)
        scale = min(room_x / picture.width(), room_y / picture.height())
        x = (canvas.width() - picture.width() * scale) / 2
        y = (canvas.height() - picture.height() * scale) / 2
        return cls(picture, canvas, scale, x, y)

    @property
    def fit_scale(self) -> float:
        return Viewport.fitted(self.picture, self.canvas).scale

    @property
    def zoom(self) -> float:
        """The magnification, 1 when the whole view fits."""
        return self.scale / self.fit_scale

    @property
    def target(self) -> QRectF:
        """The picture's rectangle on the canvas."""
        width, height = self.picture.width() * self.scale, self.picture.height() * self.scale
        return QRectF(self.x, self.y, width, height)

    def to_canvas(self, x_px: float, y_px: float) -> QPointF:
        return QPointF(x_px * self.scale + self.x, y_px * self.scale + self.y)

    def to_picture(self, place: QPointF) -> tuple[float, float]:
        return (place.x() - self.x) / self.scale, (place.y() - self.y) / self.scale

    def zoomed(self, factor: float, at: QPointF) -> "Viewport":
        """Magnify around a place of the canvas, which stays where it is."""
        fit = self.fit_scale
        scale = min(max(self.scale * factor, fit), fit * MOST_ZOOM)
        x_px, y_px = self.to_picture(at)
        moved = replace(self, scale=scale, x=at.x() - x_px * scale, y=at.y() - y_px * scale)
        return _kept_in_sight(moved)

    def panned(self, dx: float, dy: float) -> "Viewport":
        """Shift by canvas pixels, as far as some of the body stays in sight."""
        return _kept_in_sight(replace(self, x=self.x + dx, y=self.y + dy))

    def resized(self, canvas: QSizeF) -> "Viewport":
        """Keep the magnification and the middle on a canvas of another size."""
        if canvas.isEmpty() or self.canvas.isEmpty():
            return Viewport.fitted(self.picture, canvas)
        middle = self.to_picture(QPointF(self.canvas.width() / 2, self.canvas.height() / 2))
        zoom = self.zoom
        fitted = Viewport.fitted(self.picture, canvas)
        if zoom <= 1.001:
            return fitted
        scale = fitted.scale * zoom
        x, y = canvas.width() / 2 - middle[0] * scale, canvas.height() / 2 - middle[1] * scale
        return _kept_in_sight(replace(fitted, scale=scale, x=x, y=y))

    def framing(self, part: QRectF) -> "Viewport":
        """Bring a part of the picture into the middle, with as much again around it."""
        fit = self.fit_scale
        least = 240.0
        width, height = max(part.width() * 2, least), max(part.height() * 2, least)
        wanted = min(self.canvas.width() / width, self.canvas.height() / height)
        scale = min(max(wanted, fit), fit * MOST_ZOOM)
        middle = part.center()
        x = self.canvas.width() / 2 - middle.x() * scale
        y = self.canvas.height() / 2 - middle.y() * scale
        return _kept_in_sight(replace(self, scale=scale, x=x, y=y))

    def showing(self, place: QPointF, margin: float = 48.0) -> "Viewport":
        """Pan just so far that a place of the canvas comes into sight."""
        dx = _into(place.x(), margin, self.canvas.width() - margin)
        dy = _into(place.y(), margin, self.canvas.height() - margin)
        return self.panned(dx, dy) if dx or dy else self


def _kept_in_sight(viewport: Viewport) -> Viewport:
    fitted = Viewport.fitted(viewport.picture, viewport.canvas)
    if viewport.scale <= fitted.scale * 1.0001:
        return fitted
    width, height = viewport.target.width(), viewport.target.height()
    x = min(max(viewport.x, _KEPT - width), viewport.canvas.width() - _KEPT)
    y = min(max(viewport.y, _KEPT - height), viewport.canvas.height() - _KEPT)
    return replace(viewport, x=x, y=y)


def _into(value: float, low: float, high: float) -> float:
    """Return what must be added to bring a value between two bounds."""
    if value < low:
        return low - value
    return high - value if value > high else 0.0

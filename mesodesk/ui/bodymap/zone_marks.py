"""The zones to keep out of as one view shows them: hatched, not told by colour alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPixmap

from mesodesk.domain.bodymap.no_go_skin import NoGoSkin
from mesodesk.domain.bodymap.planar import FloatArray, IntArray
from mesodesk.domain.bodymap.view import View
from mesodesk.domain.findings import Severity
from mesodesk.domain.no_go import Zone
from mesodesk.ui.bodymap.viewport import Viewport

# Masks are kept in half the size of the picture; the lines around them are drawn sharp.
_SHRUNK: Final = 0.5
# Places this far apart in a mask leave no pixel between them out.
_SAMPLE_PX: Final = 0.7
_MOST_SAMPLES: Final = 48
_HALO: Final = QColor(255, 255, 255, 140)


@dataclass(frozen=True, slots=True)
class _Hatch:
    """How a severity is hatched: distance of the lines in pixels, both ways or one, colour."""

    step: int
    crossed: bool
    colour: tuple[int, int, int]


_HATCHES: Final = {
    Severity.STOP: _Hatch(16, crossed=True, colour=(126, 20, 20)),
    Severity.CAUTION: _Hatch(16, crossed=False, colour=(92, 62, 0)),
    Severity.INFO: _Hatch(24, crossed=False, colour=(40, 60, 80)),
}


@dataclass(frozen=True, slots=True)
class _Mark:
    """One zone in the picture: where it is, opaque in a mask, and the lines around it."""

    hatch: _Hatch
    mask: QImage
    border: tuple[QLineF, ...]


class ZoneMarks:
    """Made once for a view, in any thread; painted at any magnification."""

    def __init__(self, view: View, skin: NoGoSkin, zones: Iterable[Zone]) -> None:
        self._view = view
        self._skin = skin
        # The gravest last, over the others.
        ordered = sorted(zones, key=lambda zone: -zone.severity.rank)
        self._marks = [mark for zone in ordered if (mark := self._mark(zone)) is not None]

    @property
    def is_empty(self) -> bool:
        """Whether the view shows nothing of any zone."""
        return not self._marks

    def _mark(self, zone: Zone) -> _Mark | None:
        """Return what the view shows of a zone, cut where the border that it lies along is far."""
        covered = self._skin.covered(zone)
        triangles = np.flatnonzero(covered)
        triangles = triangles[self._view.roughly_seen(triangles)]
        if not len(triangles):
            return None
        corners = self._skin.atlas.surface.corners(triangles)
        pixels = self._view.camera.project(corners.reshape(-1, 3))[0].reshape(-1, 3, 2)
        if zone.within_mm is None:
            far = np.zeros((len(triangles), 3))
            border = self._edges(covered, triangles)
        else:
            away = self._skin.border_mm(zone, corners.reshape(-1, 3)).reshape(-1, 3)
            far = away - float(zone.within_mm)
            border = np.concatenate([self._edges(covered, triangles, far), _cuts(pixels, far)])
        mask = _raster(pixels, far, (self._view.width_px, self._view.height_px))
        if not mask.any():
            return None
        height, width = mask.shape
        image = QImage(mask.data, width, height, width, QImage.Format.Format_Alpha8).copy()
        lines = tuple(QLineF(*one, *other) for one, other in border.tolist())
        return _Mark(_HATCHES[zone.severity], image, lines)

    def _edges(
        self, covered: NDArray[np.bool_], triangles: IntArray, far: FloatArray | None = None
    ) -> FloatArray:
        """Return the edges in sight between a zone's regions and others, in pixels, (n, 2, 2)."""
        beside = self._skin.atlas.skin.beside[triangles]
        rows, sides = np.nonzero((beside >= 0) & ~covered[beside])
        if far is not None:
            near = (far[rows, sides] <= 0) & (far[rows, (sides + 1) % 3] <= 0)
            rows, sides = rows[near], sides[near]
        corners = self._skin.atlas.surface.corners(triangles[rows])
        row = np.arange(len(rows))
        ends = np.stack([corners[row, sides], corners[row, (sides + 1) % 3]], axis=1)
        return self._view.camera.project(ends.reshape(-1, 3))[0].reshape(-1, 2, 2)

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRectF, ratio: float) -> None:
        """Paint what lies in a rectangle of the canvas, between the body and its points."""
        shown = _whole_pixels(clip.intersected(viewport.target))
        if shown.isEmpty():
            return
        for mark in self._marks:
            layer = QImage(
                QSize(round(shown.width() * ratio), round(shown.height() * ratio)),
                QImage.Format.Format_ARGB32_Premultiplied,
            )
            layer.setDevicePixelRatio(ratio)
            layer.fill(Qt.GlobalColor.transparent)
            onto = QPainter(layer)
            onto.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            onto.translate(-shown.topLeft())
            # The lines stay at their places of the picture when it is moved.
            onto.setBrushOrigin(QPointF(viewport.x, viewport.y))
            onto.fillRect(shown, QBrush(_tile(mark.hatch, ratio)))
            onto.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
            onto.drawImage(viewport.target, mark.mask)
            onto.end()
            painter.drawImage(shown.topLeft(), layer)
            _paint_border(painter, mark, viewport)


def _whole_pixels(rect: QRectF) -> QRectF:
    """Return the largest rectangle of whole pixels in another: its rim would stay unmasked."""
    left, top = np.ceil(rect.left()), np.ceil(rect.top())
    return QRectF(left, top, np.floor(rect.right()) - left, np.floor(rect.bottom()) - top)


def _raster(pixels: FloatArray, far: FloatArray, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Fill triangles into a mask, where a value that is linear in each is not above 0.

    Args:
        pixels: their corners in the picture, shape (n, 3, 2).
        far: the value at these, shape (n, 3).
        size: of the picture.
    """
    width, height = (max(1, round(side * _SHRUNK)) for side in size)
    mask = np.zeros((height, width), dtype=np.uint8)
    small = pixels * (width / size[0], height / size[1])
    edge = np.linalg.norm(small - np.roll(small, 1, axis=1), axis=2).max(axis=1)
    parts = np.clip(np.ceil(edge / _SAMPLE_PX), 1, _MOST_SAMPLES).astype(np.int64)
    kept = (far <= 0).any(axis=1)
    for count in np.unique(parts[kept]).tolist():
        chosen = kept & (parts == count)
        weights = _weights(count)
        at = np.einsum("kw,nwd->nkd", weights, small[chosen])
        inside = far[chosen] @ weights.T <= 0
        x, y = np.floor(at[inside]).astype(np.int64).T
        on = (x >= 0) & (x < width) & (y >= 0) & (y < height)
        mask[y[on], x[on]] = 255
    return mask


@cache
def _weights(count: int) -> FloatArray:
    """Return weights of the corners at places spread evenly over a triangle, shape (k, 3)."""
    a, b = np.meshgrid(np.arange(count + 1), np.arange(count + 1))
    a, b = a[a + b <= count], b[a + b <= count]
    result: FloatArray = np.stack([count - a - b, a, b], axis=1) / count
    return result


def _cuts(pixels: FloatArray, far: FloatArray) -> FloatArray:
    """Return where a value passes 0 within triangles, as lines in pixels, shape (n, 2, 2)."""
    after = np.roll(far, -1, axis=1)
    crossed = (far <= 0) != (after <= 0)
    rows = np.flatnonzero(crossed.sum(axis=1) == 2)
    share = far[rows] / np.where(crossed[rows], far[rows] - after[rows], 1.0)
    ways = np.roll(pixels[rows], -1, axis=1) - pixels[rows]
    places = pixels[rows] + share[..., None] * ways
    result: FloatArray = places[crossed[rows]].reshape(-1, 2, 2)
    return result


@cache
def _tile(hatch: _Hatch, ratio: float) -> QPixmap:
    """Return a square of slanting lines that goes on at its edges."""
    step = hatch.step
    tile = QPixmap(round(step * ratio), round(step * ratio))
    tile.setDevicePixelRatio(ratio)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    lines = [QLineF(shift - step, -step, shift + 2 * step, 2 * step) for shift in (-step, 0, step)]
    if hatch.crossed:
        lines += [
            QLineF(line.x1(), step - line.y1(), line.x2(), step - line.y2()) for line in lines
        ]
    for width, colour in ((2.6, _HALO), (1.1, QColor(*hatch.colour, 215))):
        painter.setPen(QPen(colour, width))
        painter.drawLines(lines)
    painter.end()
    return tile


def _paint_border(painter: QPainter, mark: _Mark, viewport: Viewport) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(viewport.x, viewport.y)
    painter.scale(viewport.scale, viewport.scale)
    for width, colour in ((4.0, _HALO), (1.8, QColor(*mark.hatch.colour))):
        pen = QPen(colour, width)
        pen.setCosmetic(True)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLines(mark.border)
    painter.restore()

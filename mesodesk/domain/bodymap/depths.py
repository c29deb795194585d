"""Which of many triangles a picture shows: nearness is painted into a raster, then asked.

Much cheaper than asking a view place by place, and as exact but where skin lies close behind skin.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from mesodesk.domain.bodymap.planar import FloatArray, IntArray, cross, expand

# The raster has so many places, and so many more a triangle, but is no finer than the picture.
_PLACES: Final = 4_000
_PLACES_EACH: Final = 4
# Rounding must not open a seam between neighbours.
_SLACK: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Slopes:
    """The planes of triangles over a picture: how near to the viewer they are at each pixel.

    Attributes:
        corner: in pixels, shape (n, 2).
        near: there, in mm, shape (n,).
        along: how much nearer a pixel to the right and a pixel below is, shape (n, 2).
    """

    corner: FloatArray
    near: FloatArray
    along: FloatArray

    @classmethod
    def of(cls, pixels: FloatArray, near: FloatArray) -> "Slopes":
        """Return the planes of triangles from their corners, shapes (n, 3, 2) and (n, 3)."""
        a, b, c = pixels.transpose(1, 0, 2)
        area = cross(b - a, c - a)
        first, second = near[:, 1] - near[:, 0], near[:, 2] - near[:, 0]
        right = (first * (c - a)[:, 1] - second * (b - a)[:, 1]) / area
        down = (second * (b - a)[:, 0] - first * (c - a)[:, 0]) / area
        return cls(a, near[:, 0], np.stack([right, down], axis=1))

    def at(self, rows: IntArray, xy: FloatArray) -> FloatArray:
        """Return how near some of the planes are at pixels, shape (k,)."""
        away = xy - self.corner[rows]
        result: FloatArray = self.near[rows] + (away * self.along[rows]).sum(axis=1)
        return result


class Depths:
    """How near the nearest skin is, at places spread evenly over a part of a picture."""

    def __init__(
        self, pixels: FloatArray, slopes: Slopes, low: FloatArray, high: FloatArray
    ) -> None:
        """Paint triangles.

        Args:
            pixels: their corners, shape (n, 3, 2); none may be seen edgewise.
            slopes: their planes.
            low: the upper left corner of the part, in pixels.
            high: its lower right corner.
        """
        extent = np.maximum(high - low, 1.0)
        places = _PLACES + _PLACES_EACH * len(pixels)
        self.step_px = max(1.0, float(np.sqrt(extent[0] * extent[1] / places)))
        self._low = low
        self._size = np.ceil(extent / self.step_px).astype(np.int64) + 1
        self._near = np.full(int(self._size[0] * self._size[1]), -np.inf)
        owner, xy, cell = self._touched(pixels)
        a, b, c = pixels[owner].transpose(1, 0, 2)
        area = cross(b - a, c - a)
        u, v = cross(xy - a, c - a) / area, cross(b - a, xy - a) / area
        inside = (u >= -_SLACK) & (v >= -_SLACK) & (u + v <= 1 + _SLACK)
        np.maximum.at(self._near, cell[inside], slopes.at(owner[inside], xy[inside]))

    def _touched(self, pixels: FloatArray) -> tuple[IntArray, FloatArray, IntArray]:
        """Return the places within the rectangle of each triangle: row, pixel, cell."""
        grid = (pixels - self._low) / self.step_px
        first = np.maximum(np.ceil(grid.min(axis=1)), 0).astype(np.int64)
        last = np.minimum(np.floor(grid.max(axis=1)), self._size - 1).astype(np.int64)
        span = np.maximum(last - first + 1, 0)
        owner, step = expand(span[:, 0] * span[:, 1])
        column = first[owner, 0] + step % span[owner, 0]
        row = first[owner, 1] + step // span[owner, 0]
        xy = self._low + np.stack([column, row], axis=1) * self.step_px
        return owner, xy, row * self._size[0] + column

    def ahead(self, slopes: Slopes, rows: IntArray, xy: FloatArray) -> FloatArray:
        """Return by how much other skin is nearer than some planes about pixels, in mm.

        It is 0 or less, but for rounding, where a plane's own triangle is the nearest.
        """
        at = np.round((xy - self._low) / self.step_px).astype(np.int64)
        at = np.clip(at, 0, self._size - 1)
        nearest = self._near[at[:, 1] * self._size[0] + at[:, 0]]
        result: FloatArray = nearest - slopes.at(rows, self._low + at * self.step_px)
        return result

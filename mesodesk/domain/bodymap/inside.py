"""How much of each of many triangles lies inside a shape, without cutting one of them out.

The area of what lies in both is that inside its border, and the border is made of two kinds of
pieces: edges of the shape inside the triangle, and parts of the triangle's sides inside the shape.
Seen from a corner of the triangle, only the side across from it counts.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from mesodesk.domain.bodymap.planar import FloatArray, IntArray, cross

Flags = NDArray[np.bool_]

# What lies so near, in mm, lies on the border: a corner is then in and out, and an edge along a
# side might count twice or not at all.
_TOUCHES_MM: Final = 1e-7
# A triangle with less area, in mm2, is a line.
_FLAT_MM2: Final = 1e-9


def made_ready(shape: BaseGeometry) -> BaseGeometry:
    """Return a copy of a shape that is quick to ask many questions, for one thread alone.

    The library keeps what it needs for them with the shape, and makes it as it is asked: where two
    threads ask one shape that is ready, the program can end.
    """
    copy = shapely.force_2d(shape)
    shapely.prepare(copy)
    return copy


def shares_inside(shape: BaseGeometry, corners: FloatArray) -> FloatArray:
    """Return how much of each triangle lies inside a shape, 0 to 1, shape (m,); of a line, 0 or 1.

    Args:
        shape: a valid polygon, or several.
        corners: of triangles that turn either way, shape (m, 3, 2).
    """
    shape = made_ready(shape)
    held = shapely.contains_xy(shape, corners.reshape(-1, 2)).reshape(-1, 3)
    share: FloatArray = held.all(axis=1).astype(np.float64)
    start, end = _edges(shape)
    triangle, edge = _meeting(corners, start, end)
    cut, row = np.unique(triangle, return_inverse=True)
    if not len(cut):
        return share
    pairs = _Pairs.of(corners[cut], row, start[edge], end[edge])
    area, sure = pairs.areas(held[cut])
    whole = np.abs(_doubled(corners[cut])) / 2
    solid = whole > _FLAT_MM2
    unsure = np.flatnonzero(solid & ~sure)
    area[unsure] = _cut_out(shape, corners[cut[unsure]])
    share[cut[solid]] = np.clip(area[solid] / whole[solid], 0.0, 1.0)
    return share


def _edges(shape: BaseGeometry) -> tuple[FloatArray, FloatArray]:
    """Return the ends of all edges of a shape, which lies at their left, shapes (k, 2)."""
    parts = shapely.orient_polygons(shapely.get_parts(shape))
    places, ring = shapely.get_coordinates(shapely.get_rings(parts), return_index=True)
    same = ring[1:] == ring[:-1]
    return places[:-1][same], places[1:][same]


def _meeting(corners: FloatArray, start: FloatArray, end: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the pairs of a triangle and an edge whose rectangles meet."""
    low, high = corners.min(axis=1), corners.max(axis=1)
    lines = shapely.linestrings(np.stack([start, end], axis=1))
    found = shapely.STRtree(lines).query(shapely.box(*low.T, *high.T))
    triangle, edge = found.astype(np.int64)
    return triangle, edge


def _doubled(corners: FloatArray) -> FloatArray:
    """Return twice the area of triangles, below 0 where they turn clockwise."""
    return cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def _cut_out(shape: BaseGeometry, corners: FloatArray) -> FloatArray:
    """Return the areas of what lies inside, cut out one by one."""
    area: FloatArray = shapely.area(shapely.intersection(shapely.polygons(corners), shape))
    return area


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Triangles and the edges that may meet them; a pair is a row of all but `corners`."""

    corners: FloatArray  # of the triangles, shape (n, 3, 2)
    row: IntArray  # of the triangle, shape (p,)
    start: FloatArray  # of the edge, shape (p, 2)
    end: FloatArray
    # How far within each side of the triangle the ends lie, times the side's length: (p, 3).
    start_in: FloatArray
    end_in: FloatArray

    @classmethod
    def of(cls, corners: FloatArray, row: IntArray, start: FloatArray, end: FloatArray) -> "_Pairs":
        sides = np.roll(corners, -1, axis=1) - corners
        turn = np.where(_doubled(corners) < 0, -1.0, 1.0)[row, None]
        first, side = corners[row], sides[row]
        start_in = turn * cross(side, start[:, None] - first)
        end_in = turn * cross(side, end[:, None] - first)
        return cls(corners, row, start, end, start_in, end_in)

    def areas(self, held: Flags) -> tuple[FloatArray, Flags]:
        """Return the area of each triangle inside the shape, and whether it can be relied on.

        Args:
            held: which corners of the triangles lie inside, shape (n, 3).
        """
        part = self._sides_inside(held)
        origin = self.corners[:, 0]
        across = self.corners[:, 1] - origin, self.corners[:, 2] - origin
        # A triangle's own border runs around it to the left.
        area = part[:, 1] * np.abs(cross(*across)) / 2 + self._edges_inside()
        return area, ~self._touch()

    def _edges_inside(self) -> FloatArray:
        """Return what the pieces of edges inside each triangle hold, seen from its corner."""
        first, last = self.start_in, self.end_in
        with np.errstate(divide="ignore", invalid="ignore"):
            at = first / (first - last)
        enters = np.where((first < 0) & (last >= 0), at, 0.0).max(axis=1)
        leaves = np.where((first >= 0) & (last < 0), at, 1.0).min(axis=1)
        outside = ((first < 0) & (last < 0)).any(axis=1) | (enters >= leaves)
        way = self.end - self.start
        from_corner = self.start - self.corners[self.row, 0]
        # From one place of a line to another, the area is that of the whole line in proportion.
        held = np.where(outside, 0.0, (leaves - enters) * cross(from_corner, way)) / 2
        return self._summed(held)

    def _sides_inside(self, held: Flags) -> FloatArray:
        """Return which share of each side lies inside, shape (n, 3)."""
        ends = np.roll(self.corners, -1, axis=1)
        way = (self.end - self.start)[:, None]
        begin = cross(way, self.corners[self.row] - self.start[:, None])
        finish = cross(way, ends[self.row] - self.start[:, None])
        crossed = ((self.start_in >= 0) != (self.end_in >= 0)) & ((begin >= 0) != (finish >= 0))
        # To the left of an edge is inside.
        step = np.where(crossed, np.where(finish >= 0, 1.0, -1.0), 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            at = np.where(crossed, begin / (begin - finish), 0.0)
        more: FloatArray = np.stack([self._summed(each) for each in (step * (1 - at)).T], axis=1)
        return held + more

    def _touch(self) -> Flags:
        """Tell where an edge lies along a side, or a corner on an edge."""
        first, way = self.corners[self.row], (self.end - self.start)[:, None]
        length = np.linalg.norm(np.roll(first, -1, axis=1) - first, axis=2)
        far = np.maximum(np.abs(self.start_in), np.abs(self.end_in))
        along = (far <= _TOUCHES_MM * length).any(axis=1)
        away = first - self.start[:, None]
        reach = np.maximum((way * way).sum(axis=2), _TOUCHES_MM**2)
        share = np.clip((away * way).sum(axis=2) / reach, 0.0, 1.0)
        beside = np.linalg.norm(away - share[..., None] * way, axis=2)
        return self._summed(along | (beside <= _TOUCHES_MM).any(axis=1)) > 0

    def _summed(self, values: NDArray[np.float64] | Flags) -> FloatArray:
        """Return the sum of the rows of each triangle."""
        result: FloatArray = np.bincount(self.row, values, len(self.corners)).astype(np.float64)
        return result

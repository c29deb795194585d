"""Triangles in a plane: which of them a place lies in."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Rounding must not open a seam between neighbours.
_SLACK: Final = 1e-9


def expand(counts: IntArray) -> tuple[IntArray, IntArray]:
    """Return, for counts [2, 3], the owners [0, 0, 1, 1, 1] and steps [0, 1, 0, 1, 2]."""
    owner = np.repeat(np.arange(len(counts)), counts)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    return owner, step


def cross(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return the third component of the product of vectors in a plane, shape (n,)."""
    product: FloatArray = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    return product


def across_edges(triangles: IntArray) -> IntArray:
    """Return the triangle across each edge (0-1, 1-2, 2-0), -1 at a rim, shape (m, 3).

    Args:
        triangles: the numbers of their corners, all turning the same way, shape (m, 3).
    """
    start, end = triangles.ravel().astype(np.int64), np.roll(triangles, -1, 1).ravel()
    count = int(triangles.max()) + 1
    key, back = start * count + end, end * count + start
    order = np.argsort(key)
    at = np.searchsorted(key, back, sorter=order)
    found = order[np.minimum(at, len(order) - 1)]
    return np.where(key[found] == back, found // 3, -1).reshape(-1, 3)


def places_in_a_triangle(rows: int) -> FloatArray:
    """Return the middles of the equal small triangles that one falls into, as weights u and v.

    Args:
        rows: into how many rows of them; these are rows x rows.

    Returns:
        shape (n, 2).
    """
    upright = [(x + 1 / 3, y + 1 / 3) for x in range(rows) for y in range(rows - x)]
    hanging = [(x + 2 / 3, y + 2 / 3) for x in range(rows - 1) for y in range(rows - 1 - x)]
    return np.array(upright + hanging) / rows


class TriangleGrid:
    """Finds triangles by place: they are filed by the cells of a grid that they touch."""

    def __init__(self, corners: FloatArray) -> None:
        """File triangles by their corners, shape (m, 3, 2)."""
        self._corners = corners
        low, high = corners.min(axis=1), corners.max(axis=1)
        self._origin = low.min(axis=0)
        # Some two triangles a cell.
        extent = np.maximum(high.max(axis=0) - self._origin, 1e-9)
        self._cell = float(np.sqrt(2 * extent[0] * extent[1] / len(corners)))
        self._columns, self._rows = (extent // self._cell).astype(np.int64) + 1
        first = ((low - self._origin) // self._cell).astype(np.int64)
        span = ((high - self._origin) // self._cell).astype(np.int64) - first + 1
        owner, step = expand(span[:, 0] * span[:, 1])
        column = first[owner, 0] + step % span[owner, 0]
        cell = (first[owner, 1] + step // span[owner, 0]) * self._columns + column
        order = np.argsort(cell, kind="stable")
        self._filed = owner[order]
        self._starts = np.searchsorted(cell[order], np.arange(self._columns * self._rows + 1))

    def find(self, places: FloatArray) -> tuple[IntArray, FloatArray, FloatArray]:
        """Return for places, shape (n, 2), the triangle (-1: none) and the weights u and v there.

        Where triangles overlap, it is the one filed first.
        """
        at = ((places - self._origin) // self._cell).astype(np.int64)
        on_grid = ((at >= 0) & (at < (self._columns, self._rows))).all(axis=1)
        cell = np.where(on_grid, at[:, 1] * self._columns + at[:, 0], 0)
        owner, step = expand(np.where(on_grid, self._starts[cell + 1] - self._starts[cell], 0))
        triangle = self._filed[self._starts[cell[owner]] + step]
        a, b, c = self._corners[triangle].transpose(1, 0, 2)
        area = cross(b - a, c - a)
        area = np.where(np.abs(area) < 1e-12, np.inf, area)
        u = cross(places[owner] - a, c - a) / area
        v = cross(b - a, places[owner] - a) / area
        hit = (u >= -_SLACK) & (v >= -_SLACK) & (u + v <= 1 + _SLACK) & np.isfinite(area)
        found = np.full(len(places), -1, dtype=np.int64)
        weights = np.zeros((2, len(places)))
        # Backwards, so that the first hit is the one that stays.
        backwards = np.flatnonzero(hit)[::-1]
        found[owner[backwards]] = triangle[backwards]
        weights[:, owner[backwards]] = np.clip(np.stack([u, v])[:, backwards], 0.0, 1.0)
        return found, weights[0], weights[1]

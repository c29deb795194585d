"""Lays points on the skin of the atlas as a therapist would: in rows, evenly, within regions."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.atlas import Atlas, SurfacePoint

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Skin that turns further away than this (cosine) from the middle of the area is reached from
# another side, so it gets no points of this grid.
_FACING = 0.45
_UP = np.array([0.0, 1.0, 0.0])
_AHEAD = np.array([0.0, 0.0, 1.0])
# How much of the skin around the middle of an area says which way the area faces.
_MIDDLE_MM = 40.0


class Rows(StrEnum):
    """How the points lie to each other."""

    SQUARE = "square"
    STAGGERED = "staggered"


@dataclass(frozen=True, slots=True)
class Layout:
    """What is wanted of a grid.

    `shift` moves the grid by that share of the spacing (0 to 1) along and across. `middle` is where
    in the area the grid has its middle, in spreads of the area from its centre, across and up.
    """

    regions: frozenset[str]
    spacing_mm: float
    count: int
    rows: Rows = Rows.STAGGERED
    shift: tuple[float, float] = (0.0, 0.0)
    middle: tuple[float, float] = (0.0, 0.0)


class Skin:
    """The skin of one body at one height, as triangles in millimetres."""

    def __init__(self, atlas: Atlas, height_cm: float) -> None:
        self._atlas = atlas
        triangles = np.arange(atlas.triangle_count)
        every = np.ones(len(triangles))
        self._corners = np.stack(
            [
                atlas.positions_mm(triangles, every * u, every * v, height_cm)
                for u, v in ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))
            ],
            axis=1,
        )
        cross = np.cross(
            self._corners[:, 1] - self._corners[:, 0], self._corners[:, 2] - self._corners[:, 0]
        )
        length = np.linalg.norm(cross, axis=1)
        self._area = length / 2
        self._normal = cross / np.maximum(length, 1e-9)[:, None]
        self._centre = self._corners.mean(axis=1)
        self._region = atlas.region_indices(triangles)

    def lay(self, layout: Layout) -> tuple[SurfacePoint, ...]:
        """Return the `count` points of the grid that are nearest to its middle, row by row.

        There are fewer where the area holds fewer.

        Raises:
            ValueError: if the atlas has none of the regions.
        """
        inside = self._triangles_of(layout.regions)
        across, up, out = self._frame(inside)
        facing = inside[self._normal[inside] @ out > _FACING]
        flat = self._corners[facing] @ np.stack([across, up]).T
        places, rows = _grid(flat, self._area[facing], layout)
        triangle, u, v = _located(places, flat, self._centre[facing] @ out)
        chosen = np.flatnonzero(triangle >= 0)[: layout.count]
        # As the hand goes: row by row from the top, to and fro.
        along = np.where(rows[chosen] % 2 == 0, places[chosen, 0], -places[chosen, 0])
        chosen = chosen[np.lexsort((along, -rows[chosen]))]
        return tuple(
            SurfacePoint(int(facing[triangle[k]]), float(u[k]), float(v[k])) for k in chosen
        )

    def _triangles_of(self, regions: frozenset[str]) -> IntArray:
        wanted = [region.index for region in self._atlas.regions if region.key in regions]
        inside: IntArray = np.flatnonzero(np.isin(self._region, wanted))
        if len(inside) == 0:
            raise ValueError("the atlas has no such regions: " + ", ".join(sorted(regions)))
        return inside

    def _frame(self, inside: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the directions across, up and out of an area, as seen by who looks at it."""
        weight = self._area[inside][:, None]
        middle = (self._centre[inside] * weight).sum(axis=0) / weight.sum()
        distance = np.linalg.norm(self._centre[inside] - middle, axis=1)
        near = distance <= max(_MIDDLE_MM, float(distance.min()) + _MIDDLE_MM)
        out = (self._normal[inside] * weight)[near].sum(axis=0)
        out /= np.linalg.norm(out)
        upward = _AHEAD if abs(float(out @ _UP)) > 0.9 else _UP
        across = np.cross(upward, out)
        across /= np.linalg.norm(across)
        return across, np.cross(out, across), out


def _grid(flat: FloatArray, area: FloatArray, layout: Layout) -> tuple[FloatArray, IntArray]:
    """Return places in the plane and the row of each, from the middle of the grid outwards."""
    centres = flat.mean(axis=1)
    centre = np.average(centres, axis=0, weights=area)
    spread = np.sqrt(np.average((centres - centre) ** 2, axis=0, weights=area))
    centre = centre + spread * layout.middle
    step = np.array([layout.spacing_mm] * 2, dtype=np.float64)
    if layout.rows is Rows.STAGGERED:
        step[1] *= np.sqrt(3) / 2  # equilateral triangles: every neighbour at the same distance
    reach = np.ceil(np.abs(flat - centre).max(axis=(0, 1)) / step).astype(int) + 1
    rows, columns = np.mgrid[-reach[1] : reach[1] + 1, -reach[0] : reach[0] + 1]
    x = columns + layout.shift[0]
    if layout.rows is Rows.STAGGERED:
        x = x + 0.5 * (rows % 2)
    places = centre + np.stack([x, rows + layout.shift[1]], axis=-1).reshape(-1, 2) * step
    # Long areas get long fields: distance is measured in spreads of the area.
    distance = (((places - centre) / spread) ** 2).sum(axis=1)
    order = np.argsort(distance, kind="stable")
    numbers: IntArray = rows.reshape(-1)
    return places[order], numbers[order]


def _located(
    places: FloatArray, flat: FloatArray, depth: FloatArray
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return for each place the foremost triangle over it, -1 for none, and its u and v there."""
    origin, one, two = flat[:, 0], flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    area = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    x = places[:, None, 0] - origin[:, 0]
    y = places[:, None, 1] - origin[:, 1]
    u = (x * two[:, 1] - y * two[:, 0]) / area
    v = (y * one[:, 0] - x * one[:, 1]) / area
    over = (u >= 0) & (v >= 0) & (u + v <= 1)
    best = np.where(over, depth, -np.inf).argmax(axis=1)
    every = np.arange(len(places))
    triangle = np.where(over[every, best], best, -1)
    return triangle, u[every, best], v[every, best]

"""How much skin two areas share, and which places an area holds.

Nothing is laid flat for it: each area is asked on its own sheets, at places spread over every
triangle that both reach.
"""

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from mesodesk.domain.bodymap.area import Area
from mesodesk.domain.bodymap.planar import FloatArray, IntArray

# Each triangle is asked at the middles of so many rows of smaller ones: 16 places.
_ROWS: Final = 4


def shared_mm2(one: Area, other: Area) -> float:
    """Return how much skin two areas share, at the body's own height.

    Right to about a sixteenth of the triangles that an outline cuts.
    """
    if one.is_empty or other.is_empty:
        return 0.0
    if not len(np.intersect1d(one.triangles, other.triangles)):
        return 0.0
    common = np.intersect1d(one.covered, other.covered)
    places = _places_in_a_triangle()
    triangle = np.repeat(common, len(places))
    u, v = np.tile(places, (len(common), 1)).T
    inside = held(one, triangle, u, v) & held(other, triangle, u, v)
    share = inside.reshape(-1, len(places)).mean(axis=1)
    return float(share @ _skin_mm2(one, common))


def held(area: Area, triangle: IntArray, u: FloatArray, v: FloatArray) -> NDArray[np.bool_]:
    """Tell which places of the skin lie inside an area, shape (n,).

    Args:
        area: of the same body.
        triangle: of each place, shape (n,).
        u: likewise.
        v: likewise.
    """
    inside = np.zeros(len(triangle), dtype=np.bool_)
    for sheet in area.sheets:
        rows = sheet.patch.rows_of(triangle)
        here = np.flatnonzero(rows >= 0)
        flat = sheet.patch.to_flat(rows[here], u[here], v[here])
        shapely.prepare(sheet.outline)
        inside[here] |= shapely.contains_xy(sheet.outline, flat)
    return inside


def _skin_mm2(area: Area, triangles: IntArray) -> FloatArray:
    """Return how large triangles of an area's sheets are, shape (n,)."""
    size = np.zeros(len(triangles))
    for sheet in area.sheets:
        rows = sheet.patch.rows_of(triangles)
        size[rows >= 0] = sheet.patch.skin_mm2[rows[rows >= 0]]
    return size


def _places_in_a_triangle() -> FloatArray:
    """Return the middles of the equal small triangles that one falls into, shape (n, 2)."""
    upright = [(x + 1 / 3, y + 1 / 3) for x in range(_ROWS) for y in range(_ROWS - x)]
    hanging = [(x + 2 / 3, y + 2 / 3) for x in range(_ROWS - 1) for y in range(_ROWS - 1 - x)]
    return np.array(upright + hanging) / _ROWS

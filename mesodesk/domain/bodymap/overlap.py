"""How much skin two areas share.

Nothing is laid flat for it: each area is asked on its own sheets, where an outline cuts a triangle
at places spread over it.
"""

from typing import Final

import numpy as np

from mesodesk.domain.bodymap.area import Area
from mesodesk.domain.bodymap.planar import FloatArray, IntArray, places_in_a_triangle

# A triangle that both outlines cut is asked at the middles of so many rows of smaller ones: 16.
_ROWS: Final = 4
# Not quite 1, as a share is a quotient of areas.
_WHOLE: Final = 0.999


def shared_mm2(one: Area, other: Area) -> float:
    """Return how much skin two areas share, at the body's own height.

    Right to about a sixteenth of the triangles that both outlines cut.
    """
    common = np.intersect1d(one.covered, other.covered)
    if not len(common):
        return 0.0
    (in_one, size), (in_other, _) = _shares(one, common), _shares(other, common)
    shared = np.minimum(in_one, in_other)
    cut = (in_one < _WHOLE) & (in_other < _WHOLE)
    shared[cut] = _shares_asked(one, other, common[cut])
    return float(shared @ size)


def _shares(area: Area, triangles: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return how much of each triangle an area holds (0 to 1), and how large these are (mm2)."""
    share, size = np.zeros(len(triangles)), np.zeros(len(triangles))
    for sheet in area.sheets:
        rows = sheet.patch.rows_of(triangles)
        here = rows >= 0
        share[here] += sheet.shares[rows[here]]
        size[here] = sheet.patch.skin_mm2[rows[here]]
    return share, size


def _shares_asked(one: Area, other: Area, triangles: IntArray) -> FloatArray:
    places = places_in_a_triangle(_ROWS)
    triangle = np.repeat(triangles, len(places))
    u, v = np.tile(places, (len(triangles), 1)).T
    inside = one.holds(triangle, u, v) & other.holds(triangle, u, v)
    result: FloatArray = inside.reshape(-1, len(places)).mean(axis=1)
    return result

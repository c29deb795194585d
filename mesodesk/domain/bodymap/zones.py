"""How much of a zone, which has no points, lies in which region and on which side of the body."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.linalg import LinAlgError

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.fields import Outline
from mesodesk.domain.bodymap.outlines import area_of, arrays
from mesodesk.domain.bodymap.planar import FloatArray, IntArray

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.area import Sheet

# Skin is counted in whole steps: the last digits of an area may differ after a restart, and what
# is shared out by them must not.
_STEP_MM2: Final = 0.01
_KEPT: Final = 256


@dataclass(frozen=True, slots=True)
class ZonePart:
    """The skin of a zone in one region on one side.

    `region` and `side` are indices in the atlas's `regions` and `sides`; `weight` is how much skin
    it is, in hundredths of a square millimetre on the body at its own height.
    """

    region: int
    side: int
    weight: int


@lru_cache(maxsize=_KEPT)
def zone_parts(atlas: Atlas, outline: Outline) -> tuple[ZonePart, ...]:
    """Return the parts of a zone, by region and side; kept for the next time. Any thread.

    An outline that this body cannot lay out counts where its border runs. Without any skin of this
    body there are no parts.
    """
    triangles, weights = _skin(atlas, outline)
    third = np.full(len(triangles), 1 / 3)
    places = atlas.region_indices(triangles), atlas.side_indices(triangles, third, third)
    shape = len(atlas.regions), len(atlas.sides)
    sums = np.bincount(np.ravel_multi_index(places, shape), weights, shape[0] * shape[1])
    steps = np.rint(sums / _STEP_MM2).astype(np.int64)
    found = np.flatnonzero(steps)
    region, side = np.unravel_index(found, shape)
    parts = zip(region.tolist(), side.tolist(), steps[found].tolist(), strict=True)
    return tuple(ZonePart(*part) for part in parts)


def _skin(atlas: Atlas, outline: Outline) -> tuple[IntArray, FloatArray]:
    """Return the triangles of a zone, and how much skin of each lies in it, mm2."""
    if outline.regions:
        known = atlas.regions_by_key.keys()
        triangles = atlas.triangles_of(key for key in outline.regions if key in known)
        return triangles, atlas.skin.each_mm2(triangles)
    sheets = _sheets(atlas, outline)
    if sheets:
        return (
            np.concatenate([sheet.patch.triangles for sheet in sheets]),
            np.concatenate([sheet.shares * sheet.patch.skin_mm2 for sheet in sheets]),
        )
    corners = arrays([place for ring in outline.rings for place in ring])[0]
    on_body = corners[corners < atlas.triangle_count]
    return on_body, np.ones(len(on_body))


def _sheets(atlas: Atlas, outline: Outline) -> "tuple[Sheet, ...]":
    from shapely.errors import ShapelyError

    try:
        return area_of(atlas, outline).sheets
    except (IndexError, ValueError, LinAlgError, ShapelyError):
        return ()

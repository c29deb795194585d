"""What lies under a place of the skin: points within reach, and zones that hold it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray

from mesodesk.domain.bodymap.fields import Outline, OutlineKind
from mesodesk.domain.bodymap.outlines import area_of, arrays, loops_of
from mesodesk.domain.bodymap.planar import FloatArray
from mesodesk.domain.bodymap.view import SurfacePoint

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.atlas import Atlas
    from mesodesk.domain.bodymap.resizing import Body


def away_mm(
    body: "Body", places: Sequence[SurfacePoint], records: NDArray[np.void], reach_mm: float
) -> FloatArray:
    """Return how far points lie from the nearest of some places; `inf` beyond the reach.

    The way is taken as the straight one between places whose skin is connected within the reach: on
    skin as good as the way along it. What only lies near through the air, as the other thigh, is
    out of reach.

    Args:
        body: that the points lie on; lengths are those of this patient.
        places: one or several.
        records: packed points, or anything with `triangle`, `u` and `v`.
        reach_mm: how far is looked.
    """
    found: FloatArray = np.full(len(records), np.inf)
    if not len(records):
        return found
    surface, reach = body.atlas.surface, reach_mm / body.scale
    triangle = records["triangle"].astype(np.int64)
    lie = surface.places(triangle, records["u"].astype(np.float64), records["v"].astype(np.float64))
    for place in places:
        spot = surface.places(np.array([place.triangle]), np.array([place.u]), np.array([place.v]))[
            0
        ]
        away = np.linalg.norm(lie - spot, axis=1)
        near = away <= reach
        if not near.any():
            continue  # most fields lie elsewhere, and asking for the skin around takes longest
        near[near] = np.isin(triangle[near], body.atlas.skin.around(place, reach))
        found[near] = np.minimum(found[near], away[near] * body.scale)
    return found


def zone_away_mm(
    body: "Body", outline: Outline, places: Sequence[SurfacePoint], reach_mm: float
) -> float:
    """Return how far an outline lies from the nearest of some places.

    0 where one lies within it, `inf` beyond the reach; the way is that of `away_mm`.

    Raises:
        ValueError: if the outline lies on no skin of this figure.
    """
    if holds_any(body.atlas, outline, places):
        return 0.0
    surface, skin, reach = body.atlas.surface, body.atlas.skin, reach_mm / body.scale
    nearest = np.inf
    for ring in loops_of(body.atlas, outline):
        triangle, u, v = arrays(ring)
        begin = surface.places(triangle, u, v)
        after = np.roll(np.arange(len(ring)), -1)
        if outline.kind is OutlineKind.LINE:
            after[-1] = len(ring) - 1
        along = begin[after] - begin
        for place in places:
            spot = surface.places(*arrays([place]))[0]
            away = _to_stretches(spot, begin, along)
            near = away <= reach
            if near.any():
                longest = float(np.linalg.norm(along[near], axis=1).max())
                around = skin.around(place, reach + longest)
                connected = np.isin(triangle, around) | np.isin(triangle[after], around)
                nearest = min(nearest, float(away[near & connected].min(initial=np.inf)))
    return float(nearest * body.scale)


def _to_stretches(spot: FloatArray, begin: FloatArray, along: FloatArray) -> FloatArray:
    """Return how far a place lies from straight stretches, each shape (n, 3)."""
    length = np.maximum((along * along).sum(axis=1), 1e-12)
    share = np.clip(((spot - begin) * along).sum(axis=1) / length, 0, 1)
    found: FloatArray = np.linalg.norm(begin + share[:, None] * along - spot, axis=1)
    return found


def holds_any(atlas: "Atlas", outline: Outline, places: Sequence[SurfacePoint]) -> bool:
    """Tell whether one of the places lies within an outline; a line holds nothing.

    Raises:
        ValueError: if the outline lies on no skin of this figure.
    """
    if outline.kind is OutlineKind.LINE:
        return False
    try:
        area = area_of(atlas, outline)
    except (KeyError, IndexError, LinAlgError) as error:
        raise ValueError("an outline that cannot be laid on this figure") from error
    return any(area.contains(place) for place in places)

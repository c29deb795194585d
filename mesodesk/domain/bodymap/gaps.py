"""Places for points where a lattice leaves skin bare, as along a narrow or crooked band."""

from typing import Final

import numpy as np
import shapely

from mesodesk.domain.bodymap.planar import FloatArray

# Looked for in steps of this share of the spacing.
_FINE: Final = 1 / 8
# So near a spacing from the next point, in spacings, a place goes on with the pattern.
_NEAREST: Final = 0.97
_FURTHEST: Final = 1.12
# A lattice is at home in so many steps; looking through them would take too long.
_MOST: Final = 20_000


def places_between(inner: shapely.Geometry, places: FloatArray, spacing: float) -> FloatArray:
    """Return places inside a shape about a spacing from the points there and from one another.

    Args:
        inner: where points may lie, in a plane.
        places: of the points that are there, shape (n, 2).
        spacing: in the unit of the plane.

    Returns:
        More places, shape (k, 2), each next to one before it where that is possible.
    """
    free = _spread(inner, spacing * _FINE)
    away = np.full(len(free), np.inf)
    for place in places:
        away = np.minimum(away, np.linalg.norm(free - place, axis=1))
    found: list[FloatArray] = []
    while (away >= _NEAREST * spacing).any():
        fits = (away >= _NEAREST * spacing) & (away <= _FURTHEST * spacing)
        # Where nothing is near, the pattern begins anew at the end of what is bare.
        at = int(np.argmin(np.where(fits, away, np.inf)) if fits.any() else np.argmax(away))
        found.append(free[at])
        away = np.minimum(away, np.linalg.norm(free - free[at], axis=1))
    return np.array(found).reshape(-1, 2)


def _spread(inner: shapely.Geometry, step: float) -> FloatArray:
    """Return places all over a shape; where it is narrower than a step, at its border."""
    low, high = np.array(inner.bounds[:2]), np.array(inner.bounds[2:])
    if np.prod(np.ceil((high - low) / step) + 1) > _MOST:
        return np.zeros((0, 2))
    x, y = (np.arange(a, b + step, step) for a, b in zip(low, high, strict=True))
    grid = np.stack(np.meshgrid(x, y), axis=2).reshape(-1, 2)
    grid = grid[shapely.contains_xy(inner, grid)]
    border = shapely.get_coordinates(shapely.segmentize(inner.boundary, step))
    known = shapely.multipoints(grid)
    shapely.prepare(known)
    missed = ~shapely.dwithin(known, shapely.points(border), step)
    return np.concatenate([grid, border[missed]])

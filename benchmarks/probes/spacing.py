"""`python -m benchmarks.probes.spacing [table]`: how far apart laid points truly are.

Every region of both bodies (the left one of two that mirror each other), every pattern, spacings
from 5 to 25 mm. For each: the median and the 5 and 95 % of the way from a point to its nearest
neighbour along the skin, as a share of the spacing. With `table` it is printed for reading.
"""

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.probes.reporting import report
from benchmarks.probes.spread import Spread
from mesodesk.domain.bodymap.area import Area, whole
from mesodesk.domain.bodymap.atlas import Atlas, available_sexes, load_atlas
from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.filling import LaidPoints, close_pairs, lay_points
from mesodesk.domain.bodymap.patch import Patch
from mesodesk.domain.bodymap.planar import FloatArray

PATTERNS = (Pattern.SQUARE, Pattern.STAGGERED, Pattern.LINES, Pattern.RADIAL)
SPACINGS_MM = (5, 6, 8, 10, 12, 15, 20, 25)
# Fewer have no nearest neighbour.
LEAST_POINTS = 2
# The way between two points is walked in so many parts, whatever lies on it.
_PARTS = 30
_REACH = 1.8


def spreads() -> Iterator[Spread]:
    """Yield every combination that has at least two points."""
    for body in available_sexes():
        atlas = load_atlas(body)
        for code, area in _areas(atlas):
            for pattern in PATTERNS:
                for spacing in SPACINGS_MM:
                    laid = lay_points(area, pattern, spacing)
                    if len(laid) >= LEAST_POINTS:
                        share = nearest_mm(area, laid, spacing) / spacing
                        low, median, high = np.quantile(share, (0.05, 0.5, 0.95)).tolist()
                        yield Spread(
                            body, code, pattern.value, spacing, len(laid), median, low, high
                        )


def _areas(atlas: Atlas) -> Iterator[tuple[str, Area]]:
    firsts: dict[str, str] = {}
    for region in atlas.regions:
        firsts.setdefault(region.code, region.key)
    for code, key in sorted(firsts.items()):
        yield code, whole(atlas.skin, atlas.triangles_of([key]))


def nearest_mm(area: Area, laid: LaidPoints, spacing: float) -> np.ndarray[Any, Any]:
    """Return how far each point's nearest neighbour is along the skin.

    One farther than 1.8 spacings is not looked for: it counts as that far.
    """
    nearest = np.full(len(laid), _REACH * spacing)
    for sheet in area.sheets:
        rows = sheet.patch.rows_of(laid.triangle)
        here = np.flatnonzero(rows >= 0)
        flat = sheet.patch.to_flat(rows[here], laid.u[here], laid.v[here])
        first, second = close_pairs(flat, _REACH * spacing)
        length = walked_mm(sheet.patch, flat[first], flat[second])
        np.minimum.at(nearest, here[first], length)
        np.minimum.at(nearest, here[second], length)
    return nearest


def walked_mm(patch: Patch, start: FloatArray, end: FloatArray) -> FloatArray:
    """Return how far straight ways of the plane are on the skin, infinite where they leave it."""
    share = np.linspace(0.0, 1.0, _PARTS + 1)[:, None, None]
    rows, u, v = patch.find((start + share * (end - start)).reshape(-1, 2))
    places = patch.to_body(rows, u, v)
    places[rows < 0] = np.inf
    with np.errstate(invalid="ignore"):
        steps = np.diff(places.reshape(_PARTS + 1, -1, 3), axis=0)
    length: FloatArray = np.linalg.norm(steps, axis=2).sum(axis=0)
    return np.where(np.isnan(length), np.inf, length)


def main(*, table: bool) -> None:
    """Report the combinations, or print them for reading."""
    if not table:
        report({"spreads": [tuple(each) for each in spreads()]})
        return
    print("body   region                    pattern   mm  points  median  5 %   95 %")
    for each in spreads():
        print(
            f"{each.body:6} {each.region:25} {each.pattern:9} {each.spacing_mm:2.0f}"
            f"  {each.points:6}  {each.median:6.3f}  {each.low:5.3f} {each.high:5.3f}"
        )


if __name__ == "__main__":
    main(table=sys.argv[1:] == ["table"])

"""Lays the points of a pattern over an area of skin, at a spacing measured along the skin.

The pattern is laid on the flat sheet and measured on the skin. Skin that is bent both ways cannot
be laid flat without some stretching, so the lattice is then made a little wider or closer until the
usual distance is the one that was asked for; points that still crowd are left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from mesodesk.domain.bodymap.area import Area, Sheet
from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.lattices import Lattice, about_points, lattice
from mesodesk.domain.bodymap.line import places_along
from mesodesk.domain.bodymap.patch import Patch
from mesodesk.domain.bodymap.planar import FloatArray, IntArray, expand
from mesodesk.domain.bodymap.skin import Skin
from mesodesk.domain.bodymap.view import SurfacePoint

# Nearer than this share of the spacing, one of two points is left out.
_CROWDED: Final = 0.82
# Without a neighbour within this share, a point is no part of a pattern.
_STRAY: Final = 1.2
_ROUNDS: Final = 6
# A full correction would overshoot where few points make the median jump.
_EAGERNESS: Final = 0.8
_GOOD_ENOUGH: Final = 0.02
# Skin stretched no more than this is measured by its stretch at both ends of a way.
_HARDLY: Final = 0.12
# The way from one point to the next is walked in steps of this.
_WALKED_MM: Final = 2.0
# So much off is what is promised; with few points on much bent skin many lattices are tried for it.
_TOLERABLE: Final = 0.045
_TRIED_STEPS: Final = (1.0, 0.97, 1.03, 0.94, 1.06, 0.9, 1.1)
# Where the lattice may begin, in steps from the middle: each is even about it.
_EVEN: Final = ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5))


@dataclass(frozen=True, slots=True)
class LaidPoints:
    """Places on the skin in the order of the rows, each array shape (n,)."""

    triangle: IntArray
    u: FloatArray
    v: FloatArray
    #: where a row of the pattern begins.
    starts_row: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.triangle)


@dataclass(frozen=True, slots=True)
class _Laid:
    """Points on one sheet."""

    places: FloatArray
    row: IntArray
    triangle: IntArray  # the row in the patch
    u: FloatArray
    v: FloatArray

    def chosen(self, which: NDArray[np.bool_]) -> "_Laid":
        return _Laid(
            self.places[which], self.row[which], self.triangle[which], self.u[which], self.v[which]
        )


def lay_points(area: Area, pattern: Pattern, spacing_mm: float, scale: float = 1.0) -> LaidPoints:
    """Return the points of a pattern over an area; none where it is too small for one.

    Args:
        area: of a body at its own height.
        pattern: SQUARE, STAGGERED, LINES or RADIAL.
        spacing_mm: from a point to its nearest neighbour along the skin, 2 to 40. Every point
            keeps half of it from the outline.
        scale: how much taller the patient is than the body.

    Raises:
        ValueError: if the pattern has no lattice, or spacing or scale is not above 0.
    """
    if spacing_mm <= 0 or scale <= 0:
        raise ValueError("spacing and scale must be above 0")
    laid = [_lay_on(sheet, pattern, spacing_mm / scale) for sheet in area.sheets]
    patches = [sheet.patch for sheet in area.sheets]
    return _gathered(patches, laid)


def lay_along(
    skin: Skin, line: Sequence[SurfacePoint], spacing_mm: float, scale: float = 1.0
) -> LaidPoints:
    """Return points a spacing apart along a line, the first at its start.

    Args:
        skin: of a body at its own height.
        line: as it is stored.
        spacing_mm: along the skin.
        scale: how much taller the patient is than the body.

    Raises:
        ValueError: if spacing or scale is not above 0.
    """
    if spacing_mm <= 0 or scale <= 0:
        raise ValueError("spacing and scale must be above 0")
    triangle, u, v = places_along(skin, line, spacing_mm / scale)
    return LaidPoints(triangle, u, v, np.arange(len(triangle)) == 0)


def no_points() -> LaidPoints:
    """Return what a field without points has."""
    none = np.zeros(0)
    return LaidPoints(none.astype(np.int64), none, none, none.astype(np.bool_))


def estimated_points(area: Area, pattern: Pattern, spacing_mm: float, scale: float = 1.0) -> int:
    """Return about how many points a pattern would have there, without laying them."""
    rim_mm = sum(float(sheet.outline.length) for sheet in area.sheets)
    return about_points(area.area_mm2 * scale**2, rim_mm * scale, pattern, spacing_mm)


def _gathered(patches: list[Patch], laid: list[_Laid]) -> LaidPoints:
    parts = [
        (patch.triangles[one.triangle], one.u, one.v, _row_starts(one))
        for patch, one in zip(patches, laid, strict=True)
        if len(one.row)
    ]
    if not parts:
        return no_points()
    return LaidPoints(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _row_starts(laid: _Laid) -> NDArray[np.bool_]:
    """Tell where a row begins, or goes on after a gap."""
    step = np.linalg.norm(np.diff(laid.places, axis=0), axis=1)
    usual = np.median(step) if len(step) else 0.0
    new = (np.diff(laid.row) != 0) | (step > 1.5 * usual)
    return np.concatenate([[True], new])


def _lay_on(sheet: Sheet, pattern: Pattern, spacing: float) -> _Laid:
    inner = sheet.outline.buffer(-spacing / 2)
    if inner.is_empty:
        return _nothing()
    shapely.prepare(inner)
    step, least, best = spacing, np.inf, _nothing()
    for _ in range(_ROUNDS):
        fullest = max(_begun(inner, pattern, step, _EVEN), key=lambda made: len(made.row))
        laid, usual = _cleared(sheet, _on_skin(sheet.patch, fullest), spacing)
        off = abs(usual / spacing - 1)
        if off < least:
            least, best = off, laid
        if off <= _GOOD_ENOUGH:
            return best
        step *= (spacing / usual) ** _EAGERNESS
    if least <= _TOLERABLE:
        return best
    return _least_off(sheet, inner, pattern, spacing, best, least)


def _least_off(
    sheet: Sheet,
    inner: shapely.Geometry,
    pattern: Pattern,
    spacing: float,
    best: _Laid,
    least: float,
) -> _Laid:
    """Try many lattices where a few points on much bent skin came out too wide or too close."""
    quarters = np.arange(4) / 4
    phases = [(x, y) for x in quarters for y in quarters]
    for step in _TRIED_STEPS:
        for made in _begun(inner, pattern, step * spacing, phases):
            laid, usual = _cleared(sheet, _on_skin(sheet.patch, made), spacing)
            off = abs(usual / spacing - 1)
            better = len(laid.row) > len(best.row) and off <= _TOLERABLE
            if better or (least > _TOLERABLE and off < least and len(laid.row) > 1):
                least, best = off, laid
    return best


def _nothing() -> _Laid:
    none = np.zeros(0, dtype=np.int64)
    return _Laid(np.zeros((0, 2)), none, none, np.zeros(0), np.zeros(0))


def _begun(
    inner: shapely.Geometry,
    pattern: Pattern,
    step: float,
    phases: Sequence[tuple[float, float]],
) -> Iterator[Lattice]:
    """Yield the pattern begun at several places, told in steps from the middle; what is inside."""
    low, high = np.array(inner.bounds[:2]), np.array(inner.bounds[2:])
    if pattern is Pattern.RADIAL:
        yield from _turned(inner, step, sorted({turn for turn, _ in phases}))
        return
    made = lattice(pattern, step, low - step, high + step)
    for phase in phases:
        yield _inside(inner, made.places + np.array(phase) * step, made.row)


def _turned(inner: shapely.Geometry, step: float, turns: Sequence[float]) -> Iterator[Lattice]:
    """Yield rings about the middle of the largest circle inside, turned by shares of a sixth."""
    centre = shapely.get_coordinates(shapely.maximum_inscribed_circle(inner))[0]
    reach = np.full(2, shapely.hausdorff_distance(shapely.Point(centre), inner))
    made = lattice(Pattern.RADIAL, step, -reach, reach)
    for turn in turns:
        cos, sin = np.cos(turn * np.pi / 3), np.sin(turn * np.pi / 3)
        places = made.places @ np.array([[cos, sin], [-sin, cos]]) + centre
        yield _inside(inner, places, made.row)


def _inside(inner: shapely.Geometry, places: FloatArray, row: IntArray) -> Lattice:
    inside = shapely.contains_xy(inner, places)
    return Lattice(places[inside], row[inside])


def _on_skin(patch: Patch, made: Lattice) -> _Laid:
    triangle, u, v = patch.find(made.places)
    return _Laid(made.places, made.row, triangle, u, v).chosen(triangle >= 0)


def _cleared(sheet: Sheet, laid: _Laid, spacing: float) -> tuple[_Laid, float]:
    """Leave out what crowds and what has no neighbours; return the rest and its usual distance.

    That is the middle one of the distances to the nearest neighbour, along the skin.
    """
    first, second, length = _neighbours(sheet, laid, spacing)
    kept = _uncrowded(sheet, laid, spacing, (first, second, length))
    both = kept[first] & kept[second]
    nearest = np.full(len(laid.row), np.inf)
    np.minimum.at(nearest, first[both], length[both])
    np.minimum.at(nearest, second[both], length[both])
    paired = kept & (nearest <= _STRAY * spacing)
    if not paired.any() and kept.any():
        # Alone on its skin, one is all there can be.
        paired[np.flatnonzero(kept)[int(kept.sum()) // 2]] = True
    known = nearest[paired & np.isfinite(nearest)]
    return laid.chosen(paired), float(np.median(known)) if len(known) else spacing


_Pairs = tuple[IntArray, IntArray, FloatArray]


def _neighbours(sheet: Sheet, laid: _Laid, spacing: float) -> _Pairs:
    """Return pairs that may be neighbours and how far they are along the skin.

    A pair with none between them, as on two fingers, is infinitely far.
    """
    first, second = close_pairs(laid.places, 1.4 * spacing)
    start, end = laid.places[first], laid.places[second]
    if not sheet.is_ragged and sheet.patch.stretch <= _HARDLY:
        triangles = laid.triangle[first], laid.triangle[second]
        return first, second, sheet.patch.step_lengths(*triangles, end - start)
    length = sheet.patch.path_lengths(start, end, max(4, ceil(spacing / _WALKED_MM)))
    if sheet.is_ragged:
        ways = shapely.linestrings(np.stack([start, end], axis=1))
        length[~shapely.covers(sheet.skin_here, ways)] = np.nan
    return first, second, np.where(np.isnan(length), np.inf, length)


def _uncrowded(sheet: Sheet, laid: _Laid, spacing: float, pairs: _Pairs) -> NDArray[np.bool_]:
    """Tell what stays if of any two points that lie too near one another one goes."""
    first, second, length = pairs
    crowded = length < _CROWDED * spacing
    first, second = first[crowded], second[crowded]
    if sheet.patch.seamed:
        # What is cut apart in the plane lies together on the body.
        body = sheet.patch.to_body(laid.triangle, laid.u, laid.v)
        one, other = close_pairs(body, _CROWDED * spacing)
        first, second = np.concatenate([first, one]), np.concatenate([second, other])
    kept = np.ones(len(laid.row), dtype=np.bool_)
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        if kept[a] and kept[b]:
            kept[max(a, b)] = False
    return kept


def close_pairs(places: FloatArray, reach: float) -> tuple[IntArray, IntArray]:
    """Return the pairs of places within a reach of one another, each pair once.

    Args:
        places: shape (n, 2) or (n, 3).
        reach: in the same unit.
    """
    if len(places) < 2:
        none = np.zeros(0, dtype=np.int64)
        return none, none
    # By strips as wide as the reach, each sorted along itself: partners are near in the own strip
    # or the next.
    strip = (places[:, 0] // reach).astype(np.int64)
    along = places[:, 1] - places[:, 1].min()
    width = float(along.max()) + 3 * reach
    key = (strip - strip.min()) * width + along
    order = np.argsort(key)
    key = key[order]
    rank = np.arange(len(key))
    own = np.searchsorted(key, key + reach, side="right")
    low = np.searchsorted(key, key + width - reach, side="left")
    high = np.searchsorted(key, key + width + reach, side="right")
    owner, step = expand(own - rank - 1)
    beside, other = expand(high - low)
    first = order[np.concatenate([owner, beside])]
    second = order[np.concatenate([owner + 1 + step, low[beside] + other])]
    near = np.linalg.norm(places[first] - places[second], axis=1) <= reach
    first, second = first[near], second[near]
    return np.minimum(first, second), np.maximum(first, second)

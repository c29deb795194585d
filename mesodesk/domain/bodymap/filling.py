"""Lays the points of a pattern over an area of skin, at a spacing measured along the skin.

The pattern is laid on the flat sheet and measured on the skin. Skin that is bent both ways cannot
be laid flat without some stretching, so the lattice is then made a little wider or closer until the
usual distance is the one that was asked for; points that still crowd are left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from mesodesk.domain.bodymap.area import Area, Sheet
from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.gaps import places_between
from mesodesk.domain.bodymap.lattices import (
    EVERY_WAY,
    NARROW_MARGIN,
    Lattice,
    about_points,
    lattice,
)
from mesodesk.domain.bodymap.line import places_along
from mesodesk.domain.bodymap.on_sheet import widened
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
# Neighbours are looked for this far around, on skin that is not laid out wider than it is.
_REACH: Final = 1.3
# So much off is what is promised; with few points on much bent skin many lattices are tried for it.
_TOLERABLE: Final = 0.045
_TRIED_STEPS: Final = (1.0, 0.97, 1.03, 0.94, 1.06, 0.9, 1.1)
# Where the lattice may begin, in steps from the middle: each is even about it.
_EVEN: Final = ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5))
_MANY: Final = tuple((x / 4, y / 4) for x in range(4) for y in range(4))


_Pairs = tuple[IntArray, IntArray, FloatArray]


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
            keeps half of it from the outline, on a narrow band a hair less.
        scale: how much taller the patient is than the body.

    Raises:
        ValueError: if the pattern has no lattice, or spacing or scale is not above 0.
    """
    if spacing_mm <= 0 or scale <= 0:
        raise ValueError("spacing and scale must be above 0")
    laid = [_lay_on(sheet, pattern, spacing_mm / scale) for sheet in area.sheets]
    patches = [sheet.patch for sheet in area.sheets]
    return _gathered(patches, _together(patches, laid))


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


def _together(patches: list[Patch], laid: list[_Laid]) -> list[_Laid]:
    """Leave out single points on parts of a piece that has others: no part of their pattern."""
    kept, with_points = list(laid), set()
    for at in sorted(range(len(laid)), key=lambda at: -len(laid[at].row)):
        piece = patches[at].split_from
        if piece is None:
            continue
        if len(laid[at].row) == 1 and id(piece) in with_points:
            kept[at] = _nothing()
        with_points.add(id(piece))
    return kept


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
    inner = widened(sheet.outline, -spacing / 2)
    laid = _nothing()
    if not inner.is_empty:
        shapely.prepare(inner)
        laid = _in_lattice(sheet, inner, pattern, spacing)
    narrow = 2 * inner.area <= spacing * inner.length
    return _filled_up(sheet, laid, spacing) if pattern in EVERY_WAY and narrow else laid


def _filled_up(sheet: Sheet, laid: _Laid, spacing: float) -> _Laid:
    """Go on where a lattice left skin bare, as on a narrow band, or begin anew if that is better.

    The usual distance stays what was asked for.
    """
    best = laid
    inner = widened(sheet.outline, -NARROW_MARGIN * spacing)
    if inner.is_empty:
        return laid
    shapely.prepare(inner)
    for begun in (laid, _nothing()):
        places = np.concatenate([begun.places, places_between(inner, begun.places, spacing)])
        first = int(begun.row.max(initial=-1)) + 1
        row = np.concatenate([begun.row, np.arange(first, first + len(places) - len(begun.row))])
        ((more, usual),) = _cleared(sheet, [Lattice(places, row)], spacing)
        if len(more.row) > len(best.row) and abs(usual / spacing - 1) <= _TOLERABLE:
            best = more
    return best


def _in_lattice(sheet: Sheet, inner: shapely.Geometry, pattern: Pattern, spacing: float) -> _Laid:
    step, least, best = spacing, np.inf, _nothing()
    for _ in range(_ROUNDS):
        fullest = max(_begun(inner, pattern, step, _EVEN), key=lambda made: len(made.row))
        ((laid, usual),) = _cleared(sheet, [fullest], spacing)
        off = abs(usual / spacing - 1)
        if off < least:
            least, best = off, laid
        if off <= _GOOD_ENOUGH:
            return best
        step *= (spacing / usual) ** _EAGERNESS
    return best if least <= _TOLERABLE else _fullest(sheet, inner, pattern, spacing)


def _fullest(sheet: Sheet, inner: shapely.Geometry, pattern: Pattern, spacing: float) -> _Laid:
    """Return the most points of many lattices, for where few on much bent skin jump about.

    What is too wide or too close with all of them is one point: that keeps any distance.
    """
    best = _nothing()
    for step in _TRIED_STEPS:
        made = list(_begun(inner, pattern, step * spacing, _MANY))
        for laid, usual in _cleared(sheet, made, spacing):
            fits = abs(usual / spacing - 1) <= _TOLERABLE
            best = max(best, laid if fits else _alone(laid), key=lambda one: len(one.row))
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


def _cleared(
    sheet: Sheet, lattices: Sequence[Lattice], spacing: float
) -> list[tuple[_Laid, float]]:
    """Lay lattices on the skin without what crowds and what has no neighbours.

    Returns:
        For each the rest and its usual distance: the middle one of those to the nearest
        neighbour, along the skin.
    """
    laid = [_on_skin(sheet.patch, made) for made in lattices]
    measured = zip(laid, _neighbours(sheet.patch, laid, spacing), strict=True)
    return [_thinned(sheet.patch, one, pairs, spacing) for one, pairs in measured]


def _on_skin(patch: Patch, made: Lattice) -> _Laid:
    triangle, u, v = patch.find(made.places)
    return _Laid(made.places, made.row, triangle, u, v).chosen(triangle >= 0)


def _thinned(patch: Patch, laid: _Laid, pairs: _Pairs, spacing: float) -> tuple[_Laid, float]:
    first, second, length = pairs
    kept = _uncrowded(patch, laid, spacing, pairs)
    both = kept[first] & kept[second]
    nearest = np.full(len(laid.row), np.inf)
    np.minimum.at(nearest, first[both], length[both])
    np.minimum.at(nearest, second[both], length[both])
    paired = kept & (nearest <= _STRAY * spacing)
    if not paired.any():
        return _alone(laid.chosen(kept)), spacing
    return laid.chosen(paired), float(np.median(nearest[paired]))


def _alone(laid: _Laid) -> _Laid:
    """Return the middle one of some points."""
    return laid.chosen(np.arange(len(laid.row)) == len(laid.row) // 2)


def _neighbours(patch: Patch, laid: Sequence[_Laid], spacing: float) -> list[_Pairs]:
    """Return for each the pairs that may be neighbours, and how far they are along the skin.

    A pair with no skin between them, as on two fingers, is infinitely far.
    """
    reach = _REACH * spacing / min(patch.least_stretch, 1.0)
    pairs = [close_pairs(one.places, reach) for one in laid]
    ends = [
        np.concatenate(
            [getattr(one, name)[pair[end]] for one, pair in zip(laid, pairs, strict=True)]
        )
        for end in (0, 1)
        for name in ("triangle", "places")
    ]
    length = patch.way_lengths(*ends)
    length[np.isnan(length)] = np.inf
    split = np.cumsum([len(first) for first, _ in pairs])[:-1]
    lengths = np.split(length, split)
    return [(*pair, own) for pair, own in zip(pairs, lengths, strict=True)]


def _uncrowded(patch: Patch, laid: _Laid, spacing: float, pairs: _Pairs) -> NDArray[np.bool_]:
    """Tell what stays if of any two points that lie too near one another one goes."""
    first, second, length = pairs
    crowded = length < _CROWDED * spacing
    first, second = first[crowded], second[crowded]
    if patch.seamed:
        # What is cut apart in the plane lies together on the body.
        body = patch.to_body(laid.triangle, laid.u, laid.v)
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

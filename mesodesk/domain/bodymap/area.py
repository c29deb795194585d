"""An area of skin: flat sheets with an outline on each. Fields are laid out on these."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from mesodesk.domain.bodymap.inside import made_ready, shares_inside
from mesodesk.domain.bodymap.on_sheet import (
    carried,
    folds,
    healed,
    held,
    parts_joined,
    rim,
    widened,
)
from mesodesk.domain.bodymap.patch import Patch
from mesodesk.domain.bodymap.planar import FloatArray, IntArray
from mesodesk.domain.bodymap.skin import Skin
from mesodesk.domain.bodymap.view import SurfacePoint

# Rings are stored this exactly, small ones by their size; finer corners are of no use to anybody.
_EXACT_MM: Final = 0.2
_EXACT_SHARE: Final = 0.01
# Drawn in a view, a longer stretch would cut through the body instead of following the skin.
_STRETCH_MM: Final = 6.0
# So far beside the skin of its sheet a corner may come to lie where an outline is made simpler.
_BESIDE_MM: Final = 0.5
# Smaller crumbs, and a smaller share of the whole, are left over from cutting, not drawn by a hand.
_CRUMB_MM2: Final = 4.0
CRUMB_SHARE: Final = 0.01
# Triangles cut one by one meet with slits of rounding between them.
_SLIT_MM: Final = 0.02

# A sheet of more triangles is bent too much to be one, and laying it flat takes too long.
_MOST_TRIANGLES: Final = 24_000

Ring = tuple[SurfacePoint, ...]


@dataclass(frozen=True, eq=False)
class Sheet:
    """A flat piece of skin with an outline, mm at the body's own height."""

    patch: Patch
    outline: BaseGeometry  # a polygon, or several

    @cached_property
    def shares(self) -> FloatArray:
        """How much of each triangle lies inside the outline, 0 to 1, shape (m,)."""
        return shares_inside(self.outline, self.patch.corners)

    @property
    def area_mm2(self) -> float:
        """The area of the skin inside the outline."""
        return float(self.shares @ self.patch.skin_mm2)

    @property
    def covered(self) -> IntArray:
        """The triangles that lie inside the outline, wholly or in part."""
        result: IntArray = self.patch.triangles[self.shares > 0]
        return result

    @property
    def exact_mm(self) -> float:
        """How far the rings may lie beside the outline."""
        return min(_EXACT_MM, _EXACT_SHARE * float(np.sqrt(self.outline.area)))

    @cached_property
    def rings(self) -> tuple[Ring, ...]:
        """The outline on the skin: of each of its polygons the border, then its holes.

        On the sheet a border runs counter-clockwise, a hole clockwise.
        """
        simple = self.outline.simplify(self.exact_mm).segmentize(_STRETCH_MM)
        polygons = [part for part in shapely.get_parts(simple) if isinstance(part, Polygon)]
        rings: list[Ring] = []
        for polygon in shapely.orient_polygons(polygons):
            lines = (polygon.exterior, *polygon.interiors)
            border, *holes = (self._on_skin(shapely.get_coordinates(line)[:-1]) for line in lines)
            if len(border) > 2:
                rings += [border, *(hole for hole in holes if len(hole) > 2)]
        return tuple(rings)

    def _on_skin(self, places: FloatArray) -> Ring:
        rows, u, v = self.patch.find_nearest(places, _BESIDE_MM)
        on = rows >= 0
        triangles = self.patch.triangles[rows[on]]
        return tuple(
            SurfacePoint(*one)
            for one in zip(triangles.tolist(), u[on].tolist(), v[on].tolist(), strict=True)
        )


@dataclass(frozen=True, eq=False)
class Area:
    """Some skin, on as many sheets as it has pieces."""

    sheets: tuple[Sheet, ...]

    @property
    def is_empty(self) -> bool:
        return not self.sheets

    @cached_property
    def area_mm2(self) -> float:
        """The area on the skin at the body's own height; it grows with the height squared."""
        return sum(sheet.area_mm2 for sheet in self.sheets)

    @cached_property
    def rings(self) -> tuple[Ring, ...]:
        """The borders on the skin, each followed by its holes."""
        return tuple(ring for sheet in self.sheets for ring in sheet.rings)

    @cached_property
    def triangles(self) -> IntArray:
        """The triangles that make the same sheets when these are laid out again."""
        patches = [sheet.patch for sheet in self.sheets]
        whole = [one.triangles if one.split_from is None else one.split_from for one in patches]
        return np.unique(np.concatenate(whole))

    @property
    def covered(self) -> IntArray:
        """The triangles that lie inside the outlines, wholly or in part."""
        none = np.zeros(0, dtype=np.int64)
        return np.concatenate([none, *(sheet.covered for sheet in self.sheets)])

    @cached_property
    def core(self) -> "Area":
        """What surely lies inside the outlines, which are only about where they were drawn.

        An area hardly wider than that is its own core.
        """
        inner = [Sheet(one.patch, widened(one.outline, -2 * one.exact_mm)) for one in self.sheets]
        kept = tuple(one for one in inner if not one.outline.is_empty)
        return Area(kept) if kept else self

    def contains(self, point: SurfacePoint) -> bool:
        """Tell whether a place lies inside the outline."""
        return bool(self.holds(np.array([point.triangle]), *np.array([[point.u], [point.v]]))[0])

    def holds(self, triangle: IntArray, u: FloatArray, v: FloatArray) -> NDArray[np.bool_]:
        """Tell which places of the skin lie inside the outlines; all arrays have shape (n,)."""
        inside = np.zeros(len(triangle), dtype=np.bool_)
        for sheet in self.sheets:
            rows = sheet.patch.rows_of(triangle)
            here = np.flatnonzero(rows >= 0)
            flat = sheet.patch.to_flat(rows[here], u[here], v[here])
            inside[here] |= shapely.contains_xy(made_ready(sheet.outline), flat)
        return inside


def gathered(sheets: Iterable[Sheet | None]) -> Area:
    """Return the area of some sheets, without crumbs."""
    found = [sheet for sheet in sheets if sheet is not None]
    least = CRUMB_SHARE * sum(sheet.outline.area for sheet in found)
    return Area(tuple(sheet for sheet in found if sheet.outline.area >= least))


def sheets_on(skin: Skin, triangles: IntArray) -> list[Patch]:
    """Lay skin flat, on as many sheets as it takes for none to lie on itself.

    The same triangles always make the same sheets.
    """
    return sheets_of(skin, skin.pieces(triangles))


def sheets_of(skin: Skin, pieces: Iterable[IntArray]) -> list[Patch]:
    """As `sheets_on`, of triangles whose connected pieces are known already."""
    return [patch for piece in pieces for patch in _laid_out(skin, piece)]


def _laid_out(skin: Skin, piece: IntArray) -> list[Patch]:
    if len(piece) <= _MOST_TRIANGLES:
        with suppress(np.linalg.LinAlgError):
            patch = skin.lay_out(piece)
            if len(piece) == 1 or not folds(patch):
                return [patch]
    parts = [part for half in skin.halves(piece) for part in skin.pieces(half)]
    return [replace(patch, split_from=piece) for part in parts for patch in _laid_out(skin, part)]


def regions_whole(skin: Skin, regions: Sequence[IntArray]) -> Area:
    """Return the area of whole regions, beside one another on one sheet where that does not fold.

    All around a limb it would; there each region has sheets of its own.
    """
    sheets: list[Sheet] = []
    for piece in skin.pieces(np.concatenate(regions)):
        within = [region for region in regions if np.isin(region, piece).any()]
        patches = sheets_on(skin, piece)
        if len(patches) == 1 or len(within) == 1:
            sheets += [Sheet(patch, rim(patch)) for patch in patches]
        else:
            sheets += [sheet for region in within for sheet in whole(skin, region).sheets]
    return Area(tuple(sheets))


def whole(skin: Skin, triangles: IntArray) -> Area:
    """Return the area that some triangles cover, as those of regions."""
    return Area(tuple(Sheet(patch, rim(patch)) for patch in sheets_on(skin, triangles)))


def tidied(patch: Patch, outline: BaseGeometry) -> Sheet | None:
    """Return a sheet for an outline without its crumbs, None if nothing is left."""
    parts = [
        Polygon(part.exterior, [hole for hole in part.interiors if Polygon(hole).area > _CRUMB_MM2])
        for part in shapely.get_parts(healed(outline, _SLIT_MM))
        if isinstance(part, Polygon) and part.area >= _CRUMB_MM2
    ]
    return Sheet(patch, shapely.multipolygons(parts)) if parts else None


def settled(area: Area) -> Area:
    """Return the area that its own rings give back: what is laid on it now is so ever after."""
    return gathered(_within(sheet.patch, sheet.rings) for sheet in area.sheets)


def bounded(skin: Skin, rings: Iterable[Ring], drawn_on: IntArray) -> Area:
    """Return the area inside stored borders and outside their holes.

    Args:
        skin: of the body.
        rings: borders, counter-clockwise seen from outside, and holes, clockwise.
        drawn_on: the triangles that they were drawn on: laid flat again, these make the very sheets
            that there were. Without any, skin is taken that surely holds each border.
    """
    patches = sheets_on(skin, drawn_on)
    found: dict[int, list[Ring]] = {}
    for ring in rings:
        first = np.array([ring[0].triangle])
        at = next((n for n, one in enumerate(patches) if one.rows_of(first)[0] >= 0), None)
        if at is None:
            at = len(patches)
            patches.append(skin.lay_out(skin.inside(list(ring))))
        found.setdefault(at, []).append(ring)
    return gathered(_within(patches[at], on_sheet) for at, on_sheet in found.items())


def _within(patch: Patch, rings: Iterable[Ring]) -> Sheet | None:
    """Return the sheet inside rings that lie on it."""
    loops = [flat_ring(patch, ring) for ring in rings]
    return tidied(patch, held([loop for loop in loops if len(loop) > 2]))


def flat_ring(patch: Patch, ring: Ring) -> FloatArray:
    """Return where a ring lies on a sheet; corners that lie elsewhere are passed over."""
    rows = patch.rows_of(np.array([point.triangle for point in ring]))
    here = rows >= 0
    u, v = (np.array([getattr(point, name) for point in ring]) for name in ("u", "v"))
    return patch.to_flat(rows[here], u[here], v[here])


def joined(skin: Skin, first: Area, second: Area) -> Area:
    """Return what lies in either of two areas."""
    return _combined(skin, first, second, shapely.union)


def without(skin: Skin, first: Area, second: Area) -> Area:
    """Return what lies in the first area and not in the second."""
    return _combined(skin, first, second, shapely.difference)


def _combined(skin: Skin, first: Area, second: Area, operation: object) -> Area:
    if first.is_empty or second.is_empty:
        given = shapely.union is operation
        return second if given and first.is_empty else first
    sheets = []
    for patch in sheets_on(skin, np.union1d(first.triangles, second.triangles)):
        outline = operation(_onto(patch, first), _onto(patch, second))  # type: ignore[operator]
        sheets.append(tidied(patch, outline))
    return gathered(sheets)


def _onto(patch: Patch, area: Area) -> BaseGeometry:
    """Return an area's outlines as they lie on another sheet."""
    parts = []
    for sheet in area.sheets:
        rows = patch.rows_of(sheet.patch.triangles)
        here = rows >= 0
        parts.append(carried(sheet.outline, sheet.patch.corners[here], patch, rows[here]))
    # Whole, or what is cut out with it would leave threads of skin behind where its slits are.
    return healed(parts_joined(parts), _SLIT_MM)

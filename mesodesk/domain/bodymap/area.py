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

from mesodesk.domain.bodymap.on_sheet import carried, folds, rim, widened
from mesodesk.domain.bodymap.patch import Patch
from mesodesk.domain.bodymap.planar import FloatArray, IntArray
from mesodesk.domain.bodymap.skin import Skin
from mesodesk.domain.bodymap.view import SurfacePoint

# Rings are stored this exactly, small ones by their size; finer corners are of no use to anybody.
_EXACT_MM: Final = 0.2
_EXACT_SHARE: Final = 0.01
# Drawn in a view, a longer stretch would cut through the body instead of following the skin.
_STRETCH_MM: Final = 6.0
# An outline ends where the skin of its sheet ends; so far within, its corners surely lie on it.
_INSET_MM: Final = 1e-4
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
        patch = self.patch
        flat = shapely.polygons(patch.corners)
        shapely.prepare(self.outline)
        share: FloatArray = shapely.contains_properly(self.outline, flat).astype(np.float64)
        cut = (share == 0) & shapely.intersects(self.outline, flat) & (patch.flat_mm2 > 1e-9)
        inside = shapely.area(shapely.intersection(flat[cut], self.outline))
        share[cut] = np.minimum(inside / patch.flat_mm2[cut], 1.0)
        return share

    @property
    def area_mm2(self) -> float:
        """The area of the skin inside the outline."""
        return float(self.shares @ self.patch.skin_mm2)

    @property
    def covered(self) -> IntArray:
        """The triangles that lie inside the outline, wholly or in part."""
        result: IntArray = self.patch.triangles[self.shares > 0]
        return result

    @cached_property
    def rings(self) -> tuple[tuple[Ring, ...], ...]:
        """The outline on the skin: for each of its polygons the border, then its holes."""
        exact = min(_EXACT_MM, _EXACT_SHARE * float(np.sqrt(self.outline.area)))
        simple = widened(self.outline.simplify(exact), -_INSET_MM).segmentize(_STRETCH_MM)
        polygons = [part for part in shapely.get_parts(simple) if isinstance(part, Polygon)]
        rings = []
        for polygon in polygons:
            turned = shapely.orient_polygons(polygon)
            lines = (turned.exterior, *turned.interiors)
            found = tuple(self._on_skin(shapely.get_coordinates(line)[:-1]) for line in lines)
            if len(found[0]) > 2:
                rings.append(tuple(ring for ring in found if len(ring) > 2))
        return tuple(rings)

    def _on_skin(self, places: FloatArray) -> Ring:
        rows, u, v = self.patch.find(places)
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
    def rings(self) -> tuple[tuple[Ring, ...], ...]:
        """The borders on the skin, each with its holes."""
        return tuple(part for sheet in self.sheets for part in sheet.rings)

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

    def contains(self, point: SurfacePoint) -> bool:
        """Tell whether a place lies inside the outline."""
        return bool(self.holds(np.array([point.triangle]), *np.array([[point.u], [point.v]]))[0])

    def holds(self, triangle: IntArray, u: FloatArray, v: FloatArray) -> NDArray[np.bool_]:
        """Tell which places of the skin lie inside the outlines; all arrays have shape (n,)."""
        inside = np.zeros(len(triangle), dtype=np.bool_)
        for sheet in self.sheets:
            rows = sheet.patch.rows_of(triangle)
            here = np.flatnonzero(rows >= 0)
            shapely.prepare(sheet.outline)
            flat = sheet.patch.to_flat(rows[here], u[here], v[here])
            inside[here] |= shapely.contains_xy(sheet.outline, flat)
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
    return [patch for piece in skin.pieces(triangles) for patch in _laid_out(skin, piece)]


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
    healed = widened(widened(outline, _SLIT_MM, mitred=True), -_SLIT_MM, mitred=True)
    parts = [
        Polygon(part.exterior, [hole for hole in part.interiors if Polygon(hole).area > _CRUMB_MM2])
        for part in shapely.get_parts(healed)
        if isinstance(part, Polygon) and part.area >= _CRUMB_MM2
    ]
    return Sheet(patch, shapely.multipolygons(parts)) if parts else None


def settled(area: Area) -> Area:
    """Return the area that its own rings give back: what is laid on it now is so ever after."""
    sheets = []
    for sheet in area.sheets:
        parts = [_polygon(sheet.patch, part) for part in sheet.rings]
        sheets.append(tidied(sheet.patch, shapely.union_all(parts)))
    return gathered(sheets)


def bounded(skin: Skin, rings: Iterable[tuple[Ring, ...]], drawn_on: IntArray) -> Area:
    """Return the area inside stored borders, each with its holes.

    Args:
        skin: of the body.
        rings: the borders.
        drawn_on: the triangles that they were drawn on: laid flat again, these make the very sheets
            that there were. Without any, skin is taken that surely holds each border.
    """
    patches = sheets_on(skin, drawn_on)
    outlines: dict[int, list[BaseGeometry]] = {}
    for part in rings:
        first = np.array([part[0][0].triangle])
        at = next((n for n, one in enumerate(patches) if one.rows_of(first)[0] >= 0), None)
        if at is None:
            at = len(patches)
            patches.append(skin.lay_out(skin.inside(list(part[0]))))
        outlines.setdefault(at, []).append(_polygon(patches[at], part))
    return gathered(tidied(patches[at], shapely.union_all(parts)) for at, parts in outlines.items())


def _polygon(patch: Patch, rings: tuple[Ring, ...]) -> BaseGeometry:
    lines = [flat_ring(patch, ring) for ring in rings]
    lines = [line for line in lines if len(line) > 2]
    return shapely.make_valid(Polygon(lines[0], lines[1:])) if lines else Polygon()


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
    return shapely.union_all(parts)

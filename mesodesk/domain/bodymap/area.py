"""An area of skin: flat sheets with an outline on each. Fields are laid out on these."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

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
_CRUMB_SHARE: Final = 0.01
# Triangles cut one by one meet with slits of rounding between them.
_SLIT_MM: Final = 0.02

# More skin than this share of what a sheet covers lies on itself.
_FOLDED: Final = 1.02
# A sheet that fills less of its hull has gaps.
_RAGGED: Final = 0.8

Ring = tuple[SurfacePoint, ...]


@dataclass(frozen=True, eq=False)
class Sheet:
    """A flat piece of skin with an outline, mm at the body's own height."""

    patch: Patch
    outline: BaseGeometry  # a polygon, or several

    @cached_property
    def skin_here(self) -> BaseGeometry:
        """All the skin of the sheet, as a polygon of its plane."""
        made = rim(self.patch)
        shapely.prepare(made)
        return made

    @cached_property
    def is_ragged(self) -> bool:
        """Whether ways across the sheet may lead over gaps, as from finger to finger."""
        return bool(self.skin_here.area < _RAGGED * self.skin_here.convex_hull.area)

    @cached_property
    def area_mm2(self) -> float:
        """The area of the skin inside the outline."""
        patch = self.patch
        flat = shapely.polygons(patch.corners)
        shapely.prepare(self.outline)
        share = shapely.contains_properly(self.outline, flat).astype(np.float64)
        cut = (share == 0) & shapely.intersects(self.outline, flat) & (patch.flat_mm2 > 1e-9)
        inside = shapely.area(shapely.intersection(flat[cut], self.outline))
        share[cut] = inside / patch.flat_mm2[cut]
        return float(share @ patch.skin_mm2)

    @property
    def covered(self) -> IntArray:
        """The triangles that lie inside the outline, wholly or in part."""
        shapely.prepare(self.outline)
        inside = shapely.intersects(self.outline, shapely.polygons(self.patch.corners))
        result: IntArray = self.patch.triangles[inside]
        return result

    @cached_property
    def rings(self) -> tuple[tuple[Ring, ...], ...]:
        """The outline on the skin: for each of its polygons the border, then its holes."""
        exact = min(_EXACT_MM, _EXACT_SHARE * float(np.sqrt(self.outline.area)))
        simple = self.outline.simplify(exact).buffer(-_INSET_MM).segmentize(_STRETCH_MM)
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
        """The triangles of all its sheets."""
        return np.unique(np.concatenate([sheet.patch.triangles for sheet in self.sheets]))

    @property
    def covered(self) -> IntArray:
        """The triangles that lie inside the outlines, wholly or in part."""
        none = np.zeros(0, dtype=np.int64)
        return np.concatenate([none, *(sheet.covered for sheet in self.sheets)])

    def contains(self, point: SurfacePoint) -> bool:
        """Tell whether a place lies inside the outline."""
        for sheet in self.sheets:
            rows = sheet.patch.rows_of(np.array([point.triangle]))
            if rows[0] >= 0:
                at = sheet.patch.to_flat(rows, np.array([point.u]), np.array([point.v]))
                if shapely.contains_xy(sheet.outline, at)[0]:
                    return True
        return False


def gathered(sheets: Iterable[Sheet | None]) -> Area:
    """Return the area of some sheets, without crumbs."""
    found = [sheet for sheet in sheets if sheet is not None]
    least = _CRUMB_SHARE * sum(sheet.outline.area for sheet in found)
    return Area(tuple(sheet for sheet in found if sheet.outline.area >= least))


def folds(patch: Patch) -> bool:
    """Tell whether skin lies on itself in the plane: a place there would mean two."""
    return bool(patch.flat_mm2.sum() > _FOLDED * rim(patch).area)


def regions_whole(skin: Skin, regions: Sequence[IntArray]) -> Area:
    """Return the area of whole regions, beside one another on one sheet where that does not fold.

    All around a limb it would; there each region has a sheet of its own.
    """
    sheets = []
    for piece in skin.pieces(np.concatenate(regions)):
        patch = skin.lay_out(piece)
        if len(regions) == 1 or not folds(patch):
            sheets.append(Sheet(patch, rim(patch)))
            continue
        for region in regions:
            if np.isin(region, piece).any():
                sheets += whole(skin, region).sheets
    return Area(tuple(sheets))


def whole(skin: Skin, triangles: IntArray) -> Area:
    """Return the area that some triangles cover, as those of regions."""
    sheets = []
    for piece in skin.pieces(triangles):
        patch = skin.lay_out(piece)
        sheets.append(Sheet(patch, rim(patch)))
    return Area(tuple(sheets))


def rim(patch: Patch) -> BaseGeometry:
    """Return the whole of a patch as a polygon of its plane."""
    polygon = Polygon(patch.loops[0], patch.loops[1:])
    if polygon.is_valid:
        return polygon
    # Skin as bent as that between the toes overlaps where it is laid flat.
    return shapely.union_all(shapely.polygons(patch.corners), grid_size=1e-4)


def tidied(patch: Patch, outline: BaseGeometry) -> Sheet | None:
    """Return a sheet for an outline without its crumbs, None if nothing is left."""
    healed = outline.buffer(_SLIT_MM, join_style="mitre").buffer(-_SLIT_MM, join_style="mitre")
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
    pieces = skin.pieces(drawn_on)
    patches = [skin.lay_out(piece) for piece in pieces]
    outlines: dict[int, list[BaseGeometry]] = {}
    for part in rings:
        at = next((n for n, one in enumerate(pieces) if part[0][0].triangle in one), None)
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


def common_mm2(skin: Skin, first: Area, second: Area) -> float:
    """Return how much skin two areas share, at the body's own height."""
    if not len(np.intersect1d(first.triangles, second.triangles)):
        return 0.0
    return _combined(skin, first, second, shapely.intersection).area_mm2


def _combined(skin: Skin, first: Area, second: Area, operation: object) -> Area:
    if first.is_empty or second.is_empty:
        given = shapely.union is operation
        return second if given and first.is_empty else first
    sheets = []
    for piece in skin.pieces(np.union1d(first.triangles, second.triangles)):
        patch = skin.lay_out(piece)
        if folds(patch):
            raise np.linalg.LinAlgError("these areas cannot lie on one sheet")
        outline = operation(_onto(patch, first), _onto(patch, second))  # type: ignore[operator]
        sheets.append(tidied(patch, outline))
    return gathered(sheets)


def _onto(patch: Patch, area: Area) -> BaseGeometry:
    """Return an area's outlines as they lie on another sheet."""
    parts = [_polygon(patch, rings) for rings in area.rings]
    # The inset of each border would leave a seam between neighbours.
    return shapely.union_all([part.buffer(2 * _INSET_MM) for part in parts])

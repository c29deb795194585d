"""Shapes on a flat sheet: its rim, and what a shape of another plane becomes there."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from mesodesk.domain.bodymap.inside import made_ready
from mesodesk.domain.bodymap.patch import Patch, border_of, closed_loops, unpinched
from mesodesk.domain.bodymap.planar import FloatArray, IntArray, cross

# More skin than this share of what a sheet covers lies on itself.
_FOLDED: Final = 1.02
# Rounded so far, pieces cut one by one can be joined; the last, once each is made sound, always.
_GRIDS_MM: Final = (1e-5, 1e-4, 1e-3)
# Corners that agree to so many decimals of a mm are one.
_SAME_DECIMALS: Final = 6
# What may be missing after joining, as a share.
_LOST: Final = 1e-4
# A triangle without area cannot be taken to another.
_FLAT: Final = 1e-9


def rim(patch: Patch) -> BaseGeometry:
    """Return the whole of a patch as a polygon of its plane."""
    return held(patch.loops)


def held(loops: Sequence[FloatArray]) -> BaseGeometry:
    """Return what loops hold at their left: of borders that run counter-clockwise, the inside.

    Args:
        loops: corners of the plane, each shape (k, 2) with k above 2; holes run clockwise. If one
            goes around all the others, it is quickest first.
    """
    polygon = Polygon(loops[0], loops[1:]) if loops else Polygon()
    if polygon.is_valid and polygon.exterior.is_ccw:
        return polygon
    # Several pieces; or skin as bent as that between the toes, which overlaps where it lies flat.
    faces, turns = _faces(loops)
    return parts_joined(list(faces[turns > 0]))


def gone_around(loop: FloatArray) -> BaseGeometry:
    """Return what a loop goes around, either way and however often, shape (k, 2), k above 2."""
    polygon = Polygon(loop)
    if polygon.is_valid:
        return polygon
    faces, turns = _faces([loop])
    return parts_joined(list(faces[turns != 0]))


def _faces(loops: Sequence[FloatArray]) -> tuple[FloatArray, IntArray]:
    """Return the polygons into which loops cut the plane, and how often they go around each."""
    lines = [shapely.linearrings(loop) for loop in loops]
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(lines)]))
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    turns = np.zeros(len(faces), dtype=np.int64)
    for loop in loops:
        turns += _turns(loop, inside)
    return faces, turns


def _turns(loop: FloatArray, places: FloatArray) -> IntArray:
    """Return how often a loop goes around places, counter-clockwise."""
    start, end = loop[None], np.roll(loop, -1, axis=0)[None]
    at = places[:, None]
    left = cross(end - start, at - start) > 0
    up = (start[..., 1] <= at[..., 1]) & (end[..., 1] > at[..., 1]) & left
    down = (start[..., 1] > at[..., 1]) & (end[..., 1] <= at[..., 1]) & ~left
    result: IntArray = up.sum(axis=1) - down.sum(axis=1)
    return result


def folds(patch: Patch) -> bool:
    """Tell whether skin lies on itself in the plane: a place there would mean two."""
    return bool(patch.flat_mm2.sum() > _FOLDED * rim(patch).area)


def carried(shape: BaseGeometry, source: FloatArray, patch: Patch, rows: IntArray) -> BaseGeometry:
    """Return a shape of another plane as it lies on a sheet, triangle by triangle.

    Args:
        shape: of the other plane.
        source: the corners there of some triangles, shape (n, 3, 2).
        patch: the sheet.
        rows: of these triangles in the patch, shape (n,).
    """
    a, b, c = source.transpose(1, 0, 2)
    flat = np.abs(cross(b - a, c - a)) <= _FLAT
    source, rows = source[~flat], rows[~flat]
    triangles = shapely.polygons(source)
    shape = made_ready(shape)
    whole = shapely.contains_properly(shape, triangles)
    cut = np.flatnonzero(~whole & shapely.intersects(shape, triangles))
    parts, owner = shapely.get_parts(shapely.intersection(triangles[cut], shape), return_index=True)
    solid = shapely.area(parts) > 0
    owner = cut[owner[solid]]
    moved = _moved(parts[solid], source[owner], patch.corners[rows[owner]])
    return parts_joined([*_rims_of(patch, rows[whole]), *moved])


def _moved(parts: FloatArray, source: FloatArray, target: FloatArray) -> FloatArray:
    """Take polygons, each from the plane of one triangle to that of another."""
    places, owner = shapely.get_coordinates(parts, return_index=True)
    matrix = np.linalg.solve(source[:, 1:] - source[:, :1], target[:, 1:] - target[:, :1])
    away = places - source[owner, 0]
    result: FloatArray = shapely.set_coordinates(
        parts, np.einsum("ni,nij->nj", away, matrix[owner]) + target[owner, 0]
    )
    return result


def _rims_of(patch: Patch, rows: IntArray) -> list[BaseGeometry]:
    """Return what covers some triangles of a sheet, as a polygon if there are any."""
    if not len(rows):
        return []
    # Where two loops meet in one vertex, each gets it for itself.
    net, source = unpinched(patch.vertices[rows].astype(np.int64))
    place_of = np.zeros((int(patch.vertices.max()) + 1, 2))
    place_of[patch.vertices[rows]] = patch.corners[rows]
    loops = [place_of[source[loop]] for loop in closed_loops(*border_of(net))]
    return [held(sorted(loops, key=len, reverse=True))]


def parts_joined(parts: Sequence[BaseGeometry]) -> BaseGeometry:
    """Join polygons that lie beside one another.

    Raises:
        GEOSException: if they cannot be joined, however coarsely.
    """
    whole = float(shapely.area(parts).sum())
    with suppress(shapely.GEOSException):
        made = _side_by_side(parts)
        if abs(made.area - whole) <= _LOST * whole and made.is_valid:
            return made
    with suppress(shapely.GEOSException):
        made = shapely.union_all(parts)
        # Unrounded, it is three times as fast, but now and then loses a part without a word.
        if abs(made.area - whole) <= _LOST * whole:
            return made
    for grid_mm in _GRIDS_MM[:-1]:
        with suppress(shapely.GEOSException):
            return shapely.union_all(parts, grid_size=grid_mm)
    return shapely.union_all(shapely.make_valid(parts), grid_size=_GRIDS_MM[-1])


def _side_by_side(parts: Sequence[BaseGeometry]) -> BaseGeometry:
    """Join polygons by leaving out the sides that two of them share: ten times as fast.

    That works where neighbours have the very same corners, as triangles cut one by one nearly have.
    """
    rounded = np.array(parts, dtype=object)
    places = np.round(shapely.get_coordinates(rounded), _SAME_DECIMALS)
    return shapely.coverage_union_all(shapely.set_coordinates(rounded, places))


def healed(shape: BaseGeometry, slit_mm: float) -> BaseGeometry:
    """Return a shape without the slits in it that are up to twice so wide."""
    most = shape.area + 2 * slit_mm * shape.length
    for mitred in (True, False):
        made = widened(widened(shape, slit_mm, mitred=mitred), -slit_mm, mitred=mitred)
        # With its corners kept, GEOS now and then loses a part on its way, or lets lines cross.
        if (1 - _LOST) * shape.area <= made.area <= most and made.is_valid:
            return made
    return shape


def widened(shape: BaseGeometry, by_mm: float, *, mitred: bool = False) -> BaseGeometry:
    """Return a shape with a margin more, or less below 0; its corners are kept if mitred."""
    # GEOS now and then divides by zero on its way, which NumPy would report as its own fault.
    with np.errstate(divide="ignore", invalid="ignore"):
        return shape.buffer(by_mm, join_style="mitre" if mitred else "round")

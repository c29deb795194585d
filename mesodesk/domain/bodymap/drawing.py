"""Areas drawn in a view: what a lasso, a rectangle, a circle, a band or a line means on the skin.

Only skin that the view shows is drawn on. What lies off the body is cut away.
"""

from typing import Final

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from mesodesk.domain.bodymap.area import Area, gathered, rim, tidied
from mesodesk.domain.bodymap.patch import Patch
from mesodesk.domain.bodymap.planar import FloatArray, IntArray
from mesodesk.domain.bodymap.skin import Skin
from mesodesk.domain.bodymap.view import SurfacePoint, View

# Where in a triangle it is tested whether the view shows it.
_TESTED: Final = np.array([[1 / 3, 1 / 3], [0.04, 0.04], [0.92, 0.04], [0.04, 0.92]])
# At so many of these places it must be seen: what turns away at the edge was not meant.
_SEEN_OF: Final = 3
# A stroke is looked up on the skin this often.
_STEP_PX: Final = 6.0


def inside_loop(skin: Skin, view: View, loop_px: FloatArray) -> Area:
    """Return the visible skin inside a loop drawn in a picture.

    Args:
        skin: of the view's body.
        view: the picture.
        loop_px: its corners in pixels of the picture, shape (n, 2); a loop that crosses itself
            holds what it goes around.
    """
    if len(loop_px) < 3:
        return Area(())
    drawn = shapely.make_valid(Polygon(loop_px))
    sheets = []
    for piece in skin.pieces(_shown_near(skin, view, drawn)):
        patch = skin.lay_out(piece)
        sheets.append(tidied(patch, _unfolded(view, patch, drawn)))
    return gathered(sheets)


def along_stroke(skin: Skin, view: View, stroke_px: FloatArray, reach_mm: float) -> Area:
    """Return the skin within a distance of a stroke drawn in a picture: a band, a circle if short.

    Args:
        skin: of the view's body.
        view: the picture.
        stroke_px: its corners in pixels, shape (n, 2), one for a circle.
        reach_mm: on the skin, at the body's own height: half the band's width, the circle's radius.
    """
    reach_px = reach_mm / view.camera.mm_per_px
    drawn = _line(stroke_px).buffer(1.1 * reach_px + 4)
    sheets = []
    for piece in skin.pieces(_shown_near(skin, view, drawn)):
        patch = skin.lay_out(piece)
        middle = _laid(view, patch, stroke_px)
        if middle is not None:
            band = shapely.intersection(middle.buffer(reach_mm, quad_segs=16), rim(patch))
            sheets.append(tidied(patch, band))
    return gathered(sheets)


def _line(places: FloatArray) -> BaseGeometry:
    return shapely.Point(places[0]) if len(places) == 1 else LineString(places)


def _shown_near(skin: Skin, view: View, drawn: BaseGeometry) -> IntArray:
    """Return the triangles that a view shows and a shape of its picture touches."""
    surface = skin.surface
    flat = view.camera.project(surface.positions.astype(np.float64))[0][surface.triangles]
    low, high = np.array(drawn.bounds[:2]), np.array(drawn.bounds[2:])
    near = ((flat.max(axis=1) >= low) & (flat.min(axis=1) <= high)).all(axis=1)
    candidates = np.flatnonzero(near & ~view.hidden)
    candidates = candidates[surface.normals(candidates) @ view.camera.toward > 0]
    touched = shapely.intersects(drawn, shapely.polygons(flat[candidates]))
    candidates = candidates[touched]
    repeated = np.repeat(candidates, len(_TESTED))
    u, v = np.tile(_TESTED, (len(candidates), 1)).T
    seen = view.project(repeated, u, v)[1].reshape(-1, len(_TESTED)).sum(axis=1) >= _SEEN_OF
    result: IntArray = candidates[seen]
    return result


def _unfolded(view: View, patch: Patch, drawn: BaseGeometry) -> BaseGeometry:
    """Return a shape of the picture as it lies on a sheet, triangle by triangle."""
    pixels = view.camera.project(patch.places.reshape(-1, 3))[0].reshape(-1, 3, 2)
    shown = shapely.polygons(pixels)
    shapely.prepare(drawn)
    whole = shapely.contains_properly(drawn, shown)
    parts = []
    for row in np.flatnonzero(~whole & shapely.intersects(drawn, shown)).tolist():
        for part in shapely.get_parts(shapely.intersection(shown[row], drawn)):
            if isinstance(part, Polygon) and not part.is_empty:
                to_sheet = _affine(pixels[row], patch.corners[row])
                parts.append(shapely.transform(part, to_sheet))
    return _joined(shapely.polygons(patch.corners[whole]), parts)


def _joined(triangles: FloatArray, parts: list[BaseGeometry]) -> BaseGeometry:
    """Join triangles that lie beside one another, and what was cut from others."""
    try:
        # Ten times as fast, but only for a sheet that nowhere folds onto itself.
        together = shapely.coverage_union_all(triangles)
        return shapely.union_all(np.array([together, *parts]), grid_size=1e-5)
    except shapely.GEOSException:
        return shapely.union_all(np.array([*triangles, *parts]), grid_size=1e-5)


def _affine(source: FloatArray, target: FloatArray) -> "_Affine":
    return _Affine(source, target)


class _Affine:
    """Takes the plane of one triangle to that of another."""

    def __init__(self, source: FloatArray, target: FloatArray) -> None:
        self._from, self._to = source[0], target[0]
        turned = np.linalg.solve(
            np.stack([source[1] - source[0], source[2] - source[0]]),
            np.stack([target[1] - target[0], target[2] - target[0]]),
        )
        self._matrix = turned

    def __call__(self, places: FloatArray) -> FloatArray:
        result: FloatArray = (places - self._from) @ self._matrix + self._to
        return result


def _laid(view: View, patch: Patch, stroke_px: FloatArray) -> BaseGeometry | None:
    """Return a stroke as it lies on a sheet, None if none of it does."""
    places: list[FloatArray] = []
    walked = shapely.segmentize(_line(stroke_px), _STEP_PX)
    for x, y in shapely.get_coordinates(walked).tolist():
        point = view.pick(x, y)
        if point is not None:
            at = _on_sheet(patch, point)
            if at is not None:
                places.append(at)
    return _line(np.array(places)) if places else None


def _on_sheet(patch: Patch, point: SurfacePoint) -> FloatArray | None:
    rows = patch.rows_of(np.array([point.triangle]))
    if rows[0] < 0:
        return None
    at: FloatArray = patch.to_flat(rows, np.array([point.u]), np.array([point.v]))[0]
    return at

"""Areas drawn in a view: what a lasso, a rectangle, a circle, a band or a line means on the skin.

Only skin that the view shows is drawn on. What lies off the body is cut away.
"""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from mesodesk.domain.bodymap.area import CRUMB_SHARE, Area, gathered, sheets_of, tidied
from mesodesk.domain.bodymap.on_sheet import carried, gone_around, rim
from mesodesk.domain.bodymap.patch import Patch
from mesodesk.domain.bodymap.planar import FloatArray, IntArray
from mesodesk.domain.bodymap.shown import shown_in
from mesodesk.domain.bodymap.skin import Skin
from mesodesk.domain.bodymap.view import View

GoOn = Callable[[], object]
"""Is called between the steps of cutting, which take some 30 ms: what it raises ends that."""

# A stroke is looked up on the skin this often.
_STEP_PX: Final = 6.0


def _on_with_it() -> None:
    pass


def inside_loop(skin: Skin, view: View, loop_px: FloatArray, go_on: GoOn = _on_with_it) -> Area:
    """Return the visible skin inside a loop drawn in a picture.

    Args:
        skin: of the view's body.
        view: the picture.
        loop_px: its corners in pixels of the picture, shape (n, 2); a loop that crosses itself
            holds all that it goes around, however often.
        go_on: see `GoOn`.
    """
    if len(loop_px) < 3:
        return Area(())
    drawn = gone_around(loop_px)
    shown = shown_in(skin, view, drawn)
    sheets = []
    for patch in _laid_sheets(skin, shown.triangles, go_on):
        rows = np.arange(len(patch.triangles))
        outline = carried(drawn, shown.pixels_of(patch.triangles), patch, rows)
        sheets.append(tidied(patch, outline))
    return gathered(sheets)


def along_stroke(
    skin: Skin, view: View, stroke_px: FloatArray, reach_mm: float, go_on: GoOn = _on_with_it
) -> Area:
    """Return the skin within a distance of a stroke drawn in a picture: a band, a circle if short.

    Args:
        skin: of the view's body.
        view: the picture.
        stroke_px: its corners in pixels, shape (n, 2), one for a circle.
        reach_mm: on the skin, at the body's own height: half the band's width, the circle's radius.
        go_on: see `GoOn`.
    """
    reach_px = reach_mm / view.camera.mm_per_px
    shown = shown_in(skin, view, _line(stroke_px).buffer(1.1 * reach_px + 4))
    walked = shapely.get_coordinates(shapely.segmentize(_line(stroke_px), _STEP_PX))
    sheets = []
    for patch in _laid_sheets(skin, shown.triangles, go_on):
        middle = _laid(view, patch, walked)
        if middle is not None:
            band = shapely.intersection(middle.buffer(reach_mm, quad_segs=16), rim(patch))
            sheets.append(tidied(patch, band))
    return gathered(sheets)


def _laid_sheets(skin: Skin, triangles: IntArray, go_on: GoOn) -> Iterator[Patch]:
    """Yield the sheets of what is shown."""
    for piece in _worth_laying(skin, triangles):
        go_on()
        for patch in sheets_of(skin, [piece]):
            go_on()
            yield patch


def _worth_laying(skin: Skin, triangles: IntArray) -> list[IntArray]:
    """Return the pieces of some skin, but those so small that no outline on them would be kept."""
    pieces = skin.pieces(triangles)
    sizes = np.array([skin.skin_mm2(piece) for piece in pieces])
    least = 0.5 * CRUMB_SHARE * sizes.sum()
    return [piece for piece, size in zip(pieces, sizes, strict=True) if size >= least]


def _line(places: FloatArray) -> BaseGeometry:
    return LineString(places) if (places != places[0]).any() else shapely.Point(places[0])


def _laid(view: View, patch: Patch, walked_px: FloatArray) -> BaseGeometry | None:
    """Return a stroke as it lies on a sheet, None if none of it does."""
    triangle, u, v = view.picks(walked_px)
    rows = patch.rows_of(triangle)
    here = rows >= 0
    return _line(patch.to_flat(rows[here], u[here], v[here])) if here.any() else None

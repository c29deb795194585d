"""The skin that a view shows inside a shape drawn in its picture: what a gesture draws on."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from mesodesk.domain.bodymap.depths import Depths, Slopes
from mesodesk.domain.bodymap.planar import FloatArray, IntArray, cross
from mesodesk.domain.bodymap.skin import Skin
from mesodesk.domain.bodymap.view import View

# Where in a triangle it is tested whether the view shows it: u and v.
_TESTED: Final = np.array([[1 / 3, 1 / 3], [0.04, 0.04], [0.92, 0.04], [0.04, 0.92]])
# At so many of these places it must be seen: what turns away at the edge was not meant.
_SEEN_OF: Final = 3
# Skin counts as seen if no other skin lies more than this in front, as everywhere in a view.
_HIDDEN_MM: Final = 2.0
# Up to so many steps of the raster further in front, the view itself is asked.
_DOUBTED_STEPS: Final = 4.0
# What is seen edgewise, but for rounding, hides nothing and shows nothing.
_EDGEWISE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Shown:
    """Triangles of the skin and their corners in a picture, shapes (n,) and (n, 3, 2)."""

    triangles: IntArray
    pixels: FloatArray

    def pixels_of(self, triangles: IntArray) -> FloatArray:
        """Return the corners of some of its triangles."""
        result: FloatArray = self.pixels[np.searchsorted(self.triangles, triangles)]
        return result


def shown_in(skin: Skin, view: View, drawn: BaseGeometry) -> Shown:
    """Return the triangles that a view shows and a shape of its picture touches."""
    low = np.maximum(np.array(drawn.bounds[:2]), 0.0)
    high = np.minimum(np.array(drawn.bounds[2:]), (view.width_px, view.height_px))
    if drawn.is_empty or not (low <= high).all():
        return Shown(np.zeros(0, dtype=np.int64), np.zeros((0, 3, 2)))
    triangles, pixels, near = _about(skin, view, low, high)
    turn = _turn(pixels)
    # Where a part is left out, the inside may be in front of other skin: it must block it.
    extent: FloatArray = np.abs(turn) if view.hidden.any() else -turn
    blocks = np.flatnonzero(extent > _EDGEWISE)
    triangles, pixels, near, turn = triangles[blocks], pixels[blocks], near[blocks], turn[blocks]
    shapely.prepare(drawn)
    asked = np.flatnonzero(turn < 0)
    asked = asked[shapely.intersects(drawn, shapely.polygons(pixels[asked]))]
    slopes = Slopes.of(pixels, near)
    depths = Depths(pixels, slopes, low, high)
    kept = asked[_seen(view, triangles, pixels, (depths, slopes), asked)]
    return Shown(triangles[kept], pixels[kept])


@lru_cache(maxsize=1)
def _vertices(skin: Skin, view: View) -> tuple[FloatArray, FloatArray]:
    """Return pixels and nearness of all vertices; kept, as a hand goes on in one view: 1 MB."""
    return view.camera.project(skin.surface.positions.astype(np.float64))


def _about(
    skin: Skin, view: View, low: FloatArray, high: FloatArray
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return the triangles of a view that reach into a rectangle: pixels and nearness too."""
    surface = skin.surface
    xy, near = _vertices(skin, view)
    # No corner of such a triangle is further outside than its longest edge.
    reach = skin.longest_mm / view.camera.mm_per_px
    about = _inside(xy, low - reach, high + reach)
    triangles = np.flatnonzero(about[surface.triangles[:, 0]])
    triangles = triangles[~view.hidden[triangles]]
    corners = surface.triangles[triangles]
    pixels = xy[corners]
    a, b, c = pixels.transpose(1, 0, 2)
    reaches = (np.maximum(np.maximum(a, b), c) >= low).all(axis=1)
    reaches &= (np.minimum(np.minimum(a, b), c) <= high).all(axis=1)
    return triangles[reaches], pixels[reaches], near[corners[reaches]]


def _seen(
    view: View,
    triangles: IntArray,
    pixels: FloatArray,
    raster: tuple[Depths, Slopes],
    asked: IntArray,
) -> NDArray[np.bool_]:
    """Tell which triangles a view shows, of the rows that are asked about."""
    depths, slopes = raster
    rows = np.repeat(asked, len(_TESTED))
    u, v = np.tile(_TESTED, (len(asked), 1)).T
    a, b, c = pixels[rows].transpose(1, 0, 2)
    places = a + u[:, None] * (b - a) + v[:, None] * (c - a)
    ahead = depths.ahead(slopes, rows, places)
    seen = ahead < _HIDDEN_MM
    doubt_mm = _DOUBTED_STEPS * depths.step_px * view.camera.mm_per_px
    # Beside the body, or where no place of the raster is, there is nothing to compare with.
    doubted = (~seen & (ahead < _HIDDEN_MM + doubt_mm)) | np.isneginf(ahead)
    seen[doubted] = view.project(triangles[rows[doubted]], u[doubted], v[doubted])[1]
    seen &= _inside(places, np.zeros(2), np.array([view.width_px, view.height_px]))
    result: NDArray[np.bool_] = seen.reshape(-1, len(_TESTED)).sum(axis=1) >= _SEEN_OF
    return result


def _inside(places: FloatArray, low: FloatArray, high: FloatArray) -> NDArray[np.bool_]:
    """Tell which places lie in a rectangle."""
    x, y = places.T
    inside: NDArray[np.bool_] = (x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1])
    return inside


def _turn(pixels: FloatArray) -> FloatArray:
    """Return which way triangles turn: below 0 where they face the viewer."""
    a, b, c = pixels.transpose(1, 0, 2)
    return cross(b - a, c - a)

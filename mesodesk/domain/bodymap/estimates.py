"""How much skin a region or a drawn shape has, without cutting it: quick enough for a hand."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from mesodesk.domain.bodymap.on_sheet import gone_around
from mesodesk.domain.bodymap.outlines import arrays, loops_of, region_outline
from mesodesk.domain.bodymap.planar import FloatArray

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.area import Area
    from mesodesk.domain.bodymap.atlas import Atlas
    from mesodesk.domain.bodymap.view import View

# The body is looked for at so many places of a drawn shape to tell how much of it is skin.
_SAMPLES: Final = 160


@lru_cache(maxsize=128)
def region_size(atlas: "Atlas", key: str) -> tuple[float, float]:
    """Return the skin of a region (mm2) and the length of its border (mm), at its own height."""
    area = atlas.skin.skin_mm2(atlas.triangles_of([key]))
    rim = 0.0
    for loop in loops_of(atlas, region_outline([key])):
        around = atlas.skin.surface.places(*arrays(loop))
        rim += float(np.linalg.norm(around - np.roll(around, 1, axis=0), axis=1).sum())
    return area, rim


@lru_cache(maxsize=32)
def share_of_region(atlas: "Atlas", key: str, area: "Area") -> float:
    """Return which share of a region's skin an area holds, 0 to 1."""
    triangles = atlas.triangles_of([key])
    third = np.full(len(triangles), 1 / 3)
    skin = atlas.skin.each_mm2(triangles)
    return float(skin[area.holds(triangles, third, third)].sum() / skin.sum())


@dataclass(frozen=True, eq=False)
class Drawn:
    """A shape drawn in a picture, by its corners in pixels, shape (n, 2) with n above 2."""

    view: "View"
    loop_px: FloatArray

    @cached_property
    def _shape(self) -> BaseGeometry:
        return gone_around(self.loop_px)

    @cached_property
    def _places(self) -> FloatArray:
        """Places spread evenly over its inside."""
        low, high = self.loop_px.min(axis=0), self.loop_px.max(axis=0)
        side = max(1, int(np.sqrt(_SAMPLES)))
        share = (np.arange(side) + 0.5) / side
        x, y = np.meshgrid(*(low + share[:, None] * (high - low)).T)
        places = np.stack([x.ravel(), y.ravel()], axis=1)
        result: FloatArray = places[shapely.contains_xy(self._shape, places)]
        return result

    @property
    def size(self) -> tuple[float, float]:
        """About how much skin it shows (mm2), as if all of that faced the viewer.

        And how long its border is (mm), if about the same share of that is on skin.
        """
        places = self._places
        on_skin = float(np.isfinite(self.view.nearness(places)).mean()) if len(places) else 0.0
        mm = self.view.camera.mm_per_px
        return self._shape.area * on_skin * mm**2, self._shape.length * np.sqrt(on_skin) * mm

    def share_in(self, area: "Area") -> float:
        """Return which share of the skin it shows an area holds, 0 to 1."""
        triangle, u, v = self.view.picks(self._places)
        on = triangle >= 0
        return float(area.holds(triangle[on], u[on], v[on]).mean()) if on.any() else 0.0

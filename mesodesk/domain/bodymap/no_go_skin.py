"""Where on the skin the zones lie that are to be kept out of."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.fields import Outline
from mesodesk.domain.bodymap.planar import FloatArray, IntArray, places_in_a_triangle
from mesodesk.domain.no_go import Zone

# So many places are measured at a time, which bounds the memory.
_CHUNK: Final = 512
# Where in a triangle it is asked what lies there, u and v: quickly, and where that tells nothing.
_MIDDLE: Final = places_in_a_triangle(1)
_MANY: Final = places_in_a_triangle(4)


class NoGoSkin:
    """One body's skin, asked which places of it lie in a zone."""

    def __init__(self, atlas: Atlas, scale: float = 1.0) -> None:
        """Take a body; `scale` is how much taller the patient is."""
        self.atlas = atlas
        self.scale = scale
        self._regions: dict[str, NDArray[np.bool_]] = {}
        self._borders: dict[str, FloatArray] = {}

    def covered(self, zone: Zone) -> NDArray[np.bool_]:
        """Return which triangles lie in the regions of a zone, shape (m,)."""
        if zone.id not in self._regions:
            self._regions[zone.id] = self._in(zone.regions)
        return self._regions[zone.id]

    def _in(self, keys: frozenset[str]) -> NDArray[np.bool_]:
        found = np.zeros(self.atlas.triangle_count, dtype=np.bool_)
        found[
            self.atlas.triangles_of([key for key in keys if key in self.atlas.regions_by_key])
        ] = True
        return found

    def holds(
        self, zone: Zone, triangle: IntArray, u: FloatArray, v: FloatArray
    ) -> NDArray[np.bool_]:
        """Return which places lie in a zone."""
        inside = self.covered(zone)[triangle]
        if zone.within_mm is not None:
            rows = np.flatnonzero(inside)
            places = self.atlas.surface.places(triangle[rows], u[rows], v[rows])
            inside[rows] = self.border_mm(zone, places) <= float(zone.within_mm)
        return inside

    def touches(self, zone: Zone, outline: Outline) -> bool:
        """Tell whether an area has skin in a zone; what its outline only grazes does not count."""
        from mesodesk.domain.bodymap.outlines import area_of

        if outline.regions:
            triangles = self.atlas.triangles_of(outline.regions)
            return bool(self.holds(zone, *_spread(triangles, _MIDDLE)).any())
        core = area_of(self.atlas, outline).core
        triangles = core.covered[self.covered(zone)[core.covered]]
        for within in (_MIDDLE, _MANY):
            places = _spread(triangles, within)
            if (core.holds(*places) & self.holds(zone, *places)).any():
                return True
        return False

    def border_mm(self, zone: Zone, places: FloatArray) -> FloatArray:
        """Return how far places are from the border that a zone lies along, in mm of the patient.

        It is measured straight, and infinite where there is no such border.
        """
        edges = self._border(zone)
        nearest = np.full(len(places), np.inf)
        if len(edges):
            for start in range(0, len(places), _CHUNK):
                part = slice(start, start + _CHUNK)
                nearest[part] = _to_edges(places[part], edges).min(axis=1)
        return nearest * self.scale

    def _border(self, zone: Zone) -> FloatArray:
        """Return the edges between the zone's regions and those that it lies along, (n, 2, 3)."""
        if zone.id not in self._borders:
            surface, near = self.atlas.surface, self._in(zone.near)
            beside = self.atlas.skin.beside
            rows, sides = np.nonzero(near[:, None] & (beside >= 0) & self.covered(zone)[beside])
            corners = surface.corners(rows)
            one = corners[np.arange(len(rows)), sides]
            other = corners[np.arange(len(rows)), (sides + 1) % 3]
            self._borders[zone.id] = np.stack([one, other], axis=1)
        return self._borders[zone.id]


def _spread(triangles: IntArray, within: FloatArray) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return places in triangles: which these are, u and v, each shape (n,)."""
    u, v = np.tile(within, (len(triangles), 1)).T
    return np.repeat(triangles, len(within)), u, v


def _to_edges(places: FloatArray, edges: FloatArray) -> FloatArray:
    """Return the distances of places from straight edges, shape (places, edges)."""
    start, way = edges[:, 0], edges[:, 1] - edges[:, 0]
    length = np.maximum((way**2).sum(axis=1), 1e-12)
    share = np.clip(((places[:, None] - start) * way).sum(axis=2) / length, 0.0, 1.0)
    nearest = start + share[..., None] * way
    result: FloatArray = np.linalg.norm(places[:, None] - nearest, axis=2)
    return result

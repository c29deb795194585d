"""Exposure: how much was given per square centimetre of skin, and when last, at any place.

Every point is spread over the skin around it with one kernel, (1 - (d / R)^2)^2 with R = 10 mm on
the patient's own skin, d measured along the skin. It is made so that its integral over the skin is
the amount of the point, whatever the shape of the skin there. The radius is a choice for reading a
picture, of the order of the spacing of points; it says nothing of how a substance spreads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.exposure_net import (
    LONGER_WAY,
    FloatArray,
    IntArray,
    Links,
    Net,
    Places,
    links_of,
    net_around,
)
from mesodesk.domain.bodymap.view import SurfacePoint

KERNEL_MM: Final = 10.0
"""Radius of the kernel, and of what is listed at a place, on the patient's skin."""

NEVER: Final = np.iinfo(np.int64).min
"""Stands for the day at a place that was never treated."""


@dataclass(frozen=True, slots=True)
class _Spread:
    """Pairs of a point and a vertex near it: how far (mm), and the share of it per cm2 there."""

    point: IntArray
    vertex: IntArray
    distance_mm: FloatArray
    share: FloatArray


class Exposure:
    """The skin around some points, ready to be asked for any sum of their amounts.

    Whatever does not depend on the amounts is computed once. Lengths inside are those of the figure
    at its own height; what is given and returned is of the patient.
    """

    def __init__(self, atlas: Atlas, places: Places, height_cm: float | None = None) -> None:
        """Take the points.

        Args:
            atlas: the body.
            places: of the points.
            height_cm: of the patient; None measures on the figure at its own height.
        """
        self.atlas = atlas
        self.places = Places(
            np.asarray(places.triangle, dtype=np.int64),
            np.asarray(places.u, dtype=np.float64),
            np.asarray(places.v, dtype=np.float64),
        )
        surface = atlas.surface
        self.scale = 1.0 if height_cm is None else height_cm * 10 / surface.height_mm
        """How much larger the patient is than the figure."""
        self._radius = KERNEL_MM / self.scale

    @cached_property
    def net(self) -> Net:
        """The fine net over the skin around the points."""
        reach = self._radius * LONGER_WAY
        return net_around(self.atlas.surface, _links(self.atlas), self._own[0], reach)

    @cached_property
    def areas_cm2(self) -> FloatArray:
        """The patient's skin that belongs to each vertex of the net."""
        areas: FloatArray = self.net.areas_mm2 * (self.scale**2 / 100)
        return areas

    @cached_property
    def _own(self) -> tuple[Places, IntArray]:
        """Each place once, and which of these each point has: courses repeat their places."""
        stacked = np.stack([self.places.triangle, self.places.u, self.places.v], axis=1)
        own, which = np.unique(stacked, axis=0, return_inverse=True)
        places = Places(own[:, 0].astype(np.int64), own[:, 1], own[:, 2])
        return places, which.reshape(-1)

    @cached_property
    def _spread(self) -> _Spread:
        places = self._own[0]
        corners, away = self._begins(places)
        count = len(places.triangle)
        start = np.repeat(np.arange(count), 3)
        ways = self.net.ways(start, corners.ravel(), away.ravel(), self._radius * LONGER_WAY)
        at = self.atlas.surface.places(*places)
        distance = self._along_skin(
            np.linalg.norm(at[ways.start] - self.net.positions[ways.vertex], axis=1), ways.length_mm
        )
        raw = np.maximum(1 - (distance / self._radius) ** 2, 0) ** 2
        whole = np.bincount(ways.start, raw * self.areas_cm2[ways.vertex], count)
        share = raw / whole[ways.start]
        return _Spread(ways.start, ways.vertex, distance * self.scale, share)

    @cached_property
    def touched(self) -> NDArray[np.bool_]:
        """Which vertices of the net lie within the kernel of any point."""
        touched = np.zeros(len(self.net.positions), dtype=np.bool_)
        touched[self._spread.vertex] = True
        return touched

    def density(self, amounts: NDArray[np.float64]) -> FloatArray:
        """Return the sum per cm2 at each vertex of the net.

        Between vertices it is linear, so its integral over the skin is the sum of the amounts.

        Args:
            amounts: of the points, in any unit; 0 leaves a point out.
        """
        places, which = self._own
        given = np.bincount(which, amounts, len(places.triangle))
        spread = self._spread
        shares = spread.share * given[spread.point]
        count = len(self.net.positions)
        return np.bincount(spread.vertex, shares, count).astype(np.float64)

    def nearest_mm(self, chosen: NDArray[np.bool_]) -> FloatArray:
        """Return how far each vertex is from the nearest of some points, along the skin.

        A little beyond the kernel that is only about right, and further away infinite.
        """
        places, which = self._own
        wanted = np.zeros(len(places.triangle), dtype=np.bool_)
        wanted[which[chosen]] = True
        spread = self._spread
        used = wanted[spread.point]
        nearest = np.full(len(self.net.positions), np.inf)
        np.minimum.at(nearest, spread.vertex[used], spread.distance_mm[used])
        # One edge further, so that the border of the kernel can be drawn where it is.
        rim = np.flatnonzero(np.isfinite(nearest))
        owner, end, length = self.net.links.beyond(rim)
        beyond = np.isinf(nearest[end])
        further = nearest[rim[owner]] + length * self.scale
        np.minimum.at(nearest, end[beyond], further[beyond])
        return nearest

    def latest(self, days: IntArray, chosen: NDArray[np.bool_]) -> IntArray:
        """Return the day on which each vertex was treated last, `NEVER` where it was not.

        Args:
            days: of the points, as ordinal numbers.
            chosen: which points count.
        """
        places, which = self._own
        of_place = np.full(len(places.triangle), NEVER)
        np.maximum.at(of_place, which[chosen], days[chosen])
        spread = self._spread
        used = spread.distance_mm <= KERNEL_MM
        latest = np.full(len(self.net.positions), NEVER)
        np.maximum.at(latest, spread.vertex[used], of_place[spread.point[used]])
        return latest

    def around(self, place: SurfacePoint) -> IntArray:
        """Return the points (their numbers) within the kernel's radius of a place, on the skin."""
        if not len(self.places.triangle):
            return np.zeros(0, dtype=np.int64)
        here = Places(np.array([place.triangle]), np.array([place.u]), np.array([place.v]))
        if self.net.locate(here)[0][0] < 0:
            return np.zeros(0, dtype=np.int64)
        corners, away = self._begins(here)
        reach = self._radius * LONGER_WAY
        ways = self.net.ways(np.zeros(3, dtype=np.int64), corners[0], away[0], reach)
        length = np.full(len(self.net.positions), np.inf)
        length[ways.vertex] = ways.length_mm
        places, which = self._own
        their_corners, their_away = self._begins(places)
        by_edges = (length[their_corners] + their_away).min(axis=1)
        at = self.atlas.surface.places(*places)
        straight = np.linalg.norm(at - self.atlas.surface.places(*here), axis=1)
        within = self._along_skin(straight, by_edges) <= self._radius
        within |= (places.triangle == place.triangle) & (straight <= self._radius)
        return np.flatnonzero(within[which])

    def _begins(self, places: Places) -> tuple[IntArray, FloatArray]:
        """Return the corners of the net around each place, and how far these are."""
        found, _ = self.net.locate(places)
        corners = self.net.triangles[found]
        at = self.atlas.surface.places(*places)
        return corners, np.linalg.norm(self.net.positions[corners] - at[:, None], axis=2)

    @staticmethod
    def _along_skin(straight: FloatArray, by_edges: FloatArray) -> FloatArray:
        """Return the way over the skin, of which both are known: that cannot be shorter.

        On open skin it is the straight one. Across a fold or a gap the way along the edges is much
        longer, and counts.
        """
        along: FloatArray = np.maximum(straight, by_edges / LONGER_WAY)
        return along


def joined(places: Sequence[Places]) -> Places:
    """Return the points of several sessions as one."""
    if not places:
        none = np.zeros(0)
        return Places(none.astype(np.int64), none, none)
    return Places(*(np.concatenate(each) for each in zip(*places, strict=True)))


@lru_cache(maxsize=2)
def _links(atlas: Atlas) -> Links:
    return links_of(atlas.surface.positions, atlas.surface.triangles)

"""The skin as a net of triangles: what borders on what, and which pieces it falls into."""

from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.patch import Patch, lay_out
from mesodesk.domain.bodymap.planar import FloatArray, IntArray, across_edges
from mesodesk.domain.bodymap.view import Surface, SurfacePoint

# Skin turned further away than this from where a loop faces is not inside it.
_TURNED_AWAY: Final = -0.4


class Skin:
    """One body's skin: pieces of it are chosen here, and laid flat."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface

    @cached_property
    def beside(self) -> NDArray[np.int32]:
        """The triangle across each edge (0-1, 1-2, 2-0), -1 at a rim, shape (m, 3)."""
        return across_edges(self.surface.triangles.astype(np.int64)).astype(np.int32)

    @cached_property
    def middles(self) -> FloatArray:
        """The middle of each triangle, mm at the body's own height, shape (m, 3)."""
        result: FloatArray = self.surface.positions[self.surface.triangles].mean(axis=1)
        return result

    @cached_property
    def longest_mm(self) -> float:
        """The longest edge of any triangle, at the body's own height."""
        corners = self.surface.positions[self.surface.triangles]
        return float(np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max())

    def pieces(self, triangles: IntArray) -> list[IntArray]:
        """Return the connected pieces of some triangles, the largest first."""
        left = np.zeros(len(self.surface.triangles), dtype=np.bool_)
        left[triangles] = True
        pieces = []
        for triangle in np.unique(triangles):
            if left[triangle]:
                piece = self._reached(np.array([triangle]), left)
                left[piece] = False
                pieces.append(piece)
        return sorted(pieces, key=len, reverse=True)

    def _reached(self, start: IntArray, among: NDArray[np.bool_]) -> IntArray:
        """Return what can be reached from some triangles through others."""
        open_ = among.copy()
        reached, front = [start], start
        open_[start] = False
        place = np.empty(len(open_), dtype=np.int64)
        while len(front):
            near = self.beside[front].ravel().astype(np.int64)
            near = near[near >= 0]
            near = near[open_[near]]
            # Each once: of a triangle reached from several sides the last place stays.
            place[near] = np.arange(len(near))
            front = near[place[near] == np.arange(len(near))]
            open_[front] = False
            reached.append(front)
        return np.concatenate(reached)

    def around(self, point: SurfacePoint, radius_mm: float) -> IntArray:
        """Return the triangles about a place, as far as a radius and connected with it."""
        place = self.surface.places(
            np.array([point.triangle]), np.array([point.u]), np.array([point.v])
        )[0]
        # No corner is further from the middle of its triangle than the longest edge.
        away = self.middles - place
        reach = radius_mm + self.longest_mm
        candidates = np.flatnonzero((away * away).sum(axis=1) <= reach * reach)
        corners = self.surface.corners(candidates)
        near = np.zeros(len(self.surface.triangles), dtype=np.bool_)
        near[candidates] = (np.linalg.norm(corners - place, axis=2) <= radius_mm).any(axis=1)
        near[point.triangle] = True
        return self._reached(np.array([point.triangle]), near)

    def inside(self, loop: list[SurfacePoint]) -> IntArray:
        """Return triangles that surely hold a loop, counter-clockwise, and all that is inside it.

        Skin of the other side of the body is left out, though it may be as near.
        """
        triangles = np.array([point.triangle for point in loop])
        places = self.surface.places(
            triangles, np.array([point.u for point in loop]), np.array([point.v for point in loop])
        )
        faces = np.cross(places, np.roll(places, -1, axis=0)).sum(axis=0)
        faces /= max(float(np.linalg.norm(faces)), 1e-9)
        centre = places.mean(axis=0)
        radius = float(np.linalg.norm(places - centre, axis=1).max())
        among = np.linalg.norm(self.middles - centre, axis=1) <= 1.3 * radius + 15.0
        candidates = np.flatnonzero(among)
        among[candidates] = self.surface.normals(candidates) @ faces > _TURNED_AWAY
        along = np.unique(np.concatenate([triangles, self.beside[triangles].ravel()]))
        among[along[along >= 0]] = True
        return self.pieces(self._reached(np.unique(triangles), among))[0]

    def halves(self, piece: IntArray) -> list[IntArray]:
        """Cut a connected piece of several triangles in two, across where it is longest.

        Each part is connected; what the cut leaves of one half beside the other goes with that.
        """
        piece = np.sort(piece)
        centred = self.middles[piece] - self.middles[piece].mean(axis=0)
        _, axes = np.linalg.eigh(centred.T @ centred)
        order = np.argsort(centred @ axes[:, -1], kind="stable")
        half = len(piece) // 2
        first, *left = self.pieces(piece[order[:half]])
        second, *left_too = self.pieces(piece[order[half:]])
        return [
            part
            for whole in ((first, *left_too), (second, *left))
            for part in self.pieces(np.concatenate(whole))
        ]

    def skin_mm2(self, triangles: IntArray) -> float:
        """Return the area of some triangles, at the body's own height."""
        return float(self.each_mm2(triangles).sum())

    def each_mm2(self, triangles: IntArray) -> FloatArray:
        """Return the area of each of some triangles, at the body's own height, shape (n,)."""
        a, b, c = self.surface.corners(triangles).transpose(1, 0, 2)
        result: FloatArray = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
        return result

    def lay_out(self, triangles: IntArray) -> Patch:
        """Lay a connected piece flat; see `patch.lay_out`."""
        return lay_out(self.surface, triangles)

"""A piece of skin laid flat: the sheet on which fields are outlined and their points laid out."""

import heapq
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.flatten import lay_flat
from mesodesk.domain.bodymap.planar import FloatArray, IntArray, TriangleGrid, across_edges, cross
from mesodesk.domain.bodymap.view import Surface

# An edge of no length is a point: nothing is divided by that.
_POINT_MM2: Final = 1e-12


@dataclass(frozen=True, eq=False)
class Patch:
    """A connected piece of skin, and where each part of it lies in a plane.

    Lengths are mm at the body's own height. The plane is seen from outside; its y axis points
    along the piece where that is long, else towards the head.

    Attributes:
        surface: of the body: where its corners lie on that is asked there, and not kept twice.
        triangles: of the body in rising order, shape (m,).
        vertices: the numbers of their corners here, shape (m, 3).
        corners: of these in the plane, shape (m, 3, 2).
        loops: the rims of the piece in the plane, each shape (k, 2), the piece at their left; the
            longest first.
        seamed: whether it was a tube, and had to be cut open.
        split_from: the triangles of a larger piece, if one sheet could not hold that.
    """

    surface: Surface
    triangles: IntArray
    vertices: NDArray[np.int32]
    corners: FloatArray
    loops: tuple[FloatArray, ...]
    seamed: bool = False
    split_from: IntArray | None = None

    @cached_property
    def _grid(self) -> TriangleGrid:
        return TriangleGrid(self.corners)

    @cached_property
    def skin_mm2(self) -> FloatArray:
        """The area of each triangle on the skin."""
        a, b, c = self.surface.corners(self.triangles).transpose(1, 0, 2)
        area: FloatArray = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
        return area

    @cached_property
    def flat_mm2(self) -> FloatArray:
        """The area of each triangle in the plane."""
        a, b, c = self.corners.transpose(1, 0, 2)
        return np.abs(cross(b - a, c - a)) / 2

    @cached_property
    def _metric(self) -> FloatArray:
        """What turns a step in the plane into its length squared on the skin, shape (m, 2, 2)."""
        a, b, c = self.corners.transpose(1, 0, 2)
        p, q, r = self.surface.corners(self.triangles).transpose(1, 0, 2)
        flat = np.stack([b - a, c - a], axis=2)
        skin = np.stack([q - p, r - p], axis=2)
        # A triangle without area has no inverse: there the plane counts as the skin.
        thin = self.flat_mm2 < 1e-6
        flat[thin], skin[thin] = np.eye(2), np.eye(3)[:, :2]
        bent = skin @ np.linalg.inv(flat)
        metric: FloatArray = bent.transpose(0, 2, 1) @ bent
        return metric

    @cached_property
    def _beside(self) -> IntArray:
        return across_edges(self.vertices.astype(np.int64))

    @cached_property
    def least_stretch(self) -> float:
        """The length on the skin of what measures 1 in the plane, where it is shortest.

        Of the twentieth of the skin where it is shorter yet, this tells nothing.
        """
        least = np.sqrt(np.maximum(np.linalg.eigvalsh(self._metric)[:, 0], 0.0))
        order = np.argsort(least)
        share = np.cumsum(self.skin_mm2[order])
        return float(least[order][np.searchsorted(share, 0.05 * share[-1])])

    def find(self, flat: FloatArray) -> tuple[IntArray, FloatArray, FloatArray]:
        """Return the rows in `triangles` (-1: off the piece) and weights u and v, each (n,)."""
        return self._grid.find(np.asarray(flat, dtype=np.float64))

    def find_nearest(
        self, flat: FloatArray, reach_mm: float
    ) -> tuple[IntArray, FloatArray, FloatArray]:
        """Return what `find` does, but for places off the piece the nearest at its rim.

        The row is -1 only where the piece is further away than `reach_mm`.
        """
        rows, u, v = self.find(flat)
        off = np.flatnonzero(rows < 0)
        if len(off):
            rows[off], u[off], v[off] = self._on_rim(flat[off], reach_mm)
        return rows, u, v

    def _on_rim(self, flat: FloatArray, reach_mm: float) -> tuple[IntArray, FloatArray, FloatArray]:
        rows, sides = np.nonzero(self._beside < 0)
        ends = (sides + 1) % 3
        start, end = self.corners[rows, sides], self.corners[rows, ends]
        way = end - start
        length = np.maximum((way**2).sum(axis=1), _POINT_MM2)
        share = np.clip(((flat[:, None] - start) * way).sum(axis=2) / length, 0.0, 1.0)
        away = np.linalg.norm(start + share[..., None] * way - flat[:, None], axis=2)
        every, best = np.arange(len(flat)), away.argmin(axis=1)
        weights = np.zeros((len(flat), 3))
        weights[every, sides[best]] = 1.0 - share[every, best]
        weights[every, ends[best]] = share[every, best]
        near = away[every, best] <= reach_mm
        return np.where(near, rows[best], -1), weights[:, 1], weights[:, 2]

    def rows_of(self, triangles: IntArray) -> IntArray:
        """Return the rows of triangles of the body in `triangles`, -1 where they are not here."""
        wanted = np.asarray(triangles, dtype=np.int64)
        # The rows are in the order of their triangles.
        at = np.minimum(np.searchsorted(self.triangles, wanted), len(self.triangles) - 1)
        return np.where(self.triangles[at] == wanted, at, -1)

    def to_flat(self, rows: IntArray, u: FloatArray, v: FloatArray) -> FloatArray:
        """Return where places lie in the plane, shape (n, 2)."""
        a, b, c = self.corners[rows].transpose(1, 0, 2)
        result: FloatArray = a + u[:, None] * (b - a) + v[:, None] * (c - a)
        return result

    def to_body(self, rows: IntArray, u: FloatArray, v: FloatArray) -> FloatArray:
        """Return where places lie on the body, shape (n, 3)."""
        a, b, c = self.surface.corners(self.triangles[rows]).transpose(1, 0, 2)
        result: FloatArray = a + u[:, None] * (b - a) + v[:, None] * (c - a)
        return result

    def way_lengths(
        self, first: IntArray, start: FloatArray, second: IntArray, end: FloatArray
    ) -> FloatArray:
        """Return how long straight ways of the plane are on the skin, from triangle to triangle.

        None is shorter than the shortest way on the skin.

        Args:
            first: the row of the triangle where each way starts, shape (n,).
            start: the place there in the plane, shape (n, 2).
            second: the row where it ends.
            end: likewise.

        Returns:
            mm, shape (n,); NaN where a way leaves the piece before its end, or comes upon skin that
            lies turned over in the plane.
        """
        length, gone = np.zeros(len(first)), np.zeros(len(first))
        step, row, before = end - start, np.array(first), np.full(len(first), -1)
        walking = np.arange(len(first))
        for _ in range(len(self.triangles)):
            if not len(walking):
                break
            here, way = row[walking], step[walking]
            edge, share = self._exits(here, start[walking], way)
            there = (here == second[walking]) | (share >= 1.0)
            share = np.where(there, 1.0, np.maximum(share, gone[walking]))
            squared = np.einsum("ni,nij,nj->n", way, self._metric[here], way)
            length[walking] += (share - gone[walking]) * np.sqrt(np.maximum(squared, 0.0))
            gone[walking] = share
            after = np.where(there, here, self._beside[here, edge])
            on = ~there & (after >= 0) & (after != before[walking])
            row[walking], before[walking] = after, here
            walking = walking[on]
        # What folds over in the plane lies at one place without being one.
        arrived = (row == second) | (self._beside[row] == second[:, None]).any(axis=1)
        arrived &= gone == 1.0
        return np.where(arrived, length, np.nan)

    def _exits(
        self, rows: IntArray, start: FloatArray, step: FloatArray
    ) -> tuple[IntArray, FloatArray]:
        """Return through which edge lines leave triangles, and at which share of their step."""
        corners = self.corners[rows]
        edges = np.roll(corners, -1, axis=1) - corners
        turn = np.where(cross(edges[:, 0], edges[:, 1]) < 0, -1.0, 1.0)[:, None]
        # How far inside an edge the start is, and how fast the line comes nearer to it.
        inside = turn * cross(edges, start[:, None] - corners)
        nearer = -turn * cross(edges, step[:, None])
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(nearer > 0, inside / nearer, np.inf)
        edge = np.argmin(share, axis=1)
        return edge, share[np.arange(len(rows)), edge]


def lay_out(surface: Surface, triangles: IntArray) -> Patch:
    """Lay a connected piece of the skin flat.

    Raises:
        numpy.linalg.LinAlgError: if it cannot be laid flat, as a tube cannot.
    """
    chosen = np.unique(np.asarray(triangles, dtype=np.int64))
    used, local = np.unique(surface.triangles[chosen], return_inverse=True)
    local = local.reshape(-1, 3).astype(np.int64)
    local, source = unpinched(local)
    positions = surface.positions[used][source].astype(np.float64)
    local, source = _opened(local, positions)
    seamed = len(source) > len(positions)
    positions = positions[source]
    flat = _upright(lay_flat(positions, local), positions, local)
    loops = sorted(
        (flat[loop] for loop in closed_loops(*border_of(local))), key=_length, reverse=True
    )
    return Patch(surface, chosen, local.astype(np.int32), flat[local], tuple(loops), seamed)


def border_of(triangles: IntArray) -> tuple[IntArray, IntArray]:
    """Return the ends of the edges that belong to one triangle only, the piece at their left."""
    start, end = triangles.ravel(), np.roll(triangles, -1, 1).ravel()
    count = int(triangles.max()) + 1
    key, back = start * count + end, np.sort(end * count + start)
    at = np.minimum(np.searchsorted(back, key), len(back) - 1)
    alone = back[at] != key
    return start[alone], end[alone]


def _upright(flat: FloatArray, positions: FloatArray, triangles: IntArray) -> FloatArray:
    """Turn a piece so that y points along it where it is long, else to the head."""
    a, b, c = flat[triangles].transpose(1, 0, 2)
    weight = np.abs(cross(b - a, c - a))
    middle = flat[triangles].mean(axis=1)
    centre = np.average(middle, axis=0, weights=weight)
    spread = ((middle - centre) * weight[:, None]).T @ (middle - centre) / weight.sum()
    values, axes = np.linalg.eigh(spread)
    up = _uphill(flat, positions)
    if values[1] > 3.0 * values[0]:
        along = axes[:, 1]
        up = along if along @ up >= 0 else -along
    turned: FloatArray = (flat - centre) @ np.array([[up[1], up[0]], [-up[0], up[1]]])
    return turned


def _uphill(flat: FloatArray, positions: FloatArray) -> FloatArray:
    """Return the direction of the plane in which the skin rises most, of length 1.

    On the crown or the sole, where it hardly rises, the direction in which it goes forward.
    """
    centred = flat - flat.mean(axis=0)
    slope, *_ = np.linalg.lstsq(centred, positions[:, 1:] - positions[:, 1:].mean(axis=0))
    best: FloatArray = slope[:, 0] if np.linalg.norm(slope[:, 0]) > 0.5 else slope[:, 1]
    return best / max(float(np.linalg.norm(best)), 1e-9)


def _opened(triangles: IntArray, positions: FloatArray) -> tuple[IntArray, IntArray]:
    """Cut a tube open along a line between its two ends; other pieces stay as they are.

    Returns:
        The triangles over new vertices, and the old vertex of each new one.
    """
    same = np.arange(len(positions))
    ends = _two_ends(triangles, positions)
    if ends is None:
        return triangles, same
    path = _path(triangles, positions, *ends)
    return _cut(triangles, path, len(positions))


def _two_ends(triangles: IntArray, positions: FloatArray) -> tuple[IntArray, IntArray] | None:
    """Return the two rims of a tube as vertices, None for a sheet, with small holes or without."""
    loops = closed_loops(*border_of(triangles))
    if len(loops) < 2:
        return None
    lengths = [_length(positions[loop]) for loop in loops]
    first, second = np.argsort(lengths)[::-1][:2].tolist()
    # A hole in a sheet is much shorter than its rim.
    return (loops[first], loops[second]) if 3 * lengths[second] > lengths[first] else None


def _length(loop: FloatArray) -> float:
    return float(np.linalg.norm(loop - np.roll(loop, 1, axis=0), axis=1).sum())


def closed_loops(start: IntArray, end: IntArray) -> list[IntArray]:
    """Return the closed loops that edges form, each as vertices in order."""
    after = dict(zip(start.tolist(), end.tolist(), strict=True))
    loops = []
    while after:
        first, at = next(iter(after.items()))
        del after[first]
        loop = [first]
        while at != first and at in after:
            loop.append(at)
            at = after.pop(at)
        loops.append(np.array(loop))
    return loops


def _path(
    triangles: IntArray, positions: FloatArray, first: IntArray, second: IntArray
) -> list[int]:
    """Return vertices along a short way from one rim to the other."""
    beside: dict[int, set[int]] = {}
    for a, b, c in triangles.tolist():
        for one, other in ((a, b), (b, c), (c, a)):
            beside.setdefault(one, set()).add(other)
            beside.setdefault(other, set()).add(one)
    goal, rim = set(second.tolist()), set(first.tolist())
    came: dict[int, int | None] = {}
    waiting: list[tuple[float, int, int | None]] = [(0.0, vertex, None) for vertex in sorted(rim)]
    heapq.heapify(waiting)
    while waiting:
        length, vertex, before = heapq.heappop(waiting)
        if vertex in came:
            continue
        came[vertex] = before
        if vertex in goal:
            break
        for other in beside[vertex] - rim - came.keys():
            step = float(np.linalg.norm(positions[other] - positions[vertex]))
            heapq.heappush(waiting, (length + step, other, vertex))
    path: list[int] = []
    at: int | None = vertex
    while at is not None:
        path.append(at)
        at = came[at]
    return path


def _cut(triangles: IntArray, path: list[int], count: int) -> tuple[IntArray, IntArray]:
    """Give the triangles at the left of a path vertices of their own along it."""
    steps = set(pairwise(path))
    walls = steps | {(b, a) for a, b in steps}
    fans = _Fans(triangles)
    cut = triangles.copy()
    for number, vertex in enumerate(path):
        begin = [fans.owner[step] for step in steps if vertex in step and step in fans.owner]
        for row, corner in fans.around(vertex, begin, walls):
            cut[row, corner] = count + number
    return cut, np.concatenate([np.arange(count), np.array(path, dtype=np.int64)])


def unpinched(triangles: IntArray) -> tuple[IntArray, IntArray]:
    """Give each fan of triangles a vertex of its own where two meet in nothing but that.

    Returns:
        The triangles over new vertices, and the old vertex of each new one.
    """
    start, _ = border_of(triangles)
    count = int(triangles.max()) + 1
    twins: list[int] = []
    pinched = np.flatnonzero(np.bincount(start, minlength=count) > 1).tolist()
    if not pinched:
        return triangles, np.arange(count)
    apart = triangles.copy()
    about = np.flatnonzero(np.isin(triangles, pinched).any(axis=1))
    fans = _Fans(triangles[about])
    for vertex in pinched:
        rows = set(np.flatnonzero((triangles[about] == vertex).any(axis=1)).tolist())
        rows -= {row for row, _ in fans.around(vertex, [min(rows)], set())}
        while rows:
            fan = fans.around(vertex, [min(rows)], set())
            for row, corner in fan:
                apart[about[row], corner] = count + len(twins)
            rows -= {row for row, _ in fan}
            twins.append(vertex)
    return apart, np.concatenate([np.arange(count), np.array(twins, dtype=np.int64)])


class _Fans:
    """The triangles around vertices, from one to the next across the edges between them."""

    def __init__(self, triangles: IntArray) -> None:
        self._rows: list[list[int]] = triangles.tolist()
        self.owner = {
            (row[k], row[(k + 1) % 3]): at for at, row in enumerate(self._rows) for k in range(3)
        }

    def around(
        self, vertex: int, begin: list[int], walls: set[tuple[int, int]]
    ) -> list[tuple[int, int]]:
        """Return what is reached from some triangles at a vertex: rows, and its corner there."""
        todo, seen, fan = list(begin), set(begin), []
        while todo:
            row = todo.pop()
            corners = self._rows[row]
            at = corners.index(vertex)
            fan.append((row, at))
            edges = (vertex, corners[(at + 1) % 3]), (corners[(at + 2) % 3], vertex)
            for edge in edges:
                other = self.owner.get(edge[::-1])
                if edge not in walls and other is not None and other not in seen:
                    seen.add(other)
                    todo.append(other)
        return fan

"""A fine net over the treated skin, and how far places of it are apart *along the skin*.

The triangles of the body are small on the face and up to 24 mm long on the trunk. Around the points
of interest they are cut until no edge is longer than `FINE_MM`, edge to edge without gaps, so that
a kernel of 10 mm is sampled everywhere. Distances are measured along the edges of this net: skin
that is near in space but not on the skin (between the thighs, from arm to trunk, from finger to
finger, from lip to lip) is far.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.planar import cross, expand
from mesodesk.domain.bodymap.view import Surface

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FINE_MM: Final = 6.0
"""No edge of the net is longer, on the body at its own height."""
LONGER_WAY: Final = 1.16
"""So much longer than straight the way along the edges of an even net can be (2 / sqrt 3)."""

# Cutting halves an edge: 24 mm need two or three rounds.
_MOST_ROUNDS: Final = 6
# How far beyond a reach the net goes: on coarse triangles the way along edges is a long one.
_SPARE: Final = 1.15
# Starts looked around at a time: bounds the memory.
_CHUNK: Final = 2048
# A distance as a part of the reach, in 16 bits.
_STEPS: Final = 2**16 - 1


class Places(NamedTuple):
    """Places on the skin: triangle, and the weights of its second and third corner."""

    triangle: IntArray
    u: FloatArray
    v: FloatArray


class Ways(NamedTuple):
    """From a start to a vertex, and how long the way along the edges is (mm)."""

    start: IntArray
    vertex: IntArray
    length_mm: FloatArray


@dataclass(frozen=True)
class Links:
    """What each vertex is joined to: `ends` and `lengths` from `first[v]` to `first[v + 1]`."""

    first: IntArray
    ends: IntArray
    lengths: FloatArray

    def beyond(self, vertices: IntArray) -> tuple[IntArray, IntArray, FloatArray]:
        """Return for all links of some vertices: whose link, to where, how long."""
        owner, step = expand(self.first[vertices + 1] - self.first[vertices])
        at = self.first[vertices][owner] + step
        return owner, self.ends[at], self.lengths[at]


@dataclass(frozen=True)
class Net:
    """Cut triangles of the skin, `parent` and `uv` telling where in which triangle they lie."""

    positions: FloatArray  # mm at the body's own height, shape (n, 3)
    triangles: IntArray  # shape (m, 3)
    parent: IntArray  # shape (m,), ascending
    uv: FloatArray  # of the corners, in the parent, shape (m, 3, 2)

    @cached_property
    def areas_mm2(self) -> FloatArray:
        """The skin that belongs to each vertex: a third of every triangle around it."""
        a, b, c = self.positions[self.triangles].transpose(1, 0, 2)
        third = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 6
        count = len(self.positions)
        return np.bincount(self.triangles.ravel(), np.repeat(third, 3), count).astype(np.float64)

    @cached_property
    def links(self) -> Links:
        return links_of(self.positions, self.triangles)

    def locate(self, places: Places) -> tuple[IntArray, FloatArray]:
        """Return in which triangle of the net each place lies, and the weights of its corners.

        A place in a triangle that is not part of the net gets the triangle -1.
        """
        low = np.searchsorted(self.parent, places.triangle, "left")
        high = np.searchsorted(self.parent, places.triangle, "right")
        owner, step = expand(high - low)
        candidate = low[owner] + step
        weights = _weights(self.uv[candidate], places.u[owner], places.v[owner])
        found, best = np.full(len(low), -1), np.zeros((len(low), 3))
        # The piece in which the place lies deepest.
        depth, deepest = weights.min(axis=1), np.full(len(low), -np.inf)
        np.maximum.at(deepest, owner, depth)
        taken = depth == deepest[owner]
        found[owner[taken]] = candidate[taken]
        best[owner[taken]] = weights[taken]
        best = np.maximum(best, 0)
        return found, best / np.maximum(best.sum(axis=1, keepdims=True), 1e-12)

    def ways(self, start: IntArray, vertex: IntArray, length_mm: FloatArray, reach: float) -> Ways:
        """Return the shortest ways along the edges from some starts, as far as a reach.

        Args:
            start: ascending numbers from 0; a start may begin at several vertices.
            vertex: where it begins.
            length_mm: how far that is from the start itself.
            reach: mm at the body's own height.
        """
        parts = list(self._ways_in_chunks(start, vertex, length_mm, reach))
        if not parts:
            nothing = np.zeros(0, dtype=np.int64)
            return Ways(nothing, nothing, np.zeros(0))
        return Ways(*(np.concatenate(each) for each in zip(*parts, strict=True)))

    def _ways_in_chunks(
        self, start: IntArray, vertex: IntArray, length_mm: FloatArray, reach: float
    ) -> Iterator[Ways]:
        count = int(start[-1]) + 1 if len(start) else 0
        for first in range(0, count, _CHUNK):
            low, high = np.searchsorted(start, [first, first + _CHUNK])
            part = slice(int(low), int(high))
            found = _spread(
                self.links, len(self.positions), start[part] - first, vertex[part],
                length_mm[part], reach,
            )  # fmt: skip
            yield Ways(found.start + first, found.vertex, found.length_mm)


def _spread(
    links: Links, count: int, start: IntArray, vertex: IntArray, length: FloatArray, reach: float
) -> Ways:
    """Go from vertex to vertex, all starts at once, until no way becomes shorter.

    A way is one number: start, vertex, length and whether it is new, so that sorting puts the
    shortest to each vertex first.
    """
    near = length <= reach
    known = _packed(start[near] * count + vertex[near], length[near], reach, new=True)
    known = _shortest(np.sort(known))
    while True:
        fresh = known[(known & 1) == 1]
        if not len(fresh):
            break
        known &= ~np.int64(1)
        key, so_far = fresh >> 17, (fresh >> 1 & _STEPS) * (reach / _STEPS)
        owner, end, more = links.beyond(key % count)
        total = so_far[owner] + more
        near = total <= reach
        onward = (key // count * count)[owner[near]] + end[near]
        found = _shortest(np.sort(_packed(onward, total[near], reach, new=True)))
        known = _shortest(np.sort(np.concatenate([known, found])))
    key = known >> 17
    steps = (known >> 1 & _STEPS).astype(np.float64)
    return Ways(key // count, key % count, steps * (reach / _STEPS))


def _packed(key: IntArray, length: FloatArray, reach: float, *, new: bool) -> IntArray:
    steps = np.rint(length * (_STEPS / reach)).astype(np.int64)
    return key << 17 | steps << 1 | int(new)


def _shortest(ways: IntArray) -> IntArray:
    """Of sorted ways keep the first to each vertex."""
    key = ways >> 17
    first = np.ones(len(ways), dtype=np.bool_)
    first[1:] = key[1:] != key[:-1]
    return ways[first]


def net_around(surface: Surface, links: Links, places: Places, reach: float) -> Net:
    """Return the net of all skin within a reach (mm, at the body's own height) of some places.

    `links` are those of the surface (`links_of`).
    """
    near = _near(surface, links, places, reach)
    chosen = np.flatnonzero(near[surface.triangles].any(axis=1))
    used, corners = np.unique(surface.triangles[chosen], return_inverse=True)
    uv = np.broadcast_to(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), (len(chosen), 3, 2))
    net = Net(
        surface.positions[used].astype(np.float64),
        corners.reshape(-1, 3).astype(np.int64),
        chosen,
        uv,
    )
    for _ in range(_MOST_ROUNDS):
        finer = _cut(net)
        if finer is None:
            break
        net = finer
    order = np.argsort(net.parent, kind="stable")
    return Net(net.positions, net.triangles[order], net.parent[order], net.uv[order])


def _near(surface: Surface, links: Links, places: Places, reach: float) -> NDArray[np.bool_]:
    """Return which vertices of the body are within reach of a place, with something to spare."""
    triangles = np.unique(places.triangle)
    far = np.full(len(surface.positions), np.inf)
    front = np.unique(surface.triangles[triangles]).astype(np.int64)
    far[front] = 0.0
    while len(front):
        owner, end, length = links.beyond(front)
        total = far[front[owner]] + length
        shorter = (total < far[end]) & (total <= reach * _SPARE)
        end, total = end[shorter], total[shorter]
        np.minimum.at(far, end, total)
        front = np.unique(end)
    near: NDArray[np.bool_] = np.isfinite(far)
    return near


def _cut(net: Net) -> Net | None:
    """Halve every edge that is too long, and the longest of each triangle that has one."""
    corners = net.positions[net.triangles]
    lengths = np.linalg.norm(np.roll(corners, -1, axis=1) - corners, axis=2)
    if lengths.max(initial=0.0) <= FINE_MM:
        return None
    low, high = _ends(net.triangles)
    count = len(net.positions)
    edges, edge = np.unique(low * count + high, return_inverse=True)
    edge = edge.reshape(-1, 3)
    halved = np.zeros(len(edges), dtype=np.bool_)
    halved[edge[lengths > FINE_MM]] = True
    touched = np.flatnonzero(halved[edge].any(axis=1))
    halved[edge[touched, lengths[touched].argmax(axis=1)]] = True
    number = count + np.cumsum(halved) - 1
    ends = edges[halved]
    middles = (net.positions[ends // count] + net.positions[ends % count]) / 2
    positions = np.concatenate([net.positions, middles])
    pieces = _pieces(net, halved[edge], number[edge])
    return Net(positions, *(np.concatenate(each) for each in zip(*pieces, strict=True)))


def _pieces(
    net: Net, halved: NDArray[np.bool_], middle: IntArray
) -> Iterator[tuple[IntArray, IntArray, FloatArray]]:
    """Yield the triangles that each way of cutting leaves: corners, parents, places in these."""
    corner, uv = net.triangles, net.uv
    half_uv = (uv + np.roll(uv, -1, axis=1)) / 2
    # Corners 0 to 2, then the middles of the edges 0-1, 1-2, 2-0.
    names = np.concatenate([corner, middle], axis=1)
    where = np.concatenate([uv, half_uv], axis=1)
    for pattern in range(8):
        marks = tuple(bool(pattern >> side & 1) for side in range(3))
        chosen = np.flatnonzero((halved == marks).all(axis=1))
        for piece in _PIECES[pattern]:
            yield names[chosen][:, piece], net.parent[chosen], where[chosen][:, piece]


def _turned(piece: tuple[int, int, int], by: int) -> tuple[int, ...]:
    return tuple((each % 3 + by) % 3 + each // 3 * 3 for each in piece)


def _ways_of_cutting() -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Return the pieces for each set of halved edges, as one bit an edge."""
    whole, four = ((0, 1, 2),), ((0, 3, 5), (3, 1, 4), (5, 4, 2), (3, 4, 5))
    ways: list[tuple[tuple[int, ...], ...]] = [whole] * 8
    ways[7] = four
    for by in range(3):
        one, two = 1 << by, 1 << by | 1 << (by + 1) % 3
        ways[one] = tuple(_turned(piece, by) for piece in ((0, 3, 2), (3, 1, 2)))
        ways[two] = tuple(_turned(piece, by) for piece in ((3, 1, 4), (0, 3, 4), (0, 4, 2)))
    return tuple(ways)


_PIECES: Final = _ways_of_cutting()


def links_of(positions: NDArray[np.floating], triangles: NDArray[np.integer]) -> Links:
    """Return the edges of triangles, each in both directions."""
    low, high = _ends(triangles)
    count = len(positions)
    edges = np.unique(low.ravel() * count + high.ravel())
    # One number for both ends, so that sorting files by the first, in place.
    both = np.concatenate([edges, edges % count * count + edges // count])
    both.sort()
    begin, end = both // count, both % count
    lengths = np.linalg.norm(
        positions[begin].astype(np.float64) - positions[end].astype(np.float64), axis=1
    )
    return Links(np.searchsorted(begin, np.arange(count + 1)), end, lengths)


def _ends(triangles: NDArray[np.integer]) -> tuple[IntArray, IntArray]:
    """Return the lower and the higher vertex of the edges 0-1, 1-2, 2-0, shape (m, 3) each."""
    one = triangles.astype(np.int64)
    other = np.roll(one, -1, axis=1)
    return np.minimum(one, other), np.maximum(one, other)


def _weights(uv: FloatArray, u: FloatArray, v: FloatArray) -> FloatArray:
    """Return the weights of the corners of flat triangles at places, shape (n, 3)."""
    a, b, c = uv.transpose(1, 0, 2)
    place = np.stack([u, v], axis=1) - a
    along, across = b - a, c - a
    area = cross(along, across)
    second, third = cross(place, across) / area, cross(along, place) / area
    return np.stack([1 - second - third, second, third], axis=1)

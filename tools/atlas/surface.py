"""From the source quads to one smooth half of the skin: lids and lips closed, subdivided."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from atlas.raster import FloatArray, IntArray
from atlas.source import Source

# Vertices at the back of the eye socket and of the mouth: the closing loops are counted from there.
_LEFT_SOCKET, _RIGHT_SOCKET, _PALATE = 8011, 1319, 707
_LID_RING, _LIP_RING = 13, 11


@dataclass(slots=True)
class Half:
    """The left half of the skin (x >= 0); the right half is its reflection.

    `values` holds, side by side, everything that a vertex carries, so that a new vertex on an edge
    is one interpolation.
    """

    triangles: IntArray
    values: FloatArray
    columns: dict[str, slice]
    seams: IntArray  # edges along which lids and lips meet
    labels: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def get(self, name: str) -> FloatArray:
        """Return one of the things that vertices carry, for example `female` (mm)."""
        return self.values[:, self.columns[name]]


def close_and_subdivide(source: Source) -> Half:
    """Close the eyes and the mouth, apply one step of Catmull-Clark, and keep the left half."""
    quads, seams, positions = _close(source)
    fine_quads, fine_seams, fine = _subdivide(quads, seams, positions)
    names = list(fine)
    normals = [_vertex_normals(fine_quads, fine[name]) for name in names]
    everything = np.concatenate([fine[name] for name in names] + normals, axis=1)
    columns = {name: slice(3 * k, 3 * k + 3) for k, name in enumerate(names)}
    columns |= {f"{n}_normal": slice(3 * k, 3 * k + 3) for k, n in enumerate(names, len(names))}
    return _left_half(fine_quads, fine_seams, everything, columns)


def _close(source: Source) -> tuple[IntArray, IntArray, dict[str, FloatArray]]:
    """Drop what lies behind lids and lips and weld the rims, pair by pair, at their middle."""
    quads = source.quads
    positions = {sex: xyz.copy() for sex, xyz in source.positions.items()}
    mean = np.mean(list(positions.values()), axis=0)
    keep = np.ones(len(quads), dtype=bool)
    target = np.arange(len(mean))
    seams: list[tuple[int, int]] = []
    for seed, rings in (
        (_LEFT_SOCKET, _LID_RING),
        (_RIGHT_SOCKET, _LID_RING),
        (_PALATE, _LIP_RING),
    ):
        inside = _grow(quads, seed, rings)
        keep[inside] = False
        upper, lower = _rims(_boundary_loop(quads[inside]), mean)
        for xyz in positions.values():
            xyz[upper] = (xyz[upper] + xyz[lower]) / 2
        target[lower] = upper
        seams += pairwise(upper.tolist())
    quads = target[quads[keep]]
    used, compact = np.unique(quads, return_inverse=True)
    number = np.full(len(mean), -1)
    number[used] = np.arange(len(used))
    kept = {sex: xyz[used] for sex, xyz in positions.items()}
    return compact.reshape(quads.shape), number[np.array(seams)], kept


def _grow(quads: IntArray, seed: int, rings: int) -> IntArray:
    """Return the faces within `rings` steps of the faces around a vertex."""
    reached = np.zeros(int(quads.max()) + 1, dtype=bool)
    reached[seed] = True
    for _ in range(rings + 1):
        inside = reached[quads].any(axis=1)
        reached[quads[inside]] = True
    return np.flatnonzero(inside)


def _boundary_loop(quads: IntArray) -> IntArray:
    """Return the border of a patch as one ring of vertices in order."""
    edges = {(int(q[k]), int(q[(k + 1) % 4])) for q in quads for k in range(4)}
    after = {a: b for a, b in edges if (b, a) not in edges}
    start = min(after)
    loop = [start]
    while (step := after[loop[-1]]) != start:
        loop.append(step)
    if len(loop) != len(after):
        raise ValueError("the rim is not one ring: the mesh is not the one this was written for")
    return np.array(loop)


def _rims(loop: IntArray, xyz: FloatArray) -> tuple[IntArray, IntArray]:
    """Split a ring at its two corners into rims that start and end together."""
    half = len(loop) // 2
    across = np.abs(xyz[loop[:half], 0] - xyz[loop[half : 2 * half], 0])
    first = int(across.argmax())
    turned = np.roll(loop, -first)
    return turned[: half + 1], np.concatenate([turned[:1], turned[: half - 1 : -1]])


def _subdivide(
    quads: IntArray, seams: IntArray, positions: dict[str, FloatArray]
) -> tuple[IntArray, IntArray, dict[str, FloatArray]]:
    """One step of Catmull-Clark, with every vertex moved to the limit surface."""
    count = len(next(iter(positions.values())))
    sides = np.stack([quads, np.roll(quads, -1, axis=1)], axis=-1).reshape(-1, 2)
    edges, edge_of = np.unique(np.sort(sides, axis=1), axis=0, return_inverse=True)
    edge_of = edge_of.reshape(quads.shape)
    mid = count + edge_of
    centre = count + len(edges) + np.arange(len(quads))
    fine_quads = np.concatenate(
        [np.stack([quads[:, k], mid[:, k], centre, mid[:, (k + 3) % 4]], axis=1) for k in range(4)]
    )
    fine = {}
    for name, xyz in positions.items():
        fine[name] = _to_limit(fine_quads, _refine(xyz, quads, edges, edge_of))
    number = {(int(a), int(b)): count + k for k, (a, b) in enumerate(edges)}
    middles = np.array([number[min(a, b), max(a, b)] for a, b in seams])
    fine_seams = np.concatenate(
        [np.stack([seams[:, 0], middles], 1), np.stack([middles, seams[:, 1]], 1)]
    )
    return fine_quads, fine_seams, fine


def _refine(xyz: FloatArray, quads: IntArray, edges: IntArray, edge_of: IntArray) -> FloatArray:
    faces = xyz[quads].mean(axis=1)
    face_sum = np.zeros((len(edges), 3))
    np.add.at(face_sum, edge_of.ravel(), np.repeat(faces, 4, axis=0))
    ends = xyz[edges].sum(axis=1)
    middles = (ends + face_sum) / 4
    valence = np.bincount(quads.ravel(), minlength=len(xyz)).astype(float)[:, None]
    around = np.zeros_like(xyz)
    np.add.at(around, quads.ravel(), np.repeat(faces, 4, axis=0))
    spokes = np.zeros_like(xyz)
    np.add.at(spokes, edges.ravel(), np.repeat(ends / 2, 2, axis=0))
    corners = (around / valence + 2 * spokes / valence + (valence - 3) * xyz) / valence
    return np.concatenate([corners, middles, faces])


def _to_limit(quads: IntArray, xyz: FloatArray) -> FloatArray:
    """Move each vertex to where endless subdivision would bring it."""
    valence = np.bincount(quads.ravel(), minlength=len(xyz)).astype(float)[:, None]
    near, far = np.zeros_like(xyz), np.zeros_like(xyz)
    for k in range(4):
        # Each neighbour along an edge is met from both faces of that edge.
        np.add.at(near, quads[:, k], (xyz[quads[:, (k + 1) % 4]] + xyz[quads[:, (k + 3) % 4]]) / 2)
        np.add.at(far, quads[:, k], xyz[quads[:, (k + 2) % 4]])
    limit: FloatArray = (valence**2 * xyz + 4 * near + far) / (valence * (valence + 5))
    return limit


def _vertex_normals(quads: IntArray, xyz: FloatArray) -> FloatArray:
    diagonal = np.cross(xyz[quads[:, 2]] - xyz[quads[:, 0]], xyz[quads[:, 3]] - xyz[quads[:, 1]])
    normals = np.zeros_like(xyz)
    for k in range(4):
        np.add.at(normals, quads[:, k], diagonal)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    unit: FloatArray = normals / np.maximum(length, 1e-12)
    return unit


def _left_half(
    quads: IntArray, seams: IntArray, values: FloatArray, columns: dict[str, slice]
) -> Half:
    first = next(iter(columns.values()))
    left = quads[values[:, first][:, 0][quads].mean(axis=1) > 0]
    used = np.unique(left)
    number = np.full(len(values), -1)
    number[used] = np.arange(len(used))
    kept = values[used]
    midline = np.flatnonzero(np.abs(kept[:, 0]) < 1e-6)
    for name, column in columns.items():
        kept[midline, column.start] = 0.0
        if name.endswith("_normal"):
            part = kept[:, column]
            kept[:, column] = part / np.linalg.norm(part, axis=1, keepdims=True)
    own = number[seams]
    faces = np.bincount(quads.ravel(), minlength=len(values))[used]
    triangles = _triangulate(number[left], kept[:, first], faces)
    return Half(triangles, kept, columns, own[(own >= 0).all(axis=1)])


def _triangulate(quads: IntArray, xyz: FloatArray, faces: IntArray) -> IntArray:
    """Cut each quad along its shorter diagonal, given how many faces meet at each vertex."""
    a, b, c, d = (xyz[quads[:, k]] for k in range(4))
    other = np.linalg.norm(b - d, axis=1) < np.linalg.norm(a - c, axis=1)
    # At the corners of lids and lips only two faces meet: cut through that vertex, or both faces
    # would get the same diagonal.
    other &= (faces[quads[:, [0, 2]]] > 2).all(axis=1)
    other |= (faces[quads[:, [1, 3]]] == 2).any(axis=1)
    turned = np.where(other[:, None], np.roll(quads, -1, axis=1), quads)
    halves = np.stack([turned[:, [0, 1, 2]], turned[:, [0, 2, 3]]], axis=1)
    return halves.reshape(-1, 3)

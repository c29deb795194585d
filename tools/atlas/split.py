"""Cuts a labelled surface along the zero lines of smooth fields: borders come out smooth."""

import numpy as np

from atlas.raster import FloatArray, IntArray
from atlas.surface import Half

# A border nearer to a vertex than this share of an edge goes through the vertex: no slivers.
_SNAP = 0.06


def split_label(half: Half, label: int, level: FloatArray, inside: int, outside: int) -> None:
    """Relabel the triangles of `label`: `inside` where the field is positive, `outside` elsewhere.

    Triangles that the zero line crosses are cut, and so are their neighbours across a cut edge,
    which keep their label.

    Args:
        half: the surface; changed in place (vertices are added, triangles replaced).
        label: which part of the surface to cut.
        level: the field at every vertex.
        inside: new label of the positive part.
        outside: new label of the rest.
    """
    level = _snap(half, label, level)
    ours = half.triangles[half.labels == label]
    edges = np.unique(np.sort(_edges(ours), axis=1), axis=0)
    crossed = edges[level[edges[:, 0]] * level[edges[:, 1]] < 0]
    if len(crossed):
        level = _cut(half, crossed, level)
    mine = half.labels == label
    positive = level[half.triangles[mine]].sum(axis=1) > 0
    half.labels[mine] = np.where(positive, inside, outside)


def _edges(triangles: IntArray) -> IntArray:
    return np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])


def _snap(half: Half, label: int, level: FloatArray) -> FloatArray:
    """Set the field to zero at vertices that the border nearly touches."""
    level = level.copy()
    edges = _edges(half.triangles[half.labels == label])
    first, second = level[edges[:, 0]], level[edges[:, 1]]
    crossing = first * second < 0
    edges, first, second = edges[crossing], first[crossing], second[crossing]
    share = first / (first - second)
    level[edges[share < _SNAP, 0]] = 0.0
    level[edges[share > 1 - _SNAP, 1]] = 0.0
    return level


def _cut(half: Half, crossed: IntArray, level: FloatArray) -> FloatArray:
    """Put a vertex on each crossed edge and re-triangulate around it; return the longer field."""
    count = len(half.values)
    first, second = level[crossed[:, 0]], level[crossed[:, 1]]
    share = (first / (first - second))[:, None]
    added = half.values[crossed[:, 0]] * (1 - share) + half.values[crossed[:, 1]] * share
    half.values = np.concatenate([half.values, added])
    number = {(int(a), int(b)): count + k for k, (a, b) in enumerate(crossed)}
    on_crossed = np.zeros(count, dtype=bool)
    on_crossed[crossed] = True
    touched = on_crossed[half.triangles].sum(axis=1) >= 2
    triangles, labels = [half.triangles[~touched]], [half.labels[~touched]]
    pieces: list[tuple[int, int, int]] = []
    marks: list[int] = []
    chosen = zip(half.triangles[touched].tolist(), half.labels[touched].tolist(), strict=True)
    for corners, label in chosen:
        parts = _pieces(corners, number)
        pieces += parts
        marks += [label] * len(parts)
    triangles.append(np.array(pieces, dtype=np.int64).reshape(-1, 3))
    labels.append(np.array(marks, dtype=np.int64))
    half.triangles, half.labels = np.concatenate(triangles), np.concatenate(labels)
    return np.concatenate([level, np.zeros(len(crossed))])


def _pieces(corners: list[int], number: dict[tuple[int, int], int]) -> list[tuple[int, int, int]]:
    """Cut one triangle at the new vertices of its edges (none, one, two or three)."""
    a, b, c = corners
    middles = [number.get((min(pair), max(pair))) for pair in ((a, b), (b, c), (c, a))]
    match middles:
        case [None, None, None]:
            return [(a, b, c)]
        case [int(ab), None, None]:
            return [(a, ab, c), (ab, b, c)]
        case [int(ab), int(bc), None]:
            return [(a, ab, c), (ab, bc, c), (ab, b, bc)]
        case [int(ab), int(bc), int(ca)]:
            return [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    return _pieces([b, c, a], number)  # the same, turned


def absorb_islands(half: Half, xyz: FloatArray, largest_mm2: float) -> None:
    """Give small pieces, apart from their region, to the neighbour that they touch most."""
    for label in range(int(half.labels.max()) + 1):
        pieces = _pieces_of(half, label)
        if len(pieces) < 2:
            continue
        areas = [float(_areas(xyz, half.triangles[piece]).sum()) for piece in pieces]
        main = int(np.argmax(areas))
        for number, piece in enumerate(pieces):
            if number != main and areas[number] < largest_mm2:
                half.labels[piece] = _neighbour(half, piece, label)


def _pieces_of(half: Half, label: int) -> list[IntArray]:
    """Return the triangles of each connected piece of a label."""
    ours = np.flatnonzero(half.labels == label)
    root = np.arange(len(half.values))
    corners = half.triangles[ours]
    while True:
        low = root[corners].min(axis=1)
        before = root.copy()
        for k in range(3):
            np.minimum.at(root, corners[:, k], low)
        root = root[root]
        if (root == before).all():
            break
    piece = root[corners[:, 0]]
    return [ours[piece == number] for number in np.unique(piece)]


def _neighbour(half: Half, piece: IntArray, label: int) -> int:
    on_piece = np.zeros(len(half.values), dtype=bool)
    on_piece[half.triangles[piece]] = True
    touching = (on_piece[half.triangles].sum(axis=1) == 2) & (half.labels != label)
    return int(np.bincount(half.labels[touching]).argmax())


def _areas(xyz: FloatArray, triangles: IntArray) -> FloatArray:
    a, b, c = (xyz[triangles[:, k]] for k in range(3))
    areas: FloatArray = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    return areas

"""Draws the outlines of a view as smooth curves in picture pixels."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from mesodesk.domain.bodymap.view import Camera, Surface, View
from numpy.typing import NDArray

from atlas.raster import FloatArray, IntArray

_STEP_PX = 1.5
_BEHIND_MM = 1.2
_SHORTEST_PX = 14.0
_GAP_PX = 8.0
_SIMPLE_PX = 0.06


def outlines(
    view: View, surface: Surface, normals: FloatArray, shown: IntArray, marks: list[FloatArray]
) -> list[NDArray[np.float32]]:
    """Return the visible contours, the rims of left-out parts and the marks (lids, lips) of a view."""
    camera = view.camera
    curves = _contours(camera, surface, normals, surface.triangles[shown])
    curves += [surface.positions[chain] for chain in _rims(surface.triangles[shown])]
    result: list[NDArray[np.float32]] = []
    for curve in curves:
        result += _visible_runs(view, curve, _SHORTEST_PX)
    for mark in marks:
        result += _visible_runs(view, mark, 3.0)
    return result


def _contours(
    camera: Camera, surface: Surface, normals: FloatArray, triangles: IntArray
) -> list[FloatArray]:
    """Return the curves on the skin along which it turns away from the viewer."""
    level = normals @ camera.toward
    level = np.where(np.abs(level) < 1e-6, 1e-6, level)
    sides = np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=-1)
    crossing = level[sides[..., 0]] * level[sides[..., 1]] < 0
    turned = crossing.sum(axis=1) == 2
    edges = np.sort(sides[turned][crossing[turned]].reshape(-1, 2), axis=1)
    unique, number = np.unique(edges, axis=0, return_inverse=True)
    first, second = level[unique[:, 0]], level[unique[:, 1]]
    share = (first / (first - second))[:, None]
    points = surface.positions[unique[:, 0]] * (1 - share) + surface.positions[unique[:, 1]] * share
    return [points[chain] for chain in chains(number.reshape(-1, 2))]


def _rims(triangles: IntArray) -> list[IntArray]:
    sides = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    unique, count = np.unique(np.sort(sides, axis=1), axis=0, return_counts=True)
    return chains(unique[count == 1])


def chains(links: IntArray) -> list[IntArray]:
    """Join pairs of numbers into runs; a closed run ends where it began."""
    near: defaultdict[int, list[int]] = defaultdict(list)
    for a, b in links.tolist():
        near[a].append(b)
        near[b].append(a)
    left = {(min(a, b), max(a, b)) for a, b in links.tolist()}
    result = []
    starts = sorted(near, key=lambda node: (len(near[node]) == 2, node))
    for start in starts:
        for following in sorted(near[start]):
            if (min(start, following), max(start, following)) in left:
                result.append(np.array(_walk(start, following, near, left)))
    return result


def _walk(
    start: int, following: int, near: dict[int, list[int]], left: set[tuple[int, int]]
) -> list[int]:
    run = [start, following]
    left.discard((min(start, following), max(start, following)))
    while True:
        here = run[-1]
        step = next((n for n in near[here] if (min(here, n), max(here, n)) in left), None)
        if step is None:
            return run
        left.discard((min(here, step), max(here, step)))
        run.append(step)


def _visible_runs(view: View, curve: FloatArray, shortest: float) -> list[NDArray[np.float32]]:
    """Return the parts of a curve that no other skin hides and that lie in the picture."""
    xy, near = view.camera.project(curve)
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(xy, axis=0), axis=1))])
    if length[-1] < shortest:
        return []
    keep = np.concatenate([[True], np.diff(length) > 1e-9])
    steps = np.linspace(0, length[-1], max(int(length[-1] / _STEP_PX), 2) + 1)
    x, y, z = (np.interp(steps, length[keep], part[keep]) for part in (xy[:, 0], xy[:, 1], near))
    path = np.stack([x, y], axis=1)
    seen = view.unhidden(path, z, _BEHIND_MM)
    margin = 4.0
    seen &= (path > -margin).all(axis=1)
    seen &= (path < np.array([view.width_px, view.height_px]) + margin).all(axis=1)
    runs = list(_runs(seen, int(_GAP_PX / _STEP_PX), int(shortest / _STEP_PX)))
    closed = bool(np.allclose(path[0], path[-1]))
    if closed and len(runs) > 1 and runs[0][0] == 0 and runs[-1][1] == len(path):
        joined = np.concatenate([path[runs[-1][0] :], path[1 : runs[0][1]]])
        parts = [joined] + [path[a:b] for a, b in runs[1:-1]]
    else:
        parts = [path[a:b] for a, b in runs]
    return [_simplify(_smooth(part)).astype(np.float32) for part in parts]


def _runs(seen: NDArray[np.bool_], gap: int, shortest: int) -> Iterable[tuple[int, int]]:
    """Yield stretches of True, bridging short gaps and leaving out short stretches."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], seen.astype(np.int8), [0]])))
    stretches = edges.reshape(-1, 2).tolist()
    merged: list[list[int]] = []
    for start, end in stretches:
        if merged and start - merged[-1][1] <= gap:
            merged[-1][1] = end
        else:
            merged.append([start, end])
    for start, end in merged:
        if end - start >= max(shortest, 2):
            yield start, end


def _smooth(path: FloatArray) -> FloatArray:
    """Even out the crossing points of edges; the ends stay."""
    closed = bool(np.linalg.norm(path[0] - path[-1]) < 0.5 * _STEP_PX) and len(path) > 12
    for _ in range(4):
        if closed:
            ring = path[:-1]
            ring = (np.roll(ring, 1, 0) + 2 * ring + np.roll(ring, -1, 0)) / 4
            path = np.concatenate([ring, ring[:1]])
        else:
            path = np.concatenate(
                [path[:1], (path[:-2] + 2 * path[1:-1] + path[2:]) / 4, path[-1:]]
            )
    return path


def _simplify(path: FloatArray) -> FloatArray:
    """Leave out points that lie within 0.06 px of the straight line (Douglas and Peucker)."""
    keep = np.zeros(len(path), dtype=bool)
    keep[[0, -1]] = True
    # A closed run has no straight line to start from: hold its middle as well.
    middle = len(path) // 2
    keep[middle] = True
    stack = [(0, middle), (middle, len(path) - 1)]
    while stack:
        a, b = stack.pop()
        if b - a < 2:
            continue
        along = path[b] - path[a]
        away = path[a + 1 : b] - path[a]
        size = float(np.hypot(*along))
        if size < 1e-9:
            distance = np.hypot(away[:, 0], away[:, 1])
        else:
            distance = np.abs(along[0] * away[:, 1] - along[1] * away[:, 0]) / size
        worst = int(distance.argmax())
        if distance[worst] > _SIMPLE_PX:
            keep[a + 1 + worst] = True
            stack += [(a, a + 1 + worst), (a + 1 + worst, b)]
    result: FloatArray = path[keep]
    return result

"""Draws the outlines of a view as smooth curves in picture pixels."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atlas.raster import FloatArray, IntArray
from mesodesk.domain.bodymap.view import Camera, Surface, View

_STEP_PX = 1.5
_BEHIND_MM = 0.8
_LIFT_MM = 0.7
_SHORTEST_MARK_PX = 3.0
_SHORTEST_PX = 22.0
_GAP_PX = 8.0
_SIMPLE_PX = 0.06


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve on the skin (mm) and the outward direction along it."""

    positions: FloatArray
    normals: FloatArray


def outlines(
    view: View, surface: Surface, normals: FloatArray, shown: IntArray, marks: list[Curve]
) -> list[FloatArray]:
    """Return what a view draws as lines.

    These are the visible contours, the rims where a part is left out, and the marks: curves
    on the skin such as the closed lids and lips.
    """
    triangles = surface.triangles[shown]
    curves = _contours(view.camera, surface, normals, triangles)
    curves += [Curve(surface.positions[c], normals[c]) for c in rims(triangles)]
    result: list[FloatArray] = []
    for curve in curves:
        result += _visible_runs(view, curve, _SHORTEST_PX)
    for curve in marks:
        xy, near = view.camera.project(curve.positions)
        if np.abs(view.nearness(xy) - near).min() > _BEHIND_MM:
            continue  # hidden, or on a part that the view leaves out
        result += _visible_runs(view, curve, _SHORTEST_MARK_PX)
    return result


def _contours(
    camera: Camera, surface: Surface, normals: FloatArray, triangles: IntArray
) -> list[Curve]:
    """Return the curves on the skin along which it turns away from the viewer."""
    level = normals @ camera.toward
    level = np.where(np.abs(level) < 1e-6, 1e-6, level)
    sides = np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=-1)
    crossing = level[sides[..., 0]] * level[sides[..., 1]] < 0
    turned = (crossing.sum(axis=1) == 2) & _turns_away(camera, surface, level, triangles)
    edges = np.sort(sides[turned][crossing[turned]].reshape(-1, 2), axis=1)
    unique, number = np.unique(edges, axis=0, return_inverse=True)
    first, second = level[unique[:, 0]], level[unique[:, 1]]
    share = (first / (first - second))[:, None]

    def between(values: FloatArray) -> FloatArray:
        mixed: FloatArray = values[unique[:, 0]] * (1 - share) + values[unique[:, 1]] * share
        return mixed

    points, outward = between(surface.positions), between(normals)
    return [Curve(points[chain], outward[chain]) for chain in chains(number.reshape(-1, 2))]


def _turns_away(
    camera: Camera, surface: Surface, level: FloatArray, triangles: IntArray
) -> NDArray[np.bool_]:
    """Tell the triangles on which the near side faces the viewer: not the inside of a fold."""
    a, b, c = (surface.positions[triangles[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    # The direction, within each triangle, in which the skin turns towards the viewer.
    turn = level[triangles[:, 0], None] * np.cross(across, c - b)
    turn += level[triangles[:, 1], None] * np.cross(across, a - c)
    turn += level[triangles[:, 2], None] * np.cross(across, b - a)
    towards: NDArray[np.bool_] = turn @ camera.toward > 0
    return towards


def rims(triangles: IntArray) -> list[IntArray]:
    """Return the open borders of a surface as closed runs of vertices."""
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
                run = _walk(start, following, near, left)
                result.append(np.array(run))
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


def _visible_runs(view: View, curve: Curve, shortest: float) -> list[FloatArray]:
    """Return the parts of a curve that no other skin hides and that lie in the picture."""
    xy, _ = view.camera.project(curve.positions)
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(xy, axis=0), axis=1))])
    if length[-1] < shortest:
        return []
    steps = np.linspace(0, length[-1], max(int(length[-1] / _STEP_PX), 2) + 1)
    path = _resample(xy, length, steps)
    # A contour lies where its own skin turns over: test a place just off the skin instead.
    lifted = _resample(curve.positions + _LIFT_MM * curve.normals, length, steps)
    spot, near = view.camera.project(lifted)
    seen = view.nearness(spot) - near < _BEHIND_MM
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
    return [_simplify(_smooth(part)) for part in parts]


def _resample(values: FloatArray, length: FloatArray, steps: FloatArray) -> FloatArray:
    return np.stack([np.interp(steps, length, part) for part in values.T], axis=1)


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

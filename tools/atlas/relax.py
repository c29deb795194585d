"""Evens out details that a neutral figure does not need, before the mesh is subdivided."""

from dataclasses import dataclass, replace

import numpy as np

from atlas.raster import FloatArray, IntArray
from atlas.source import Source


@dataclass(frozen=True, slots=True)
class _Patch:
    """A ball on the mean body (mm) in which vertices move towards their neighbours' middle."""

    centre: tuple[float, float, float]
    radius: float
    rounds: int


_PATCHES = (
    _Patch((99, 1212, 140), 17, 70),
    _Patch((0, 815, 60), 75, 10),
    _Patch((76, 1506, 52), 14, 4),
)


def relaxed(source: Source) -> Source:
    """Return the bodies with the patches smoothed, on both sides alike."""
    mean = np.mean(list(source.positions.values()), axis=0)
    sides = np.stack([source.quads, np.roll(source.quads, -1, axis=1)], axis=-1).reshape(-1, 2)
    edges = np.unique(np.sort(sides, axis=1), axis=0)
    valence = np.bincount(edges.ravel(), minlength=len(mean))[:, None]
    positions = dict(source.positions)
    for patch in _PATCHES:
        centre = np.array(patch.centre)
        away = np.linalg.norm(np.abs(mean * (1, 0, 0)) + mean * (0, 1, 1) - centre, axis=1)
        share = np.clip(1 - away / patch.radius, 0, 1)[:, None] ** 0.5
        for name, xyz in positions.items():
            positions[name] = _smooth(xyz, edges, valence, share, patch.rounds)
    return replace(source, positions=positions)


def _smooth(
    xyz: FloatArray, edges: IntArray, valence: IntArray, share: FloatArray, rounds: int
) -> FloatArray:
    for _ in range(rounds):
        total = np.zeros_like(xyz)
        np.add.at(total, edges[:, 0], xyz[edges[:, 1]])
        np.add.at(total, edges[:, 1], xyz[edges[:, 0]])
        xyz = xyz + 0.5 * share * (total / np.maximum(valence, 1) - xyz)
    return xyz

"""One body, ready to be drawn: skin, smooth directions, tint coordinates and marks."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from atlas.lines import Curve, chains
from atlas.raster import FloatArray
from atlas.store import Arrays
from atlas.surface import Half
from mesodesk.domain.bodymap import atlas as runtime
from mesodesk.domain.bodymap.view import Camera, Surface, View

# The hood of the navel, on the front of the mean body (mm).
_NAVEL = [
    (4.8 * np.cos(t), 1007.2 + 3.4 * np.sin(t)) for t in np.linspace(0.08 * np.pi, 0.92 * np.pi, 13)
]


@dataclass(frozen=True, slots=True)
class Figure:
    """A body of one sex."""

    sex: str
    surface: Surface
    normals: FloatArray  # smooth, of length 1, per vertex
    mean: FloatArray  # the same vertices on the mean of both bodies, mm
    marks: list[Curve]  # closed lids and lips, navel

    @classmethod
    def of(cls, half: Half, stored: Arrays, sex: str) -> Self:
        """Build the body from its left half."""
        partner = runtime.reflection(stored[f"{sex}.positions"])
        inner = partner >= len(partner)
        surface = runtime.read_surface(stored, sex)
        normals = _reflected(half.get(f"{sex}_normal"), inner)
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        mean = _reflected((half.get("female") + half.get("male")) / 2, inner)
        seams = chains(half.seams)
        seams += [partner[chain] for chain in seams]
        marks = [Curve(surface.positions[chain], normals[chain]) for chain in seams]
        marks.append(_drawn_on_front(_NAVEL, surface, Surface(mean, surface.triangles, 1.0)))
        return cls(sex, surface, normals, mean, marks)


def _reflected(left: FloatArray, inner: NDArray[np.bool_]) -> FloatArray:
    """Append the right half, which shares the vertices of the midline."""
    return np.concatenate([left, left[inner] * (-1.0, 1.0, 1.0)])


def _drawn_on_front(points: list[tuple[float, float]], surface: Surface, mean: Surface) -> Curve:
    """Carry a curve given on the front of the mean body over to the skin of this body."""
    axes = np.eye(3)
    camera = Camera(axes[0], axes[1], axes[2], np.array([0.0, 1000.0, 0.0]), 1.0, 1000, 2000)
    nothing = np.zeros(len(mean.triangles), dtype=bool)
    front = View("front", {}, camera, mean, nothing, Path(), (), closeup=False)
    places = [front.pick(500 + x, 2000 - y) for x, y in points]
    found = [place for place in places if place is not None]
    triangle = np.array([place.triangle for place in found])
    u, v = (np.array([getattr(place, name) for place in found]) for name in ("u", "v"))
    return Curve(surface.places(triangle, u, v), surface.normals(triangle))

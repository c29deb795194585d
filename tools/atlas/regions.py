"""Where each region lies: borders as zero lines of smooth fields, on the mean of both bodies.

Coordinates are millimetres on that mean body, 1,657 mm tall and standing on y = 0: x to the
patient's left, y up, z forward. Only the left half is described; the right half is its reflection.
Regions are carved one out of another, in order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from atlas.raster import FloatArray
from atlas.split import absorb_islands, split_label
from atlas.surface import Half

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Skin:
    """What a rule may ask of the vertices: coordinates in mm and the direction of the skin."""

    x: FloatArray
    y: FloatArray
    z: FloatArray
    normal: FloatArray

    def plane(self, through: Vector, towards: Vector) -> FloatArray:
        """Return the distance in mm beyond a plane."""
        n = np.array(towards) / np.linalg.norm(towards)
        result: FloatArray = (
            (self.x - through[0]) * n[0]
            + (self.y - through[1]) * n[1]
            + (self.z - through[2]) * n[2]
        )
        return result

    def oval(self, centre: Vector, radii: Vector) -> FloatArray:
        """Return how far inside an ellipsoid, in mm near its border.

        An infinite radius makes a cylinder.
        """
        parts = zip((self.x, self.y, self.z), centre, radii, strict=True)
        reach = np.sqrt(sum(((c - m) / r) ** 2 for c, m, r in parts))
        finite = [r for r in radii if np.isfinite(r)]
        result: FloatArray = (1 - reach) * min(finite)
        return result


Field = Callable[[Skin], FloatArray]


def both(*fields: FloatArray, blend: float = 6.0) -> FloatArray:
    """Return the field that is positive where all are; corners are rounded over `blend` mm."""
    stack = np.stack(fields)
    low = stack.min(axis=0)
    result: FloatArray = low - blend * np.log(np.exp(-(stack - low) / blend).sum(axis=0))
    return result


def either(*fields: FloatArray, blend: float = 6.0) -> FloatArray:
    """Return the field that is positive where any is; corners are rounded over `blend` mm."""
    return -both(*(-f for f in fields), blend=blend)


INF = float("inf")
_ISLAND_MM2 = 1500.0


@dataclass(frozen=True, slots=True)
class Carve:
    """Take out of the parts `source` what lies where the field is positive, as the part `code`."""

    code: str
    source: Sequence[str]
    field: Field


def label_regions(half: Half, rules: Sequence[Carve], first: str) -> list[str]:
    """Cut the surface by the rules; return the codes by label number."""
    codes = [first]
    half.labels = np.zeros(len(half.triangles), dtype=np.int64)
    for rule in rules:
        if rule.code not in codes:
            codes.append(rule.code)
        for source in rule.source:
            number = codes.index(source)
            split_label(half, number, rule.field(_skin(half)), codes.index(rule.code), number)
    absorb_islands(half, (half.get("female") + half.get("male")) / 2, _ISLAND_MM2)
    return codes


def _skin(half: Half) -> Skin:
    mean = (half.get("female") + half.get("male")) / 2
    normal = half.get("female_normal") + half.get("male_normal")
    normal = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    return Skin(mean[:, 0], mean[:, 1], mean[:, 2], normal)

"""How the points of a pattern lie on a flat sheet, before the skin bends it."""

from dataclasses import dataclass
from math import ceil, pi, sqrt
from typing import Final

import numpy as np

from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.planar import FloatArray, IntArray

# So many points more for each spacing of the rim has the fullest of some lattices, as measured.
_FULLER: Final = 0.07


@dataclass(frozen=True, slots=True)
class Lattice:
    """Points of a plane in mm, shape (n, 2), and the number of the row that each belongs to."""

    places: FloatArray
    row: IntArray


def lattice(pattern: Pattern, spacing: float, low: FloatArray, high: FloatArray) -> Lattice:
    """Return a pattern over a rectangle, about its middle.

    Each point's nearest neighbour is `spacing` away: in squares, in rows moved by half a step,
    or in rings about the middle.

    Args:
        pattern: SQUARE, STAGGERED, LINES or RADIAL.
        spacing: mm.
        low: the lower left corner.
        high: the upper right corner.

    Raises:
        ValueError: for another pattern.
    """
    middle, reach = (low + high) / 2, (high - low) / 2
    if pattern is Pattern.RADIAL:
        made = _rings(spacing, float(np.hypot(*reach)))
    elif pattern is Pattern.STAGGERED:
        made = _rows(spacing, spacing * sqrt(3) / 2, 0.5, reach)
    elif pattern in (Pattern.SQUARE, Pattern.LINES):
        made = _rows(spacing, spacing, 0.0, reach)
    else:
        raise ValueError(f"a field of {pattern} has no lattice")
    return Lattice(made.places + middle, made.row)


def _rows(step: float, rise: float, shift: float, reach: FloatArray) -> Lattice:
    """Return rows `rise` apart, every second one moved by a share of a step."""
    across = ceil(float(reach[0]) / step) + 1
    up = ceil(float(reach[1]) / rise) + 1
    column, row = np.meshgrid(np.arange(-across, across + 1), np.arange(-up, up + 1))
    x = (column + shift * (row % 2)) * step
    places = np.stack([x.ravel(), row.ravel() * rise], axis=1).astype(np.float64)
    return Lattice(places, row.ravel() + up)


def _rings(spacing: float, reach: float) -> Lattice:
    """Return a point with rings around it."""
    places, rows = [np.zeros((1, 2))], [np.zeros(1, dtype=np.int64)]
    for ring in range(1, ceil(reach / spacing) + 1):
        count = int(2 * pi * ring)
        angle = np.arange(count) * (2 * pi / count) + pi / 2
        places.append(ring * spacing * np.stack([np.cos(angle), np.sin(angle)], axis=1))
        rows.append(np.full(count, ring))
    return Lattice(np.concatenate(places), np.concatenate(rows))


# Patterns that may go on beside their rows; of lines each row is one thread.
EVERY_WAY: Final = (Pattern.SQUARE, Pattern.STAGGERED)
# So much of the spacing they keep from the outline on a narrow band: a hair less than half of it,
# or one just as wide as the spacing, whose outline is no more exact than that, would stay bare.
NARROW_MARGIN: Final = 0.49


def about_points(area_mm2: float, rim_mm: float, pattern: Pattern, spacing_mm: float) -> int:
    """Return about how many points a pattern has inside an outline.

    Of a zone, which is pricked all over, each puncture has a square of its own. Of a lattice the
    margin of half a spacing is taken off first; it then has as many points as cells, and the one
    that is laid a few more: it is the fullest of several.

    Args:
        area_mm2: of skin inside the outline.
        rim_mm: its length.
        pattern: of the field.
        spacing_mm: along the skin.
    """
    share = sqrt(3) / 2 if pattern is Pattern.STAGGERED else 1.0
    if pattern is Pattern.ZONE:
        return round(area_mm2 / spacing_mm**2)
    count = 0.0
    inner, inner_rim = _within(area_mm2, rim_mm, spacing_mm / 2)
    if inner > 0 and inner_rim > 0:
        count = inner / (share * spacing_mm**2) + _FULLER * inner_rim / spacing_mm
    if pattern in EVERY_WAY:
        # On a narrow band they follow one another along it.
        inner, inner_rim = _within(area_mm2, rim_mm, NARROW_MARGIN * spacing_mm)
        if inner > 0 and inner_rim > 0:
            count = max(count, inner_rim / 2 / spacing_mm)
    return max(round(count), 1 if count or area_mm2 >= spacing_mm**2 else 0)


def _within(area: float, rim: float, margin: float) -> tuple[float, float]:
    """Return about what area and what rim a shape has within a margin."""
    return area - rim * margin + pi * margin**2, rim - 2 * pi * margin

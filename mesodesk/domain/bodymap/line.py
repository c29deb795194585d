"""A line over the skin: where a stroke runs, how long that is, and points at a spacing along it.

The line is stored as places close to one another, so that it can be laid anew at any spacing. All
lengths are measured from place to place on the body, never in a picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.outlines import arrays
from mesodesk.domain.bodymap.planar import FloatArray, IntArray
from mesodesk.domain.bodymap.skin import Skin
from mesodesk.domain.bodymap.view import Surface, SurfacePoint, View

STEP_MM: Final = 2.0
"""Neighbouring places of a stored line are no further apart, at the body's own height."""

# A stroke is looked up on the skin this often, and where skin slants away more closely, down to
# this part of a pixel. What is still a step apart then is not the same piece of skin.
_LOOKED_UP_MM: Final = 0.5
_FINEST_PX: Final = 0.04
# The bottom of a fold, where the way turns so sharply (cosine), is sought to so many millimetres.
_SHARP: Final = 0.8
_SOUGHT_MM: Final = 0.05
# Where skin is folded, places lie so close that the way between them is no longer than this.
_BENT: Final = 1.02

Line = tuple[SurfacePoint, ...]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A drawn line; `cut` tells that it went on where there was no skin, or other skin."""

    line: Line
    cut: bool


@dataclass(frozen=True, slots=True)
class _Samples:
    """Places of a picture, and the skin there; NaN positions where there is none."""

    xy: FloatArray
    triangle: IntArray
    u: FloatArray
    v: FloatArray
    position: FloatArray


def drawn_line(skin: Skin, view: View, stroke_px: FloatArray) -> Stroke:
    """Return where a stroke drawn in a picture runs on the skin, from its first place on it.

    It ends where the skin ends, or where other skin lies behind: a line never jumps.

    Args:
        skin: of the view's body.
        view: the picture.
        stroke_px: corners in pixels of the picture, shape (n, 2).
    """
    found = _looked_up(
        skin.surface, view, _walked(stroke_px, _LOOKED_UP_MM / view.camera.mm_per_px)
    )
    on_skin = np.flatnonzero(found.triangle >= 0)
    if not len(on_skin):
        return Stroke((), cut=True)
    gaps = _gaps(found.position)[on_skin[0] :]
    leaps = np.flatnonzero(~(gaps <= STEP_MM))
    end = int(on_skin[0] + leaps[0]) if len(leaps) else len(found.triangle) - 1
    kept = _thinned(skin, found, int(on_skin[0]), end)
    line = tuple(
        SurfacePoint(*place)
        for place in zip(
            found.triangle[kept].tolist(), found.u[kept].tolist(), found.v[kept].tolist(),
            strict=True,
        )
    )  # fmt: skip
    return Stroke(line, cut=on_skin[0] > 0 or bool(len(leaps)))


def _walked(stroke: FloatArray, step: float) -> FloatArray:
    """Return places along a polyline no further apart than a step, its corners among them."""
    if len(stroke) < 2:
        return stroke
    parts = np.maximum(np.ceil(_gaps(stroke) / step), 1).astype(np.int64)
    owner = np.repeat(np.arange(len(parts)), parts)
    share = (np.arange(len(owner)) - np.repeat(np.cumsum(parts) - parts, parts)) / parts[owner]
    way = stroke[owner + 1] - stroke[owner]
    return np.concatenate([stroke[owner] + share[:, None] * way, stroke[-1:]])


def _looked_up(surface: Surface, view: View, xy: FloatArray) -> _Samples:
    """Return the skin at places of a picture, and at more between any two too far apart."""
    samples = _at(surface, view, xy)
    while True:
        apart = ~(_gaps(samples.position) <= _LOOKED_UP_MM) | _turning(samples.position)
        apart &= (samples.triangle[1:] >= 0) | (samples.triangle[:-1] >= 0)
        apart &= _gaps(samples.xy) > _FINEST_PX
        between = np.flatnonzero(apart)
        if not len(between):
            return samples
        more = _at(surface, view, (samples.xy[between] + samples.xy[between + 1]) / 2)
        samples = _Samples(
            *(
                np.insert(getattr(samples, name), between + 1, getattr(more, name), axis=0)
                for name in ("xy", "triangle", "u", "v", "position")
            )
        )


def _turning(position: FloatArray) -> NDArray[np.bool_]:
    """Tell which steps from place to place lie before or after a sharp turn."""
    step, length = np.diff(position, axis=0), _gaps(position)
    along = (step[1:] * step[:-1]).sum(axis=1) < _SHARP * length[1:] * length[:-1]
    turning = np.zeros(len(step), dtype=np.bool_)
    turning[1:] |= along
    turning[:-1] |= along
    turning &= length > _SOUGHT_MM
    return turning


def _at(surface: Surface, view: View, xy: FloatArray) -> _Samples:
    triangle, u, v = view.picks(xy)
    position = surface.places(np.maximum(triangle, 0), u, v)
    position[triangle < 0] = np.nan
    return _Samples(xy, triangle, u, v, position)


def _gaps(places: FloatArray) -> FloatArray:
    result: FloatArray = np.linalg.norm(np.diff(places, axis=0), axis=1)
    return result


def _thinned(skin: Skin, found: _Samples, start: int, end: int) -> list[int]:
    """Return which places to keep: few, but close, and closer where the way is bent; both ends.

    Between two of them the line lies on their triangles or next to these, and is found again.
    """
    position = found.position
    along = np.concatenate([[0.0], np.cumsum(_gaps(position[start : end + 1]))])
    beside = skin.beside[found.triangle[start : end + 1]].tolist()
    own = found.triangle[start : end + 1].tolist()
    near = [{one, *others} for one, others in zip(own, beside, strict=True)]
    kept = [start]
    for at in range(start + 1, end):
        last = kept[-1]
        straight = float(np.linalg.norm(position[at + 1] - position[last]))
        walked = along[at + 1 - start] - along[last - start]
        apart = near[at + 1 - start].isdisjoint(near[last - start])
        if apart or straight > STEP_MM or walked > _BENT * straight:
            kept.append(at)
    return [*kept, end] if end > start else kept


def line_mm(surface: Surface, line: Sequence[SurfacePoint]) -> float:
    """Return how long a line is on the skin, at the body's own height."""
    return float(_gaps(surface.places(*arrays(line))).sum())


def places_along(
    skin: Skin, line: Sequence[SurfacePoint], spacing_mm: float
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return places a spacing apart along a line, the first at its start: triangles, u and v.

    Args:
        skin: of the body.
        line: as it is stored, not empty.
        spacing_mm: at the body's own height.

    Raises:
        ValueError: if the spacing is not above 0.
    """
    if spacing_mm <= 0:
        raise ValueError("the spacing must be above 0")
    triangle, u, v = arrays(line)
    position = skin.surface.places(triangle, u, v)
    along = np.concatenate([[0.0], np.cumsum(_gaps(position))])
    # Rounding must not lose a point at the very end.
    wanted = np.arange(int(along[-1] / spacing_mm + 1e-6) + 1) * spacing_mm
    if len(line) == 1:
        return triangle, u, v
    before = np.clip(np.searchsorted(along, wanted, side="right") - 1, 0, len(line) - 2)
    length = np.maximum(along[before + 1] - along[before], 1e-12)
    share = np.clip((wanted - along[before]) / length, 0.0, 1.0)[:, None]
    between = position[before] + share * (position[before + 1] - position[before])
    ends = np.stack([triangle[before], triangle[before + 1]], axis=1)
    near = skin.beside[ends].reshape(len(ends), -1).astype(np.int64)
    return _nearest(skin.surface, between, np.concatenate([ends, near], axis=1))


def _nearest(
    surface: Surface, places: FloatArray, candidates: IntArray
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return for places close to the skin the nearest on any of their triangles, shape (n, k)."""
    count = candidates.shape[1]
    safe = np.where(candidates >= 0, candidates, candidates[:, :1])
    a, b, c = surface.corners(safe.ravel()).transpose(1, 0, 2)
    first, second, away = b - a, c - a, np.repeat(places, count, axis=0) - a
    gram = [(x * y).sum(axis=1) for x, y in ((first, first), (first, second), (second, second))]
    to_first, to_second = (away * first).sum(axis=1), (away * second).sum(axis=1)
    whole = np.maximum(gram[0] * gram[2] - gram[1] ** 2, 1e-18)
    u = np.clip((gram[2] * to_first - gram[1] * to_second) / whole, 0.0, 1.0)
    v = np.clip((gram[0] * to_second - gram[1] * to_first) / whole, 0.0, 1.0)
    over = np.maximum(u + v, 1.0)
    u, v = u / over, v / over
    off = np.linalg.norm(away - u[:, None] * first - v[:, None] * second, axis=1)
    best = np.argmin(off.reshape(-1, count), axis=1) + np.arange(len(places)) * count
    return safe.ravel()[best], u[best], v[best]

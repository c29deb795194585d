"""A signature as strokes, packed in one little-endian array.

Layout: version u8 (1), unused u8 (0), width u16 and height u16 of the area that was drawn on,
number of strokes u16; then for each stroke the number of its points u16 and its points. One point,
10 bytes: `x` u16, `y` u16, `after_ms` u32 since the first point of all, `pressure` u16 (0: not
measured, else 1 to 65535 for the whole). Lengths are tenths of the window's own pixel.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from math import hypot
from typing import Final

VERSION: Final = 1
TENTHS: Final = 10
"""Units of a stored length in one pixel of the window."""

MOST_POINTS: Final = 20_000
"""Some ten minutes of drawing; far beyond any signature."""

_HEAD: Final = struct.Struct("<BBHHH")
_COUNT: Final = struct.Struct("<H")
_POINT: Final = struct.Struct("<HHIH")
_MOST: Final = 2**16 - 1
_LATEST: Final = 2**32 - 1
# Of the area's width: a touch by mistake is shorter, the shortest cross or initial longer.
_LEAST_INK: Final = 0.03


class StrokesError(ValueError):
    """Bytes or values that are no strokes."""


@dataclass(frozen=True, slots=True)
class InkPoint:
    """Where the pen was, in tenths of a pixel, when, and how hard it pressed (0: not measured)."""

    x: int
    y: int
    after_ms: int = 0
    pressure: int = 0


Stroke = tuple[InkPoint, ...]


@dataclass(frozen=True, slots=True)
class Strokes:
    """A drawn signature with the size of the area that it was drawn on, in tenths of a pixel."""

    width: int
    height: int
    strokes: tuple[Stroke, ...] = ()

    @property
    def point_count(self) -> int:
        return sum(map(len, self.strokes))

    @property
    def ink(self) -> float:
        """How long the line is, all strokes together, in tenths of a pixel."""
        steps = chain.from_iterable(pairwise(stroke) for stroke in self.strokes)
        return sum(hypot(after.x - before.x, after.y - before.y) for before, after in steps)

    @property
    def is_blank(self) -> bool:
        """Whether there is too little to be a signature: nothing, or a touch by mistake."""
        return self.ink < self.width * _LEAST_INK

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of what was drawn; the whole area if nothing was."""
        points = tuple(chain.from_iterable(self.strokes))
        if not points:
            return 0, 0, self.width, self.height
        xs, ys = [point.x for point in points], [point.y for point in points]
        return min(xs), min(ys), max(xs), max(ys)


def pack(drawn: Strokes) -> bytes:
    """Return the strokes as they are stored.

    Raises:
        StrokesError: if there are too many points, or a value does not fit.
    """
    _check(drawn)
    head = _HEAD.pack(VERSION, 0, drawn.width, drawn.height, len(drawn.strokes))
    return head + b"".join(_packed(stroke) for stroke in drawn.strokes)


def _check(drawn: Strokes) -> None:
    if not (0 < drawn.width <= _MOST and 0 < drawn.height <= _MOST):
        raise StrokesError("the area has no size that can be kept")
    if drawn.point_count > MOST_POINTS or len(drawn.strokes) > _MOST:
        raise StrokesError("there are too many points for a signature")
    for stroke in drawn.strokes:
        if not stroke or not all(_fits(point, drawn) for point in stroke):
            raise StrokesError("a stroke is empty, or leaves the area")


def _fits(point: InkPoint, drawn: Strokes) -> bool:
    inside = 0 <= point.x <= drawn.width and 0 <= point.y <= drawn.height
    return inside and 0 <= point.after_ms <= _LATEST and 0 <= point.pressure <= _MOST


def _packed(stroke: Sequence[InkPoint]) -> bytes:
    points = (_POINT.pack(p.x, p.y, p.after_ms, p.pressure) for p in stroke)
    return _COUNT.pack(len(stroke)) + b"".join(points)


def unpack(data: bytes) -> Strokes:
    """Return what `pack` stored.

    Raises:
        StrokesError: if the bytes are damaged or of a later layout.
    """
    try:
        version, _, width, height, count = _HEAD.unpack_from(data)
        if version != VERSION:
            raise StrokesError(f"strokes of an unknown layout, {version}")
        drawn = Strokes(width, height, tuple(_read(data, count)))
    except struct.error as error:
        raise StrokesError("the strokes are cut off") from error
    if pack(drawn) != data:
        raise StrokesError("the strokes have something behind them")
    return drawn


def _read(data: bytes, count: int) -> Iterator[Stroke]:
    at = _HEAD.size
    for _ in range(count):
        (points,) = _COUNT.unpack_from(data, at)
        at += _COUNT.size
        end = at + points * _POINT.size
        yield tuple(InkPoint(*each) for each in _POINT.iter_unpack(data[at:end]))
        if end > len(data):
            raise StrokesError("the strokes are cut off")
        at = end

"""Lays one photograph over another by two pairs of places: turned, scaled and moved, never bent."""

from dataclasses import dataclass
from typing import Final, NamedTuple

_NEAREST: Final = 0.02
"""Two places must lie at least so far apart: nearer ones turn a slip of the hand into a turn."""


class Place(NamedTuple):
    """A place on a picture held upright, both in widths of it: x to the right, y down."""

    x: float
    y: float


class AlignmentError(ValueError):
    """The places do not say how the pictures lie."""

    def __init__(self) -> None:
        self.sentence = (
            "These two points lie too near to each other. Nothing was changed. Choose two that are"
            " far apart, such as both iliac crests."
        )
        super().__init__(self.sentence)


@dataclass(frozen=True, slots=True)
class Similarity:
    """Takes a place of the later picture to one of the earlier.

    (x, y) comes to (ax - by + dx, bx + ay + dy); `a` and `b` are the scale times cosine and sine of
    the turn.
    """

    a: float
    b: float
    dx: float
    dy: float

    def at(self, place: Place) -> Place:
        """Return where a place of the later picture comes to lie."""
        return Place(
            self.a * place.x - self.b * place.y + self.dx,
            self.b * place.x + self.a * place.y + self.dy,
        )


IDENTITY: Final = Similarity(1.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two places on the earlier picture, and the same two on the later one."""

    before: tuple[Place, Place]
    after: tuple[Place, Place]

    @property
    def similarity(self) -> Similarity:
        """Return what takes the later places exactly to the earlier ones.

        Raises:
            AlignmentError: if two places of one picture are nearer than a fiftieth of its width.
        """
        from_x, from_y = _between(*self.after)
        to_x, to_y = _between(*self.before)
        length = from_x**2 + from_y**2
        if min(length, to_x**2 + to_y**2) < _NEAREST**2:
            raise AlignmentError
        a = (from_x * to_x + from_y * to_y) / length
        b = (from_x * to_y - from_y * to_x) / length
        first, target = self.after[0], self.before[0]
        return Similarity(
            a,
            b,
            target.x - (a * first.x - b * first.y),
            target.y - (b * first.x + a * first.y),
        )


def _between(first: Place, second: Place) -> tuple[float, float]:
    return second.x - first.x, second.y - first.y

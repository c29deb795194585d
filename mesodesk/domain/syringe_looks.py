"""How a syringe is told apart, on the screen and on paper alike: colour, shape and digit."""

from enum import StrEnum
from typing import Final, NamedTuple


class Shape(StrEnum):
    """Outline of a syringe's badge and of its points."""

    CIRCLE = "circle"
    SQUARE = "square"
    TRIANGLE = "triangle"
    DIAMOND = "diamond"
    HEXAGON = "hexagon"
    STAR = "star"
    PENTAGON = "pentagon"
    CROSS = "cross"
    DROP = "drop"


class SyringeLook(NamedTuple):
    """How a syringe is told apart: a colour, a shape and its digit, never colour alone."""

    digit: int
    colour: str
    shape: Shape
    ink: str


_INK: Final = "#1B2227"
_WHITE: Final = "#FFFFFF"

# Okabe & Ito, "Color Universal Design" (2008): eight colours told apart with every colour vision;
# the ninth is a neutral grey, set apart by its shape.
SYRINGES: Final = (
    SyringeLook(1, "#E69F00", Shape.CIRCLE, _INK),
    SyringeLook(2, "#0072B2", Shape.SQUARE, _WHITE),
    SyringeLook(3, "#009E73", Shape.TRIANGLE, _INK),
    SyringeLook(4, "#CC79A7", Shape.DIAMOND, _INK),
    SyringeLook(5, "#56B4E9", Shape.HEXAGON, _INK),
    SyringeLook(6, "#D55E00", Shape.PENTAGON, "#000000"),
    SyringeLook(7, "#F0E442", Shape.STAR, _INK),
    SyringeLook(8, "#000000", Shape.CROSS, _WHITE),
    SyringeLook(9, "#999999", Shape.DROP, _INK),
)


def syringe_look(digit: int) -> SyringeLook:
    """Return the look of a syringe.

    Raises:
        ValueError: if the digit is not 1 to 9.
    """
    if not 1 <= digit <= len(SYRINGES):
        raise ValueError("a syringe has a digit from 1 to 9")
    return SYRINGES[digit - 1]

"""The scales of the exposure map: fixed steps with round numbers, never stretched to the data.

A colour stands for the same amount in every patient, view and range of sessions, so that a trifle
looks like a trifle. The steps say how much, not how much is too much: they are no limits.
"""

from fractions import Fraction
from typing import Final

_STEPS: Final = (Fraction(1), Fraction(2), Fraction(5))

CLASSES: Final = 9

VOLUME_ML: Final = tuple(
    Fraction(each) for each in ("0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1", "2")
)
"""Where each class of millilitres per cm2 begins; below the first there is no colour."""

DAYS: Final = (0, 7, 14, 28, 56, 112, 365)
"""Where each class of days since the last treatment begins."""


def scale_of_active(strongest_per_ml: Fraction) -> tuple[Fraction, ...]:
    """Return where each class of an active per cm2 begins.

    They are those of the volume, times the strongest mixture of the active that was given, rounded
    down to 1, 2 or 5: so a colour means about the same volume of that mixture.

    Raises:
        ValueError: if the concentration is not above 0.
    """
    if strongest_per_ml <= 0:
        raise ValueError("a scale needs a concentration above 0")
    exponent, step = _round_down(VOLUME_ML[0] * strongest_per_ml)
    return tuple(
        _STEPS[(step + at) % 3] * Fraction(10) ** (exponent + (step + at) // 3)
        for at in range(CLASSES)
    )


def _round_down(value: Fraction) -> tuple[int, int]:
    """Return the exponent of ten and the index of the largest step that is not above a value."""
    exponent = 0
    while Fraction(10) ** exponent > value:
        exponent -= 1
    while Fraction(10) ** (exponent + 1) <= value:
        exponent += 1
    step = max(at for at in range(3) if _STEPS[at] * Fraction(10) ** exponent <= value)
    return exponent, step


def day_class(days: int) -> int:
    """Return the class of a number of days; the future (a clock set back) counts as today."""
    return max(at for at, begin in enumerate(DAYS) if begin <= max(days, 0))

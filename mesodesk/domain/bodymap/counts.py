"""Which spacing gives an area the number of points that is wanted."""

from collections.abc import Callable
from decimal import Decimal
from math import sqrt
from typing import Final

from mesodesk.domain.bodymap.fields import LARGEST_SPACING_MM, LEAST_SPACING_MM

_STEPS_PER_MM: Final = 10
_ROUNDS: Final = 8
# So many tenths of a millimetre around the nearest spacing are tried for the very number.
_AROUND: Final = 8
# So many tenths of a millimetre away another number is looked for.
_AS_FAR: Final = 40
ONE_OF: Final = 8
"""At most one of so many points that are wanted is left out of a field that has more."""
# Where a spacing leaves no point, a closer one is tried.
_CLOSER: Final = 0.7


def spacing_for(
    count_at: Callable[[Decimal], int], wanted: int, spacing_mm: Decimal
) -> tuple[Decimal, int]:
    """Return the spacing whose number of points is nearest to the one wanted, and that number.

    Points lie in rows, so not every number can be had: one point more or less is often a whole row.

    Args:
        count_at: lays an area out at a spacing and returns how many points it has.
        wanted: number of points, 1 or more.
        spacing_mm: where to begin, the spacing now.

    Returns:
        The spacing in tenths of a millimetre, within 2 to 40 mm; the wider one of two as near.
    """
    found: dict[int, int] = {}

    def look(tenths: int) -> int:
        if tenths not in found:
            found[tenths] = count_at(Decimal(tenths) / _STEPS_PER_MM)
        return found[tenths]

    guess = _within(round(spacing_mm * _STEPS_PER_MM))
    for _ in range(_ROUNDS):
        count = look(guess)
        # The number of points goes with the square of the spacing.
        better = _within(round(guess * (sqrt(count / wanted) if count else _CLOSER)))
        if better in found:
            break
        guess = better
    middle = _nearest(found, wanted)
    for away in range(1, _AROUND + 1):
        if found[_nearest(found, wanted)] == wanted:
            break
        look(_within(middle + away))
        look(_within(middle - away))
    best = _nearest(found, wanted)
    return Decimal(best) / _STEPS_PER_MM, found[best]


def spacing_to_thin(
    count_at: Callable[[Decimal], int], wanted: int, nearest_mm: Decimal
) -> tuple[Decimal, int] | None:
    """Return a spacing that gives a few points more than wanted, and how many it gives.

    Args:
        count_at: as for `spacing_for`.
        wanted: number of points, 1 or more.
        nearest_mm: the spacing whose number is nearest.

    Returns:
        The widest one that is no wider; None where it would give too many to leave some out.
    """
    here = round(nearest_mm * _STEPS_PER_MM)
    # The number goes with the square of the spacing: a wider search finds too many.
    for away in range(max(_AROUND, here // ONE_OF) + 1):
        spacing_mm = Decimal(_within(here - away)) / _STEPS_PER_MM
        count = count_at(spacing_mm)
        if count >= wanted:
            few = max(1, wanted // ONE_OF)
            return (spacing_mm, count) if count - wanted <= few else None
    return None


def next_count(
    count_at: Callable[[Decimal], int], spacing_mm: Decimal, direction: int, now: int | None = None
) -> int:
    """Return the next number of points that can be had, more (1) or fewer (-1).

    Args:
        count_at: as for `spacing_for`.
        spacing_mm: the spacing now.
        direction: 1 or -1.
        now: the number now, where points were taken out by hand; else what the spacing gives.

    Returns:
        The number at the first closer or wider spacing that changes it so; the number now where
        none within 4 mm does.
    """
    here = round(spacing_mm * _STEPS_PER_MM)
    laid = count_at(Decimal(here) / _STEPS_PER_MM)
    known = laid if now is None else now
    if (laid - known) * direction > 0:
        return laid
    for away in range(1, _AS_FAR + 1):
        count = count_at(Decimal(_within(here - direction * away)) / _STEPS_PER_MM)
        if (count - known) * direction > 0:
            return count
    return known


def _within(tenths: int) -> int:
    least, most = (int(each * _STEPS_PER_MM) for each in (LEAST_SPACING_MM, LARGEST_SPACING_MM))
    return min(max(tenths, least), most)


def _nearest(found: dict[int, int], wanted: int) -> int:
    return min(found, key=lambda tenths: (abs(found[tenths] - wanted), -tenths))

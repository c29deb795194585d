"""A volume shared out over points or places, exactly to the microlitre."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class SharingError(ValueError):
    """A volume that cannot give every point at least a microlitre."""


def shares(total_ul: int, count: int) -> NDArray[np.int64]:
    """Return whole microlitres for each point, evenly spread, that add up to the total.

    No two shares differ by more than one microlitre.

    Args:
        total_ul: microlitres.
        count: of points, at least 1.

    Raises:
        SharingError: if there are more points than microlitres, or no points.
    """
    if count < 1 or total_ul < count:
        raise SharingError(f"{total_ul} microlitres cannot be shared by {count} points")
    # Where each share ends, rounded down; so the larger shares lie evenly between the others.
    ends = np.arange(count + 1, dtype=np.int64) * total_ul // count
    return np.diff(ends)


def weighted_shares(total: int, weights: Sequence[int]) -> list[int]:
    """Return whole shares of a total in proportion to weights; they add up to it.

    No share differs from the exact one by 1 or more.

    Args:
        total: 0 or more.
        weights: none below 0, not all of them 0.
    """
    ends = [sum(weights[: count + 1]) * total // sum(weights) for count in range(len(weights))]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]

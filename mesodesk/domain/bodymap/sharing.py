"""A volume shared out over points, exactly to the microlitre."""

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

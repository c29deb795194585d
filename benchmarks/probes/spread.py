"""What `benchmarks.probes.spacing` tells of one field. Imports no part of the program."""

from typing import NamedTuple


class Spread(NamedTuple):
    """One combination: shares of the spacing. Too far to be found counts as the reach."""

    body: str
    region: str
    pattern: str
    spacing_mm: float
    points: int
    median: float
    low: float
    high: float

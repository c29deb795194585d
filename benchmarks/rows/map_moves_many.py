"""Row 12: frames while a map of 50,000 points is panned and zoomed, 95th percentile.

As row 11. Anchor, in turn: a map of 5,000 points.
"""

from benchmarks import map_frames
from benchmarks.bench import Bench
from benchmarks.figures import Row

NUMBER = 12
NAME = "map_moves_many"


def measure(bench: Bench) -> list[Row]:
    """Return the rows: at most 8 ms, and hardly more than with a tenth of the points."""
    return map_frames.rows(bench, NAME, 50_000, 5_000, "5,000 points", (1.3, 2.0))

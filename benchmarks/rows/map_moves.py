"""Row 11: frames while a map of 5,000 points is panned and zoomed, 95th percentile.

In the real window: the wheel turned from the whole body to six times as large and back, the map
pulled with the middle button. A frame ends when the round of painting that the step led to has
ended. Anchor, in turn: the outline alone, that is a chart without points.
"""

from benchmarks import map_frames
from benchmarks.bench import Bench
from benchmarks.figures import Row

NUMBER = 11
NAME = "map_moves"


def measure(bench: Bench) -> list[Row]:
    """Return the rows: at most 8 ms, and hardly more than without points."""
    return map_frames.rows(bench, NAME, 5_000, 0, "outline alone", (1.2, 2.0))

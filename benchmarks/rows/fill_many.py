"""Row 27: from a click on a region to some 2,200 points, painted.

In the real window, regions that were never filled before. So many points are asked about first. Two
waits are summed: from the release of the button to the question, and from Enter to the end of the
round of painting. Anchor: the same points laid by the domain alone, the area at hand.
"""

from benchmarks.bench import Bench
from benchmarks.chart_fills import fills
from benchmarks.figures import Limit, Row

NUMBER = 27
NAME = "fill_many"


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 50 ms."""
    told = fills(bench)
    whole, laid = told["new whole"], told["new laid"]
    note = (
        f"to the question {told['new asked']}, from Enter {told['new painted']} ms; a region "
        f"filled before {told['known whole']} ms; {told['new points']} points"
    )
    limit = Limit("ms", whole.median, 50, 100)
    ratio = whole.median / laid.median
    return [Row(NAME, str(whole), "ms", f"laid, not charted {laid}", ratio, (limit,), note)]

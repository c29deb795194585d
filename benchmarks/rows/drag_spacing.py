"""Row 28: a step of the handle that changes a field's spacing, painted; the slowest step counts.

In the real window: a field of 500 points is pulled to wider and closer spacings, a millimetre a
step, and let go; each step lays the points anew. Steps that lay up to 600 points are judged.
Anchor: the field's points laid by the domain alone.
"""

from benchmarks.bench import Bench
from benchmarks.chart_fills import fills
from benchmarks.figures import Limit, Row, Samples

NUMBER = 28
NAME = "drag_spacing"
MOST_POINTS = 600


def measure(bench: Bench) -> list[Row]:
    """Return the row: every step at most 50 ms."""
    told = fills(bench)
    steps = zip(told["step ms"].readings, told["step points"].readings, strict=True)
    judged = Samples.of([ms for ms, points in steps if points <= MOST_POINTS])
    slowest, laid = max(judged.readings), told["pull laid"]
    note = f"steps {judged} ms; the field had {told['pull points']} points"
    limit = Limit("ms", slowest, 50, 100)
    ratio = slowest / laid.median
    anchor = f"laid, not shown {laid}"
    return [Row(NAME, f"{slowest:.0f}", "ms", anchor, ratio, (limit,), note)]

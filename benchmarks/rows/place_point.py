"""Row 13: from a click to its point, painted, on a chart of 5,000 points.

In the real window with the vault behind it: the release of the button to the end of the round of
painting, on the whole body and magnified. Anchor, in turn: the same on a chart without points.
"""

from benchmarks.bench import Bench
from benchmarks.figures import Limit, Row, Samples
from benchmarks.program import only_answer

NUMBER = 13
NAME = "place_point"


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 16 ms, and hardly more than on an empty chart."""
    vault = str(bench.chart_vault())
    told = only_answer(bench.ask_on_screen("benchmarks.probes.chart_clicks", vault))
    whole, near = Samples.of(told["5000 whole"]), Samples.of(told["5000 near"])
    many = Samples.of(told["5000 whole"] + told["5000 near"])
    none = Samples.of(told["0 whole"] + told["0 near"])
    ratio = many.median / none.median
    limits = (Limit("ms", many.median, 16, 50), Limit("ratio", ratio, 1.5, 2.0))
    note = f"on the whole body {whole}, magnified {near} ms; p95 {many.percentile(0.95):.1f} ms"
    return [Row(NAME, str(many), "ms", f"an empty chart {none}", ratio, limits, note)]

"""Fields made and changed in the window; rows 14, 27 and 28 judge the same readings."""

from benchmarks.bench import Bench
from benchmarks.figures import Samples
from benchmarks.program import only_answer


def fills(bench: Bench) -> dict[str, Samples]:
    """Return the readings of `benchmarks.probes.chart_fills`, measured once in a run."""
    return bench.once("chart fills", lambda: _measure(bench))


def _measure(bench: Bench) -> dict[str, Samples]:
    lines = bench.ask_on_screen("benchmarks.probes.chart_fills", str(bench.chart_vault()))
    return {name: Samples.of(readings) for name, readings in only_answer(lines).items()}

"""Frames of the body map while it is moved; rows 11 and 12 judge the same readings."""

from benchmarks.bench import Bench
from benchmarks.figures import Limit, Row, Samples
from benchmarks.program import only_answer

GOAL_MS, FLOOR_MS = 8, 33
_MOVES = ("pan", "zoom")


def frames(bench: Bench) -> dict[str, Samples]:
    """Return the milliseconds of frames by move and number of points, measured once in a run."""
    return bench.once("map frames", lambda: _measure(bench))


def _measure(bench: Bench) -> dict[str, Samples]:
    lines = bench.ask_on_screen("benchmarks.probes.chart_frames", str(bench.chart_vault()))
    return {name: Samples.of(readings) for name, readings in only_answer(lines).items()}


def rows(
    bench: Bench, name: str, points: int, against: int, anchor: str, ratios: tuple[float, float]
) -> list[Row]:
    """Return a row for panning and one for zooming, judged by the 95th percentiles.

    Args:
        bench: of this run.
        name: begins the name of each row.
        points: on the chart.
        against: points on the chart that it is compared with.
        anchor: names that.
        ratios: goal and floor.
    """
    measured = frames(bench)
    made = []
    for move in _MOVES:
        ours, theirs = measured[f"{move} {points}"], measured[f"{move} {against}"]
        value, other = ours.percentile(0.95), theirs.percentile(0.95)
        ratio = value / other
        limits = (Limit("ms", value, GOAL_MS, FLOOR_MS), Limit("ratio", ratio, *ratios))
        note = f"all frames {ours} ms; sharp again in {measured[f'sharp {points}']} ms"
        shown, compared = f"{value:.1f}", f"{anchor} {other:.1f}"
        made.append(Row(f"{name}_{move}", shown, "ms p95", compared, ratio, limits, note))
    return made

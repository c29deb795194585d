"""The scripted visit of rows 16 and 17, with the disk as it is or with each sync slowed."""

import json
import statistics
from collections.abc import Mapping

from benchmarks.bench import Bench, Size
from benchmarks.figures import Limit, Row, Samples

ROUNDS = 3
GOAL_MS, FLOOR_MS = 50, 100


def stall_row(
    bench: Bench, name: str, anchor: str = "-", environment: Mapping[str, str] | None = None
) -> Row:
    """Make the visit in three programs; the row is the worst stall after the start, median."""
    vault = str(bench.vault(Size.SMALL))
    firsts, seconds = [], []
    for _ in range(ROUNDS):
        lines = bench.ask_on_screen("benchmarks.probes.stall", vault, environment=environment)
        told = json.loads(lines[-1])
        firsts.append(told["first"])
        seconds.append(told["second"])
    value = Samples.of([max(gaps.values()) for gaps in firsts])
    again = Samples.of([max(gaps.values()) for gaps in seconds])
    note = f"{_worst(firsts)}; in a second visit {again} ms, {_worst(seconds)}"
    return Row(name, str(value), "ms", anchor, None, (_limit(value),), note)


def _limit(value: Samples) -> Limit:
    return Limit("ms", value.median, GOAL_MS, FLOOR_MS)


def _worst(runs: list[dict[str, float]]) -> str:
    """Name the three things that held up the window longest, each with its median."""
    medians = {doing: statistics.median(gaps.get(doing, 0.0) for gaps in runs) for doing in runs[0]}
    three = sorted(medians, key=lambda doing: -medians[doing])[:3]
    return ", ".join(f"{doing} {medians[doing]:.0f}" for doing in three)

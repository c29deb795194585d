"""Row 6: CPU time spent doing nothing, with a session open.

Over a minute without a key, in percent of one core. Anchor: the empty window over the same time, in
turn. The limit is on the difference, as the anchor may well read 0.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.bench import Bench, Size
from benchmarks.figures import Limit, Row
from benchmarks.processes import Program
from benchmarks.program import open_first_patient, open_session, started, unlocked

NUMBER = 6
NAME = "idle_cpu"
LASTS_S = 60.0
# Until timers of the last action (a sharper picture, a reload) have run out.
_COME_TO_REST_S = 5.0


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 0.2 points of a percent above the empty window."""
    with _empty_window(bench) as program:
        anchor = _percent(program)
    with unlocked(bench, bench.vault(Size.SMALL)) as (program, _):
        open_first_patient(bench)
        open_session(bench)
        value = _percent(program)
    above = value - anchor
    return [
        Row(
            NAME,
            f"{value:.2f}",
            "% of a core",
            f"bare window {anchor:.2f}",
            None,
            (Limit("points above", above, 0.2, 0.5),),
        )
    ]


@contextmanager
def _empty_window(bench: Bench) -> Iterator[Program]:
    program, _ = started(bench, "-m", "benchmarks.anchors.bare")
    with program:
        yield program


def _percent(program: Program) -> float:
    time.sleep(_COME_TO_REST_S)
    cpu, began = program.cpu_s(), time.perf_counter()
    time.sleep(LASTS_S)
    return 100 * (program.cpu_s() - cpu) / (time.perf_counter() - began)

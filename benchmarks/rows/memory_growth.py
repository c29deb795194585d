"""Row 21: does memory grow over 500 visits in one program.

Proportional set size after the last visit against that after the 50th, when everything has been
imported and built. Patients come round again after 40, each third visit opens a session and chart.
"""

import json

from benchmarks.bench import Bench, Size
from benchmarks.figures import Limit, Row

NUMBER = 21
NAME = "memory_growth"
VISITS, MARK = 500, 50
VISITS_SMALL = 150


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 5 percent more."""
    visits = VISITS_SMALL if bench.small else VISITS
    vault = str(bench.vault(Size.SMALL))
    lines = bench.ask_on_screen("benchmarks.probes.growth", vault, str(visits), str(MARK))
    told = json.loads(lines[-1])
    growth = 100 * (told["end"] / told["mark"] - 1)
    return [
        Row(
            NAME,
            f"{growth:+.1f}",
            "%",
            f"{told['mark']:.0f} MiB after {MARK} visits, {told['end']:.0f} after {visits}",
            told["end"] / told["mark"],
            (Limit("%", growth, 5, 15),),
        )
    ]

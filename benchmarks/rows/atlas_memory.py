"""Row 30: memory of the atlas, in a program of its own without a window.

Proportional set size above that before the first body was read: both bodies read, a place picked
and 5,000 points projected in every view, the net of the skin made, every region cut out. Pictures
are not in it: the window keeps that of the view in sight alone. Anchor: one body, only read.
"""

import json

from benchmarks.bench import Bench
from benchmarks.figures import Limit, Row

NUMBER = 30
NAME = "atlas_memory"


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 60 MiB."""
    told = json.loads(bench.ask("benchmarks.probes.atlas_memory")[-1])
    read, one, both = told["0 read"], told["0 used"], told["1 used"]
    return [
        Row(
            NAME,
            f"{both:.1f}",
            "MiB PSS",
            f"one body, only read {read:.1f}",
            both / read,
            (Limit("MiB", both, 60, 100),),
            f"one body, looked at from everywhere {told['0 seen']:.1f}, and cut up {one:.1f} MiB",
        )
    ]

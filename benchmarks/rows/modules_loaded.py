"""Row 4: what is imported when the unlock window is first painted.

SQLAlchemy must not be among it: it is imported on a thread afterwards, while the password is typed.
Anchor: the modules of the empty window at the same moment.
"""

import json

from benchmarks.bench import Bench, Size
from benchmarks.figures import Limit, Row

NUMBER = 4
NAME = "modules_loaded"


def measure(bench: Bench) -> list[Row]:
    """Return the rows: no SQLAlchemy, and at most 1.2 times the modules."""
    _ = bench.screen
    vault = str(bench.vault(Size.SMALL))
    ours = json.loads(bench.ask_on_screen("benchmarks.probes.first_paint", "mesodesk", vault)[-1])
    bare = json.loads(bench.ask_on_screen("benchmarks.probes.first_paint", "bare")[-1])
    ratio = ours["count"] / bare["count"]
    early = float(ours["sqlalchemy"])
    return [
        Row(
            NAME,
            str(ours["count"]),
            "modules",
            f"bare window {bare['count']}",
            ratio,
            (Limit("ratio", ratio, 1.2, 1.8), Limit("of SQLAlchemy", early, 0, 0)),
        )
    ]

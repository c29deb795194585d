"""Row 1: from the start of the program to its unlock window, painted.

Anchor: an empty PySide6 window started in turn with it. The clock runs from the exec to the last
large change of the picture; the window that comes first and is then filled does not count as there.
"""

from benchmarks.bench import Bench
from benchmarks.figures import Limit, Row
from benchmarks.starts import BARE, PROGRAM, starts

NUMBER = 1
NAME = "start_to_unlock"


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 1.3 times the empty window."""
    usable = starts(bench).usable_ms
    ratio = usable[PROGRAM].median / usable[BARE].median
    return [
        Row(
            NAME,
            str(usable[PROGRAM]),
            "ms",
            f"{BARE} {usable[BARE]}",
            ratio,
            (Limit("ratio", ratio, 1.3, 1.8),),
        )
    ]

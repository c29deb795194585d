"""Row 3: CPU time of a whole start, no password typed.

User and system time of the program a second after its window stands, so that what it imports behind
the first paint is in it. Anchor: the empty window that imports and configures SQLAlchemy first.
"""

from benchmarks.bench import Bench
from benchmarks.figures import Limit, Row
from benchmarks.starts import ORM, PROGRAM, starts

NUMBER = 3
NAME = "start_cpu"


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 1.3 times the anchor's CPU time."""
    cpu = starts(bench).cpu_ms
    ratio = cpu[PROGRAM].median / cpu[ORM].median
    limit = Limit("ratio", ratio, 1.3, 1.6)
    return [Row(NAME, str(cpu[PROGRAM]), "ms CPU", f"{ORM} {cpu[ORM]}", ratio, (limit,))]

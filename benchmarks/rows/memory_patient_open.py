"""Row 5: memory with a patient of 200 sessions open.

Proportional set size of the program, so that shared libraries count for what they are shared.
Anchor: the empty window that imports and configures SQLAlchemy, a second after its start.
"""

from benchmarks.bench import Bench, Size
from benchmarks.figures import Limit, Row, Samples
from benchmarks.program import open_first_patient, unlocked
from benchmarks.starts import ORM, starts

NUMBER = 5
NAME = "memory_patient_open"
ROUNDS = 3


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 1.5 times the anchor."""
    anchor = starts(bench).pss_mib[ORM]
    readings = []
    for _ in range(ROUNDS):
        with unlocked(bench, bench.vault(Size.SMALL)) as (program, _):
            open_first_patient(bench)
            readings.append(program.pss_mib())
    value = Samples.of(readings)
    ratio = value.median / anchor.median
    limit = Limit("ratio", ratio, 1.5, 2.0)
    return [Row(NAME, str(value), "MiB PSS", f"{ORM} {anchor}", ratio, (limit,))]

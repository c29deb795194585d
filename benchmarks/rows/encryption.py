"""Row 33: what encryption costs: single commits, lookups by key, a scan of all rows.

200,000 rows, some 50 MB. Anchor, in turn: the same work on a file in clear, written by the same
library under the same pragmas.
"""

from collections.abc import Mapping, Sequence

from benchmarks.bench import Bench
from benchmarks.figures import Limit, Row, Samples
from benchmarks.probes.encryption import ENCRYPTED, LOOKUPS, PLAIN, SCAN, WRITES
from benchmarks.program import only_answer

NUMBER = 33
NAME = "encryption"
ROWS, ROWS_SMALL = 200_000, 20_000
GOALS = {WRITES: 1.35, LOOKUPS: 2.3, SCAN: 3.7}
FLOOR = 1.5
"""How many times a goal a ratio may be."""


def measure(bench: Bench) -> list[Row]:
    """Return the rows: at most 1.35, 2.3 and 3.7 times as long as in clear."""
    rows = ROWS_SMALL if bench.small else ROWS
    folder = bench.folder / "encryption"
    answer = only_answer(bench.ask("benchmarks.probes.encryption", str(folder), str(rows)))
    return [_row(work, answer) for work in GOALS]


def _row(work: str, answer: Mapping[str, Sequence[float]]) -> Row:
    ours, plain = (Samples.of(answer[f"{work} {name}"]) for name in (ENCRYPTED, PLAIN))
    ratio = ours.median / plain.median
    limit = Limit("ratio", ratio, GOALS[work], FLOOR * GOALS[work])
    return Row(f"{NAME}_{work}", str(ours), "ms", f"in clear {plain}", ratio, (limit,))

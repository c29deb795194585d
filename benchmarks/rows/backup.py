"""Row 35: a backup of the vault, until a new process has read it back whole and it has its name.

The vault of 100,000 patients. Anchor, in turn: its database copied and synced by the system.
"""

from benchmarks.bench import Bench, Size
from benchmarks.figures import Limit, Row, Samples
from benchmarks.probes.backing_up import COPIED, VERIFIED
from benchmarks.program import only_answer

NUMBER = 35
NAME = "backup"
ROUNDS, ROUNDS_SMALL = 5, 2


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 5 s."""
    size, rounds = (Size.SMALL, ROUNDS_SMALL) if bench.small else (Size.MIDDLE, ROUNDS)
    vault = str(bench.vault(size))
    answer = only_answer(bench.ask("benchmarks.probes.backing_up", vault, str(rounds)))
    verified, copied = Samples.of(answer[VERIFIED]), Samples.of(answer[COPIED])
    limit = Limit("s", verified.median, 5.0, 10.0)
    note = f"{answer['mb'][0]:.0f} MB; the aim is for 200 MB"
    ratio = verified.median / copied.median
    return [Row(NAME, str(verified), "s", f"copied {copied}", ratio, (limit,), note)]

"""Row 34: opening a vault after a crash, with every page and every reference checked.

The vault of 100,000 patients. Anchor, in turn: the same vault after it was closed in good order.
Both include one derivation of the key, which is told.
"""

from benchmarks.bench import Bench, Size
from benchmarks.figures import Limit, Row, Samples
from benchmarks.probes.crash_start import CLOSED, CRASHED, DERIVED
from benchmarks.program import only_answer

NUMBER = 34
NAME = "crash_start"
ROUNDS, ROUNDS_SMALL = 5, 2


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 3 s."""
    size, rounds = (Size.SMALL, ROUNDS_SMALL) if bench.small else (Size.MIDDLE, ROUNDS)
    vault = str(bench.vault(size))
    answer = only_answer(bench.ask("benchmarks.probes.crash_start", vault, str(rounds)))
    crashed, closed = Samples.of(answer[CRASHED]), Samples.of(answer[CLOSED])
    note = (
        f"{answer['mb'][0]:.0f} MB and a log of {answer['log_mb'][0]:.1f} MB; "
        f"{Samples.of(answer[DERIVED])} s of it is the derivation; the aim is for 200 MB"
    )
    limit = Limit("s", crashed.median, 3.0, 6.0)
    ratio = crashed.median / closed.median
    return [Row(NAME, str(crashed), "s", f"after closing {closed}", ratio, (limit,), note)]

"""Row 37: from Ctrl+L to the first picture of the cover, seen from outside.

The record of the patient of 200 sessions is open and is back after each unlocking. The key comes
from outside, as from a keyboard.
"""

from benchmarks.bench import Bench, Size
from benchmarks.figures import Limit, Row, Samples
from benchmarks.program import after_key, open_first_patient, unlock, unlocked

NUMBER = 37
NAME = "lock_blank"
ROUNDS, ROUNDS_SMALL = 9, 3
_COVER = 20_000


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 100 ms."""
    locked: list[float] = []
    with unlocked(bench, bench.vault(Size.SMALL)):
        open_first_patient(bench)
        for _ in range(ROUNDS_SMALL if bench.small else ROUNDS):
            painted = after_key(bench, "ctrl+l", "the lock", big=_COVER)
            locked.append(1000 * painted.first_s)
            unlock(bench)
    samples = Samples.of(locked)
    return [Row(NAME, str(samples), "ms", limits=(Limit("ms", samples.median, 100, 200),))]

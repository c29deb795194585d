"""Row 8: from a key in the search to the list, painted; a million patients against ten thousand.

Names are typed letter by letter, in programs started on two vaults in turn. A letter after
which the same patients stand in the list paints nothing and is left out.
"""

from benchmarks.bench import Bench, Size
from benchmarks.errors import NothingPaintedError
from benchmarks.figures import Limit, Row, Samples
from benchmarks.program import after_key, show_patients, unlocked

NUMBER = 8
NAME = "search_painted"
ROUNDS = 3
NAMES = ("garcia", "muller", "rossi", "smith", "lopez", "dubois")
_LETTERS = 4


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 50 ms, and hardly more than among few."""
    readings: dict[Size, list[float]] = {Size.SMALL: [], Size.LARGE: []}
    for _ in range(ROUNDS):
        for size in readings:
            with unlocked(bench, bench.vault(size)):
                show_patients(bench)
                readings[size] += _letters(bench)
    few, many = (Samples.of(readings[size]) for size in (Size.SMALL, Size.LARGE))
    ratio = many.median / few.median
    limits = (Limit("ms", many.median, 50, 100), Limit("ratio", ratio, 1.5, 2.0))
    return [Row(NAME, str(many), "ms", f"among 10,000 {few}", ratio, limits)]


def _letters(bench: Bench) -> list[float]:
    found = []
    for name in NAMES:
        for letter in name[:_LETTERS]:
            try:
                painted = after_key(
                    bench, letter, f"the letter {letter}", quiet_s=0.25, patience_s=1.5
                )
            except NothingPaintedError:
                continue
            found.append(1000 * painted.last_s)
        bench.screen.key(*["BackSpace"] * _LETTERS)
        bench.rest()
    return found

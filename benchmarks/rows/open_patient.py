"""Row 9: from Enter in the list to the record of a patient with 200 sessions, painted.

Another patient is opened before each reading, so that nothing of the record is at hand. In vaults
of 100,000 and of 10,000 patients in turn; the first opening after the start, which imports the
page, is told apart. Anchor: one filling of the empty window's list, key to picture.
"""

from benchmarks.bench import Bench, Size
from benchmarks.figures import Limit, Row, Samples
from benchmarks.program import after_key, search_for, started, unlocked

NUMBER = 9
NAME = "open_patient"
ROUNDS, TIMES = 2, 5


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 100 ms, and no slower among many patients."""
    readings: dict[Size, list[float]] = {Size.SMALL: [], Size.MIDDLE: []}
    firsts = []
    for _ in range(ROUNDS):
        for size in readings:
            with unlocked(bench, bench.vault(size)):
                firsts.append(_open(bench, "00002"))
                readings[size] += _openings(bench)
    few, many = (Samples.of(readings[size]) for size in (Size.SMALL, Size.MIDDLE))
    ratio = many.median / few.median
    limits = (Limit("ms", many.median, 100, 200), Limit("ratio", ratio, 1.2, 1.5))
    note = f"the first opening after the start took {Samples.of(firsts)} ms"
    anchor = f"bare window {_bare(bench)}; among 10,000 {few}"
    return [Row(NAME, str(many), "ms", anchor, ratio, limits, note)]


def _openings(bench: Bench) -> list[float]:
    found = []
    for _ in range(TIMES):
        found.append(_open(bench, "00001"))
        _open(bench, "00002")
    return found


def _open(bench: Bench, record_number: str) -> float:
    search_for(bench, record_number)
    return 1000 * after_key(bench, "Return", "the patient", big=20_000, quiet_s=0.8).last_s


def _bare(bench: Bench) -> Samples:
    program, _ = started(bench, "-m", "benchmarks.anchors.bare")
    with program:
        keys = [after_key(bench, "a", "another filling") for _ in range(2 * TIMES)]
    return Samples.of([1000 * each.last_s for each in keys[1:]])

"""Row 10: from Ctrl+Enter on a patient's record to the session's chart, painted.

Sessions in draft of 5,000 and of 2,200 points, and of none, opened in turn in one program that has
shown each before: what is read, unpacked, projected and painted counts, what is imported does not.
Painted as on the screen, the lists at the side included. Anchor: the same session without points,
that is the page and the outline alone.
"""

from benchmarks.bench import Bench
from benchmarks.figures import Limit, Row, Samples
from benchmarks.probes.chart_sizes import RECORD_OF
from benchmarks.program import after_key, open_session, search_for, unlocked

NUMBER = 10
NAME = "open_chart"
SIZES = (0, 2_200, 5_000)
ROUNDS, TIMES = 2, 4
_PAGE = 20_000


def measure(bench: Bench) -> list[Row]:
    """Return the rows: at most 150 ms with 5,000 points, 100 ms with 2,200."""
    readings: dict[int, list[float]] = {size: [] for size in SIZES}
    for _ in range(ROUNDS):
        with unlocked(bench, bench.chart_vault()):
            for size in SIZES:
                _open_patient(bench, size)
                open_session(bench)
                for key in ("ctrl+2", "ctrl+3"):
                    after_key(bench, key, "another station", big=_PAGE, quiet_s=2.0)
            for _ in range(TIMES):
                for size in SIZES:
                    _open_patient(bench, size)
                    readings[size].append(1000 * open_session(bench).last_s)
    empty, some, many = (Samples.of(readings[size]) for size in SIZES)
    return [_row(NAME, many, empty, 150, 300), _row(f"{NAME}_2200", some, empty, 100, 200)]


def _open_patient(bench: Bench, points: int) -> None:
    search_for(bench, RECORD_OF[points])
    after_key(bench, "Return", "the patient", big=_PAGE, quiet_s=0.8)


def _row(name: str, value: Samples, empty: Samples, goal: float, floor: float) -> Row:
    ratio = value.median / empty.median
    limit = Limit("ms", value.median, goal, floor)
    return Row(name, str(value), "ms", f"without points {empty}", ratio, (limit,))

"""Row 10: from Ctrl+Enter on a patient's record to the session's chart, painted.

Sessions in draft of 5,000 and of 2,200 points, and of none, opened in turn in one program that has
shown each before. Painted as on the screen, the lists at the side included. Anchor: the same
session without points, that is the page and the outline alone.

The record is looked at for most of a second first, while the program reads the session ahead: what
is judged is what one waits for then. Whoever comes back to a session after that of another patient
waits for its reading too. That is told beside it.
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

_Readings = dict[int, list[float]]
"""In ms, by the number of points."""


def measure(bench: Bench) -> list[Row]:
    """Return the rows: at most 150 ms with 5,000 points, 100 ms with 2,200."""
    ready: _Readings = {size: [] for size in SIZES}
    unread: _Readings = {size: [] for size in SIZES}
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
                    ready[size].append(1000 * open_session(bench).last_s)
                    unread[size].append(_come_back(bench, after=SIZES[SIZES.index(size) - 1]))
    return [
        _row(NAME, 5_000, ready, unread, goal=150, floor=300),
        _row(f"{NAME}_2200", 2_200, ready, unread, goal=100, floor=200),
    ]


def _open_patient(bench: Bench, points: int) -> None:
    search_for(bench, RECORD_OF[points])
    after_key(bench, "Return", "the patient", big=_PAGE, quiet_s=0.8)


def _come_back(bench: Bench, *, after: int) -> float:
    """Go back to the session in sight from that of another patient; return the ms."""
    _open_patient(bench, after)
    open_session(bench)
    for what in ("the other patient", "the list of patients"):
        after_key(bench, "alt+Left", what, big=_PAGE, quiet_s=0.8)
    return 1000 * after_key(bench, "alt+Left", "the session", big=_PAGE, quiet_s=1.5).last_s


def _row(
    name: str, size: int, ready: _Readings, unread: _Readings, *, goal: float, floor: float
) -> Row:
    value, empty, all_of_it = (Samples.of(each) for each in (ready[size], ready[0], unread[size]))
    limit = Limit("ms", value.median, goal, floor)
    anchor = f"without points {empty}"
    note = f"with nothing read ahead {all_of_it} ms"
    return Row(name, str(value), "ms", anchor, value.median / empty.median, (limit,), note)

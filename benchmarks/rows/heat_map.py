"""Row 29: from its key to the exposure map of 60 sessions of 200 points, painted.

In the real window, as on the screen: what was given is read from the vault, spread over the skin
and drawn over the body, the card with the legend included. While it is closed nothing of it is
kept, so each opening does all of it again; the first after the start, which also lays the net of
the skin, is told apart. Anchor, in turn: the same of a patient with few sessions.
"""

from benchmarks.bench import Bench
from benchmarks.figures import Limit, Row, Samples
from benchmarks.probes.chart_sizes import OFTEN_TREATED, RECORD_OF
from benchmarks.program import after_key, open_session, search_for, unlocked

NUMBER = 29
NAME = "heat_map"
ROUNDS, TIMES = 2, 4
_PAGE = 20_000
_MAP = "h"


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 300 ms."""
    patients = (OFTEN_TREATED, RECORD_OF[0])
    readings: dict[str, list[float]] = {patient: [] for patient in patients}
    firsts: list[float] = []
    for _ in range(ROUNDS):
        with unlocked(bench, bench.chart_vault()):
            for patient in patients:
                _open_chart(bench, patient)
                first, *others = (_opened(bench) for _ in range(TIMES + 1))
                firsts += [first] if patient == OFTEN_TREATED else []
                readings[patient] += others
    many, few = (Samples.of(readings[patient]) for patient in patients)
    ratio = many.median / few.median
    limit = Limit("ms", many.median, 300, 600)
    note = f"the first opening after the start took {Samples.of(firsts)} ms"
    return [Row(NAME, str(many), "ms", f"few sessions {few}", ratio, (limit,), note)]


def _open_chart(bench: Bench, patient: str) -> None:
    search_for(bench, patient)
    after_key(bench, "Return", "the patient", big=_PAGE, quiet_s=0.8)
    open_session(bench)
    # Wherever it opens: a session is gone on with at the station that it was left at.
    for key in ("ctrl+2", "ctrl+3"):
        after_key(bench, key, "another station", big=_PAGE, quiet_s=2.0)


def _opened(bench: Bench) -> float:
    """Open the map and put it away again."""
    shown = 1000 * after_key(bench, _MAP, "the exposure map", big=_PAGE, quiet_s=1.0).last_s
    after_key(bench, _MAP, "the chart without the map", big=_PAGE, quiet_s=0.6)
    return shown

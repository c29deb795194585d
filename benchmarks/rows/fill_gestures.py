"""Row 22: charting 60 points, by the keystroke-level model.

The gesture is made in the real window on an open chart, and every key, press and release that was
sent is counted: the tool by its key, an area drawn, its spacing typed, a look at it. Waits for the
program are measured. Anchor: a dialog after each click on a map, as an injection map documents it.
"""

import json

from benchmarks import klm
from benchmarks.bench import Bench
from benchmarks.errors import MeasureError
from benchmarks.figures import Limit, Row

NUMBER = 22
NAME = "fill_gestures"
POINTS = 60


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 15 s."""
    vault = str(bench.chart_vault())
    told = json.loads(bench.ask_on_screen("benchmarks.probes.fill_gestures", vault)[-1])
    if told["points"] < POINTS:
        raise MeasureError(f"the gesture charted only {told['points']} points")
    value, dialogs = klm.seconds(told["gesture"]), klm.seconds(klm.DIALOGS)
    table, text = klm.seconds(klm.TABLE), klm.seconds(klm.TEXT)
    return [
        Row(
            NAME,
            f"{value:.1f}",
            "s",
            f"a dialog a point {dialogs:.0f}",
            value / dialogs,
            (Limit("s", value, 15, 30),),
            f"{told['points']} points by: {told['gesture']}; in a table {table:.0f} s, "
            f"as text {text:.0f} s",
        )
    ]

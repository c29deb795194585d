"""Row 23: a whole visit, by the keystroke-level model.

Made in the real window from the first page on, every key, press and release counted as it is sent:
find a patient who comes again, begin a session, three questions, a syringe from a lot, the skin, 60
points in a field, how it was borne, what became of the rest, aftercare, the next day. It ends when
nothing is missing and all is kept; signing is told beside it. Anchor: the same in the style of a
map with a dialog a point, as far as that goes: find, new, 60 points, ten boxes, save.
"""

import json

from benchmarks import klm
from benchmarks.bench import Bench
from benchmarks.errors import MeasureError
from benchmarks.figures import Limit, Row

NUMBER = 23
NAME = "visit_gestures"
POINTS = 60


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 30 s."""
    vault = str(bench.chart_vault())
    told = json.loads(bench.ask_on_screen("benchmarks.probes.visit_gestures", vault)[-1])
    if told["points"] < POINTS:
        raise MeasureError(f"the visit charted only {told['points']} points")
    value, dialogs = klm.seconds(told["ready"]), klm.seconds(klm.VISIT)
    signed = klm.seconds(told["signed"])
    return [
        Row(
            NAME,
            f"{value:.1f}",
            "s",
            f"a dialog a point {dialogs:.0f}",
            value / dialogs,
            (Limit("s", value, 30, 60),),
            f"{told['points']} points; signed {signed:.1f} s; by: {told['signed']}",
        )
    ]

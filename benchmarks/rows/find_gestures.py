"""Row 24: finding and opening a patient, by the keystroke-level model.

The gesture is tried out in the real window from the first page on, so that only what works counts:
mental preparation, the keys that begin a search, four letters, the wait for the matches (row 8), a
look at them, Enter, and the measured wait for the record. Anchor: the same by the peer with the
fastest search (click the box, six letters, Enter, double click).
"""

import json

from benchmarks import klm
from benchmarks.bench import Bench, Size
from benchmarks.errors import MeasureError
from benchmarks.figures import Limit, Row

NUMBER = 24
NAME = "find_gestures"
_MATCHES_S = 0.05


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 4.5 s."""
    lines = bench.ask_on_screen("benchmarks.probes.find", str(bench.vault(Size.SMALL)))
    told = json.loads(lines[-1])
    if not told:
        raise MeasureError("no way of typing a name opened the patient")
    keys = told["before"] + told["letters"]
    gesture = f"M {keys}K R{_MATCHES_S} M K R{told['opened_s']:.2f}"
    value, peer = klm.seconds(gesture), klm.seconds(klm.FIND)
    return [
        Row(
            NAME,
            f"{value:.2f}",
            "s",
            f"the best peer {peer:.1f}",
            value / peer,
            (Limit("s", value, 4.5, 6.0),),
            f"by {told['way']}: {gesture}",
        )
    ]

"""Row 26: no call of PySide6 loses a reference to None.

PySide6 6.12.0 on Python 3.11 lost one for every call that returns nothing; None starts with some
thousands of references there, so the program aborts within seconds of use. Each call below is made
200 times; what the count of references falls by, beyond noise, is lost. From Python 3.12 on None is
immortal and the count stands still, which is as good.
"""

from benchmarks.bench import Bench
from benchmarks.figures import Limit, Row

NUMBER = 26
NAME = "none_lost"


def measure(bench: Bench) -> list[Row]:
    """Return the row: no call may lose None."""
    losing = bench.ask("benchmarks.anchors.none_counts")
    count = float(len(losing))
    note = "lose None: " + ", ".join(losing) if losing else ""
    return [Row(NAME, f"{count:.0f}", "calls", limits=(Limit("calls", count, 0, 0),), note=note)]

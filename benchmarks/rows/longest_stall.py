"""Row 16: the longest time in which the window would not have answered, in a whole visit.

Find a patient of 200 sessions, go on with a session, answer, chart 24 points, magnify, take them
back, type a note: in the real window, by keys and clicks, beside a timer of 4 ms in the same event
loop. The first visit after the start counts, in which every page is imported and built.
"""

from benchmarks.bench import Bench
from benchmarks.figures import Row
from benchmarks.stalls import stall_row

NUMBER = 16
NAME = "longest_stall"


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 50 ms."""
    return [stall_row(bench, NAME)]

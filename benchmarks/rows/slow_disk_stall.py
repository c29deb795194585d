"""Row 17: the visit of row 16 on a disk that turns: every sync takes 30 ms longer.

A small library loaded before the C library slows fsync and fdatasync; it is built with gcc here.
"""

from benchmarks.bench import Bench
from benchmarks.figures import Row
from benchmarks.stalls import stall_row
from benchmarks.syncs import slow_sync_library

NUMBER = 17
NAME = "slow_disk_stall"


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 50 ms, as on a fast disk."""
    library = slow_sync_library(bench.folder)
    slowed = {"LD_PRELOAD": str(library)}
    return [stall_row(bench, NAME, "each sync 30 ms longer", slowed)]

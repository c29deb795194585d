"""Row 14: from the end of a drag to 300 points that are painted and durable in the vault.

Rectangles drawn on the back in the real window, never the same twice, at the usual spacing of 15 mm
and at 8 mm: the release of the button to the later of two moments, the end of the round of painting
and the return of the service after its commit. The commit is that method as a whole: state and
syringes read, field and history written, audit entry chained. Anchor, in turn: 300 rows inserted by
the bare driver in one transaction of an encrypted file of the same folder, the median of three. The
first comes after a pause, as the commit does, and takes about twice as long: it is told too.
"""

from benchmarks.bench import Bench
from benchmarks.chart_fills import fills
from benchmarks.figures import Limit, Row, Samples

NUMBER = 14
NAME = "fill_grid"
RAW = "raw SQLCipher insert of 300"


def measure(bench: Bench) -> list[Row]:
    """Return the rows: at most 30 ms, and 3 raw inserts for the commit."""
    told = fills(bench)
    return [_row(NAME, told, "far"), _row(f"{NAME}_close", told, "close")]


def _row(name: str, told: dict[str, Samples], which: str) -> Row:
    kept, commit, raw = (told[f"{which} {what}"] for what in ("kept", "commit", "raw"))
    ratio = commit.median / raw.median
    limits = (Limit("ms", kept.median, 30, 100), Limit("commit ratio", ratio, 3, 10))
    note = (
        f"painted after {told[f'{which} painted']} ms, commit {commit} ms; "
        f"the first raw insert after the pause {told[f'{which} raw_first']} ms; "
        f"{told[f'{which} points']} points on {told[f'{which} cm2']} cm2"
    )
    return Row(name, str(kept), "ms", f"{RAW} {raw}", ratio, limits, note)

"""Row 18: the program killed 200 times at random moments while a script works in it.

After each kill, everything that the status strip had called kept must be in the vault, typing of
more than two seconds before as well, undo must work, and `mesodesk check` must find nothing. It is
the same harness as the end-to-end test's, with more kills.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.errors import MeasureError
from benchmarks.figures import Limit, Row

NUMBER = 18
NAME = "kill"
KILLS, KILLS_SMALL = 200, 20
_HARNESS = Path(__file__).resolve().parent.parent.parent / "tests" / "e2e" / "kill_harness.py"
_PATIENCE_S = 3600


def measure(bench: Bench) -> list[Row]:
    """Return the row: nothing lost, nothing found."""
    kills = KILLS_SMALL if bench.small else KILLS
    folder = bench.folder / "kills"
    shutil.rmtree(folder, ignore_errors=True)
    answer = subprocess.run(
        [sys.executable, str(_HARNESS), str(folder), "--kills", str(kills)],
        env=bench.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_S,
    )
    try:
        told = json.loads(answer.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        last = (answer.stderr.strip().splitlines() or ["no complaint"])[-1]
        raise MeasureError(f"the kills came to no end: {last}") from None
    lost, found = float(len(told["lost"])), float(len(told["findings"]))
    anchor = f"{told['receipts']} receipts, {told['typed']} things done"
    note = "; ".join((*told["lost"][:3], *told["findings"][:3]))
    limits = (Limit("lost", lost, 0, 0), Limit("found", found, 0, 0))
    value = f"{lost:.0f} of {told['kills']}"
    return [Row(NAME, value, "kills with a loss", anchor, None, limits, note)]

"""Row 38: the longest time in which the window would not have answered while keys are at work.

While a backup is made and read back, with somebody typing into the search, and while the vault's
key is changed: in the real window, beside a timer of 4 ms in the same event loop. Anchor: the same
typing while nothing else is done.
"""

from benchmarks.bench import Bench, Size
from benchmarks.figures import Limit, Row
from benchmarks.probes.stall_keys import BACKUP, KEY_CHANGE, REST
from benchmarks.program import only_answer

NUMBER = 38
NAME = "stall_keys"
_NAMES = {BACKUP: "stall_backup", KEY_CHANGE: "stall_key_change"}


def measure(bench: Bench) -> list[Row]:
    """Return the rows: at most 50 ms each."""
    vault = str(bench.vault(Size.SMALL))
    told = only_answer(bench.ask_on_screen("benchmarks.probes.stall_keys", vault))
    (rest,) = told[REST]
    rows = []
    for what, name in _NAMES.items():
        (longest,) = told[what]
        limits = (Limit("ms", longest, 50, 100),)
        anchor = f"typing alone {rest:.1f}"
        rows.append(Row(name, f"{longest:.1f}", "ms", anchor, longest / rest, limits))
    return rows

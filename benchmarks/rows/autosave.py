"""Row 15: keeping one typed field, durable when it returns.

The note of a session in draft, through the service: version checked, row changed, audit entry
chained and appended, committed with a full sync. Anchor, in turn: one row changed by the bare
driver in an encrypted file of the same folder. The saving thread's syncs are counted with strace.
"""

import sys

from benchmarks.bench import Bench, Size
from benchmarks.errors import SkippedError
from benchmarks.figures import Limit, Row, Samples
from benchmarks.probes.autosave import OURS, RAW, SAVES_COUNTED
from benchmarks.program import only_answer
from benchmarks.syncs import counted_syncs

NUMBER = 15
NAME = "autosave"


def measure(bench: Bench) -> list[Row]:
    """Return the rows: at most 5 raw commits, and one sync."""
    vault = str(bench.vault(Size.SMALL))
    answer = only_answer(bench.ask("benchmarks.probes.autosave", vault))
    ours, raw = Samples.of(answer[OURS]), Samples.of(answer[RAW])
    ratio = ours.median / raw.median
    saves = Row(
        NAME,
        str(ours),
        "ms",
        f"{RAW} {raw}",
        ratio,
        (Limit("ratio", ratio, 5, 8),),
        f"p95 {ours.percentile(0.95):.1f} ms",
    )
    return [saves, _syncs(bench, vault)]


def _syncs(bench: Bench, vault: str) -> Row:
    name = f"{NAME}_syncs"
    command = (sys.executable, "-m", "benchmarks.probes.autosave", vault, "count")
    try:
        syncs, _ = counted_syncs(command, bench.environment(), bench.folder)
    except SkippedError as reason:
        return Row(name, note=str(reason))
    each = syncs / SAVES_COUNTED
    return Row(name, f"{each:.2f}", "syncs a save", limits=(Limit("syncs", each, 1, 2),))

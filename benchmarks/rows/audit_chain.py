"""Row 36: the audit chain of a million entries verified from the first to the last.

Anchor, in the same process: as many HMACs over as many bytes, and nothing else.
"""

from benchmarks.bench import Bench
from benchmarks.figures import Limit, Row
from benchmarks.program import only_answer

NUMBER = 36
NAME = "audit_chain"
ENTRIES, ENTRIES_SMALL = 1_000_000, 50_000


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 10 s for a million, and nothing found."""
    entries = ENTRIES_SMALL if bench.small else ENTRIES
    folder = str(bench.folder / "vault-chain")
    answer = only_answer(
        bench.ask("benchmarks.probes.long_chain", folder, str(entries), patience_s=3600)
    )
    (verified,), (digests,), (found,) = (answer[one] for one in ("verified", "digests", "found"))
    million = verified * ENTRIES / entries
    limits = (Limit("s a million", million, 10, 20), Limit("found", found, 0, 0))
    note = f"{entries:,} entries in {answer['mb'][0]:.0f} MB took {verified:.1f} s"
    anchor = f"digests alone {digests * ENTRIES / entries:.2f}"
    ratio = verified / digests
    return [Row(NAME, f"{million:.1f}", "s a million", anchor, ratio, limits, note)]

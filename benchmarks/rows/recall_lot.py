"""Row 39: from a lot to its patients, sessions, fields and every point, in 20,000 sessions.

The lot that went into most of them, in a clinic of 3,000 patients. Anchor: the points of its fields
by one bare statement on the same file.
"""

from benchmarks.bench import Bench, Size
from benchmarks.figures import Limit, Row, Samples
from benchmarks.probes.recall import ANCHOR, RECALL
from benchmarks.program import only_answer

NUMBER = 39
NAME = "recall_lot"


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 2 s."""
    answer = only_answer(bench.ask("benchmarks.probes.recall", str(bench.vault(Size.CLINIC))))
    recall, anchor = Samples.of(answer[RECALL]), Samples.of(answer[ANCHOR])
    limits = (Limit("ms", recall.median, 2_000, 4_000),)
    note = f"the lot went into {answer['sessions'][0]:,.0f} sessions"
    return [
        Row(
            NAME,
            str(recall),
            "ms",
            f"{ANCHOR} {anchor}",
            recall.median / anchor.median,
            limits,
            note,
        )
    ]

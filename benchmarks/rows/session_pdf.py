"""Row 20: the PDF of a session with 60 points, from its record to the whole file.

Chart in words, pictures of the views that show the points, pages set; each time another session, so
that nothing of the one before is of use. Anchor, in turn: a page of 45 lines and 60 points by
QPdfWriter. The first of each, with fonts and bodies read, is told beside it.
"""

from benchmarks.bench import Bench
from benchmarks.figures import Limit, Row, Samples
from benchmarks.program import only_answer

NUMBER = 20
NAME = "session_pdf"
ANCHOR = "raw QPdfWriter page"


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 2 raw pages."""
    told = only_answer(bench.ask("benchmarks.probes.session_pdf"))
    ours, raw = Samples.of(told["session"]), Samples.of(told["raw"])
    ratio = ours.median / raw.median
    note = f"the first {told['first session'][0]:.0f} ms, raw {told['first raw'][0]:.0f} ms"
    return [
        Row(NAME, str(ours), "ms", f"{ANCHOR} {raw}", ratio, (Limit("ratio", ratio, 2, 4),), note)
    ]

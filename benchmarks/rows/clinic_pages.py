"""Row 40: what pages read in a clinic of 3,000 patients and 20,000 sessions.

Stock, plan, consent, the history and the whole record of a patient with 200 sessions, each against
the same in a clinic with nobody but that patient.
"""

from benchmarks.bench import Bench, Size
from benchmarks.figures import Limit, Row, Samples
from benchmarks.program import only_answer

NUMBER = 40
NAME = "clinic_pages"


def measure(bench: Bench) -> list[Row]:
    """Return a row for each page: no slower among many."""
    many, alone = (
        only_answer(bench.ask("benchmarks.probes.pages", str(bench.vault(size))))
        for size in (Size.CLINIC, Size.ALONE)
    )
    return [_row(name, Samples.of(many[name]), Samples.of(alone[name])) for name in many]


def _row(name: str, many: Samples, alone: Samples) -> Row:
    ratio = many.median / alone.median
    limits = (Limit("ratio", ratio, 1.5, 3),)
    anchor = f"the patient alone {alone}"
    return Row(f"{NAME} {name}", str(many), "ms", anchor, ratio, limits)

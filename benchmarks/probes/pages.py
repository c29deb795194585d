"""`python -m benchmarks.probes.pages FOLDER`: milliseconds of what pages read before they show.

The shelf of the stock, and of the first patient plans, consent, the history, and the whole record
as it is opened. No window: what grows with a clinic is what its pages read.
"""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import milliseconds, round_robin
from benchmarks.probes.desks import opened
from benchmarks.probes.reporting import report
from benchmarks.probes.seed import FIRST_PATIENT
from mesodesk.ui.pages.patient_parts.file import read_again
from mesodesk.ui.pages.stock_parts.shelf import look

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 7


def main(folder: Path) -> None:
    """Print the milliseconds of each page."""
    with opened(folder) as desk:
        hits = desk.patients.search(FIRST_PATIENT)
        found = next(hit for hit in hits if hit.record_number == FIRST_PATIENT)
        patient = desk.patients.get(found.id)
        reads: dict[str, Callable[[], object]] = {
            "stock": partial(look, desk),
            "plan": partial(desk.plans.for_patient, patient.id),
            "consent": partial(desk.consents.overview, patient.id),
            "timeline": partial(desk.timeline.page, patient.id),
            "overview": partial(read_again, desk, patient),
        }
        cases = {name: partial(milliseconds, read) for name, read in reads.items()}
        report({name: each.readings for name, each in round_robin(cases, ROUNDS).items()})


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""`python -m benchmarks.probes.search FOLDER`: milliseconds of searches.

Twenty patterns as people type them, and as anchor the first fifty rows of one prefix by b-tree in
the same file; in turn, the first round thrown away.
"""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import milliseconds, round_robin
from benchmarks.probes.desks import opened
from benchmarks.probes.reporting import report
from mesodesk.domain.rights import Right
from mesodesk.services.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 15
ANCHOR = "b-tree prefix"
PATTERNS = (
    "m",
    "g",
    "ma",
    "garcia",
    "maria garcia",
    "garcia lopez mar",
    "m a",
    "g m l",
    "muller",
    "mueller",
    "erger",
    "ran",
    "zzqq",
    "qj",
    "12.5.1980",
    "1975",
    "555",
    "7700 900",
    "00042",
    "o'brien",
)
_PREFIX = (
    "SELECT seq, family_name, given_names, birth_date FROM patient"
    " WHERE name_key >= 'gar' AND name_key < 'gas' ORDER BY name_key LIMIT 50"
)


def main(folder: Path) -> None:
    """Print the milliseconds of each pattern and of the anchor."""
    with opened(folder) as desk:
        cases: dict[str, Callable[[], float]] = {
            pattern: partial(milliseconds, partial(desk.patients.search, pattern))
            for pattern in PATTERNS
        }
        cases[ANCHOR] = partial(milliseconds, partial(_prefix, desk))
        report({name: each.readings for name, each in round_robin(cases, ROUNDS).items()})


def _prefix(desk: Desk) -> None:
    with desk.store.read(Right.RECORD_READ) as tx:
        tx.connection.exec_driver_sql(_PREFIX).all()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

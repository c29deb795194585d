"""Row 19: the list of 100,000 patients, first time painted after unlocking.

Alt+2 on the first page to the list standing still, the page's own import in it. Anchor: a table
that fetches rows of a plain SQLite file a hundred at a time, key to picture, its classes at hand.
"""

import sqlite3
from datetime import date
from pathlib import Path

from benchmarks.bench import Bench, Size
from benchmarks.figures import Limit, Row, Samples
from benchmarks.program import after_key, show_patients, started, unlocked
from mesodesk.demo.people import People, seeded

NUMBER = 19
NAME = "patient_list"
ROUNDS = 5


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 1.5 times the table."""
    patients, _ = Size.MIDDLE.counts(small=bench.small)
    table = bench.once("table", lambda: _table(bench.folder / "table.db", patients))
    ours, theirs = [], []
    for _ in range(ROUNDS):
        with unlocked(bench, bench.vault(Size.MIDDLE)):
            ours.append(1000 * show_patients(bench).last_s)
        program, _ = started(bench, "-m", "benchmarks.anchors.table", str(table))
        with program:
            theirs.append(1000 * after_key(bench, "ctrl+t", "the table", big=20_000).last_s)
    value, anchor = Samples.of(ours), Samples.of(theirs)
    ratio = value.median / anchor.median
    limit = Limit("ratio", ratio, 1.5, 3.0)
    return [Row(NAME, str(value), "ms", f"fetching table {anchor}", ratio, (limit,))]


def _table(path: Path, patients: int) -> Path:
    """Write the patients of a plain file, with the index that the table reads by."""
    path.unlink(missing_ok=True)
    people = People(seeded("benchmark", "table"), date(2026, 1, 1))
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE patient (number TEXT, name TEXT, birth TEXT, phone TEXT)")
        rows = (
            (f"{number:05}", each.display_name, each.birth_date.isoformat(), each.phone)
            for number, each in ((number, people.patient()) for number in range(patients))
        )
        connection.executemany("INSERT INTO patient VALUES (?, ?, ?, ?)", rows)
        connection.execute("CREATE INDEX by_name ON patient (name, number)")
    connection.close()
    return path

"""The table of faults names tests that exist, and leaves no fault out."""

import re
from pathlib import Path

from named_tests import missing, named

HERE = Path(__file__).resolve().parent
ROWS = range(1, 31)


def table() -> dict[int, list[str]]:
    lines = (HERE / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [re.split(r" *\| *", line.strip().strip("|").strip()) for line in lines]
    return {int(row[0]): row[1:] for row in rows if row[0].isdigit()}


def test_every_named_test_exists():
    text = (HERE / "README.md").read_text(encoding="utf-8")
    assert len(named(text)) > 40
    assert missing(text) == []


def test_every_fault_has_a_test_or_is_said_to_have_none_yet():
    rows = table()
    assert sorted(rows) == list(ROWS)
    bare = [number for number, row in rows.items() if not named(str(row))]
    assert [number for number in bare if "not yet" not in str(rows[number])] == []


def test_a_test_that_is_gone_is_noticed():
    gone = ["tests/faults/test_leaks.py::test_gone", "tests/faults/gone.py::test_a"]
    assert missing(" ".join(f"`{one}`" for one in gone)) == gone

"""The table of faults names tests that exist, and leaves no fault out."""

import ast
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ROWS = range(1, 31)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def table() -> dict[int, list[str]]:
    lines = (HERE / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [re.split(r" *\| *", line.strip().strip("|").strip()) for line in lines]
    return {int(row[0]): row[1:] for row in rows if row[0].isdigit()}


def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def missing(text: str) -> list[str]:
    """Return the tests named in a text that there are not."""
    return [
        f"{file}::{name}"
        for file, name in TEST.findall(text)
        if not (ROOT / file).is_file() or name not in functions_of(ROOT / file)
    ]


def test_every_named_test_exists():
    text = (HERE / "README.md").read_text(encoding="utf-8")
    assert len(TEST.findall(text)) > 40
    assert missing(text) == []


def test_every_fault_has_a_test_or_is_said_to_have_none_yet():
    rows = table()
    assert sorted(rows) == list(ROWS)
    bare = [number for number, row in rows.items() if not TEST.search(str(row))]
    assert [number for number in bare if "not yet" not in str(rows[number])] == []


def test_a_test_that_is_gone_is_noticed():
    gone = ["tests/faults/test_leaks.py::test_gone", "tests/faults/gone.py::test_a"]
    assert missing(" ".join(f"`{one}`" for one in gone)) == gone

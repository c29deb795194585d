"""The description of the format names every table and every column."""

import re
from pathlib import Path

import pytest

from mesodesk.db.metadata import full_metadata

DOCUMENT = Path(__file__).parents[2] / "docs" / "data-format.md"
SHARED = {"id", "version", "created_at", "changed_at"}


# A table is begun by its name in bold, by "Table `name`", or by a cell that begins "`name`:".
NAME = re.compile(r"(?P<before>\*\*|Table |^\| )?`(?P<name>[\w.]+)`(?P<colon>:)?", re.MULTILINE)


def described() -> dict[str, set[str]]:
    """Return the names in code type that stand between one table's name and the next."""
    tables = full_metadata().tables
    found: dict[str, set[str]] = {}
    current = ""
    for match in NAME.finditer(DOCUMENT.read_text(encoding="utf-8")):
        head, dot, column = match["name"].partition(".")
        begins = match["before"] and (match["before"] != "| " or match["colon"])
        if head in tables and (begins or (dot and column in tables[head].columns)):
            current = head
        found.setdefault(current, set()).add(column or head)
    return found


@pytest.mark.parametrize("table", sorted(full_metadata().tables))
def test_every_table_and_column_is_described(table):
    columns = {column.name for column in full_metadata().tables[table].columns}
    is_record = columns >= SHARED
    missing = columns - described().get(table, set()) - (SHARED if is_record else set())
    assert missing == set()

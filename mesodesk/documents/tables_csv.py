"""All tables in one ZIP: a CSV file for each, and a text that says how to read them."""

import contextlib
import csv
import io
import json
import re
import zipfile
from collections.abc import Sequence
from typing import BinaryIO, Final

from mesodesk.documents.tables_json import head_of
from mesodesk.domain.records.export import ExportHead, ExportTable, PlainRow

_BOM: Final = b"\xef\xbb\xbf"
# What a spreadsheet would take for the beginning of a formula, and the mark against it.
_RISKY: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20'")
_MARK: Final = "'"
_NUMBER: Final = re.compile(r"-\d+(\.\d+)?")

_READ_ME: Final = """\
These are records of a clinic that used Mesodesk, as tables.
They are not encrypted: who has this file can read them.

Each .csv file is a table: UTF-8 with a byte order mark, separated by commas, the names of the
columns in the first line. An empty cell means that nothing is known or was given. Identifiers
join the tables: session.patient_id is the id of a row in patient.csv. Moments are in UTC, days
as year-month-day, decimals with a point; lists and mappings are JSON.

A cell that begins with ' had one put before it, so that no spreadsheet takes it for a formula:
take the first ' away. head.json says what was exported, when and by whom.

What the columns mean is written in docs/data-format.md of Mesodesk, which is free to all.
"""


class CsvSink:
    """Writes tables as they come, each into a file of its own within the ZIP."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._table: io.TextIOWrapper | None = None

    def begin(self, head: ExportHead) -> None:
        """Write the head and how to read the tables."""
        self._zip.writestr("READ-ME.txt", _READ_ME)
        self._zip.writestr("head.json", json.dumps(head_of(head), ensure_ascii=False, indent=1))

    def table(self, table: ExportTable) -> None:
        """Begin a table with the names of its columns."""
        self._close_table()
        opened = self._zip.open(f"{table.name}.csv", "w", force_zip64=True)
        opened.write(_BOM)
        self._table = io.TextIOWrapper(opened, encoding="utf-8", newline="")
        csv.writer(self._table).writerow(table.columns)

    def rows(self, rows: Sequence[PlainRow]) -> None:
        """Write rows of the table that was begun last."""
        if self._table is not None:
            csv.writer(self._table).writerows([[cell(value) for value in row] for row in rows])

    def end(self) -> None:
        """Close what is open."""
        self._close_table()
        self._zip.close()

    def drop(self) -> None:
        """Let go of what is open; whatever that still writes goes with the file."""
        with contextlib.suppress(OSError):
            self.end()

    def _close_table(self) -> None:
        if self._table is not None:
            self._table.close()
            self._table = None


def cell(value: object) -> object:
    """Return what is written into a cell: nothing in it can be taken for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if text.startswith(_RISKY) and not _NUMBER.fullmatch(text):
        return _MARK + text
    return text

"""All tables in one JSON file: a head, then each table with a mapping for each row, a line each."""

import json
from collections.abc import Sequence
from typing import Any, BinaryIO, Final

from mesodesk.domain.canonical import plain
from mesodesk.domain.records.export import ExportHead, ExportTable, PlainRow

FORMAT: Final = "mesodesk-export"
VERSION: Final = 1


def head_of(head: ExportHead) -> dict[str, Any]:
    """Return what stands at the beginning, with format and version."""
    told: Any = plain(head)
    return {"format": FORMAT, "version": VERSION, **told}


class JsonSink:
    """Writes tables as they come."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._columns: tuple[str, ...] = ()
        self._before_table = self._before_row = "\n"

    def begin(self, head: ExportHead) -> None:
        """Write the head."""
        self._write(_spelled(head_of(head), indent=1).rstrip("\n}") + ',\n "tables": {')

    def table(self, table: ExportTable) -> None:
        """Begin a table."""
        self._write(self._before_table + f"  {_spelled(table.name)}: [")
        self._columns = table.columns
        self._before_table, self._before_row = "],\n", "\n"

    def rows(self, rows: Sequence[PlainRow]) -> None:
        """Write rows, each a mapping from columns to values."""
        for row in rows:
            spelled = _spelled(dict(zip(self._columns, row, strict=True)))
            self._write(f"{self._before_row}   {spelled}")
            self._before_row = ",\n"

    def end(self) -> None:
        """Close what is open."""
        last = "]\n" if self._before_table != "\n" else ""
        self._write(f"{last} }}\n}}\n")

    def drop(self) -> None:
        """Let go; the file is the caller's."""

    def _write(self, text: str) -> None:
        self._file.write(text.encode("utf-8"))


def _spelled(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)

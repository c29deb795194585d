"""Points in a table of an encrypted file, with the program's pragmas and nothing else."""

import secrets
from pathlib import Path
from typing import Any, cast

from mesodesk.db.engine import connect


class PlainPoints:
    """What a driver needs for points if they were rows of their own."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"anchor-{secrets.token_hex(4)}.db"
        made = connect(self._path, secrets.token_bytes(32), secrets.token_bytes(16), create=True)
        # The driver's own connection, of which the program itself needs less.
        self._raw = cast("Any", made)
        self._raw.execute(
            "CREATE TABLE point (id INTEGER PRIMARY KEY, field TEXT, triangle INTEGER,"
            " u REAL, v REAL, volume INTEGER, depth INTEGER, flags INTEGER)"
        )
        self._turn = 0

    def insert(self, count: int) -> None:
        """Insert so many points in one transaction, durable when it returns."""
        self._turn += 1
        rows = [(f"field {self._turn}", number, 0.25, 0.5, 50, 4000, 0) for number in range(count)]
        self._raw.execute("BEGIN IMMEDIATE")
        self._raw.executemany(
            "INSERT INTO point (field, triangle, u, v, volume, depth, flags)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        self._raw.execute("COMMIT")

    def close(self) -> None:
        """Close the file and remove it."""
        self._raw.close()
        for path in self._path.parent.glob(f"{self._path.name}*"):
            path.unlink()

"""`python -m benchmarks.probes.encryption FOLDER ROWS`: ms of the same work encrypted and in clear.

One library writes both files under the same pragmas: commits of one row, each fully synced; rows
looked up by their key; all rows read through a connection that was just opened. In turn.
"""

import random
import secrets
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import sqlcipher3.dbapi2 as driver

from benchmarks.figures import milliseconds, round_robin
from benchmarks.probes.reporting import report
from mesodesk.db import engine
from mesodesk.db.engine import RawConnection

if TYPE_CHECKING:
    from collections.abc import Callable

WRITES, LOOKUPS, SCAN = "writes", "lookups", "scan"
ENCRYPTED, PLAIN = "encrypted", "in clear"
ROUNDS, COMMITS, ASKED = 7, 200, 5_000
_SPEC = f"x'{secrets.token_hex(32)}{secrets.token_hex(16)}'"


def opened(path: Path, *, plain: bool) -> RawConnection:
    """Open a file under the pragmas of the program, with a key or without."""
    raw: RawConnection = driver.connect(str(path), isolation_level=None)
    if not plain:
        raw.set_key(_SPEC)
    for pragma in engine._PRAGMAS:  # noqa: SLF001 - the very ones of the program
        raw.execute(f"PRAGMA {pragma.format(foreign_keys='ON')}").fetchall()
    return raw


class File:
    """A file with a table of rows of some 250 bytes."""

    def __init__(self, folder: Path, name: str, rows: int) -> None:
        self._path = folder / f"{name}.db"
        self._plain = name == PLAIN
        self._rows = rows
        self._raw = opened(self._path, plain=self._plain)
        self._raw.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)")
        self._raw.execute("BEGIN")
        for number in range(rows):
            self._raw.execute("INSERT INTO note VALUES (?, ?)", (number, f"{number} " + "x" * 240))
        self._raw.execute("COMMIT")
        self._raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def writes(self) -> None:
        for _ in range(COMMITS):
            self._raw.execute("BEGIN IMMEDIATE")
            self._raw.execute("INSERT INTO note (text) VALUES (?)", ("y" * 250,))
            self._raw.execute("COMMIT")

    def lookups(self) -> None:
        asked = random.Random(1).choices(range(self._rows), k=ASKED)
        raw = opened(self._path, plain=self._plain)
        for number in asked:
            raw.execute("SELECT text FROM note WHERE id = ?", (number,)).fetchone()
        raw.close()

    def scan(self) -> None:
        raw = opened(self._path, plain=self._plain)
        raw.execute("SELECT sum(length(text)) FROM note").fetchone()
        raw.close()

    def close(self) -> None:
        self._raw.close()


def main(folder: Path, rows: int) -> None:
    """Print the milliseconds of each kind of work on each file."""
    folder.mkdir()
    files = {name: File(folder, name, rows) for name in (ENCRYPTED, PLAIN)}
    cases: dict[str, Callable[[], float]] = {
        f"{work} {name}": partial(milliseconds, getattr(file, work))
        for work in (WRITES, LOOKUPS, SCAN)
        for name, file in files.items()
    }
    readings = round_robin(cases, ROUNDS)
    for file in files.values():
        file.close()
    shutil.rmtree(folder)
    report({name: each.readings for name, each in readings.items()})


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

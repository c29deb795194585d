"""`python -m benchmarks.probes.autosave FOLDER [count]`: milliseconds of keeping one typed field.

A note of the session in draft, through the service: version checked, row changed, audit entry
appended, committed and synced. Anchor, in turn: one row changed in a plain encrypted file of the
same folder, under the same settings. With `count`, saves are made between the marks of a trace.
"""

import secrets
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import milliseconds, round_robin
from benchmarks.probes.desks import opened
from benchmarks.probes.reporting import report
from benchmarks.syncs import BEGIN_MARK, END_MARK, mark
from mesodesk.db.engine import RawConnection, connect
from mesodesk.services.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 120
SAVES_COUNTED = 20
OURS, RAW = "autosave", "raw SQLCipher commit"
_ROWS = 5_000


class Note:
    """The note of the session in draft, typed on and on."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._session = desk.sessions.get(desk.sessions.drafts()[0].id)
        self._turn = 0

    def save(self) -> None:
        self._turn += 1
        typed = replace(self._session.fields, note=f"note {self._turn} " + "x" * 100)
        self._session = self._desk.sessions.save(self._session.id, self._session.version, typed)


class Plain:
    """A table in an encrypted file, with the same pragmas and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"anchor-{secrets.token_hex(4)}.db"
        self._raw: RawConnection = connect(
            self._path, secrets.token_bytes(32), secrets.token_bytes(16), create=True
        )
        self._turn = 0
        self._raw.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)")
        self._raw.execute("BEGIN")
        for number in range(_ROWS):
            self._raw.execute("INSERT INTO note VALUES (?, ?)", (number, "n" * 200))
        self._raw.execute("COMMIT")

    def save(self) -> None:
        self._turn += 1
        self._raw.execute("BEGIN IMMEDIATE")
        values = (f"note {self._turn} " + "x" * 100, self._turn % _ROWS)
        self._raw.execute("UPDATE note SET text = ? WHERE id = ?", values)
        self._raw.execute("COMMIT")

    def close(self) -> None:
        self._raw.close()
        for path in self._path.parent.glob(f"{self._path.name}*"):
            path.unlink()


def main(folder: Path, *, count: bool) -> None:
    """Time the saves, or only make some to be counted."""
    with opened(folder) as desk:
        note = Note(desk)
        if count:
            note.save()
            mark(BEGIN_MARK)
            for _ in range(SAVES_COUNTED):
                note.save()
            mark(END_MARK)
            return
        plain = Plain(folder.parent)
        cases: dict[str, Callable[[], float]] = {
            OURS: lambda: milliseconds(note.save),
            RAW: lambda: milliseconds(plain.save),
        }
        readings = round_robin(cases, ROUNDS, warm=10)
        plain.close()
        report({name: each.readings for name, each in readings.items()})


if __name__ == "__main__":
    main(Path(sys.argv[1]), count=sys.argv[2:] == ["count"])

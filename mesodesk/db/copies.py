"""Copies of a database: made while it is being written to, and read without touching them.

Files of a live database copied one by one do not belong together; the library's own backup reads
one moment. A copy ends without a write-ahead log, so that it is one file that also opens where
nothing may be written.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver

from mesodesk.db.asking import Value
from mesodesk.db.engine import BUSY_SECONDS, RawConnection, RawCursor, connect
from mesodesk.db.errors import StorageBug

_PRAGMAS = ("cipher_log_level=NONE", "trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0")


def copy_into(
    source: Path,
    target: Path,
    raw_key: bytes,
    salt: bytes,
    other: tuple[bytes, bytes] | None = None,
) -> None:
    """Copy a database as it stands at one moment into a new file.

    It may be written to meanwhile: what is committed later is not in the copy.

    Args:
        source: the database.
        target: where nothing stands yet.
        raw_key: of the database.
        salt: of the database.
        other: key and salt of the copy; those of the database by default.

    Raises:
        FileExistsError: if anything stands at `target`; it is left as it is.
        sqlcipher3.dbapi2.DatabaseError: whatever the files or the disk are at fault with.
    """
    target.open("xb").close()
    reading: Any = connect(source, raw_key, salt, guarded=False)
    try:
        writing: Any = connect(target, *(other or (raw_key, salt)), guarded=False)
        try:
            reading.backup(writing)
            if writing.execute("PRAGMA journal_mode=DELETE").fetchone() != ("delete",):
                raise StorageBug("the copy could not be made one file")
        finally:
            writing.close()
    finally:
        reading.close()


def connect_copy(path: Path, raw_key: bytes, salt: bytes) -> RawConnection:
    """Open a copy to look at. Nothing is written, nothing is made beside it.

    Raises:
        sqlcipher3.dbapi2.DatabaseError: whatever the file is at fault with.
    """
    raw: RawConnection = driver.connect(
        f"{path.resolve().as_uri()}?mode=ro&immutable=1",
        uri=True,
        timeout=BUSY_SECONDS,
        check_same_thread=False,
        isolation_level=None,
    )
    try:
        raw.set_key(f"x'{raw_key.hex()}{salt.hex()}'")
        for pragma in _PRAGMAS:
            raw.execute("PRAGMA " + pragma)
    except BaseException:
        raw.close()
        raise
    return raw


class Answers:
    """The rows that a statement on a copy answers, asked for as SQLAlchemy's are."""

    def __init__(self, cursor: RawCursor) -> None:
        self._cursor = cursor

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)

    def all(self) -> Sequence[Any]:
        """Return all rows that are left."""
        return self._cursor.fetchall()

    def first(self) -> Value:
        """Return the first row, or None if there is none."""
        return self._cursor.fetchone()

    def scalar(self) -> Value:
        """Return the first value of the first row, or None if there is none."""
        row = self._cursor.fetchone()
        return None if row is None else row[0]

    def scalar_one(self) -> Value:
        """Return the value of a statement that always answers one row."""
        return self.scalar()

    def scalars(self) -> Iterator[Any]:
        """Return the first value of each row."""
        return (row[0] for row in self._cursor)


class CopyConnection:
    """Looks at a copy without SQLAlchemy, of which nothing but plain statements would be used."""

    def __init__(self, raw: RawConnection) -> None:
        self.connection: Any = raw

    def exec_driver_sql(self, statement: str, parameters: Sequence[object] = ()) -> Answers:
        """Run one statement of plain SQL."""
        return Answers(self.connection.execute(statement, parameters))


@contextmanager
def looking_at_copy(path: Path, raw_key: bytes, salt: bytes) -> Iterator[CopyConnection]:
    """Open a copy to look at, as it stands at one moment.

    Raises:
        sqlcipher3.dbapi2.DatabaseError: whatever the file is at fault with.
    """
    raw = connect_copy(path, raw_key, salt)
    try:
        raw.execute("BEGIN")
        yield CopyConnection(raw)
    finally:
        raw.close()

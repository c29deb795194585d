"""Copies of a database: made while it is being written to, and read without touching them.

Files of a live database copied one by one do not belong together; the library's own backup reads
one moment. A copy ends without a write-ahead log, so that it is one file that also opens where
nothing may be written.
"""

from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import NullPool

from mesodesk.db.engine import BUSY_SECONDS, RawConnection, connect
from mesodesk.db.errors import StorageBug

_PRAGMAS = ("cipher_log_level=NONE", "trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0")


def copy_into(source: Path, target: Path, raw_key: bytes, salt: bytes) -> None:
    """Copy a database as it stands at one moment, under the same key, into a new file.

    It may be written to meanwhile: what is committed later is not in the copy.

    Raises:
        FileExistsError: if anything stands at `target`; it is left as it is.
        sqlcipher3.dbapi2.DatabaseError: whatever the files or the disk are at fault with.
    """
    target.open("xb").close()
    reading: Any = connect(source, raw_key, salt, guarded=False)
    try:
        writing: Any = connect(target, raw_key, salt, guarded=False)
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


def open_copy_engine(path: Path, raw_key: bytes, salt: bytes) -> Engine:
    """Return an engine for looking at a copy; each use is a connection of its own."""
    engine = create_engine(
        "sqlite://",
        module=driver,
        creator=lambda: connect_copy(path, raw_key, salt),
        poolclass=NullPool,
        hide_parameters=True,
    )
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine

"""The only place that opens the encrypted file: key, pragmas, guards, BEGIN.

Pragmas and their order follow what was measured with SQLCipher 4: WAL with `synchronous=FULL` lost
no acknowledged save in simulated power cuts; `NORMAL` lost some, `OFF` corrupted the file.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import sqlcipher3.dbapi2 as driver

from mesodesk.db.errors import CORRUPT, NOT_A_DATABASE, StorageBug, result_code

if TYPE_CHECKING:
    # Imported where engines are made: a process that only reads a copy does without, and starts in
    # a fifth of the time.
    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import ExceptionContext

APPLICATION_ID = 0x4D45534F  # "MESO"
FORMAT = 1
PAGE_BYTES = 4096
CACHE_KIB = 64 * 1024
KEY_BYTES, SALT_BYTES = 32, 16
BUSY_SECONDS = 5

# A session that only reads: `engine.execution_options(**READ_ONLY)`. It takes no write lock.
READ_ONLY = {"mesodesk_read_only": True}

# Tables whose rows no running program may change or remove; triggers in the file say the same.
APPEND_ONLY = frozenset(
    {
        "audit_entry",
        "audit_key",
        "audit_span",
        "backup_run",
        "follow_up_shown",
        "session_addendum",
        "session_seal",
        "session_snapshot",
        "session_statement",
        "stock_movement",
    }
)

_PRAGMAS = (
    "cipher_log_level=NONE",
    "journal_mode=WAL",
    "synchronous=FULL",
    "fullfsync=ON",
    "checkpoint_fullfsync=ON",
    "foreign_keys={foreign_keys}",
    "recursive_triggers=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "mmap_size=0",
    "journal_size_limit=8388608",
    f"cache_size=-{CACHE_KIB}",
)

# Settings that a running program has no business to change.
_FIXED_PRAGMAS = frozenset(
    [
        "writable_schema",
        "trusted_schema",
        "recursive_triggers",
        "foreign_keys",
        "journal_mode",
        "synchronous",
        "ignore_check_constraints",
        "legacy_alter_table",
        "key",
        "rekey",
        "hexkey",
        "hexrekey",
        "application_id",
        "user_version",
        "schema_version",
        "secure_delete",
        "mmap_size",
    ]
)
_FORBIDDEN = frozenset(
    {
        driver.SQLITE_ATTACH,
        driver.SQLITE_DETACH,
        driver.SQLITE_DROP_TRIGGER,
        driver.SQLITE_DROP_TABLE,
        driver.SQLITE_ALTER_TABLE,
    }
)


class RawCursor(Protocol):
    """What a statement answers."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> tuple[Any, ...] | None: ...
    def fetchall(self) -> list[tuple[Any, ...]]: ...
    def __iter__(self) -> Iterator[tuple[Any, ...]]: ...


class RawConnection(Protocol):
    """The part of a driver connection that is used without SQLAlchemy."""

    def execute(self, sql: str, parameters: Sequence[object] = ..., /) -> RawCursor: ...
    def set_key(self, key: str, /) -> object: ...
    def set_authorizer(self, callback: Callable[..., int] | None, /) -> object: ...
    def close(self) -> None: ...


def connect(
    path: Path,
    raw_key: bytes,
    salt: bytes,
    *,
    guarded: bool = True,
    foreign_keys: bool = True,
    create: bool = False,
) -> RawConnection:
    """Open one driver connection with key, pragmas and guards. A file is made only if `create`.

    Raises:
        sqlcipher3.dbapi2.DatabaseError: whatever the file or the disk is at fault with.
        StorageBug: if this build of the library does not encrypt.
    """
    if len(raw_key) != KEY_BYTES or len(salt) != SALT_BYTES:
        raise StorageBug("key or salt of the wrong length")
    mode = "rwc" if create else "rw"
    raw: RawConnection = driver.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        check_same_thread=False,
        isolation_level=None,
    )
    try:
        _prepare(raw, raw_key, salt, foreign_keys=foreign_keys)
        if guarded:
            raw.set_authorizer(_authorize)
    except BaseException:
        raw.close()
        raise
    return raw


def _prepare(raw: RawConnection, raw_key: bytes, salt: bytes, *, foreign_keys: bool) -> None:
    # Not as SQL text: statements can be traced and logged, this call cannot.
    raw.set_key(f"x'{raw_key.hex()}{salt.hex()}'")
    version = raw.execute("PRAGMA cipher_version").fetchone()
    if not version or not version[0]:
        raise StorageBug("this build of the database library does not encrypt")
    for pragma in _PRAGMAS:
        answer = raw.execute(
            "PRAGMA " + pragma.format(foreign_keys="ON" if foreign_keys else "OFF")
        ).fetchone()
        if pragma.startswith("journal_mode") and answer != ("wal",):
            raise StorageBug("the write-ahead log could not be switched on")


def _authorize(
    action: int, first: str | None, second: str | None, _schema: str | None, _inner: str | None
) -> int:
    if action in _FORBIDDEN:
        return int(driver.SQLITE_DENY)
    if action in {driver.SQLITE_UPDATE, driver.SQLITE_DELETE} and first in APPEND_ONLY:
        return int(driver.SQLITE_DENY)
    if (
        action == driver.SQLITE_PRAGMA
        and second is not None
        and str(first).lower() in _FIXED_PRAGMAS
    ):
        return int(driver.SQLITE_DENY)
    return int(driver.SQLITE_OK)


def open_engine(path: Path, raw_key: bytes, salt: bytes) -> "Engine":
    """Return the engine of an existing encrypted file. Nothing is opened until it is first used.

    Transactions begin with `BEGIN IMMEDIATE`, so that two writers queue instead of failing
    half-way; with the execution options `READ_ONLY` they begin plainly.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import QueuePool

    engine = create_engine(
        "sqlite://",
        module=driver,
        creator=lambda: connect(path, raw_key, salt),
        poolclass=QueuePool,
        pool_size=2,
        max_overflow=2,
        pool_timeout=BUSY_SECONDS,
        pool_use_lifo=True,  # the connection with the warm page cache comes first
        hide_parameters=True,  # values of a failing statement are patient data
    )
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _drop_poisoned)
    return engine


def open_upgrade_engine(path: Path, raw_key: bytes, salt: bytes) -> "Engine":
    """Return an engine for changing the schema: no guards, and foreign keys off.

    With foreign keys on, rebuilding a parent table silently deletes every child row; the pragma is
    ignored inside a transaction, so it must be off before.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    engine = create_engine(
        "sqlite://",
        module=driver,
        creator=lambda: connect(path, raw_key, salt, guarded=False, foreign_keys=False),
        poolclass=NullPool,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: "Connection") -> None:
    reading = connection.get_execution_options().get("mesodesk_read_only", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _drop_poisoned(context: "ExceptionContext") -> None:
    # After one bad page a connection may report many good ones as bad: start afresh. On a torn list
    # of free pages the library asks for absurd amounts of memory instead of calling it damage.
    error = context.original_exception
    if isinstance(error, MemoryError) or result_code(error) in {CORRUPT, NOT_A_DATABASE}:
        context.is_disconnect = True


def create_database(path: Path, raw_key: bytes, salt: bytes) -> None:
    """Make a new encrypted file, stamped with our application id and format.

    Raises:
        FileExistsError: if anything stands at this path; it is left as it is.
    """
    path.open("xb").close()
    raw = connect(path, raw_key, salt, guarded=False, create=True)
    try:
        raw.execute(f"PRAGMA application_id={APPLICATION_ID}")
        raw.execute(f"PRAGMA user_version={FORMAT}")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()

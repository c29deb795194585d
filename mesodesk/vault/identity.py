"""What a vault reads of its own database: whose it is, and how much is in it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

from mesodesk.db.asking import Asked
from mesodesk.db.engine import APPLICATION_ID, FORMAT, READ_ONLY, RawConnection
from mesodesk.db.upgrade import head_revision
from mesodesk.vault.audit import chain_head
from mesodesk.vault.errors import (
    EmptyDatabaseError,
    ForeignDatabaseError,
    TooNewError,
)
from mesodesk.vault.keys import SALT_BYTES

if TYPE_CHECKING:
    from sqlalchemy import Engine

_COUNTED_AT_ONCE: Final = 100  # SQLite joins 500 at most


def check_identity(raw: RawConnection, vault_id: UUID) -> bool:
    """Make sure that this is the vault's own database; tell whether its schema is the newest.

    Raises:
        EmptyDatabaseError: if it holds no records of ours.
        ForeignDatabaseError: if it belongs to another program or another vault.
        TooNewError: if it is of a newer format.
    """
    tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    if not tables:
        raise EmptyDatabaseError
    if _pragma(raw, "application_id") != APPLICATION_ID:
        raise ForeignDatabaseError
    if _pragma(raw, "user_version") > FORMAT:
        raise TooNewError
    if not {"vault_meta", "audit_entry", "alembic_version"} <= tables:
        raise EmptyDatabaseError
    stored = raw.execute("SELECT vault_id FROM vault_meta").fetchone()
    if stored is None or bytes(stored[0]) != vault_id.bytes:
        raise ForeignDatabaseError
    revision = raw.execute("SELECT version_num FROM alembic_version").fetchone()
    if revision is None:
        raise EmptyDatabaseError
    return bool(revision[0] == head_revision())


def _pragma(raw: RawConnection, name: str) -> int:
    answer = raw.execute(f"PRAGMA {name}").fetchone()
    return 0 if answer is None else int(answer[0])


def starts_with_salt(database: Path, salt: bytes) -> bool:
    """Tell whether the file begins with the vault's own salt, as every database of ours does."""
    with database.open("rb") as stream:
        return stream.read(SALT_BYTES) == salt


def committed_head(engine: "Engine") -> tuple[int, bytes]:
    """Return number and digest of the last committed audit entry."""
    with engine.connect().execution_options(**READ_ONLY) as connection:
        return chain_head(connection)


def row_counts(engine: "Engine") -> dict[str, int]:
    """Return the number of rows of each table of records; of indexes for searching, none."""
    with engine.connect().execution_options(**READ_ONLY) as connection:
        return counted(connection)


def counted(connection: Asked) -> dict[str, int]:
    """As `row_counts`, in a transaction that is open already."""
    names = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE"
        " '\\' AND name NOT LIKE '%\\_fts%' ESCAPE '\\' ORDER BY name"
    ).scalars()
    return dict(_counts(connection, [str(name) for name in names]))


def _counts(connection: Asked, tables: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Count the rows of tables, many in one question: asking took longer than counting."""
    for first in range(0, len(tables), _COUNTED_AT_ONCE):
        group = tables[first : first + _COUNTED_AT_ONCE]
        counting = (f'SELECT {at}, count(*) FROM "{name}"' for at, name in enumerate(group))  # noqa: S608
        for at, rows in connection.exec_driver_sql(" UNION ALL ".join(counting)):
            yield group[at], int(rows)

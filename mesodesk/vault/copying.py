"""Takes a copy of a vault's database and says what is in it."""

import json
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from mesodesk.db.asking import Asked
from mesodesk.db.copies import CopyConnection, connect_copy, copy_into, looking_at_copy
from mesodesk.db.upgrade import known_revisions
from mesodesk.vault.audit import chain_head, verify_chain
from mesodesk.vault.errors import DamagedError, TooNewError
from mesodesk.vault.identity import check_identity, counted, starts_with_salt
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.span_checks import has_spans, verify_spans

RESTORED = "vault.restore"
_MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What a database holds: last audit entry, rows of each table, revision of its schema.

    `lineage` is the vault's id until it is restored, and a new id after each restore: numbers of
    entries can be compared within one lineage only.
    """

    seq: int
    head: bytes
    counts: Mapping[str, int]
    schema: str
    lineage: str


def copy_database(source: Path, target: Path, keys: VaultKeys) -> Facts:
    """Copy a database, open or closed, into a new file, durably; return what the copy holds.

    Raises:
        FileExistsError: if anything stands at `target`.
        sqlcipher3.dbapi2.DatabaseError: whatever the files or the disk are at fault with.
    """
    copy_into(source, target, keys.data_key, keys.salt)
    with target.open("rb+") as stream:
        os.fsync(stream.fileno())
    return facts_of(target, keys)


def facts_of(path: Path, keys: VaultKeys) -> Facts:
    """Return what a closed database holds, without touching it."""
    with looking_at(path, keys) as connection:
        seq, head = chain_head(connection)
        schema = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return Facts(seq, head, counted(connection), str(schema), _lineage(connection, keys))


def looking_at(path: Path, keys: VaultKeys) -> AbstractContextManager[CopyConnection]:
    """Open a closed database to look at, without touching it."""
    return looking_at_copy(path, keys.data_key, keys.salt)


def _lineage(connection: Asked, keys: VaultKeys) -> str:
    last = connection.exec_driver_sql(
        "SELECT details FROM audit_entry WHERE action = ? ORDER BY seq DESC LIMIT 1", (RESTORED,)
    ).scalar()
    return str(keys.vault_id if last is None else json.loads(last)["lineage"])


@dataclass(frozen=True, slots=True)
class Examined:
    """What a database holds, and what is wrong with its records though every page is whole."""

    facts: Facts
    troubles: tuple[str, ...]


def examine_copy(path: Path, keys: VaultKeys) -> Examined:
    """Read all of a closed database: pages, structure, references, audit chain; touch nothing.

    Raises:
        DamagedError: if a page or the structure is not whole; its sentence says which.
        TooNewError: if its schema or format is newer than this program.
        sqlcipher3.dbapi2.DatabaseError: if it cannot be read at all.
    """
    if not starts_with_salt(path, keys.salt):
        raise DamagedError("its first bytes are damaged")
    _check_pages(path, keys)
    raw = connect_copy(path, keys.data_key, keys.salt)
    try:
        check_identity(raw, keys.vault_id)
        if raw.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
            raise DamagedError("its structure is damaged")
        broken = sorted({str(row[0]) for row in raw.execute("PRAGMA foreign_key_check")})
    finally:
        raw.close()
    facts = facts_of(path, keys)
    if facts.schema not in known_revisions():
        raise TooNewError
    with looking_at(path, keys) as connection:
        found = verify_chain(connection, keys)
        if has_spans(connection):
            found += verify_spans(connection, keys.vault_id)
    return Examined(
        facts,
        (
            *(f"A row of {table} refers to one that is missing." for table in broken),
            *(finding.sentence for finding in found[:_MOST_TOLD]),
        ),
    )


def _check_pages(path: Path, keys: VaultKeys) -> None:
    # A connection of its own: after one bad page a used one reports good pages as bad.
    raw = connect_copy(path, keys.data_key, keys.salt)
    try:
        if raw.execute("PRAGMA cipher_integrity_check").fetchall():
            raise DamagedError("pages of the database are damaged")
    finally:
        raw.close()

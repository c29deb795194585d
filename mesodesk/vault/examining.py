"""Looks at the database itself: is it ours, whole, and what do its errors mean to people."""

import contextlib
from collections.abc import Callable, Iterator

import sqlcipher3.dbapi2 as driver
from sqlalchemy.exc import SQLAlchemyError

from mesodesk.db import errors as storage
from mesodesk.db.engine import FORMAT, RawConnection, connect
from mesodesk.db.errors import NOT_A_DATABASE, StorageTrouble
from mesodesk.vault.errors import (
    DamagedError,
    DiskFullError,
    DiskTroubleError,
    ForeignDatabaseError,
    HeldError,
    MissingDatabaseError,
    ReadOnlyFolderError,
    TooNewError,
    VaultError,
)
from mesodesk.vault.findings import Finding, alarm, warning
from mesodesk.vault.holders import who_holds
from mesodesk.vault.identity import check_identity, starts_with_salt
from mesodesk.vault.inspection import log_is_left
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.location import OPEN_VAULT_MB, refusal
from mesodesk.vault.paths import VaultPaths

_ONE_PASS_KIB = 4096


def examine(paths: VaultPaths, keys: VaultKeys, upgrade: Callable[[], None]) -> list[Finding]:
    """Make sure that the database is whole and ours; have an older schema brought up to date."""
    findings: list[Finding] = []
    unclean = log_is_left(paths)
    with opened(paths, keys) as raw:
        is_newest = check_identity(raw, keys.vault_id)
        if unclean:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if unclean:
        findings += check_after_crash(paths, keys)
    if not starts_with_salt(paths.database, keys.salt):
        findings.append(_mend_salt(paths, keys))
    if not is_newest:
        upgrade()
    return findings


@contextlib.contextmanager
def opened(paths: VaultPaths, keys: VaultKeys, *, guarded: bool = True) -> Iterator[RawConnection]:
    """Open a fresh driver connection: after one bad page a used one reports good pages as bad."""
    raw = connect(paths.database, keys.data_key, keys.salt, guarded=guarded)
    try:
        yield raw
    finally:
        raw.close()


def check_after_crash(paths: VaultPaths, keys: VaultKeys) -> list[Finding]:
    """Check pages and references after an unclean end; the log is in the database already.

    Raises:
        DamagedError: if pages are damaged.
    """
    with opened(paths, keys) as raw:
        if raw.execute("PRAGMA cipher_integrity_check").fetchall():
            raise DamagedError
    with opened(paths, keys) as raw:
        # It reads everything once: keeping that would only fill the memory.
        raw.execute(f"PRAGMA cache_size=-{_ONE_PASS_KIB}")
        if raw.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
            raise DamagedError
        broken = raw.execute("PRAGMA foreign_key_check").fetchall()
    return [
        alarm("references", f"A row of {table} refers to one that is missing.")
        for table in sorted({row[0] for row in broken})
    ]


def _mend_salt(paths: VaultPaths, keys: VaultKeys) -> Finding:
    """Write page 1 anew: its first 16 bytes were damaged, which nothing else protects."""
    with opened(paths, keys, guarded=False) as raw:
        raw.execute(f"PRAGMA user_version={FORMAT - 1}")
        raw.execute(f"PRAGMA user_version={FORMAT}")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return warning(
        "pages",
        "The first bytes of the database were damaged and have been put right from the key file. "
        "The disk may be failing: make a backup to another one.",
    )


@contextlib.contextmanager
def explained(paths: VaultPaths, salt: bytes) -> Iterator[None]:
    """Turn errors of the database and of the disk into the vault's own."""
    try:
        yield
    except OSError as error:
        raise refusal(error) from error
    except (driver.Error, SQLAlchemyError, MemoryError, storage.StorageError) as error:
        raise _meaning(error, paths, salt) from error


def _meaning(error: BaseException, paths: VaultPaths, salt: bytes) -> Exception:
    if isinstance(error, storage.TooNewError):
        return TooNewError()
    meant = storage.translate(error)
    if not isinstance(meant, storage.StorageUnavailable):
        return meant
    match meant.trouble:
        case StorageTrouble.DAMAGED:
            return _damage(error, paths, salt)
        case StorageTrouble.LOCKED:
            return HeldError(who_holds(paths.database))
        case StorageTrouble.FULL:
            return DiskFullError(OPEN_VAULT_MB)
        case StorageTrouble.READ_ONLY:
            return ReadOnlyFolderError()
        case StorageTrouble.IO:
            return DiskTroubleError()
        case StorageTrouble.UNREACHABLE if not paths.database.exists():
            return MissingDatabaseError()
        case _:
            return VaultError(storage.SENTENCES[meant.trouble])


def _damage(error: BaseException, paths: VaultPaths, salt: bytes) -> VaultError:
    with contextlib.suppress(OSError):
        unreadable = storage.result_code(error) == NOT_A_DATABASE
        if unreadable and not starts_with_salt(paths.database, salt):
            return ForeignDatabaseError()
    return DamagedError()

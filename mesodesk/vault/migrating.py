"""Brings a vault of an earlier schema up to date: on a copy, which then takes the file's place.

The database that people worked with is not written to at all. It stays byte for byte as it was
until the copy is finished, examined and on the disk; then one rename exchanges them. Before that a
container of it is made and read back, and kept in the folder `backups` of the vault.
"""

import contextlib
import os
import re
from pathlib import Path

import sqlcipher3.dbapi2 as driver
from sqlalchemy.exc import SQLAlchemyError

from mesodesk.db import errors as storage
from mesodesk.db.engine import connect
from mesodesk.db.upgrade import head_revision, known_revisions, upgrade
from mesodesk.domain.clock import Clock
from mesodesk.vault.atomic import put_in_place, sync_folder
from mesodesk.vault.backing_up import FolderTarget, Source, make_backup, still_whole
from mesodesk.vault.backup_errors import UpgradeFailedError
from mesodesk.vault.container import Listed, listed, opened
from mesodesk.vault.copying import Facts, copy_database, examine_copy, facts_of
from mesodesk.vault.errors import TooNewError, VaultError
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.paths import VaultPaths
from mesodesk.vault.retention import MIGRATION

_COPY = "clinic.db.upgrading"


def own_backups(folder: Path) -> Path:
    """Return where the vault keeps containers of its own."""
    return folder / "backups"


def upgrade_through_copy(source: Source, clock: Clock) -> None:
    """Replace the closed database of a vault by an upgraded copy of it.

    Killed at any moment, the old database or the new one stands there, whole.

    Raises:
        UpgradeFailedError: if the copy could not be made, upgraded or is not what it should be.
        TooNewError: if the schema is of a newer program.
        VaultError: if no backup could be made before; nothing was changed.
    """
    paths = VaultPaths(source.folder)
    _remove_leftovers(source.folder)
    copy = source.folder / _COPY
    try:
        before = facts_of(paths.database, source.keys)
        if before.schema not in known_revisions():
            raise TooNewError
        _back_up_before(source, before, clock)
        copy_database(paths.database, copy, source.keys)
        upgrade_copy(copy, source.keys)
        _exchange(copy, paths)
    except (driver.Error, SQLAlchemyError, storage.StorageError, OSError) as error:
        raise UpgradeFailedError(_short(error)) from error
    finally:
        _remove_leftovers(source.folder)


def upgrade_copy(path: Path, keys: VaultKeys) -> None:
    """Upgrade a copy in place, and make sure that no record was lost on the way.

    Raises:
        UpgradeFailedError: if rows or audit entries are missing afterwards.
        DamagedError: if it is not whole before or afterwards.
    """
    examined = examine_copy(path, keys)
    before = examined.facts
    upgrade(path, keys.data_key, keys.salt)
    _make_one_file(path, keys)
    now = examine_copy(path, keys)
    after = now.facts
    if now.troubles != examined.troubles:
        raise UpgradeFailedError(now.troubles[0] if now.troubles else "a trouble would be hidden")
    if after.schema != head_revision():
        raise UpgradeFailedError("its schema is not the newest")
    if (after.seq, after.head) != (before.seq, before.head):
        raise UpgradeFailedError("the audit log would have changed")
    for table, rows in before.counts.items():
        if after.counts.get(table, 0) != rows:
            raise UpgradeFailedError(f"rows of the table {table} would have been lost")


def _back_up_before(source: Source, before: Facts, clock: Clock) -> None:
    folder = own_backups(source.folder)
    folder.mkdir(mode=0o700, exist_ok=True)
    # A try that failed has made one already; each try adding one would fill the disk.
    if any(_is_of(one, before) and still_whole(one.path, source) for one in listed(folder)):
        return
    make_backup(source, FolderTarget(folder), reason=MIGRATION, clock=clock)


def _is_of(one: Listed, before: Facts) -> bool:
    if one.seq != before.seq:
        return False
    try:
        with opened(one.path) as container:
            manifest = container.manifest
    except VaultError:
        return False
    return (manifest.head, manifest.schema) == (before.head, before.schema)


def _make_one_file(path: Path, keys: VaultKeys) -> None:
    raw = connect(path, keys.data_key, keys.salt, guarded=False)
    try:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        raw.execute("PRAGMA journal_mode=DELETE").fetchone()
    finally:
        raw.close()
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def _exchange(copy: Path, paths: VaultPaths) -> None:
    # A log of the old file beside the new one would be played into it.
    if paths.write_ahead_log.exists() and paths.write_ahead_log.stat().st_size:
        raise UpgradeFailedError("the database is being used")
    paths.write_ahead_log.unlink(missing_ok=True)
    sync_folder(paths.folder)
    put_in_place(copy, paths.database)
    with contextlib.suppress(OSError):  # the old one or the new one stands there, each whole
        sync_folder(paths.folder)


def _remove_leftovers(folder: Path) -> None:
    for left in folder.glob(f"{_COPY}*"):
        with contextlib.suppress(OSError):
            left.unlink()


def _short(error: Exception) -> str:
    meant = storage.translate(error)
    if isinstance(meant, storage.StorageUnavailable):
        return f"the disk: {meant.trouble.value}"
    if isinstance(error, OSError):
        return f"the disk: {error.strerror}"
    return re.sub(r"\s+", " ", str(meant)).strip() or type(meant).__name__

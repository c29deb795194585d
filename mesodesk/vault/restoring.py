"""Restores a backup: always into a new folder, whole or not at all; no other vault is touched."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex

import sqlcipher3.dbapi2 as driver
from sqlalchemy.exc import SQLAlchemyError

from mesodesk.db.copies import connect_copy
from mesodesk.db.engine import connect, open_engine
from mesodesk.db.upgrade import head_revision
from mesodesk.domain.clock import Clock
from mesodesk.domain.ids import new_id
from mesodesk.vault import keyfile, photo_copies
from mesodesk.vault.anchor import Anchor, AnchorError, read_anchor, write_anchor
from mesodesk.vault.audit import AuditFact, AuditTrail
from mesodesk.vault.backup_errors import (
    DamagedBackupError,
    WrongBackupPasswordError,
    WrongBackupRecoveryKeyError,
)
from mesodesk.vault.container import Container, opened
from mesodesk.vault.copying import RESTORED, looking_at
from mesodesk.vault.errors import AlreadyOpenError, DamagedError, VaultError
from mesodesk.vault.examining import explained
from mesodesk.vault.inspection import log_is_left
from mesodesk.vault.keyfile import KeyFile, KeySlot
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.location import refusal
from mesodesk.vault.lock import VaultLock
from mesodesk.vault.manifest import Manifest
from mesodesk.vault.migrating import upgrade_copy
from mesodesk.vault.opening import Credential
from mesodesk.vault.paths import VaultPaths
from mesodesk.vault.photo_files import PhotoFiles
from mesodesk.vault.placing import made_aside
from mesodesk.vault.slots import open_slot
from mesodesk.vault.verifying import verify

_MEGABYTE = 1024 * 1024
_ROOM_MB = 20

UNREADABLE = (
    OSError,
    driver.Error,
    SQLAlchemyError,
    MemoryError,
    ValueError,
    TypeError,
    VaultError,
)

# What the audit log holds besides changes of records.
NO_CHANGE = (
    "action LIKE 'vault.%' OR action LIKE 'desk.%' OR action LIKE 'backup.%' "
    "OR action LIKE 'access.%' OR action LIKE '%.view'"
)


@dataclass(frozen=True, slots=True)
class Loss:
    """What a vault has that the backup has not. `changes` is None where that cannot be told.

    `about` tells that the vault could not be read whole, and its anchor was counted from.
    """

    changes: int | None
    since: datetime
    about: bool = False

    @property
    def sentence(self) -> str:
        since = f"{self.since.astimezone():%Y-%m-%d %H:%M}"
        if self.changes is None:
            return f"What was changed after the backup of {since} is not in it."
        if self.changes == 0:
            return f"Nothing was changed since the backup of {since}: you lose nothing."
        changes = "1 change" if self.changes == 1 else f"{self.changes} changes"
        about = "at most " if self.about else ""
        return f"You lose {about}{changes} made since the backup of {since}."


@dataclass(frozen=True, slots=True)
class Restored:
    """A vault that was restored; `upgraded_from` is the older schema of the backup, if it was.

    `troubles` are sentences on what is wrong with the records in it, as it was in the vault.
    """

    folder: Path
    manifest: Manifest
    loss: Loss
    upgraded_from: str | None
    troubles: tuple[str, ...] = ()


def restore(
    path: Path, folder: Path, credential: Credential, *, clock: Clock, current: Path | None = None
) -> Restored:
    """Restore a container into a new folder.

    Args:
        path: the container.
        folder: absent or empty.
        credential: a password of the day of the backup, or the recovery key of that day.
        clock: the computer's.
        current: the vault that is to be replaced, to tell what is lost; only looked at.

    Raises:
        DamagedBackupError: if the container is not whole.
        NewerBackupError: if a newer program made it.
        WrongBackupPasswordError: if the password is not of that day; likewise for the recovery key.
        VaultExistsError: if anything stands in `folder`.
        VaultError: with a sentence; nothing was made.
    """
    restored, keys = restore_with_keys(path, folder, credential, clock=clock, current=current)
    keys.wipe()
    return restored


def foresee(path: Path, credential: Credential, current: Path | None) -> tuple[Manifest, Loss]:
    """Tell what a backup holds and what a restore of it would lose; nothing is made.

    Raises:
        VaultError: as `restore` does, for what shows before the database is read.
    """
    with opened(path) as container:
        _, keys = _unlock(container, credential)
        try:
            return container.manifest, loss(container.manifest, current, keys)
        finally:
            keys.wipe()


def restore_with_keys(
    path: Path, folder: Path, credential: Credential, *, clock: Clock, current: Path | None
) -> tuple[Restored, VaultKeys]:
    """As `restore`, for somebody who goes on to look at the records, and wipes the keys then."""
    folder = folder.expanduser().absolute()
    with opened(path) as container:
        slot, keys = _unlock(container, credential)
        size_mb = path.stat().st_size // _MEGABYTE
    photos = _photographs(path, keys, current)
    photos_mb = photo_copies.size_of(photos) // _MEGABYTE
    try:
        with made_aside(folder, 2 * size_mb + photos_mb + _ROOM_MB) as making:
            lost = loss(container.manifest, current, keys)
            upgraded_from, troubles = _lay_out(making, path, container, keys, clock, (slot, lost))
            troubles = (*troubles, *_bring_photographs(making, keys, photos))
    except BaseException:
        keys.wipe()
        raise
    return Restored(folder, container.manifest, lost, upgraded_from, troubles), keys


def _photographs(path: Path, keys: VaultKeys, current: Path | None) -> tuple[PhotoFiles, ...]:
    """Return where photographs may be: beside the backup, or in the vault that it is one of."""
    kept = photo_copies.beside(path.parent, keys.vault_id)
    within = PhotoFiles(VaultPaths(path.parent.parent).photos)
    own = () if current is None else (PhotoFiles(VaultPaths(current).photos),)
    return (kept, within, *own)


def _bring_photographs(
    making: Path, keys: VaultKeys, places: tuple[PhotoFiles, ...]
) -> tuple[str, ...]:
    with looking_at(VaultPaths(making).database, keys) as connection:
        wanted = photo_copies.facts(connection)
    try:
        return photo_copies.bring_back(wanted, making, places)
    except OSError as error:
        raise refusal(error) from error


def _unlock(container: Container, credential: Credential) -> tuple[KeySlot, VaultKeys]:
    key_file = container.key_file
    recovery = credential.is_recovery
    slots = key_file.recovery_slots() if recovery else key_file.user_slots()
    for slot in slots:
        inside = open_slot(key_file.vault_id, slot, credential.secret)
        if inside is not None:
            keys = VaultKeys(key_file.vault_id, inside.data_key, inside.database_salt)
            _check_owned(container, keys)
            users = key_file.user_slots()
            return (users[0] if recovery and users else slot), keys
    raise WrongBackupRecoveryKeyError if recovery else WrongBackupPasswordError


def _check_owned(container: Container, keys: VaultKeys) -> None:
    """Make sure that manifest and key file were written by the vault, before anything is made."""
    manifest = container.manifest
    if manifest.vault_id != keys.vault_id or not manifest.is_sealed_by(keys.manifest):
        raise DamagedBackupError("manifest.json")
    if not container.key_file.is_sealed_by(keys.key_file):
        raise DamagedBackupError("keys.json")


def _lay_out(
    making: Path,
    path: Path,
    container: Container,
    keys: VaultKeys,
    clock: Clock,
    told: tuple[KeySlot, Loss],
) -> tuple[str | None, tuple[str, ...]]:
    """Fill the folder; the lock tells others that somebody is at work here."""
    lock = VaultLock(VaultPaths(making).lock)
    try:
        manifest = container.manifest
        troubles = verify(path, keys, manifest, making)
        with explained(VaultPaths(making), keys.salt):
            upgraded_from = _bring_up_to_date(making, manifest, keys)
            _save_keys(making, container.key_file)
            seq, head = _note(making, manifest, keys, clock, told)
        generation = container.key_file.generation
        anchor = Anchor(keys.vault_id, seq, head, clock.now(), key_generation=generation)
        write_anchor(making, anchor, keys)
    except OSError as error:
        raise refusal(error) from error
    finally:
        lock.release()
    return upgraded_from, troubles


def _bring_up_to_date(making: Path, manifest: Manifest, keys: VaultKeys) -> str | None:
    if manifest.schema == head_revision():
        return None
    database = VaultPaths(making).database
    upgrade_copy(database, keys)
    return manifest.schema


def _save_keys(making: Path, key_file: KeyFile) -> None:
    def prove(read_back: KeyFile) -> None:
        if read_back != key_file:
            raise VaultError

    keyfile.save(making, key_file, prove, both=True)


def _note(
    making: Path, manifest: Manifest, keys: VaultKeys, clock: Clock, told: tuple[KeySlot, Loss]
) -> tuple[int, bytes]:
    """Note the restoring in the restored vault, which begins a lineage of its own by that."""
    slot, lost = told
    details: dict[str, object] = {
        "lineage": new_id(),
        "from_lineage": manifest.lineage,
        "from_seq": manifest.seq,
        "made_at": manifest.made_at,
        "schema": manifest.schema,
        "lost": lost.changes,
    }
    fact = AuditFact(slot.user_id, slot.name, RESTORED, "vault", keys.vault_id, details=details)
    engine = open_engine(VaultPaths(making).database, keys.data_key, keys.salt)
    try:
        with engine.begin() as connection:
            entry = AuditTrail(keys, clock, token_hex(16)).append(connection, fact)
    finally:
        engine.dispose()
    return entry.seq, entry.mac


def loss(manifest: Manifest, current: Path | None, keys: VaultKeys) -> Loss:
    """Tell how many changes a vault has that a backup of it has not; it is only looked at."""
    unknown = Loss(None, manifest.made_at)
    try:
        anchor = None if current is None else read_anchor(current, keys)
    except AnchorError:
        return unknown
    if current is None or anchor is None or anchor.seq < manifest.seq:
        return unknown
    try:
        last, changes = _changes_in(VaultPaths(current), manifest, keys)
    except AnotherHistoryError:
        return unknown
    except UNREADABLE:
        # The vault that is given up may be damaged in any way; its anchor still counts.
        ahead = anchor.seq - manifest.seq
        return Loss(ahead, manifest.made_at, about=True) if ahead else unknown
    unseen = max(0, anchor.seq - last)
    return Loss(changes + unseen, manifest.made_at, about=unseen > 0)


class AnotherHistoryError(Exception):
    """The vault's audit log is not the one that the backup is a part of."""


def _changes_in(paths: VaultPaths, manifest: Manifest, keys: VaultKeys) -> tuple[int, int]:
    """Return the last entry that the database file holds, and how many changes it has more."""
    is_open = _is_open(paths)
    if log_is_left(paths) and not is_open:
        raise DamagedError
    connect_to = connect if is_open else connect_copy
    raw = connect_to(paths.database, keys.data_key, keys.salt)
    try:
        at = raw.execute("SELECT mac FROM audit_entry WHERE seq = ?", (manifest.seq,)).fetchone()
        if at is None or bytes(at[0]) != manifest.head:
            raise AnotherHistoryError
        counted = raw.execute(
            f"SELECT max(seq), sum(seq > ? AND NOT ({NO_CHANGE})) FROM audit_entry",  # noqa: S608
            (manifest.seq,),
        ).fetchone()
    finally:
        raw.close()
    last, changes = counted or (0, 0)
    return int(last), int(changes)


def _is_open(paths: VaultPaths) -> bool:
    """Tell whether a program has the vault open, so that its log may be read along."""
    if not paths.lock.exists():
        return False
    try:
        VaultLock(paths.lock).release()
    except AlreadyOpenError:
        return True
    return False

"""Makes a backup: a copy of one moment, packed, written, read back by a new process, then named.

Only a container that was read back whole ever gets its name; until then it is a `.part`, which
nothing lists. Nothing that was there before is touched.
"""

import contextlib
import errno
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

from mesodesk import __version__
from mesodesk.domain.clock import Clock
from mesodesk.vault import anchor, container, keyfile, manifest
from mesodesk.vault.anchor import Anchor
from mesodesk.vault.atomic import sync_folder
from mesodesk.vault.audit import AuditFact
from mesodesk.vault.backup_errors import BackupTargetError, DamagedBackupError, NotVerifiedError
from mesodesk.vault.copying import Facts, copy_database
from mesodesk.vault.errors import DiskFullError, VaultError
from mesodesk.vault.examining import explained
from mesodesk.vault.keyfile import KeyFile
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.manifest import Manifest, Signed
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.paths import VaultPaths
from mesodesk.vault.verifying import verify

MAKE = "backup.make"
_WORK = ".copying-"
_MEGABYTE = 1024 * 1024
_ROOM_MB = 4

# What a backup finds in its way is taken for left behind, so no other may be at work meanwhile.
_one_at_a_time = threading.Lock()

Signer = Callable[[bytes], Signed]


@dataclass(frozen=True, slots=True)
class Source:
    """The vault that is copied. Whoever hands this over holds its lock."""

    folder: Path
    keys: VaultKeys
    key_file: KeyFile
    sign: Signer | None = None


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """A container that was read back whole.

    `troubles` are sentences on what is wrong with the records in it, as it is in the vault.
    """

    path: Path
    manifest: Manifest
    size: int
    troubles: tuple[str, ...] = ()


class Target(Protocol):
    """Where a container is written to; tests have ones that fail and ones that lie."""

    folder: Path

    def create(self, path: Path) -> BinaryIO:
        """Open a new file for writing."""

    def settle(self, path: Path) -> None:
        """Called when all is written and before it is read back."""


class FolderTarget:
    """A folder on any disk or stick."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, path: Path) -> BinaryIO:
        return path.open("wb")  # a part of this very name is left from a run that was killed

    def settle(self, path: Path) -> None:
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())


def source_of(vault: OpenVault) -> Source:
    """Return what a backup of an open vault is made from, signed by whoever opened it."""

    def sign(digest: bytes) -> Signed:
        return Signed(vault.user_id, vault.public_key, vault.sign_digest(digest))

    return Source(vault.folder, vault.keys, vault.key_file, None if vault.by_recovery_key else sign)


def back_up(vault: OpenVault, target: Target, *, reason: str, clock: Clock) -> MadeBackup:
    """Make a backup of an open vault and note it, made or failed, in the audit log.

    Off the UI thread: it may take seconds. Others may write to the vault meanwhile.

    Raises:
        VaultError: with a sentence; earlier backups are as they were.
    """
    try:
        made = make_backup(source_of(vault), target, reason=reason, clock=clock)
    except VaultError as error:
        with contextlib.suppress(Exception):
            _note(vault, "failed", {"reason": reason, "trouble": type(error).__name__})
        raise
    with explained(vault.paths, vault.keys.salt):
        _note(vault, "ok", {"reason": reason, "seq": made.manifest.seq, "size": made.size})
    return made


def _note(vault: OpenVault, outcome: str, details: dict[str, object]) -> None:
    fact = AuditFact(
        vault.user_id,
        vault.user_name,
        MAKE,
        "vault",
        vault.vault_id,
        outcome=outcome,
        details=details,
    )
    with vault.engine.begin() as connection:
        vault.audit.append(connection, fact)


def make_backup(source: Source, target: Target, *, reason: str, clock: Clock) -> MadeBackup:
    """Make a container of a vault, open or closed, that a new process has read back whole.

    Raises:
        BackupTargetError: if the disk or stick refuses.
        NotVerifiedError: if what was written could not be read back whole; it is not kept.
        VaultError: if the vault itself cannot be copied.
    """
    _check_target(target.folder)
    with (
        _one_at_a_time,
        explained(VaultPaths(source.folder), source.keys.salt),
        _work_folder(source) as work,
    ):
        copy = work / "copy.db"
        facts = copy_database(VaultPaths(source.folder).database, copy, source.keys)
        small, described = _described(source, facts, copy, reason, clock)
        path = target.folder / container.file_name(facts.seq, described.made_at)
        part = part_of(path, source.keys.vault_id)
        if path.exists():
            raise BackupTargetError(f"{path.name} is there already")
        _remove_parts(target.folder, part)
        try:
            with _refusals():
                with target.create(part) as stream:
                    container.write(stream, small, copy)
                target.settle(part)
                copy.unlink()
            troubles = _read_back(part, source.keys, described, work)
            with _refusals():
                size = part.stat().st_size
                part.rename(path)
                sync_folder(target.folder)
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise
    return MadeBackup(path, described, size, troubles)


def still_whole(path: Path, source: Source) -> bool:
    """Have a new process tell whether a container of this vault can be read back whole."""
    try:
        with container.opened(path) as packed:
            expected = packed.manifest
        with _work_folder(source) as work:
            verify(path, source.keys, expected, work)
    except (VaultError, OSError):
        return False
    return True


def part_of(path: Path, vault_id: UUID) -> Path:
    """Return what a container is called while it is written. It tells the vaults apart."""
    return path.with_name(f"{path.name}.{vault_id.hex[-8:]}.part")


def _remove_parts(folder: Path, part: Path) -> None:
    """Remove what killed backups of this vault left: each is as large as a backup, and none."""
    ending = "".join(part.suffixes[-2:])
    with contextlib.suppress(OSError):
        for left in folder.glob(f"mesodesk-*{container.SUFFIX}{ending}"):
            left.unlink()


def _check_target(folder: Path) -> None:
    if not folder.is_dir():
        raise BackupTargetError(f"there is no folder {folder}")


@contextlib.contextmanager
def _work_folder(source: Source) -> Iterator[Path]:
    """Yield a folder inside the vault's, so that no copy ever lies elsewhere; then remove it.

    Raises:
        DiskFullError: if two copies of the database have no room.
    """
    for left in source.folder.glob(f"{_WORK}*"):
        shutil.rmtree(left, ignore_errors=True)
    needed = 2 * VaultPaths(source.folder).database.stat().st_size // _MEGABYTE + _ROOM_MB
    if shutil.disk_usage(source.folder).free < needed * _MEGABYTE:
        raise DiskFullError(needed)
    work = Path(tempfile.mkdtemp(prefix=_WORK, dir=source.folder))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _described(
    source: Source, facts: Facts, copy: Path, reason: str, clock: Clock
) -> tuple[dict[str, bytes], Manifest]:
    """Return the small files of a container, with the manifest over all of them."""
    now = clock.now()
    anchored = Anchor(
        vault_id=source.keys.vault_id,
        seq=facts.seq,
        head=facts.head,
        written_at=now,
        key_generation=source.key_file.generation,
        counts_seq=facts.seq,
        counts=facts.counts,
    )
    small = {
        container.README: container.INSTRUCTIONS,
        container.KEYS: keyfile.encode(source.key_file),
        container.ANCHOR: anchor.encode(anchored, source.keys),
    }
    described = Manifest(
        vault_id=source.keys.vault_id,
        lineage=facts.lineage,
        made_at=now,
        reason=reason,
        seq=facts.seq,
        head=facts.head,
        schema=facts.schema,
        program=__version__,
        key_generation=source.key_file.generation,
        counts=facts.counts,
        files=container.file_facts(small, copy),
    )
    if source.sign is not None:
        described = described.signed_by(source.sign(described.digest))
    described = described.sealed(source.keys.manifest)
    return {**small, container.MANIFEST: manifest.encode(described)}, described


def _read_back(part: Path, keys: VaultKeys, written: Manifest, work: Path) -> tuple[str, ...]:
    try:
        return verify(part, keys, written, work)
    except DamagedBackupError as error:
        raise NotVerifiedError(error.part) from error
    except VaultError as error:
        raise NotVerifiedError(error.sentence) from error


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """Say what the disk or stick that is written to refuses; the vault's own disk is another."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise BackupTargetError("the disk or stick is full") from error
        if error.errno == errno.EFBIG:
            raise BackupTargetError(
                "the disk or stick takes no file of this size; format it as exFAT"
            ) from error
        if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
            raise BackupTargetError("nothing may be written there") from error
        raise BackupTargetError(f"the disk or stick failed ({error.strerror})") from error

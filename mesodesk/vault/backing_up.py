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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast
from uuid import UUID

from mesodesk import __version__
from mesodesk.domain.clock import Clock
from mesodesk.vault import anchor, container, keyfile, manifest, photo_copies
from mesodesk.vault.anchor import Anchor
from mesodesk.vault.atomic import put_in_place, sync_folder
from mesodesk.vault.audit import AuditFact
from mesodesk.vault.backup_errors import (
    BackupStoppedError,
    BackupTargetError,
    DamagedBackupError,
    NotVerifiedError,
)
from mesodesk.vault.copying import Facts, copy_database, looking_at
from mesodesk.vault.errors import DiskFullError, VaultError
from mesodesk.vault.examining import explained
from mesodesk.vault.keyfile import KeyFile
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.manifest import Manifest, Signed
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.paths import VaultPaths
from mesodesk.vault.photo_files import PhotoFiles
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
    """Return what a backup of an open vault is made from, signed by whoever is in now.

    It is signed later and on another thread: whoever comes in meanwhile has not made it.
    """
    from mesodesk.vault import slots

    by = vault.entrance.by
    key = by.signing_key
    if key is None:
        return Source(vault.folder, vault.keys, vault.key_file, None)

    def sign(digest: bytes) -> Signed:
        return Signed(by.user_id, slots.public_key_of(key), slots.sign(key, digest))

    return Source(vault.folder, vault.keys, vault.key_file, sign)


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


class _Stoppable:
    """Writes until somebody stops it."""

    def __init__(self, stream: BinaryIO, stop: threading.Event) -> None:
        self._stream = stream
        self._stop = stop

    def write(self, data: bytes) -> int:
        _go_on(self._stop)
        return self._stream.write(data)

    def writelines(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            self.write(piece)


def _go_on(stop: threading.Event | None) -> None:
    if stop is not None and stop.is_set():
        raise BackupStoppedError


def _write_part(
    target: Target,
    part: Path,
    small: dict[str, bytes],
    copy: Path,
    stop: threading.Event | None,
) -> None:
    """Write the container under its name for the time being; the copy it was made of goes."""
    with _refusals():
        with target.create(part) as stream:
            container.write(_stoppable(stream, stop), small, copy)
        target.settle(part)
        copy.unlink()


def make_backup(
    source: Source,
    target: Target,
    *,
    reason: str,
    clock: Clock,
    stop: threading.Event | None = None,
) -> MadeBackup:
    """Make a container of a vault, open or closed, that a new process has read back whole.

    Args:
        source: the vault.
        target: where the container goes.
        reason: what it is made for.
        clock: the computer's.
        stop: set by another thread to have it given up; nothing is left then.

    Raises:
        BackupTargetError: if the disk or stick refuses.
        BackupStoppedError: if it was stopped.
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
        _go_on(stop)
        lost = _photographs(source, copy, target, stop)
        small, described = _described(source, facts, copy, reason, clock)
        path = container.free_path(target.folder, facts.seq, described.made_at)
        part = part_of(path, source.keys.vault_id)
        _remove_parts(target.folder, part)
        with _removed_unless_whole(part):
            _write_part(target, part, small, copy, stop)
            troubles = _read_back(part, source.keys, described, work, stop)
            with _refusals():
                size = part.stat().st_size
                put_in_place(part, path)
                sync_folder(target.folder)
    return MadeBackup(path, described, size, (*lost, *troubles))


@contextlib.contextmanager
def _removed_unless_whole(part: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _photographs(
    source: Source, copy: Path, target: Target, stop: threading.Event | None
) -> tuple[str, ...]:
    """Bring the photographs that the copy names to where the container will be.

    A container within the vault's own folder needs none: they lie beside it for as long as it does.
    """
    with looking_at(copy, source.keys) as connection:
        wanted = photo_copies.facts(connection)
    if not wanted or target.folder.is_relative_to(source.folder):
        return ()
    own = PhotoFiles(VaultPaths(source.folder).photos)
    kept = photo_copies.beside(target.folder, source.keys.vault_id)
    with _refusals():
        return photo_copies.copy_new(wanted, own, target, kept, stop)


def still_whole(path: Path, source: Source) -> bool:
    """Have a new process tell whether a container of this vault can be read back whole."""
    try:
        read_again(path, source)
    except (VaultError, OSError):
        return False
    return True


def read_again(path: Path, source: Source, stop: threading.Event | None = None) -> Manifest:
    """Have a new process read back a container that was made earlier; return its manifest.

    Raises:
        BackupStoppedError: if it was stopped.
        VaultError: with what is wrong with it.
    """
    with container.opened(path) as packed:
        expected = packed.manifest
    with _one_at_a_time, _work_folder(source) as work:
        verify(path, source.keys, expected, work, stop)
    return expected


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


def _stoppable(stream: BinaryIO, stop: threading.Event | None) -> BinaryIO:
    return stream if stop is None else cast("BinaryIO", _Stoppable(stream, stop))


def _read_back(
    part: Path, keys: VaultKeys, written: Manifest, work: Path, stop: threading.Event | None
) -> tuple[str, ...]:
    try:
        return verify(part, keys, written, work, stop)
    except BackupStoppedError:
        raise
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

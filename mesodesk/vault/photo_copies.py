"""Photographs in backups: a folder beside the containers holds each file once, as it is.

A container has the database, which has the keys; the files are encrypted already and never change.
So a backup copies the files that the place does not have yet and reads some of the others again;
without new photographs it is about as quick as it was.
"""

import contextlib
import os
import secrets
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol
from uuid import UUID

from mesodesk.db.asking import Asked
from mesodesk.db.engine import RawConnection
from mesodesk.vault.atomic import put_in_place, sync_folder
from mesodesk.vault.backup_errors import BackupStoppedError, NotVerifiedError
from mesodesk.vault.paths import VaultPaths
from mesodesk.vault.photo_files import FileFact, PhotoFileMissingError, PhotoFiles, digest_of

_NAME: Final = "mesodesk-photos-"
_PART: Final = ".part"
_PIECE: Final = 1 << 20
_LOOKED_THROUGH: Final = 32 << 20
"""Bytes of files that a place has already which each backup reads again."""
_HAS_TABLE: Final = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'photo'"
_WANTED: Final = "SELECT id, file_size, file_sha256 FROM photo ORDER BY id"


class Writes(Protocol):
    """What writes at a place for backups: `backing_up.Target`."""

    folder: Path

    def create(self, path: Path) -> BinaryIO:
        """Open a new file for writing."""

    def settle(self, path: Path) -> None:
        """Called when all is written and before it is read back."""


def facts(connection: Asked) -> tuple[FileFact, ...]:
    """Return what a database says of the files of photographs; an older one knows of none."""
    if not connection.exec_driver_sql(_HAS_TABLE).scalar():
        return ()
    return _as_facts(connection.exec_driver_sql(_WANTED))


def facts_in(raw: RawConnection) -> tuple[FileFact, ...]:
    """As `facts`, on a connection of the driver."""
    found = raw.execute(_HAS_TABLE).fetchone()
    return _as_facts(raw.execute(_WANTED).fetchall()) if found and found[0] else ()


def _as_facts(rows: Iterable[Sequence[Any]]) -> tuple[FileFact, ...]:
    return tuple(FileFact(UUID(bytes=bytes(row[0])), int(row[1]), bytes(row[2])) for row in rows)


def beside(folder: Path, vault_id: UUID) -> PhotoFiles:
    """Return the photographs of a vault at a place for backups."""
    return PhotoFiles(folder / f"{_NAME}{vault_id.hex[-8:]}")


def copy_new(
    wanted: Iterable[FileFact],
    source: PhotoFiles,
    target: Writes,
    kept: PhotoFiles,
    stop: threading.Event | None = None,
) -> tuple[str, ...]:
    """Bring to a place for backups all photographs that it lacks, each read back.

    Args:
        wanted: what the database in the backup says.
        source: the vault's files.
        target: writes at the place.
        kept: the files at the place.
        stop: set by another thread to have it given up; what was copied is of use next time.

    Returns:
        Sentences on files that are missing or altered in the vault itself.

    Raises:
        BackupStoppedError: if it was stopped.
        NotVerifiedError: if a file could not be read back whole.
        OSError: if the place refuses.
    """
    wanted = tuple(wanted)
    doubted = _some(wanted)
    lost = 0
    for fact in wanted:
        if stop is not None and stop.is_set():
            raise BackupStoppedError
        if kept.is_there(fact) and (fact not in doubted or kept.is_whole(fact)):
            continue
        if not _is_whole(source, fact):
            lost += 1
            continue
        _copy(source.found(fact.photo_id), kept, fact, target)
    return () if not lost else (_lost(lost, "the vault"),)


def _some(wanted: tuple[FileFact, ...]) -> frozenset[FileFact]:
    """Choose which files are read again this time: by chance, so that in time it is all of them."""
    found, size = [], 0
    for fact in secrets.SystemRandom().sample(wanted, len(wanted)):
        size += fact.size
        if size > _LOOKED_THROUGH:
            break
        found.append(fact)
    return frozenset(found)


def _is_whole(files: PhotoFiles, fact: FileFact) -> bool:
    try:
        return files.is_whole(fact)
    except PhotoFileMissingError:
        return False


def _copy(file: Path, kept: PhotoFiles, fact: FileFact, target: Writes) -> None:
    kept.folder.mkdir(exist_ok=True)
    path = kept.path(fact.photo_id)
    part = path.with_name(f"{path.name}{_PART}")
    try:
        with target.create(part) as stream:
            stream.writelines(_pieces(file))
        target.settle(part)
        _check_written(part, fact)
        put_in_place(part, path)
        sync_folder(kept.folder)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _check_written(part: Path, fact: FileFact) -> None:
    _forget_cached(part)
    if digest_of(part) != fact.sha256:
        raise NotVerifiedError("a photograph")


def bring_back(
    wanted: Iterable[FileFact], making: Path, places: Iterable[PhotoFiles]
) -> tuple[str, ...]:
    """Fill the photographs of a vault that is being restored.

    Args:
        wanted: what its database says.
        making: its folder.
        places: where the files may be, the best first; one that is not whole is passed over.

    Returns:
        A sentence if some are found nowhere.

    Raises:
        OSError: if the disk refuses.
    """
    places = tuple(places)
    own = PhotoFiles(VaultPaths(making).photos)
    lost = 0
    for fact in wanted:
        found = next((each for each in places if _is_whole(each, fact)), None)
        if found is None:
            lost += 1
        else:
            _lay_out(found.found(fact.photo_id), own.path(fact.photo_id))
    if own.folder.is_dir():
        sync_folder(own.folder)
    return () if not lost else (_lost(lost, "the backup"),)


def _lay_out(file: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, exist_ok=True)
    with target.open("xb") as stream:
        stream.writelines(_pieces(file))
        stream.flush()
        os.fsync(stream.fileno())


def size_of(places: Iterable[PhotoFiles]) -> int:
    """Return the bytes that photographs may take at most; for asking whether there is room."""
    return max((_size(each.folder) for each in places), default=0)


def _size(folder: Path) -> int:
    try:
        return sum(each.stat().st_size for each in folder.iterdir())
    except OSError:
        return 0


def _lost(count: int, where: str) -> str:
    what = "The file of 1 photograph is" if count == 1 else f"The files of {count} photographs are"
    return f"{what} missing from {where} or damaged; everything else is there."


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _forget_cached(path: Path) -> None:
    """Have the system read a file from the disk again, where it can be asked to."""
    if hasattr(os, "posix_fadvise"):
        with path.open("rb") as stream:
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

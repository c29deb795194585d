"""The container of a backup: one file that holds everything a clinic needs to work on.

`mesodesk-SEQ-MOMENT.mesobackup` is a ZIP with a page of instructions, the manifest, the key file,
the anchor and the database, encrypted as it is in the vault. What does not open without a key of
the vault's is opened here as far as it goes without one.
"""

import hashlib
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from mesodesk.vault import keyfile, manifest, zip_layout
from mesodesk.vault.backup_errors import (
    DamagedBackupError,
    MissingBackupError,
    NotABackupError,
    UnreadableBackupError,
)
from mesodesk.vault.manifest import FileFact
from mesodesk.vault.zip_layout import LayoutError, Member

SUFFIX = ".mesobackup"
README, MANIFEST, KEYS, ANCHOR, DATABASE = (
    "READ-ME.txt",
    "manifest.json",
    "keys.json",
    "anchor.json",
    "clinic.db",
)
NAMES = (README, MANIFEST, KEYS, ANCHOR, DATABASE)
_MOST_SMALL_BYTES = 4 << 20
_NAME = re.compile(r"mesodesk-(\d{9,})-(\d{8}T\d{6})Z(?:-\d+)?\.mesobackup")
_MOMENT = "%Y%m%dT%H%M%S"

INSTRUCTIONS = b"""\
This file is a backup of a clinic's records, made by Mesodesk. It is encrypted.

To have the records on a computer again:

1. Install Mesodesk on it.
2. Copy this file to the computer's disk, and beside it the folder whose name begins with
   mesodesk-photos-, if there is one where this file was: it has the photographs.
3. Give the command

     mesodesk restore FILE --to FOLDER

   FILE is this file; FOLDER is a folder that does not exist yet. It asks for the password that
   was valid on the day of the backup. With the sheet of the recovery key instead, write the key
   into a text file and add: --recovery-key-file THAT-FILE
4. Open the records: mesodesk --data FOLDER

Without a password of that day or the recovery key nobody can read this file.
It holds manifest.json (what is in it), keys.json (the wrapped keys), anchor.json (how far the
audit log had come) and clinic.db (SQLite encrypted with SQLCipher 4).
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that is named as a container. Whether it is whole, only reading tells."""

    path: Path
    seq: int
    made_at: datetime
    size: int


def file_name(seq: int, made_at: datetime) -> str:
    """Return the name of a container; it says nothing of whose clinic it is."""
    return f"mesodesk-{seq:09d}-{made_at.astimezone(UTC):{_MOMENT}}Z{SUFFIX}"


def free_path(folder: Path, seq: int, made_at: datetime) -> Path:
    """Return where a container goes; one that was made within the same second stays."""
    path = folder / file_name(seq, made_at)
    stem, number = path.stem, 1
    while path.exists():
        number += 1
        path = path.with_name(f"{stem}-{number}{SUFFIX}")
    return path


def listed(folder: Path) -> tuple[Listed, ...]:
    """Return the containers in a folder, oldest first; never one that was cut short."""
    found: list[Listed] = []
    for path in folder.iterdir():
        named = _NAME.fullmatch(path.name)
        if named is None or not path.is_file() or not (size := path.stat().st_size):
            continue
        made_at = datetime.strptime(named[2], _MOMENT).replace(tzinfo=UTC)
        found.append(Listed(path, int(named[1]), made_at, size))
    return tuple(sorted(found, key=lambda one: (one.seq, one.made_at)))


def write(stream: BinaryIO, small: dict[str, bytes], database: Path) -> None:
    """Write a container: the small files by name, then the database."""
    members: list[Member] = []
    at = 0
    for name in NAMES[:-1]:
        data = small[name]
        before = zip_layout.header(name, len(data), zlib.crc32(data))
        stream.write(before)
        stream.write(data)
        members.append(Member(name, len(data), zlib.crc32(data), at + len(before)))
        at = members[-1].end
    size, crc = database.stat().st_size, _crc_of(database)
    before = zip_layout.header(DATABASE, size, crc)
    stream.write(before)
    stream.writelines(_read(database))
    members.append(Member(DATABASE, size, crc, at + len(before)))
    stream.write(zip_layout.directory(tuple(members)))


def file_facts(small: dict[str, bytes], database: Path) -> dict[str, FileFact]:
    """Return what the manifest says of each file but itself."""
    facts = {
        name: FileFact(len(data), hashlib.sha256(data).digest()) for name, data in small.items()
    }
    digest = hashlib.sha256()
    for piece in _read(database):
        digest.update(piece)
    return {**facts, DATABASE: FileFact(database.stat().st_size, digest.digest())}


class Container:
    """A container that is being read. Its manifest and small files have been compared."""

    def __init__(self, stream: BinaryIO) -> None:
        """Read all but the database.

        Raises:
            NotABackupError: if it is no container.
            DamagedBackupError: if a byte differs from what was written.
            NewerBackupError: if a newer program made it.
        """
        self._stream = stream
        if stream.read(4) != b"PK\3\4":
            raise NotABackupError
        try:
            self._members = {member.name: member for member in zip_layout.scan(stream, NAMES)}
        except LayoutError as error:
            raise DamagedBackupError(str(error)) from error
        self.manifest = manifest.decode(self._small(MANIFEST))
        if set(self.manifest.files) != set(NAMES) - {MANIFEST}:
            raise DamagedBackupError(MANIFEST)
        self._compared(README)
        self.keys_bytes = self._compared(KEYS)
        self.anchor_bytes = self._compared(ANCHOR)
        try:
            self.key_file = keyfile.decode(self.keys_bytes)
        except ValueError as error:
            raise DamagedBackupError(KEYS) from error

    def extract_database(self, target: Path) -> None:
        """Write the database into a new file.

        Raises:
            DamagedBackupError: if it is not what was written.
            OSError: if the disk refuses.
        """
        digest = hashlib.sha256()
        with target.open("xb") as stream:
            for piece in self._pieces(self._members[DATABASE]):
                digest.update(piece)
                stream.write(piece)
        self._compare(DATABASE, target.stat().st_size, digest.digest())

    def _compared(self, name: str) -> bytes:
        data = self._small(name)
        self._compare(name, len(data), hashlib.sha256(data).digest())
        return data

    def _compare(self, name: str, size: int, sha256: bytes) -> None:
        if self.manifest.files[name] != FileFact(size, sha256):
            raise DamagedBackupError(name)

    def _small(self, name: str) -> bytes:
        member = self._members[name]
        if member.size > _MOST_SMALL_BYTES:
            raise DamagedBackupError(name)
        return b"".join(self._pieces(member))

    def _pieces(self, member: Member) -> Iterator[bytes]:
        try:
            yield from zip_layout.pieces(self._stream, member)
        except LayoutError as error:
            raise DamagedBackupError(str(error)) from error


@contextmanager
def opened(path: Path) -> Iterator[Container]:
    """Open a container to read; see `Container`.

    Raises:
        MissingBackupError: if there is no such file.
        UnreadableBackupError: if the disk or stick does not give it.
        VaultError: as `Container` does.
    """
    try:
        stream = path.open("rb")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, ValueError) as error:
        raise MissingBackupError from error
    except OSError as error:
        raise UnreadableBackupError(str(error.strerror)) from error
    with stream:
        try:
            container = Container(stream)
        except OSError as error:
            raise UnreadableBackupError(str(error.strerror)) from error
        yield container


def _crc_of(path: Path) -> int:
    crc = 0
    for piece in _read(path):
        crc = zlib.crc32(piece, crc)
    return crc


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            yield piece

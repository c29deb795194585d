"""The files of photographs in the vault's folder: each encrypted under a key of its own.

That key stands in the photograph's row of the encrypted database, so that a change of the vault's
key leaves the files as they are. A file is written durably under a name for the time being before
its row is kept, and gets its own name after that: whatever is cut short, a row never lacks its
file, and what lies under its own name belongs to a row.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mesodesk.domain.canonical import canonical_json
from mesodesk.vault.atomic import put_in_place, sync_folder
from mesodesk.vault.errors import VaultError

SUFFIX: Final = ".mesophoto"
_MAGIC: Final = b"MESOPHO1"
_NONCE: Final = 12
_KEY: Final = 32
_PIECE: Final = 1 << 20


class PhotoFileMissingError(VaultError):
    """The file of a photograph is not where it should be."""

    sentence = (
        "The file of this photograph is missing from the vault's folder. Its entry in the record"
        " is kept. Restore a backup, and look there."
    )


class PhotoFileAlteredError(VaultError):
    """The file of a photograph is not the one that was kept."""

    sentence = (
        "The file of this photograph is damaged or was changed, so it is not shown. Its entry in"
        " the record is kept. Restore a backup, and look there."
    )


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """A photograph as it lies on the disk, and the key that opens it, which is used once."""

    photo_id: UUID
    key: bytes
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.content).digest()


@dataclass(frozen=True, slots=True)
class FileFact:
    """What the record says of a file: whose it is, its size and its SHA-256 as it lies there."""

    photo_id: UUID
    size: int
    sha256: bytes


def seal(photo_id: UUID, data: bytes) -> Sealed:
    """Encrypt a photograph with AES-256-GCM under a new random key."""
    key, nonce = secrets.token_bytes(_KEY), secrets.token_bytes(_NONCE)
    content = AESGCM(key).encrypt(nonce, data, _bound_to(photo_id))
    return Sealed(photo_id, key, _MAGIC + nonce + content)


def unseal(photo_id: UUID, key: bytes, content: bytes) -> bytes:
    """Return what was encrypted.

    Raises:
        PhotoFileAlteredError: if it is not exactly what was written for this photograph.
    """
    begins = len(_MAGIC) + _NONCE
    if content[: len(_MAGIC)] != _MAGIC:
        raise PhotoFileAlteredError
    nonce = content[len(_MAGIC) : begins]
    try:
        return AESGCM(key).decrypt(nonce, content[begins:], _bound_to(photo_id))
    except (InvalidTag, ValueError) as error:
        raise PhotoFileAlteredError from error


def _bound_to(photo_id: UUID) -> bytes:
    return canonical_json({"format": "mesodesk-photo", "photo": photo_id, "version": 1})


class PhotoFiles:
    """The photographs of one folder: of a vault, or of a place for backups."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made when the first file is written."""
        self.folder = folder

    def path(self, photo_id: UUID) -> Path:
        """Return where a photograph lies; the name tells nothing of whose it is."""
        return self.folder / f"{photo_id.hex}{SUFFIX}"

    def lay_down(self, sealed: Sealed) -> None:
        """Write a file durably under its name for the time being.

        Raises:
            OSError: if the disk refuses; nothing is left then.
        """
        if not self.folder.is_dir():
            self.folder.mkdir(mode=0o700)
            sync_folder(self.folder.parent)
        waiting = self._waiting(sealed.photo_id)
        try:
            with waiting.open("xb") as stream:
                stream.write(sealed.content)
                stream.flush()
                os.fsync(stream.fileno())
        except BaseException:
            with contextlib.suppress(OSError):
                waiting.unlink(missing_ok=True)
            raise
        sync_folder(self.folder)

    def settle(self, photo_id: UUID) -> None:
        """Give a file its own name, now that its row is kept; what is not done is done later."""
        with contextlib.suppress(OSError):
            put_in_place(self._waiting(photo_id), self.path(photo_id), pause=False)
            sync_folder(self.folder)

    def drop(self, photo_id: UUID) -> None:
        """Remove a file whose row was not kept."""
        with contextlib.suppress(OSError):
            self._waiting(photo_id).unlink(missing_ok=True)

    def remove(self, photo_id: UUID) -> None:
        """Remove a file that never was of the record, whatever its name; what cannot be stays."""
        for path in (self.path(photo_id), self._waiting(photo_id)):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def read(self, photo_id: UUID) -> bytes:
        """Return a file as it lies there.

        Raises:
            PhotoFileMissingError: if there is none.
            OSError: if the disk does not give it.
        """
        return self.found(photo_id).read_bytes()

    def found(self, photo_id: UUID) -> Path:
        """Return where a file lies now, be it under its name for the time being.

        Raises:
            PhotoFileMissingError: if there is none.
        """
        for path in (self.path(photo_id), self._waiting(photo_id)):
            if path.is_file():
                return path
        raise PhotoFileMissingError

    def sweep(self, known: Collection[UUID]) -> None:
        """Finish what was cut short: files with a row get their name, those without one go.

        What lies under its own name is never removed: an older database may not know it yet.
        """
        for photo_id in self.waiting():
            if photo_id in known:
                self.settle(photo_id)
            else:
                self.drop(photo_id)

    def strange(self, known: Collection[UUID]) -> tuple[str, ...]:
        """Return the names of what lies in the folder and belongs to no row."""
        if not self.folder.is_dir():
            return ()
        ours = {self.path(each).name for each in known} | {
            self._waiting(each).name for each in known
        }
        return tuple(sorted(each.name for each in self.folder.iterdir() if each.name not in ours))

    def is_there(self, fact: FileFact) -> bool:
        """Tell whether a file of the right size is there; what is in it is not read."""
        try:
            return self.found(fact.photo_id).stat().st_size == fact.size
        except (PhotoFileMissingError, OSError):
            return False

    def is_whole(self, fact: FileFact) -> bool:
        """Read a file and tell whether it is the one that was kept.

        Raises:
            PhotoFileMissingError: if there is none.
        """
        path = self.found(fact.photo_id)
        try:
            size, digest = path.stat().st_size, digest_of(path)
        except OSError:
            return False
        return size == fact.size and hmac.compare_digest(digest, fact.sha256)

    def _waiting(self, photo_id: UUID) -> Path:
        path = self.path(photo_id)
        return path.with_name(f".{path.name}.new")

    def waiting(self) -> tuple[UUID, ...]:
        """Return the photographs whose files still have their name for the time being."""
        found = []
        for path in self.folder.glob(f".*{SUFFIX}.new"):
            with contextlib.suppress(ValueError):
                found.append(UUID(hex=path.name.removeprefix(".").split(".")[0]))
        return tuple(found)


def digest_of(path: Path) -> bytes:
    """Return the SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.digest()

"""A vault while it is open: its database, its keys, its audit trail, who opened it."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self
from uuid import UUID

from mesodesk.db.errors import StorageTrouble, StorageUnavailable
from mesodesk.vault.anchoring import Anchoring
from mesodesk.vault.attempts import AttemptCounter
from mesodesk.vault.errors import SigningKeyError, TooSoonError, UnknownUserError
from mesodesk.vault.keyfile import KeyFile
from mesodesk.vault.keys import KdfCost, VaultKeys, password_secret
from mesodesk.vault.parts import OpenedBy, VaultParts
from mesodesk.vault.paths import VaultPaths
from mesodesk.vault.slot_changes import SlotChanges

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from mesodesk.vault.anchor import Anchor
    from mesodesk.vault.audit import AuditTrail
    from mesodesk.vault.findings import Finding


class OpenVault:
    """One open vault. `close` it, or use it as a context manager."""

    def __init__(self, parts: VaultParts, opened_by: OpenedBy) -> None:
        """Take over what opening has brought together; `findings` and `opening_anchor` follow."""
        self._parts = parts
        self._by = opened_by
        self._closed = False
        self._before_closing: list[Callable[[], None]] = []
        self._database = _identity(self.paths.database)
        self._anchoring = Anchoring(parts, lambda: self.key_file.generation)
        self._slots = SlotChanges(parts, self._anchoring.write)
        self.findings: tuple[Finding, ...] = ()
        self.opening_anchor: Anchor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def folder(self) -> Path:
        return self._parts.folder

    @property
    def paths(self) -> VaultPaths:
        return VaultPaths(self._parts.folder)

    @property
    def vault_id(self) -> UUID:
        return self._parts.keys.vault_id

    def check_in_place(self) -> None:
        """Make sure that the database is still where it was opened. Cheap; on any thread.

        A file that was deleted or moved can be written to for as long as it is open, and all of it
        is gone when it is closed.

        Raises:
            StorageUnavailable: if it is not.
        """
        if self._database is None or _identity(self.paths.database) != self._database:
            raise StorageUnavailable(StorageTrouble.MOVED)

    @property
    def engine(self) -> "Engine":
        return self._parts.engine

    @property
    def audit(self) -> "AuditTrail":
        return self._parts.audit

    @property
    def keys(self) -> VaultKeys:
        return self._parts.keys

    @property
    def key_file(self) -> KeyFile:
        return self._slots.key_file

    @property
    def attempts(self) -> AttemptCounter:
        return self._parts.attempts

    @property
    def user_id(self) -> UUID:
        return self._by.user_id

    @property
    def user_name(self) -> str:
        return self._by.user_name

    @property
    def by_recovery_key(self) -> bool:
        """Whether the recovery key was used: a new password is then to be chosen."""
        return self._by.signing_key is None

    @property
    def public_key(self) -> bytes:
        """The key that the user's signatures are checked with.

        Raises:
            SigningKeyError: if the vault was opened with the recovery key.
        """
        from mesodesk.vault.slots import public_key_of

        return public_key_of(self._signing_key())

    def sign_digest(self, digest: bytes) -> bytes:
        """Return the Ed25519 signature of a digest by the user who opened the vault.

        Raises:
            SigningKeyError: if the vault was opened with the recovery key.
        """
        from mesodesk.vault.slots import sign

        return sign(self._signing_key(), digest)

    def _signing_key(self) -> bytes:
        if self._by.signing_key is None:
            raise SigningKeyError
        return self._by.signing_key

    def verify_password(self, user_id: UUID, password: str) -> bool:
        """Tell whether this is the password of the user; wrong ones are counted on disk.

        Slow on purpose: call it off the UI thread.

        Raises:
            TooSoonError: if the pause after a wrong password is not over; nothing was tried.
            UnknownUserError: if the user has no key slot.
        """
        from mesodesk.vault.slots import open_slot

        slots = self.key_file.slots_of(user_id)
        if not slots:
            raise UnknownUserError
        wait_s = self.attempts.wait_s()
        if wait_s > 0:
            raise TooSoonError(wait_s)
        secret = password_secret(password)
        if any(open_slot(self.vault_id, slot, secret) is not None for slot in slots):
            self.attempts.succeeded()
            return True
        self.attempts.failed()
        return False

    def change_password(self, password: str, cost: KdfCost | None = None) -> None:
        """Give the user who opened the vault a new password; the database is not touched.

        After the recovery key was used, the user also gets a new signing key. The caller has asked
        for the old password or the recovery key before.

        Args:
            password: the new one, 10 to 128 characters.
            cost: of deriving from it; as dear as the user's slot was by default.

        Raises:
            PasswordLengthError: if it is too short or too long.
            OSError: if the disk refuses; the old password still opens.
        """
        self._by = self._slots.change_password(self._by, password, cost)

    def write_anchor(self) -> None:
        """Write down outside the database how far it has come.

        Happens by itself a second after commits and when closing; call it when the user goes idle.

        Raises:
            OSError: if the disk refuses; the anchor before stays.
        """
        self._anchoring.write()

    def before_closing(self, call: Callable[[], None]) -> None:
        """Have something called when the vault is closed, while it can still be written to.

        What is called may commit: the last anchor is written after it. What it raises is passed
        over. Nothing is called where an opening failed half-way.
        """
        self._before_closing.append(call)

    def close(self) -> None:
        """Anchor, let others in, wipe the keys. Never raises.

        The last connection to go folds the write-ahead log into the database.
        """
        if self._closed:
            return
        self._closed = True
        self._anchoring.stop()
        # The disk may be gone; the lock must go all the same.
        for last in (*self._before_closing, self._anchoring.write_last):
            with contextlib.suppress(Exception):
                last()
        self._release()

    def abandon(self) -> None:
        """Let go of everything without writing; for an opening that failed half-way."""
        if not self._closed:
            self._closed = True
            self._anchoring.stop()
            self._release()

    def _release(self) -> None:
        self.engine.dispose()
        self._parts.lock.release()
        self.keys.wipe()


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from every other on this computer; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino

"""A vault while it is open: its database, its keys, its audit trail, who opened it."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self
from uuid import UUID

from mesodesk.db.errors import StorageTrouble, StorageUnavailable
from mesodesk.vault.anchoring import Anchoring
from mesodesk.vault.attempts import AttemptCounter
from mesodesk.vault.entering import Entrance
from mesodesk.vault.errors import SigningKeyError, TooSoonError, WrongPasswordError
from mesodesk.vault.keyfile import KeyFile, KeySlot
from mesodesk.vault.keys import KdfCost, VaultKeys
from mesodesk.vault.parts import OpenedBy, VaultParts
from mesodesk.vault.paths import VaultPaths
from mesodesk.vault.slot_changes import SlotChanges

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from mesodesk.domain.clock import Clock
    from mesodesk.vault.anchor import Anchor
    from mesodesk.vault.audit import AuditTrail
    from mesodesk.vault.findings import Finding
    from mesodesk.vault.slots import MadeSlot
    from mesodesk.vault.spans import SpanKeeper


class OpenVault:
    """One open vault. `close` it, or use it as a context manager."""

    def __init__(self, parts: VaultParts, opened_by: OpenedBy) -> None:
        """Take over what opening has brought together; `findings` and `opening_anchor` follow."""
        from mesodesk.vault.spans import SpanKeeper

        self._parts = parts
        self._closed = self._replacing = False
        self._before_closing: list[Callable[[], None]] = []
        self._database = _identity(self.paths.database)
        self._anchoring = Anchoring(parts, lambda: self.key_file.generation)
        self._slots = SlotChanges(parts, self._anchoring.write)
        self.entrance = Entrance(parts, opened_by, self._slots)
        self._spans = SpanKeeper(parts.keys.vault_id, parts.clock, lambda: self.entrance.by)
        parts.audit.spans = self._spans
        self.findings: tuple[Finding, ...] = ()
        #: whether the program was killed, or the power failed, when it was open before.
        self.was_cut_off = False
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
        if self._replacing:
            return  # by ourselves
        if self._database is None or _identity(self.paths.database) != self._database:
            raise StorageUnavailable(StorageTrouble.MOVED)

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be done with it any more."""
        return self._closed

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
    def clock(self) -> "Clock":
        return self._parts.clock

    @property
    def slot_changes(self) -> SlotChanges:
        """What changes the key file."""
        return self._slots

    @property
    def attempts(self) -> AttemptCounter:
        return self._parts.attempts

    @property
    def user_id(self) -> UUID:
        return self.entrance.by.user_id

    @property
    def user_name(self) -> str:
        return self.entrance.by.user_name

    @property
    def by_recovery_key(self) -> bool:
        """Whether the recovery key was used: a new password is then to be chosen."""
        return self.entrance.by.by_recovery_key

    @property
    def by_code(self) -> bool:
        """Whether a code was used: a password is then to be chosen."""
        return self.entrance.by.by_code

    @property
    def can_sign(self) -> bool:
        """Whether a signing key is at hand: not before a password was chosen."""
        return self.entrance.by.signing_key is not None

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
        if self.entrance.by.signing_key is None:
            raise SigningKeyError
        return self.entrance.by.signing_key

    @property
    def spans(self) -> "SpanKeeper":
        """Signs the audit entries; by itself every hundred, and where it is told to."""
        return self._spans

    def sign_log(self) -> None:
        """Let whoever is in sign the audit entries up to now: before the lock, or another comes in.

        Happens by itself every hundred entries and when closing.

        Raises:
            SQLAlchemyError: if the database cannot do it; the entries wait for the next time.
        """
        with self.engine.begin() as connection:
            self._spans.close(connection)

    def verify_password(self, user_id: UUID, password: str) -> bool:
        """Tell whether this is the password of the user; wrong ones are counted on disk.

        Slow on purpose: call it off the UI thread.

        Raises:
            TooSoonError: if the pause after a wrong password is not over; nothing was tried.
            UnknownUserError: if the user has no key slot.
        """
        try:
            self.entrance.prove(user_id, password)
        except TooSoonError:
            raise
        except WrongPasswordError:
            return False
        return True

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
        if self.entrance.by.signing_key is None:
            # What was done without a key is not signed with the one that comes now.
            self.sign_log()
        by = self._slots.change_password(self.entrance.by, password, cost)
        self.entrance.enter(by)
        self.attempts.begin_anew(by.user_id)

    def renew_slot(self, made: "MadeSlot", old: KeySlot) -> None:
        """Put a slot of the newest format in the place of an old one, if the disk lets us."""
        self._slots.renew(made, old)

    def change_key(self) -> None:
        """Give the vault another key, so that whoever knew the one of before has nothing.

        Everybody keeps their password, and the recovery kit opens as before; backups made until
        now still open with what opened them then. Slow: all of the database is written anew. The
        vault is closed afterwards in any case, and to be opened again.

        Raises:
            KeyChangeError: if somebody's slot cannot be given a key, the key file was changed
                outside, or the database is in use; the key of before stays.
            StorageError: if the database cannot be read or written; the key of before stays.
            OSError: if the disk refuses; the key of before stays.
        """
        from mesodesk.vault.admitting import need_in_line
        from mesodesk.vault.rotating import change_vault_key

        self._run_last_calls()
        self._anchoring.stop()
        self._replacing = True
        try:
            need_in_line(self, self._parts.clock.now())
            change_vault_key(self._parts, self._slots, self.entrance.by)
        finally:
            self._closed = True
            self._release()

    def write_anchor(self) -> None:
        """Write down outside the database how far it has come.

        Happens by itself a second after commits and when closing; call it when the user goes idle.

        Raises:
            OSError: if the disk refuses; the anchor before stays.
        """
        self.attempts.keep_time()
        self._anchoring.write()

    def anchor_far(self, folder: Path) -> None:
        """Compare with the anchor in a folder of this computer's settings, and keep one there.

        What it tells is added to `findings` and to the log. It is written anew at each lock and at
        closing. A settings folder that cannot be written to keeps nobody out.

        Raises:
            SQLAlchemyError: if the database cannot be read or written.
        """
        self.findings = (*self.findings, *self._anchoring.anchor_far(folder))

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
        self._run_last_calls()
        with contextlib.suppress(Exception):
            self.attempts.keep_time()
            self._anchoring.write_last()
        self._release()

    def _run_last_calls(self) -> None:
        # The disk may be gone; the lock must go all the same.
        for last in (*self._before_closing, self.sign_log):
            with contextlib.suppress(Exception):
                last()

    def abandon(self) -> None:
        """Let go of everything without writing; for an opening that failed half-way."""
        if not self._closed:
            self._closed = True
            self._anchoring.stop()
            self._release()

    def _release(self) -> None:
        self.engine.dispose()
        self._parts.lock.release()
        self.entrance.close()
        self.keys.wipe()


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from every other on this computer; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino

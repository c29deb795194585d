"""A vault while it is open: its database, its keys, its audit trail, who opened it."""

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self
from uuid import UUID

from mesodesk.db.errors import StorageTrouble, StorageUnavailable
from mesodesk.domain.clock import Clock
from mesodesk.vault import keyfile
from mesodesk.vault.anchor import Anchor, AnchorKeeper, write_anchor
from mesodesk.vault.attempts import AttemptCounter
from mesodesk.vault.errors import (
    SigningKeyError,
    TooSoonError,
    UnknownUserError,
    VaultError,
)
from mesodesk.vault.keyfile import KeyFile, KeySlot, SlotKind
from mesodesk.vault.keys import KdfCost, VaultKeys, new_password_secret, password_secret
from mesodesk.vault.lock import VaultLock
from mesodesk.vault.paths import VaultPaths

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from mesodesk.vault.audit import AuditFact, AuditTrail
    from mesodesk.vault.findings import Finding


@dataclass(frozen=True, slots=True)
class OpenedBy:
    """Who opened the vault. Without a signing key it was opened with the recovery key."""

    user_id: UUID
    user_name: str
    signing_key: bytes | None

    def __repr__(self) -> str:
        return f"OpenedBy({self.user_id})"


@dataclass(frozen=True, slots=True)
class VaultParts:
    """What opening has brought together."""

    folder: Path
    keys: VaultKeys
    key_file: KeyFile
    engine: "Engine"
    audit: "AuditTrail"
    lock: VaultLock
    attempts: AttemptCounter
    clock: Clock


class OpenVault:
    """One open vault. `close` it, or use it as a context manager."""

    def __init__(self, parts: VaultParts, opened_by: OpenedBy) -> None:
        """Take over what opening has brought together; `findings` and `opening_anchor` follow."""
        from sqlalchemy import event

        self._parts = parts
        self._by = opened_by
        self._key_file = parts.key_file
        self._closed = False
        self._database = _identity(self.paths.database)
        self._anchoring = threading.Lock()
        self._anchored: tuple[int, bytes] = (0, b"")
        self._counts: tuple[int, Mapping[str, int]] = (0, {})
        self.findings: tuple[Finding, ...] = ()
        self.opening_anchor: Anchor | None = None
        self._keeper = AnchorKeeper(self._anchor_what_is_committed)
        event.listen(parts.engine, "commit", self._committed)

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
        return self._key_file

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

        slots = self._key_file.slots_of(user_id)
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
        from mesodesk.vault.slots import (
            SlotOwner,
            SlotSecrets,
            make_slot,
            new_signing_key,
            unwrap,
        )

        signing_key = self._by.signing_key or new_signing_key()
        old = self._key_file.slots_of(self.user_id)
        made = make_slot(
            self.vault_id,
            SlotOwner(SlotKind.USER, self.user_id, self.user_name),
            new_password_secret(password),
            cost or (old[0].cost if old else KdfCost.default()),
            SlotSecrets(self.keys.data_key, self.keys.salt, signing_key),
        )

        def prove(read_back: KeyFile) -> None:
            slot = next(slot for slot in read_back.slots if slot.id == made.slot.id)
            if unwrap(self.vault_id, slot, made.wrapping_key) is None:
                raise VaultError

        self._record_new_key(signing_key)
        try:
            self._replace_key_file((made.slot, *_without(self._key_file, old)), prove)
        except BaseException:
            self._record_failed_change()
            raise
        self._by = replace(self._by, signing_key=signing_key)

    def _record_new_key(self, signing_key: bytes) -> None:
        """Note key and change before the key file: no signature may come from an unknown key."""
        from mesodesk.vault.identity import add_signing_key
        from mesodesk.vault.slots import public_key_of

        with self.engine.begin() as connection:
            if self.by_recovery_key:
                now = self._parts.clock.now()
                add_signing_key(connection, self.user_id, public_key_of(signing_key), now)
            self.audit.append(connection, self._password_change("ok"))

    def _record_failed_change(self) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        # On a full disk not even this can be written; the first error is the one to tell.
        with contextlib.suppress(SQLAlchemyError), self.engine.begin() as connection:
            self.audit.append(connection, self._password_change("failed"))

    def _password_change(self, outcome: str) -> "AuditFact":
        from mesodesk.vault.audit import AuditFact

        return AuditFact(
            self.user_id,
            self.user_name,
            "user.password_change",
            "user",
            self.user_id,
            outcome=outcome,
            details={"by_recovery_key": self.by_recovery_key},
        )

    def _replace_key_file(
        self, slots: tuple[KeySlot, ...], prove: Callable[[KeyFile], None]
    ) -> None:
        changed = self._key_file.changed(slots, self.keys.key_file)
        keyfile.save(self.folder, changed, prove)
        self._key_file = changed
        # The change is made: an anchor that cannot be written now is written at the next commit.
        with contextlib.suppress(OSError):
            self.write_anchor()

    def write_anchor(self) -> None:
        """Write down outside the database how far it has come.

        Happens by itself a second after commits and when closing; call it when the user goes idle.

        Raises:
            OSError: if the disk refuses; the anchor before stays.
        """
        self._anchor_what_is_committed(even_if_known=True)

    def _committed(self, _connection: "Connection") -> None:
        self._keeper.committed()

    def _anchor_what_is_committed(self, *, even_if_known: bool = False) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        from mesodesk.db.errors import StorageError
        from mesodesk.vault.identity import committed_head

        with self._anchoring:
            try:
                # Read back rather than remembered: what was rolled back must never be anchored.
                seq, head = committed_head(self.engine)
            except (SQLAlchemyError, StorageError) as error:
                raise OSError("the database cannot be read") from error
            if even_if_known or (seq, head) != self._anchored:
                write_anchor(self.folder, self._anchor(seq, head), self.keys)
                self._anchored = (seq, head)

    def _anchor(self, seq: int, head: bytes) -> Anchor:
        return Anchor(
            vault_id=self.vault_id,
            seq=seq,
            head=head,
            written_at=self._parts.clock.now(),
            failures=self.attempts.total,
            key_generation=self._key_file.generation,
            counts_seq=self._counts[0],
            counts=self._counts[1],
        )

    def close(self) -> None:
        """Anchor, let others in, wipe the keys. Never raises.

        The last connection to go folds the write-ahead log into the database.
        """
        if self._closed:
            return
        self._closed = True
        self._keeper.stop()
        with contextlib.suppress(Exception):  # the disk may be gone; the lock must go all the same
            self._settle()
        self._release()

    def abandon(self) -> None:
        """Let go of everything without writing; for an opening that failed half-way."""
        if not self._closed:
            self._closed = True
            self._keeper.stop()
            self._release()

    def _release(self) -> None:
        self.engine.dispose()
        self._parts.lock.release()
        self.keys.wipe()

    def _settle(self) -> None:
        from mesodesk.vault.identity import committed_head, row_counts

        counts = row_counts(self.engine)
        self._counts = (committed_head(self.engine)[0], counts)
        self.write_anchor()


def _without(key_file: KeyFile, removed: tuple[KeySlot, ...]) -> tuple[KeySlot, ...]:
    gone = {slot.id for slot in removed}
    return tuple(slot for slot in key_file.slots if slot.id not in gone)


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from every other on this computer; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino

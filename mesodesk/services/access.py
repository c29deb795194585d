"""Locking the open desk, unlocking it again, and a new password."""

import contextlib

from mesodesk.domain.rights import Right
from mesodesk.services.errors import NotAllowedError
from mesodesk.services.store import Store
from mesodesk.vault.errors import WrongPasswordError
from mesodesk.vault.examining import explained
from mesodesk.vault.keys import new_password_secret


class AccessService:
    """Who is in front of the open desk. Each lock and unlock is on the audit chain."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def by_recovery_key(self) -> bool:
        """Whether the desk was opened with the recovery key, so that a new password is due."""
        return self._store.vault.by_recovery_key

    def lock(self) -> None:
        """Note that the desk was locked; the anchor is written since the user is away now."""
        # Whoever has lost access meanwhile is locked out all the same, and that is kept too.
        with contextlib.suppress(NotAllowedError), self._store.write(Right.OWN) as tx:
            tx.audit("desk.lock", "user", tx.actor.id)
        self._store.end_visit()
        with contextlib.suppress(OSError):  # written again at the next commit, and at closing
            self._store.vault.write_anchor()

    def unlock(self, password: str) -> None:
        """Let the user who locked the desk in again.

        Raises:
            WrongPasswordError: with the seconds to wait before the next try.
            TooSoonError: if such a pause is not over; nothing was tried.
        """
        self._store.need(Right.OWN)
        vault = self._store.vault
        right = vault.verify_password(vault.user_id, password)
        with self._store.write(Right.OWN) as tx:
            tx.audit("desk.unlock" if right else "desk.unlock_failed", "user", tx.actor.id)
        if not right:
            raise WrongPasswordError(vault.attempts.wait_s())

    def set_password(self, password: str) -> None:
        """Give the user who opened the desk a new password.

        Raises:
            PasswordLengthError: if it has fewer than 10 or more than 128 characters.
            VaultError: if the disk refuses; nothing was changed.
        """
        self._store.need(Right.OWN)
        vault = self._store.vault
        with explained(vault.paths, vault.keys.salt):
            vault.change_password(password)

    def change_password(self, old: str, new: str) -> None:
        """Give the user at the desk a new password, once the old one was proved.

        A wrong old password is on the audit chain, and counts like one at the door.

        Raises:
            WrongPasswordError: if `old` is not the password, with the seconds to wait.
            TooSoonError: if such a pause is not over; nothing was tried.
            PasswordLengthError: if the new one has fewer than 10 or more than 128 characters.
            VaultError: if the disk refuses; nothing was changed.
        """
        self._store.need(Right.OWN)
        # Before the old one is tried: a new one of the wrong length must not cost an attempt.
        new_password_secret(new)
        vault = self._store.vault
        if not vault.verify_password(vault.user_id, old):
            with self._store.write(Right.OWN) as tx:
                tx.audit("user.password_change_failed", "user", tx.actor.id)
            raise WrongPasswordError(vault.attempts.wait_s())
        self.set_password(new)

"""Who is in front of the open desk: locking, coming in again or in somebody's place, passwords."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.errors import StorageError
from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.records.people import PersonAtDoor
from mesodesk.domain.rights import Right
from mesodesk.services.coming_by_key import (
    REFUSED,
    KeyAdmission,
    note_refused,
    proved_by_key,
)
from mesodesk.services.store import Store, translated
from mesodesk.vault.errors import (
    TooSoonError,
    UnknownUserError,
    WrongCodeError,
    WrongPasswordError,
    WrongPinError,
)
from mesodesk.vault.examining import explained
from mesodesk.vault.keys import new_password_secret
from mesodesk.vault.parts import OpenedBy


@dataclass(frozen=True, slots=True)
class Admission:
    """Somebody who proved who they are and is not in yet, so that others can finish first."""

    user_id: UUID
    enter: Callable[[], None] = field(repr=False)
    """Lets them in, in place of who is here; the `StorageError` if that cannot be kept."""


class AccessService:
    """Each lock, each coming in and each failed try is on the audit chain."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def by_recovery_key(self) -> bool:
        """Whether the desk was opened with the recovery key, so that a new password is due."""
        return self._store.vault.by_recovery_key

    @property
    def needs_password(self) -> bool:
        """Whether a password is to be chosen before anything else: after a code as well."""
        return not self._store.vault.can_sign

    def lock(self) -> None:
        """Note that the desk was locked; the anchor is written since the user is away now."""
        with self._store.at_door() as tx:
            tx.audit("desk.lock", "user", tx.actor.id)
        self._end_visit()
        with contextlib.suppress(OSError):  # written again at the next commit, and at closing
            self._store.vault.write_anchor()

    def who_can_come_in(self) -> tuple[PersonAtDoor, ...]:
        """Return everybody who has access, by name; asked while the desk is locked too."""
        entrance = self._store.vault.entrance
        with self._store.at_door() as tx:
            rows = tx.db.scalars(
                select(UserRow).where(UserRow.active).order_by(UserRow.name, UserRow.id)
            )
            return tuple(
                PersonAtDoor(
                    row.id,
                    row.name,
                    row.initials,
                    row.colour,
                    entrance.has_pin(row.id),
                    by_code=not entrance.has_slot(row.id),
                )
                for row in rows
                if entrance.has_slot(row.id) or entrance.has_code(row.id)
            )

    def unlock(self, password: str, *, new_pin: str = "") -> None:
        """Let the user who locked the desk in again.

        Args:
            password: of that user.
            new_pin: lets them come in with it the next time; none is set if it is empty.

        Raises:
            WrongPasswordError: with the seconds to wait before the next try.
            TooSoonError: if such a pause is not over; nothing was tried.
            PinRefusedError: if the new PIN cannot be taken; nothing was tried.
        """
        self._store.need(Right.OWN)
        self.switch(self._store.vault.user_id, password, new_pin=new_pin)

    def unlock_by_pin(self, pin: str) -> None:
        """Let the user who locked the desk in again.

        Raises:
            WrongPinError: if it is another one; the third time it is gone.
            NoPinError: if there is none: the password is needed.
        """
        self._store.need(Right.OWN)
        self.switch_by_pin(self._store.vault.user_id, pin)

    def switch(self, user_id: UUID, password: str, *, new_pin: str = "") -> None:
        """Let somebody in, in place of who was here; if it fails, whoever is here stays.

        Args:
            user_id: who comes in.
            password: of that user.
            new_pin: lets them come in with it the next time; none is set if it is empty.

        Raises:
            WrongPasswordError: with the seconds to wait before the next try.
            TooSoonError: if such a pause is not over; nothing was tried.
            PinRefusedError: if the new PIN cannot be taken; nothing was tried.
            UnknownUserError: if this person has no access, or no more.
        """
        self.prove(user_id, password, new_pin=new_pin).enter()

    def prove(self, user_id: UUID, password: str, *, new_pin: str = "") -> Admission:
        """As `switch`, but they come in only when what is returned is asked to.

        Raises:
            WrongPasswordError: with the seconds to wait before the next try.
            TooSoonError: if such a pause is not over; nothing was tried.
            PinRefusedError: if the new PIN cannot be taken; nothing was tried.
            UnknownUserError: if this person has no access, or no more.
        """
        if new_pin:
            # Before the password is tried: a PIN that is none must not cost an attempt.
            from mesodesk.vault.pins import check_pin

            check_pin(new_pin)
        entrance = self._store.vault.entrance
        enter = self._proved(user_id, lambda: entrance.prove(user_id, password), by_pin=False)

        def enter_and_set_pin() -> None:
            enter()
            if new_pin:
                # They are in by now, and the window must show it: without a PIN, if it must be.
                with contextlib.suppress(StorageError):
                    self._set_pin(new_pin)

        return Admission(user_id, enter_and_set_pin)

    def switch_by_pin(self, user_id: UUID, pin: str) -> None:
        """As `switch`, with the PIN that this person set since the vault was opened.

        Raises:
            WrongPinError: if it is another one; the third time it is gone.
            NoPinError: if there is none: the password is needed.
            UnknownUserError: if this person has no access, or no more.
        """
        self.prove_by_pin(user_id, pin).enter()

    def prove_by_pin(self, user_id: UUID, pin: str) -> Admission:
        """As `prove`, with the PIN.

        Raises:
            WrongPinError: if it is another one; the third time it is gone.
            NoPinError: if there is none: the password is needed.
            UnknownUserError: if this person has no access, or no more.
        """
        entrance = self._store.vault.entrance
        enter = self._proved(user_id, lambda: entrance.prove_pin(user_id, pin), by_pin=True)
        return Admission(user_id, enter)

    def prove_by_key(self, chosen: UUID, typed: str) -> KeyAdmission:
        """As `prove`, with a code from an owner or with the recovery key.

        They come in once they have chosen a password, and with that.

        Args:
            chosen: who was chosen at the lock. A code says itself whose it is; the recovery key is
                for this owner, where there are several.
            typed: the code or the key.

        Raises:
            KeyTextError: if it is mistyped; this is not counted.
            WrongPasswordError: if it opens nothing, with the seconds to wait before the next try.
            WhoseKitError: if the recovery key fits, and it is not said which owner comes in.
            UnknownUserError: if this person has no access any more.
        """
        try:
            who = proved_by_key(self._store, chosen, typed)
            self._need_access(who.user_id)
        except REFUSED as error:
            note_refused(self._store, chosen, error)
            raise
        return KeyAdmission(who.user_id, who.user_name, who.by_code, partial(self._enter_with, who))

    def _enter_with(self, who: OpenedBy, password: str) -> None:
        new_password_secret(password)  # refused before anything is done
        entrance = self._store.vault.entrance
        if who.by_code and not entrance.has_code(who.user_id):
            raise WrongCodeError(0)  # used, replaced or over, while the password was being chosen
        before = entrance.by
        action = "desk.unlock" if who.user_id == before.user_id else "desk.switch"
        self._enter(who, action, by_pin=False, by_code=who.by_code, by_kit=who.by_recovery_key)
        try:
            self.set_password(password)
        except BaseException:
            entrance.enter(before)
            self._store.end_visit()
            raise

    def has_pin(self) -> bool:
        """Tell whether who is here can come back with a PIN."""
        self._store.need(Right.OWN)
        vault = self._store.vault
        return vault.entrance.has_pin(vault.user_id)

    def set_pin(self, password: str, pin: str) -> None:
        """Let who is here come back with a PIN, until the program or the vault is closed.

        Raises:
            PinRefusedError: if the PIN cannot be taken; nothing was tried.
            WrongPasswordError: with the seconds to wait before the next try.
            TooSoonError: if such a pause is not over; nothing was tried.
        """
        self._store.need(Right.OWN)
        from mesodesk.vault.pins import check_pin

        check_pin(pin)
        self._prove_own(password, "user.pin_set_failed")
        self._set_pin(pin)

    def forget_pin(self) -> None:
        """Let who is here come back with the password only."""
        with self._store.write(Right.OWN) as tx:
            tx.audit("user.pin_forget", "user", tx.actor.id)
        self._store.vault.entrance.forget_pin(self._store.vault.user_id)

    def set_password(self, password: str) -> None:
        """Give the user who opened the desk a new password. Their PIN is gone with the old one.

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
        self._prove_own(old, "user.password_change_failed")
        self.set_password(new)

    def _prove_own(self, password: str, failed: str) -> None:
        vault = self._store.vault
        if not vault.verify_password(vault.user_id, password):
            with self._store.write(Right.OWN) as tx:
                tx.audit(failed, "user", tx.actor.id)
            raise WrongPasswordError(vault.attempts.wait_s(vault.user_id))

    def _set_pin(self, pin: str) -> None:
        vault = self._store.vault
        vault.entrance.set_pin(pin)
        try:
            with self._store.write(Right.OWN) as tx:
                tx.audit("user.pin_set", "user", tx.actor.id)
        except BaseException:
            vault.entrance.forget_pin(vault.user_id)
            raise

    def _proved(
        self, user_id: UUID, prove: Callable[[], OpenedBy], *, by_pin: bool
    ) -> Callable[[], None]:
        vault = self._store.vault
        action = "desk.unlock" if user_id == vault.user_id else "desk.switch"
        try:
            self._need_access(user_id)
            who = prove()
        except TooSoonError:
            raise  # nothing was tried
        except (WrongPasswordError, WrongPinError, UnknownUserError):
            with self._store.at_door() as tx:
                tx.audit(f"{action}_failed", "user", user_id, by_pin=by_pin)
            raise
        return partial(self._enter, who, action, by_pin=by_pin)

    def _need_access(self, user_id: UUID) -> None:
        """Refuse who has left: an old password must not lead in, even if its slot stands."""
        with self._store.at_door() as tx:
            active = tx.connection.scalar(select(UserRow.active).where(UserRow.id == user_id))
        if not active:
            raise UnknownUserError

    def _enter(self, who: OpenedBy, action: str, **how: bool) -> None:
        entrance = self._store.vault.entrance
        before = entrance.by
        self._end_visit()
        entrance.enter(who)
        self._store.end_visit()
        try:
            with self._store.write(Right.OWN) as tx:
                tx.audit(action, "user", tx.actor.id, **how)
        except BaseException:
            # Nobody acts of whom it is not on record that they came in.
            entrance.enter(before)
            self._store.end_visit()
            raise

    def _end_visit(self) -> None:
        """Do what is due while the key of who was here is still at hand, then forget the visit."""
        # A full disk must not keep the desk open: what is not signed now waits for the next time.
        with contextlib.suppress(StorageError), translated():
            self._store.vault.sign_log()
        self._store.end_visit()

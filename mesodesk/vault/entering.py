"""Who is at an open vault, and who else can come in while it stays open."""

from typing import TYPE_CHECKING
from uuid import UUID

from mesodesk.vault.attempts import BY_KEY
from mesodesk.vault.errors import (
    CodeOverError,
    SigningKeyError,
    TooSoonError,
    UnknownUserError,
    WrongCodeError,
    WrongPasswordError,
    WrongRecoveryKeyError,
)
from mesodesk.vault.keys import password_secret
from mesodesk.vault.parts import OpenedBy, VaultParts
from mesodesk.vault.slot_changes import SlotChanges

if TYPE_CHECKING:
    from mesodesk.vault.keyfile import KeySlot
    from mesodesk.vault.pins import PinRing
    from mesodesk.vault.recovery import RecoveryKey
    from mesodesk.vault.reset_code import ResetCode


class Entrance:
    """Proves who comes in, by password or by PIN. For the database thread.

    Proving lets nobody in: that is `enter`, once it is on record who it was.
    """

    def __init__(self, parts: VaultParts, by: OpenedBy, slots: SlotChanges) -> None:
        self.by = by
        self._parts = parts
        self._slots = slots
        self._pins: PinRing | None = None

    def prove(self, user_id: UUID, password: str) -> OpenedBy:
        """Return who a password proves; wrong ones are counted on disk.

        Raises:
            WrongPasswordError: with the seconds to wait before the next try.
            TooSoonError: if the pause after a wrong password is not over; nothing was tried.
            UnknownUserError: if the user has no key slot.
        """
        from mesodesk.vault.slots import open_slot

        slots = self._slots_of(user_id)
        wait_s = self._parts.attempts.wait_s(user_id)
        if wait_s > 0:
            raise TooSoonError(wait_s)
        secret = password_secret(password)
        for slot in slots:
            inside = open_slot(self._parts.keys.vault_id, slot, secret)
            if inside is not None:
                self._parts.attempts.succeeded(user_id)
                return OpenedBy(user_id, slot.name, inside.signing_key)
        raise WrongPasswordError(self._parts.attempts.failed(user_id))

    def prove_pin(self, user_id: UUID, pin: str) -> OpenedBy:
        """Return who a PIN proves.

        Raises:
            NoPinError: if this person has none, or none any more: the password is needed.
            WrongPinError: if it is another one; the third time it is gone.
            UnknownUserError: if the user has no key slot.
        """
        slots = self._slots_of(user_id)
        signing_key = self._ring().open(user_id, _ids(slots), pin)
        return OpenedBy(user_id, slots[0].name, signing_key)

    def prove_code(self, code: "ResetCode") -> OpenedBy:
        """Return whose code this is; they sign nothing before they have chosen a password.

        Raises:
            WrongCodeError: if it is nobody's, with the seconds to wait before the next try.
            TooSoonError: if the pause after a wrong code is not over; nothing was tried.
            CodeOverError: if its time is over; `user_id` says whose it was.
        """
        from mesodesk.vault.ways_in import is_over

        slot = self._opened_by(self._slots.key_file.codes(), code.secret)
        if slot is None or slot.user_id is None:
            raise WrongCodeError(self._parts.attempts.failed(BY_KEY))
        if is_over(slot, self._parts.clock.now()):
            raise CodeOverError(slot.user_id)
        self._parts.attempts.begin_anew(slot.user_id)
        return OpenedBy(slot.user_id, slot.name, None, with_code=True)

    def prove_kit(self, key: "RecoveryKey") -> None:
        """Make sure that this is the recovery key. Whoever has it is an owner, or stands for one.

        Raises:
            WrongRecoveryKeyError: if it is another, with the seconds to wait before the next try.
            TooSoonError: if the pause after a wrong one is not over; nothing was tried.
        """
        if self._opened_by(self._slots.key_file.recovery_slots(), key.secret) is None:
            raise WrongRecoveryKeyError(self._parts.attempts.failed(BY_KEY))
        self._parts.attempts.succeeded()

    def _opened_by(self, slots: tuple["KeySlot", ...], secret: bytes) -> "KeySlot | None":
        from mesodesk.vault.slots import open_slot

        wait_s = self._parts.attempts.wait_s(BY_KEY)
        if wait_s > 0:
            raise TooSoonError(wait_s)
        vault_id = self._parts.keys.vault_id
        return next((slot for slot in slots if open_slot(vault_id, slot, secret)), None)

    def enter(self, who: OpenedBy) -> None:
        """Let somebody who was proved act, and sign, from now on."""
        self.by = who

    def set_pin(self, pin: str) -> None:
        """Let who is in come back with a PIN, until the vault is closed.

        Raises:
            PinRefusedError: if it is no PIN, or an obvious one.
            SigningKeyError: if the vault was opened with the recovery key.
        """
        by = self.by
        if by.signing_key is None:
            raise SigningKeyError
        self._ring().set(by.user_id, _ids(self._slots_of(by.user_id)), pin, by.signing_key)

    def has_slot(self, user_id: UUID) -> bool:
        """Tell whether somebody can come in with a password."""
        return bool(self._slots.key_file.slots_of(user_id))

    def has_code(self, user_id: UUID) -> bool:
        """Tell whether somebody can come in with a code, which is not over yet."""
        from mesodesk.vault.ways_in import is_over

        now = self._parts.clock.now()
        return any(not is_over(slot, now) for slot in self._slots.key_file.codes_of(user_id))

    def has_pin(self, user_id: UUID) -> bool:
        """Tell whether somebody can come in with a PIN."""
        if self._pins is None:
            return False
        return self._pins.has(user_id, _ids(self._slots.key_file.slots_of(user_id)))

    def forget_pin(self, user_id: UUID) -> None:
        """Let somebody come in with the password only."""
        if self._pins is not None:
            self._pins.forget(user_id)

    def close(self) -> None:
        """Forget every PIN, and the signing key of who was in."""
        if self._pins is not None:
            self._pins.clear()
        self.by = OpenedBy(self.by.user_id, self.by.user_name, None)

    def _ring(self) -> "PinRing":
        if self._pins is None:
            from mesodesk.vault.pins import PinRing

            self._pins = PinRing()
        return self._pins

    def _slots_of(self, user_id: UUID) -> tuple["KeySlot", ...]:
        slots = self._slots.key_file.slots_of(user_id)
        if not slots:
            raise UnknownUserError
        return slots


def _ids(slots: tuple["KeySlot", ...]) -> frozenset[UUID]:
    return frozenset(slot.id for slot in slots)

"""PINs for a quick return: in the memory of the running program, never on a disk.

A PIN of six digits would be guessed within the hour by whoever holds a file that it opens. So it
opens nothing but what is in the memory of this program already, and goes with it.
"""

import secrets
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mesodesk.vault.errors import NoPinError, PinRefusedError, WrongPinError
from mesodesk.vault.keys import MIB, SALT_BYTES, KdfCost, derive_key

TRIES: Final = 3
SHORTEST_PIN, LONGEST_PIN = 6, 12
_NONCE_BYTES = 12
_COST: Final = KdfCost(46 * MIB, 1, 1)
"""One of the least that OWASP recommends: some 50 ms, and a PIN should open in 300."""

_KNOWN: Final = ("147258", "159753", "159357", "142536", "147852", "258456", "314159", "271828")
"""Patterns of a keypad and numbers from school, beside what rules find."""


def check_pin(pin: str) -> None:
    """Refuse a PIN that is none, or that is tried first.

    Raises:
        PinRefusedError: with a sentence that says why.
    """
    if not (pin.isascii() and pin.isdigit()):
        raise PinRefusedError("A PIN has digits only. It was not set. Choose another one.")
    if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN:
        raise PinRefusedError("A PIN has 6 to 12 digits. It was not set. Choose another one.")
    if _is_obvious(pin):
        raise PinRefusedError(
            "This PIN is among the first that anybody would try. It was not set. Choose one"
            " without a pattern."
        )


def _is_obvious(pin: str) -> bool:
    digits = [int(each) for each in pin]
    steps = {(after - before) % 10 for before, after in pairwise(digits)}
    repeated = any(
        len(pin) % size == 0 and pin == pin[:size] * (len(pin) // size)
        for size in range(1, len(pin) // 2 + 1)
    )
    doubled = len(pin) % 2 == 0 and pin[::2] == pin[1::2]
    return (
        len(set(pin)) <= 2
        or len(steps) == 1
        or repeated
        or doubled
        or pin == pin[::-1]
        or pin.startswith(_KNOWN)
    )


@dataclass(slots=True, repr=False)
class _Held:
    """What one PIN releases, wrapped with it; of which key slots it was set, and tries left."""

    slots: frozenset[UUID]
    salt: bytes
    nonce: bytes
    wrapped: bytes
    left: int = TRIES


class PinRing:
    """The PINs of those who set one since the vault was opened. For the database thread.

    A PIN belongs to the key slots that its owner had when it was set: with a new password, or
    without any, it opens nothing.
    """

    def __init__(self, cost: KdfCost = _COST) -> None:
        """Begin without PINs.

        Args:
            cost: of one guess.
        """
        self._cost = cost
        self._held: dict[UUID, _Held] = {}

    def set(self, user_id: UUID, slots: frozenset[UUID], pin: str, signing_key: bytes) -> None:
        """Let a PIN release a signing key from now on. Slow on purpose.

        Raises:
            PinRefusedError: if it is no PIN, or an obvious one.
        """
        check_pin(pin)
        salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
        cipher = AESGCM(derive_key(pin.encode(), salt, self._cost))
        wrapped = cipher.encrypt(nonce, signing_key, user_id.bytes)
        self._held[user_id] = _Held(slots, salt, nonce, wrapped)

    def has(self, user_id: UUID, slots: frozenset[UUID]) -> bool:
        """Tell whether somebody with these key slots can come in with a PIN."""
        held = self._held.get(user_id)
        return held is not None and bool(slots) and held.slots == slots

    def open(self, user_id: UUID, slots: frozenset[UUID], pin: str) -> bytes:
        """Return the signing key that the PIN releases. Slow on purpose.

        Raises:
            NoPinError: if there is none, or none any more: the password is needed.
            WrongPinError: if it is another one; the third time it is gone.
        """
        if not self.has(user_id, slots):
            self.forget(user_id)
            raise NoPinError
        held = self._held[user_id]
        # Counted before it is tried: whatever happens meanwhile, this was a try.
        held.left -= 1
        cipher = AESGCM(derive_key(pin.encode(), held.salt, self._cost))
        try:
            signing_key = cipher.decrypt(held.nonce, held.wrapped, user_id.bytes)
        except InvalidTag:
            if held.left <= 0:
                self.forget(user_id)
            raise WrongPinError(max(0, held.left)) from None
        held.left = TRIES
        return signing_key

    def forget(self, user_id: UUID) -> None:
        """Let somebody have no PIN."""
        self._held.pop(user_id, None)

    def clear(self) -> None:
        """Let nobody have a PIN."""
        self._held.clear()

"""Wraps the vault's key and a user's signing key for one password, and unwraps them again.

The tag of AES-GCM says "wrong password" without touching the database, so that a wrong password
and a damaged file are never confused. What a slot says of itself is authenticated with it: a
wrapped key cannot be moved to another user, slot or vault.
"""

import secrets
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mesodesk.domain.canonical import canonical_json
from mesodesk.domain.ids import new_id
from mesodesk.vault.keyfile import VERSION, KeySlot, SlotKind, Wrapped
from mesodesk.vault.keys import KEY_BYTES, SALT_BYTES, KdfCost, derive_key

_NONCE_BYTES = 12
_VAULT_KEY, _SIGNING_KEY = "vault-key", "signing-key"


@dataclass(frozen=True, slots=True, repr=False)
class SlotSecrets:
    """What a slot protects: the database's key and salt, and the user's signing key if any."""

    data_key: bytes
    database_salt: bytes
    signing_key: bytes | None = None


@dataclass(frozen=True, slots=True)
class SlotOwner:
    """For whom a slot is made; the recovery slot has no user."""

    kind: SlotKind
    user_id: UUID | None
    name: str


@dataclass(frozen=True, slots=True, repr=False)
class MadeSlot:
    """A new slot and the key that opens it, for proving what was written without deriving again."""

    slot: KeySlot
    wrapping_key: bytes


def make_slot(
    vault_id: UUID, owner: SlotOwner, secret: bytes, cost: KdfCost, inside: SlotSecrets
) -> MadeSlot:
    """Return a new slot that `secret` opens. Slow on purpose."""
    salt = secrets.token_bytes(SALT_BYTES)
    wrapping_key = derive_key(secret, salt, cost)
    cipher = AESGCM(wrapping_key)
    slot_id = new_id()
    bound = partial(_bound, vault_id, slot_id, owner.kind, owner.user_id)
    slot = KeySlot(
        id=slot_id,
        kind=owner.kind,
        user_id=owner.user_id,
        name=owner.name,
        cost=cost,
        salt=salt,
        vault_key=_wrap(cipher, inside.data_key + inside.database_salt, bound(_VAULT_KEY)),
        signing_key=None
        if inside.signing_key is None
        else _wrap(cipher, inside.signing_key, bound(_SIGNING_KEY)),
    )
    return MadeSlot(slot, wrapping_key)


def open_slot(vault_id: UUID, slot: KeySlot, secret: bytes) -> SlotSecrets | None:
    """Return what the slot protects, or None if `secret` is not the one. Slow on purpose."""
    return unwrap(vault_id, slot, derive_key(secret, slot.salt, slot.cost))


def unwrap(vault_id: UUID, slot: KeySlot, wrapping_key: bytes) -> SlotSecrets | None:
    """As `open_slot`, with the key already derived."""
    cipher = AESGCM(wrapping_key)
    bound = partial(_bound, vault_id, slot.id, slot.kind, slot.user_id)
    try:
        both = _unwrap(cipher, slot.vault_key, bound(_VAULT_KEY))
        signing_key = None
        if slot.signing_key is not None:
            signing_key = _unwrap(cipher, slot.signing_key, bound(_SIGNING_KEY))
    except (InvalidTag, ValueError):
        return None
    if len(both) != KEY_BYTES + SALT_BYTES:
        return None
    return SlotSecrets(both[:KEY_BYTES], both[KEY_BYTES:], signing_key)


def new_secrets() -> SlotSecrets:
    """Return random secrets for a new vault and its first user."""
    return SlotSecrets(
        secrets.token_bytes(KEY_BYTES), secrets.token_bytes(SALT_BYTES), new_signing_key()
    )


def new_signing_key() -> bytes:
    """Return the 32 bytes of a new Ed25519 private key."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_key_of(signing_key: bytes) -> bytes:
    """Return the 32 bytes of the public key."""
    return Ed25519PrivateKey.from_private_bytes(signing_key).public_key().public_bytes_raw()


def sign(signing_key: bytes, digest: bytes) -> bytes:
    """Return the Ed25519 signature (64 bytes) of a digest."""
    return Ed25519PrivateKey.from_private_bytes(signing_key).sign(digest)


def _wrap(cipher: AESGCM, plain: bytes, bound: bytes) -> Wrapped:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return Wrapped(nonce, cipher.encrypt(nonce, plain, bound))


def _unwrap(cipher: AESGCM, wrapped: Wrapped, bound: bytes) -> bytes:
    return cipher.decrypt(wrapped.nonce, wrapped.ciphertext, bound)


def _bound(
    vault_id: UUID, slot_id: UUID, kind: SlotKind, user_id: UUID | None, purpose: str
) -> bytes:
    return canonical_json(
        {
            "vault": vault_id,
            "slot": slot_id,
            "version": VERSION,
            "kind": kind,
            "user": user_id,
            "purpose": purpose,
        }
    )

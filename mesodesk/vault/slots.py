"""Wraps the vault's key and a user's signing key for one password, and unwraps them again.

The tag of AES-GCM says "wrong password" without touching the database, so that a wrong password
and a damaged file are never confused. What a slot says of itself is authenticated with it: a
wrapped key cannot be moved to another user, slot or vault.
"""

import secrets
from dataclasses import dataclass
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


def make_slot(
    vault_id: UUID, owner: SlotOwner, secret: bytes, cost: KdfCost, secrets_in: SlotSecrets
) -> KeySlot:
    """Return a new slot that `secret` opens."""
    bare = KeySlot(
        id=new_id(),
        kind=owner.kind,
        user_id=owner.user_id,
        name=owner.name,
        cost=cost,
        salt=secrets.token_bytes(SALT_BYTES),
        vault_key=Wrapped(b"", b""),
        signing_key=None,
    )
    cipher = AESGCM(derive_key(secret, bare.salt, cost))
    signing_key = None
    if secrets_in.signing_key is not None:
        signing_key = _wrap(cipher, secrets_in.signing_key, _bound(vault_id, bare, _SIGNING_KEY))
    return KeySlot(
        id=bare.id,
        kind=bare.kind,
        user_id=bare.user_id,
        name=bare.name,
        cost=cost,
        salt=bare.salt,
        vault_key=_wrap(
            cipher,
            secrets_in.data_key + secrets_in.database_salt,
            _bound(vault_id, bare, _VAULT_KEY),
        ),
        signing_key=signing_key,
    )


def open_slot(vault_id: UUID, slot: KeySlot, secret: bytes) -> SlotSecrets | None:
    """Return what the slot protects, or None if `secret` is not the one. Slow on purpose."""
    cipher = AESGCM(derive_key(secret, slot.salt, slot.cost))
    try:
        both = cipher.decrypt(
            slot.vault_key.nonce, slot.vault_key.ciphertext, _bound(vault_id, slot, _VAULT_KEY)
        )
        signing_key = None
        if slot.signing_key is not None:
            signing_key = cipher.decrypt(
                slot.signing_key.nonce,
                slot.signing_key.ciphertext,
                _bound(vault_id, slot, _SIGNING_KEY),
            )
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


def _bound(vault_id: UUID, slot: KeySlot, purpose: str) -> bytes:
    return canonical_json(
        {
            "vault": vault_id,
            "slot": slot.id,
            "version": VERSION,
            "kind": slot.kind,
            "user": slot.user_id,
            "purpose": purpose,
        }
    )

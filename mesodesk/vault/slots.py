"""What one password protects: somebody's own keys, and through them the vault's key.

The password wraps a user's signing key and the private half of an exchange key; the vault's key is
sealed to its public half, so that a new one can be given to everybody without their passwords. The
tag of AES-GCM says "wrong password" without touching the database, so that a wrong password
and a damaged file are never confused. What a slot says of itself is authenticated with it: a
wrapped key cannot be moved to another user, slot or vault.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mesodesk.domain.canonical import canonical_json
from mesodesk.domain.ids import new_id
from mesodesk.vault.keyfile import KeySlot, SlotKind, Wrapped
from mesodesk.vault.keys import KEY_BYTES, SALT_BYTES, KdfCost, derive_key
from mesodesk.vault.sealed_keys import NONCE_BYTES, new_exchange_key, public_half, seal, unseal

_VAULT_KEY, _SIGNING_KEY = "vault-key", "signing-key"
_EXCHANGE_KEY, _NEXT_KEY = "exchange-key", "next-vault-key"


@dataclass(frozen=True, slots=True, repr=False)
class SlotSecrets:
    """What a slot protects: the database's key and salt, and the user's signing key if any.

    `next_key` is the key and salt to be, while the vault's key is changed.
    """

    data_key: bytes
    database_salt: bytes
    signing_key: bytes | None = None
    next_key: "SlotSecrets | None" = None


@dataclass(frozen=True, slots=True)
class SlotOwner:
    """For whom a slot is made; the recovery slot has no user, and only a code's slot expires."""

    kind: SlotKind
    user_id: UUID | None
    name: str
    expires_at: datetime | None = None


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
    return _made(_Lock(vault_id, owner, cost, salt, wrapping_key), inside)


def renewed(vault_id: UUID, slot: KeySlot, wrapping_key: bytes, inside: SlotSecrets) -> MadeSlot:
    """Return a slot of the newest format in place of one of the first, for the same secret."""
    owner = SlotOwner(slot.kind, slot.user_id, slot.name)
    return _made(_Lock(vault_id, owner, slot.cost, slot.salt, wrapping_key), inside)


@dataclass(frozen=True, slots=True, repr=False)
class _Lock:
    """What a slot is made for and closed with."""

    vault_id: UUID
    owner: SlotOwner
    cost: KdfCost
    salt: bytes
    wrapping_key: bytes


def _made(lock: _Lock, inside: SlotSecrets) -> MadeSlot:
    exchange_key, cipher = new_exchange_key(), AESGCM(lock.wrapping_key)
    bare = KeySlot(
        id=new_id(),
        kind=lock.owner.kind,
        user_id=lock.owner.user_id,
        name=lock.owner.name,
        cost=lock.cost,
        salt=lock.salt,
        vault_key=_NOTHING,
        signing_key=None,
        exchange=public_half(exchange_key),
        expires_at=lock.owner.expires_at,
    )
    bound, signing_key = partial(_bound, lock.vault_id, bare), inside.signing_key
    slot = replace(
        bare,
        exchange_key=_wrap(cipher, exchange_key, bound(_EXCHANGE_KEY)),
        signing_key=None
        if signing_key is None
        else _wrap(cipher, signing_key, bound(_SIGNING_KEY)),
    )
    return MadeSlot(with_key(lock.vault_id, slot, inside), lock.wrapping_key)


def with_key(vault_id: UUID, slot: KeySlot, key: SlotSecrets) -> KeySlot:
    """Return the slot with a key of the vault that it gives from now on.

    Raises:
        ValueError: if it is of the first format, to which no key can be given.
    """
    return replace(slot, vault_key=_sealed(vault_id, slot, key, _VAULT_KEY), next_key=None)


def with_next_key(vault_id: UUID, slot: KeySlot, key: SlotSecrets) -> KeySlot:
    """Return the slot with a key to be beside the one in use.

    Raises:
        ValueError: if it is of the first format, to which no key can be given.
    """
    return replace(slot, next_key=_sealed(vault_id, slot, key, _NEXT_KEY))


def _sealed(vault_id: UUID, slot: KeySlot, key: SlotSecrets, purpose: str) -> Wrapped:
    if slot.exchange is None:
        raise ValueError("a slot of the first format")
    plain = key.data_key + key.database_salt
    return seal(slot.exchange, plain, _bound(vault_id, slot, purpose))


def open_slot(vault_id: UUID, slot: KeySlot, secret: bytes) -> SlotSecrets | None:
    """Return what the slot protects, or None if `secret` is not the one. Slow on purpose."""
    return unwrap(vault_id, slot, derive_key(secret, slot.salt, slot.cost))


def unwrap(vault_id: UUID, slot: KeySlot, wrapping_key: bytes) -> SlotSecrets | None:
    """As `open_slot`, with the key already derived."""
    cipher, bound = AESGCM(wrapping_key), partial(_bound, vault_id, slot)
    try:
        signing_key = None
        if slot.signing_key is not None:
            signing_key = _unwrap(cipher, slot.signing_key, bound(_SIGNING_KEY))
        if slot.exchange_key is None:
            plain, following = _unwrap(cipher, slot.vault_key, bound(_VAULT_KEY)), None
        else:
            mine = _unwrap(cipher, slot.exchange_key, bound(_EXCHANGE_KEY))
            plain = unseal(mine, slot.vault_key, bound(_VAULT_KEY))
            following = _next_key(mine, slot, bound(_NEXT_KEY))
    except (InvalidTag, ValueError):
        return None
    if len(plain) != KEY_BYTES + SALT_BYTES:
        return None
    return SlotSecrets(plain[:KEY_BYTES], plain[KEY_BYTES:], signing_key, following)


def _next_key(exchange_key: bytes, slot: KeySlot, bound: bytes) -> SlotSecrets | None:
    if slot.next_key is None:
        return None
    plain = unseal(exchange_key, slot.next_key, bound)
    return SlotSecrets(plain[:KEY_BYTES], plain[KEY_BYTES:])


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


_NOTHING = Wrapped(b"", b"")


def _wrap(cipher: AESGCM, plain: bytes, bound: bytes) -> Wrapped:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return Wrapped(nonce, cipher.encrypt(nonce, plain, bound))


def _unwrap(cipher: AESGCM, wrapped: Wrapped, bound: bytes) -> bytes:
    return cipher.decrypt(wrapped.nonce, wrapped.ciphertext, bound)


def _bound(vault_id: UUID, slot: KeySlot, purpose: str) -> bytes:
    """Return what is authenticated with a key: where it belongs, and all that a slot claims."""
    place: dict[str, object] = {
        "vault": vault_id,
        "slot": slot.id,
        "version": 1,
        "kind": slot.kind,
        "user": slot.user_id,
        "purpose": purpose,
    }
    if slot.exchange is not None:
        place |= {"version": 2, "exchange": slot.exchange, "expires_at": slot.expires_at}
    return canonical_json(place)

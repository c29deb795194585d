"""Seals a vault's key to somebody's public key, so that it can be given without their password.

X25519 with a key made for this once; HKDF-SHA256 of what both share; AES-256-GCM. Whoever can write
the key file can seal, too: that it was an open vault who did, the file's own check tells.
"""

import secrets
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mesodesk.vault.keyfile import Wrapped
from mesodesk.vault.keys import KEY_BYTES

NONCE_BYTES: Final = 12
_PURPOSE: Final = b"mesodesk/2/seal"


def new_exchange_key() -> bytes:
    """Return the 32 bytes of a new X25519 private key."""
    return X25519PrivateKey.generate().private_bytes_raw()


def public_half(exchange_key: bytes) -> bytes:
    """Return the 32 bytes of the public key."""
    return X25519PrivateKey.from_private_bytes(exchange_key).public_key().public_bytes_raw()


def seal(exchange: bytes, plain: bytes, bound: bytes) -> Wrapped:
    """Encrypt for the holder of the private half of `exchange`; `bound` is authenticated with it.

    Raises:
        ValueError: if `exchange` is no public key.
    """
    once = X25519PrivateKey.generate()
    ephemeral = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(exchange))
    nonce = secrets.token_bytes(NONCE_BYTES)
    ciphertext = _cipher(shared, ephemeral, exchange).encrypt(nonce, plain, bound)
    return Wrapped(nonce, ciphertext, ephemeral)


def unseal(exchange_key: bytes, sealed: Wrapped, bound: bytes) -> bytes:
    """Return what was sealed.

    Raises:
        cryptography.exceptions.InvalidTag: if it was sealed to another key or for another place.
        ValueError: if it was not sealed to a public key at all.
    """
    if sealed.ephemeral is None:
        raise ValueError("not sealed to a public key")
    mine = X25519PrivateKey.from_private_bytes(exchange_key)
    shared = mine.exchange(X25519PublicKey.from_public_bytes(sealed.ephemeral))
    cipher = _cipher(shared, sealed.ephemeral, mine.public_key().public_bytes_raw())
    return cipher.decrypt(sealed.nonce, sealed.ciphertext, bound)


def _cipher(shared: bytes, ephemeral: bytes, exchange: bytes) -> AESGCM:
    info = _PURPOSE + ephemeral + exchange
    return AESGCM(HKDF(SHA256(), KEY_BYTES, None, info).derive(shared))

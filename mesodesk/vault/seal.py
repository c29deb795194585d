"""Seals: a record in one spelling, its digest, and the signature of who answers for it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mesodesk.domain.canonical import canonical_json

__all__ = ["Seal", "canonical_json", "digest_of", "matches", "signature_is_valid"]


@dataclass(frozen=True, slots=True)
class Seal:
    """What was signed, when and by whom.

    `digest` is the SHA-256 of the record's canonical JSON; `signature` the Ed25519 signature of
    those 32 bytes under `public_key`.
    """

    digest: bytes
    signature: bytes
    public_key: bytes
    signer_id: UUID
    signed_at: datetime

    @property
    def hex(self) -> str:
        return self.digest.hex()

    @property
    def short(self) -> str:
        """The first ten digits, as printed on paper."""
        return self.digest.hex()[:10]


def digest_of(record: object) -> bytes:
    """Return the SHA-256 (32 bytes) of the record's canonical JSON."""
    return hashlib.sha256(canonical_json(record)).digest()


def signature_is_valid(digest: bytes, signature: bytes, public_key: bytes) -> bool:
    """Tell whether this key signed this digest."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, digest)
    except (InvalidSignature, ValueError):
        return False
    return True


def matches(seal: Seal, record: object) -> bool:
    """Tell whether the record is exactly what was signed, and the signature holds."""
    return digest_of(record) == seal.digest and signature_is_valid(
        seal.digest, seal.signature, seal.public_key
    )

"""Keys: from a password to the key of the vault, and from that to one key for each use."""

import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from mesodesk.vault.errors import LittleMemoryError, PasswordLengthError

KEY_BYTES, SALT_BYTES = 32, 16
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 128
MIB = 1024

# Never derive with more than this, whatever a key file asks for.
_MOST_MEMORY_KIB = 4 * 1024 * MIB
_MOST_ITERATIONS, _MOST_LANES = 64, 64
# Not above 512 MiB: the vault must also open on the old computer that replaces a dead one.
_CHOICES_MIB = (64, 96, 128, 192, 256, 384, 512)
_AIM_S = 0.8


@dataclass(frozen=True, slots=True)
class KdfCost:
    """How dear one guess of a password is made (Argon2id, RFC 9106)."""

    memory_kib: int
    iterations: int
    lanes: int

    def __post_init__(self) -> None:
        if not (
            8 * self.lanes <= self.memory_kib <= _MOST_MEMORY_KIB
            and 1 <= self.iterations <= _MOST_ITERATIONS
            and 1 <= self.lanes <= _MOST_LANES
        ):
            raise ValueError("key derivation cost out of range")

    @classmethod
    def default(cls) -> "KdfCost":
        """256 MiB: some 0.6 s on a desktop of 2020."""
        return cls(256 * MIB, 3, 2)

    @classmethod
    def floor(cls) -> "KdfCost":
        """The least we use: the second recommended choice of RFC 9106, section 4."""
        return cls(64 * MIB, 3, 4)

    @classmethod
    def for_tests(cls) -> "KdfCost":
        """As good as nothing; never for a real password."""
        return cls(64, 1, 1)

    @classmethod
    def fitted(cls, measure: Callable[["KdfCost"], float] | None = None) -> "KdfCost":
        """Return the dearest cost that stays below 0.8 s here, at least the floor.

        Args:
            measure: returns the seconds one derivation takes; the real one by default (0.15 s).
        """
        smallest = cls(_CHOICES_MIB[0] * MIB, 3, 2)
        seconds = (measure or measured_seconds)(smallest)
        fitting = [mib for mib in _CHOICES_MIB if seconds * mib / _CHOICES_MIB[0] <= _AIM_S]
        if len(fitting) <= 1:
            return cls.floor()
        return cls(fitting[-1] * MIB, 3, 2)


def measured_seconds(cost: KdfCost) -> float:
    """Return how long one derivation takes on this computer."""
    began = time.perf_counter()
    derive_key(b"a measurement, not a secret", bytes(SALT_BYTES), cost)
    return time.perf_counter() - began


def password_secret(password: str) -> bytes:
    """Return the bytes that are derived from: NFKC once, otherwise exactly as typed."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def new_password_secret(password: str) -> bytes:
    """As `password_secret`, for a password being set.

    Raises:
        PasswordLengthError: if it has fewer than 10 or more than 128 characters.
    """
    length = len(unicodedata.normalize("NFKC", password))
    if not SHORTEST_PASSWORD <= length <= LONGEST_PASSWORD:
        raise PasswordLengthError
    return password_secret(password)


def derive_key(secret: bytes, salt: bytes, cost: KdfCost) -> bytes:
    """Return the 32-byte key-encrypting key. Slow on purpose; it leaves other threads running.

    Raises:
        LittleMemoryError: if the computer cannot spare the memory.
    """
    from argon2.exceptions import HashingError
    from argon2.low_level import Type, hash_secret_raw

    try:
        return hash_secret_raw(
            secret,
            salt,
            time_cost=cost.iterations,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            hash_len=KEY_BYTES,
            type=Type.ID,
        )
    except HashingError as error:
        raise LittleMemoryError from error


class VaultKeys:
    """The key of the vault while it is open, and the keys derived from it."""

    def __init__(self, vault_id: UUID, data_key: bytes, salt: bytes) -> None:
        if len(data_key) != KEY_BYTES or len(salt) != SALT_BYTES:
            raise ValueError("key or salt of the wrong length")
        self.vault_id = vault_id
        self._data_key = bytearray(data_key)
        self.salt = salt
        self._derived: dict[str, bytearray] = {}

    def __repr__(self) -> str:
        return f"VaultKeys({self.vault_id})"

    @property
    def data_key(self) -> bytes:
        """The raw key of the database; wrapped in each key slot."""
        return bytes(self._data_key)

    @property
    def audit_mac(self) -> bytes:
        return self._derive("audit-mac")

    @property
    def anchor(self) -> bytes:
        return self._derive("anchor")

    @property
    def key_file(self) -> bytes:
        return self._derive("key-file")

    @property
    def draft(self) -> bytes:
        return self._derive("draft")

    @property
    def attachment(self) -> bytes:
        return self._derive("attachment")

    @property
    def manifest(self) -> bytes:
        return self._derive("manifest")

    def _derive(self, purpose: str) -> bytes:
        if purpose not in self._derived:
            from cryptography.hazmat.primitives.hashes import SHA256
            from cryptography.hazmat.primitives.kdf.hkdf import HKDF

            hkdf = HKDF(SHA256(), KEY_BYTES, self.vault_id.bytes, f"mesodesk/1/{purpose}".encode())
            self._derived[purpose] = bytearray(hkdf.derive(self.data_key))
        return bytes(self._derived[purpose])

    def wipe(self) -> None:
        """Overwrite what we hold. Copies made by libraries are beyond reach."""
        for held in (self._data_key, *self._derived.values()):
            held[:] = bytes(len(held))
        self._derived.clear()

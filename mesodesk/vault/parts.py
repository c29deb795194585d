"""What an open vault is made of: who opened it, and what opening has brought together."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from mesodesk.domain.clock import Clock
from mesodesk.vault.attempts import AttemptCounter
from mesodesk.vault.keyfile import KeyFile
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.lock import VaultLock

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from mesodesk.vault.audit import AuditTrail


@dataclass(frozen=True, slots=True)
class OpenedBy:
    """Who opened the vault. Without a signing key it was with the recovery key, or with a code."""

    user_id: UUID
    user_name: str
    signing_key: bytes | None
    with_code: bool = False

    @property
    def by_code(self) -> bool:
        """Whether a code was used, and no password chosen since."""
        return self.signing_key is None and self.with_code

    @property
    def by_recovery_key(self) -> bool:
        """Whether the recovery key was used, and no password chosen since."""
        return self.signing_key is None and not self.with_code

    def __repr__(self) -> str:
        return f"OpenedBy({self.user_id})"


@dataclass(frozen=True, slots=True)
class VaultParts:
    """What opening has brought together."""

    folder: Path
    keys: VaultKeys
    key_file: KeyFile
    engine: "Engine"
    audit: "AuditTrail"
    lock: VaultLock
    attempts: AttemptCounter
    clock: Clock

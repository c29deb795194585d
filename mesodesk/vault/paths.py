"""Where the parts of a vault lie inside its folder."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class VaultPaths:
    """Names of the files of one vault; none of them says whose clinic it is."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "clinic.db"

    @property
    def write_ahead_log(self) -> Path:
        return self.folder / "clinic.db-wal"

    @property
    def under_next_key(self) -> Path:
        """The database under another key, while the vault's key is changed."""
        return self.folder / "clinic-new.db"

    @property
    def keys(self) -> Path:
        return self.folder / "keys.json"

    @property
    def keys_copy(self) -> Path:
        return self.folder / "keys-copy.json"

    @property
    def anchor(self) -> Path:
        return self.folder / "anchor.json"

    @property
    def attempts(self) -> Path:
        return self.folder / "attempts.json"

    @property
    def photos(self) -> Path:
        """The folder of photographs, each an encrypted file; only there once there is one."""
        return self.folder / "photos"

    @property
    def photos_waiting(self) -> Path:
        """Photographs that are not on record yet, encrypted alike; only there once one waits."""
        return self.folder / "photos-waiting"

    @property
    def lock(self) -> Path:
        return self.folder / "vault.lock"

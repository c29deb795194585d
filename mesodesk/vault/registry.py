"""Remembers, outside the vault folders, which vaults this computer has opened.

Without it a vault folder that was deleted or not mounted looks like a first start, and a new, empty
clinic would be offered in its place.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from mesodesk.vault.atomic import replace_file

NAME = "mesodesk-vaults"


def default_registry_path() -> Path:
    """Return the file in the user's settings folder."""
    from platformdirs import user_config_path

    return user_config_path("Mesodesk", appauthor=False, roaming=False) / "vaults.json"


@dataclass(frozen=True, slots=True)
class Registry:
    """The list in one file. It holds folders and vault ids, no names and no keys."""

    path: Path

    def vault_at(self, folder: Path) -> UUID | None:
        """Return the id of the vault that was last opened in this folder, or None."""
        known = self._read().get(str(folder.absolute()))
        return None if known is None else UUID(known)

    def remember(self, folder: Path, vault_id: UUID) -> None:
        """Note that this folder holds this vault; what cannot be noted is let go."""
        known = self._read()
        if known.get(str(folder.absolute())) == str(vault_id):
            return
        self._write({**known, str(folder.absolute()): str(vault_id)})

    def forget(self, folder: Path) -> None:
        """Note that no vault is expected in this folder any more."""
        known = self._read()
        if known.pop(str(folder.absolute()), None) is not None:
            self._write(known)

    def _read(self) -> dict[str, str]:
        try:
            whole = json.loads(self.path.read_bytes())
            return {str(folder): str(UUID(vault)) for folder, vault in whole["vaults"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def _write(self, known: dict[str, str]) -> None:
        data = json.dumps({"format": NAME, "vaults": known}, indent=1).encode("utf-8")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self.path, data, pause=False)
        except OSError:
            # A convenience must not keep anybody out of the vault.
            return

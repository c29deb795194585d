"""Remembers, outside the vault folders, which vaults this computer has opened.

Without it a vault folder that was deleted or not mounted looks like a first start, and a new, empty
clinic would be offered in its place.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

from mesodesk.vault.atomic import replace_file

NAME = "mesodesk-vaults"


def default_registry_path() -> Path:
    """Return the file in the user's settings folder."""
    from platformdirs import user_config_path

    return user_config_path("Mesodesk", appauthor=False, roaming=False) / "vaults.json"


def far_anchors() -> Path:
    """Return the folder of the anchors that this computer keeps outside the vaults."""
    return default_registry_path().parent / "anchors"


@dataclass(frozen=True, slots=True)
class _Known:
    """By folder: vault ids; the folder that was chosen in its place; where its backups go."""

    vaults: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    backups: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Registry:
    """The list in one file. It holds folders and vault ids, no names and no keys."""

    path: Path

    def vault_at(self, folder: Path) -> UUID | None:
        """Return the id of the vault that was last opened in this folder, or None."""
        known = self._read().vaults.get(_text(folder))
        return None if known is None else UUID(known)

    def remember(self, folder: Path, vault_id: UUID) -> None:
        """Note that this folder holds this vault; what cannot be noted is let go."""
        known = self._read()
        if known.vaults.get(_text(folder)) != str(vault_id):
            self._write(replace(known, vaults={**known.vaults, _text(folder): str(vault_id)}))

    def forget(self, folder: Path) -> None:
        """Note that no vault is expected in this folder any more."""
        known = self._read()
        if known.vaults.pop(_text(folder), None) is not None:
            self._write(known)

    def chosen_for(self, asked: Path) -> Path | None:
        """Return the folder that somebody chose when this one was asked for, or None."""
        chosen = self._read().chosen.get(_text(asked))
        return None if chosen is None else Path(chosen)

    def remember_choice(self, asked: Path, chosen: Path) -> None:
        """Note where to look next time when `asked` holds no vault that can be opened."""
        known = self._read()
        others = {key: to for key, to in known.chosen.items() if key != _text(asked)}
        now = others if _text(asked) == _text(chosen) else {**others, _text(asked): _text(chosen)}
        if now != known.chosen:
            self._write(replace(known, chosen=now))

    def backups_of(self, folder: Path) -> tuple[Path, ...]:
        """Return where the backups of the vault in this folder went, as far as is known."""
        return tuple(Path(each) for each in self._read().backups.get(_text(folder), ()))

    def remember_backups(self, folder: Path, places: Iterable[Path]) -> None:
        """Note where to look for backups on the day on which the vault does not open."""
        known = self._read()
        now = [_text(place) for place in places]
        if known.backups.get(_text(folder), []) != now:
            self._write(replace(known, backups={**known.backups, _text(folder): now}))

    def _read(self) -> _Known:
        try:
            whole = json.loads(self.path.read_bytes())
            return _Known(
                {str(folder): str(UUID(vault)) for folder, vault in whole["vaults"].items()},
                {str(asked): str(to) for asked, to in whole.get("chosen", {}).items()},
                {
                    str(folder): [str(each) for each in places]
                    for folder, places in whole.get("backups", {}).items()
                },
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return _Known()

    def _write(self, known: _Known) -> None:
        whole = {
            "format": NAME,
            "vaults": known.vaults,
            "chosen": known.chosen,
            "backups": known.backups,
        }
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self.path, json.dumps(whole, indent=1).encode("utf-8"), pause=False)
        except OSError:
            # A convenience must not keep anybody out of the vault.
            return


def _text(folder: Path) -> str:
    return str(folder.absolute())

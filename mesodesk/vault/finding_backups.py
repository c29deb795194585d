"""Finds the backups within reach, for whoever has no vault that opens."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from mesodesk.vault import container
from mesodesk.vault.errors import VaultError
from mesodesk.vault.places import default_place, volumes

_MOST = 400
"""So many files are looked into at most: one opens in about a millisecond."""


@dataclass(frozen=True, slots=True)
class FoundBackup:
    """A container that was found. `trouble` says why it cannot be what it was, else empty.

    Whether all of it is whole, only restoring tells.
    """

    path: Path
    made_at: datetime
    size: int
    seq: int
    vault_id: UUID | None = None
    lineage: str = ""
    trouble: str = ""


def find_backups(
    folder: Path, known: Iterable[Path] = (), among: Iterable[Path] | None = None
) -> tuple[FoundBackup, ...]:
    """Return the backups in all places that may be known, the newest first. Off the UI thread.

    Args:
        folder: of the vault, there or not.
        known: further folders that backups went to.
        among: disks and sticks; those that are mounted now by default.
    """
    found: dict[Path, FoundBackup] = {}
    for place in _places(folder, known, volumes() if among is None else among):
        with contextlib.suppress(OSError):
            for listed in container.listed(place):
                real = listed.path.resolve()
                if real not in found and len(found) < _MOST:
                    found[real] = _looked_into(listed)
    return _newest_first(found.values())


def _places(folder: Path, known: Iterable[Path], among: Iterable[Path]) -> list[Path]:
    places = [*known, default_place(folder), folder / "backups"]
    for volume in among:
        places.append(volume)
        with contextlib.suppress(OSError):
            places += sorted(each for each in volume.iterdir() if each.is_dir())
    return list(dict.fromkeys(places))


def _looked_into(listed: container.Listed) -> FoundBackup:
    base = FoundBackup(listed.path, listed.made_at, listed.size, listed.seq)
    try:
        with container.opened(listed.path) as packed:
            told = packed.manifest
    except VaultError as error:
        return FoundBackup(base.path, base.made_at, base.size, base.seq, trouble=error.sentence)
    return FoundBackup(base.path, told.made_at, base.size, told.seq, told.vault_id, told.lineage)


def _newest_first(found: Iterable[FoundBackup]) -> tuple[FoundBackup, ...]:
    """Order by number within one history, whatever the clock said; histories by their newest."""
    groups: dict[tuple[UUID | None, str], list[FoundBackup]] = {}
    for one in found:
        groups.setdefault((one.vault_id, one.lineage), []).append(one)
    ordered = sorted(groups.values(), key=lambda group: max(one.made_at for one in group))
    return tuple(
        one
        for group in reversed(ordered)
        for one in sorted(group, key=lambda each: (each.seq, each.made_at), reverse=True)
    )

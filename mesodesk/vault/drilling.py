"""A drill: restores a backup for a trial, looks at what came out, and removes it again.

What it finds is a page to print and file: that a restore was tried, when, and how long it took.
"""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mesodesk.domain.clock import Clock
from mesodesk.vault.copying import facts_of
from mesodesk.vault.errors import VaultError
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.location import refusal
from mesodesk.vault.lock import VaultLock
from mesodesk.vault.manifest import Manifest
from mesodesk.vault.opening import Credential
from mesodesk.vault.paths import VaultPaths
from mesodesk.vault.restoring import Loss, restore_with_keys

_TRIAL = ".drill-"
_LOCK = "drill.lock"

# Rows that a restore itself adds or an upgrade changes.
_OWN = frozenset({"audit_entry", "alembic_version"})


@dataclass(frozen=True, slots=True)
class Drill:
    """What a drill found. `troubles` is empty if the trial holds all that the manifest tells."""

    backup: Path
    manifest: Manifest
    tried_at: datetime
    seconds: float
    loss: Loss
    upgraded_from: str | None
    troubles: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.troubles


def drill(
    path: Path,
    place: Path,
    credential: Credential,
    *,
    clock: Clock,
    current: Path | None = None,
    seconds: Callable[[], float] = time.monotonic,
) -> Drill:
    """Restore a backup for a trial; no vault is touched, and nothing of the trial is left.

    Args:
        path: the container.
        place: a folder on a disk of this computer, in which the trial lies meanwhile.
        credential: as for `restore`.
        clock: the computer's.
        current: the vault at work, to tell what a restore would lose; only looked at.
        seconds: a clock that nobody sets, for the time it takes.

    Raises:
        VaultError: if the backup cannot be restored; its sentence is what the drill found.
    """
    tried_at, began = clock.now(), seconds()
    _remove_leftovers(place)
    with _trial(place) as trial:
        restored, keys = restore_with_keys(
            path, trial / "vault", credential, clock=clock, current=current
        )
        try:
            missing = _missing(restored.folder, restored.manifest, keys)
        finally:
            keys.wipe()
    return Drill(
        path,
        restored.manifest,
        tried_at,
        seconds() - began,
        restored.loss,
        restored.upgraded_from,
        (*restored.troubles, *missing),
    )


@contextlib.contextmanager
def _trial(place: Path) -> Iterator[Path]:
    """Make a folder that is known to be at work by its lock, and is gone at the end."""
    try:
        trial = Path(tempfile.mkdtemp(prefix=_TRIAL, dir=place))
    except OSError as error:
        raise refusal(error) from error
    lock = None
    try:
        lock = VaultLock(trial / _LOCK)
        yield trial
    finally:
        if lock is not None:
            lock.release()
        shutil.rmtree(trial, ignore_errors=True)


def _remove_leftovers(place: Path) -> None:
    """Remove what a drill that was killed left: a whole vault, which old passwords open."""
    for left in place.glob(f"{_TRIAL}*"):
        if not (left / _LOCK).is_file():
            continue
        with contextlib.suppress(VaultError, OSError):
            VaultLock(left / _LOCK).release()  # still held: a drill is going on there
            shutil.rmtree(left, ignore_errors=True)


def _missing(folder: Path, manifest: Manifest, keys: VaultKeys) -> tuple[str, ...]:
    counts = facts_of(VaultPaths(folder).database, keys).counts
    return tuple(
        f"The table {table} has {counts.get(table, 0)} rows instead of {rows}."
        for table, rows in manifest.counts.items()
        if table not in _OWN and counts.get(table, 0) != rows
    )


def record_lines(found: Drill) -> tuple[str, ...]:
    """Return the page of a drill, a line each: no name of clinic or patient is on it."""
    manifest = found.manifest
    rows = sum(manifest.counts.values())
    return (
        "Record of a restore drill (GDPR, article 32(1)(d))",
        "",
        f"Tried at           {_moment(found.tried_at)}",
        f"Backup             {found.backup.name}",
        f"Made at            {_moment(manifest.made_at)}",
        f"Vault              {manifest.vault_id}",
        f"Last audit entry   {manifest.seq} ({manifest.head.hex()[:16]})",
        f"Rows               {rows} in {len(manifest.counts)} tables",
        f"Schema             {_schema(found)}",
        f"Time taken         {found.seconds:.1f} s",
        f"Lost by a restore  {found.loss.sentence}",
        f"Result             {'passed' if found.passed else 'not passed'}",
        *(f"                   {sentence}" for sentence in found.troubles),
        "",
        "Signature          ______________________________",
    )


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _schema(found: Drill) -> str:
    schema = found.manifest.schema
    return schema if found.upgraded_from is None else f"{schema}, brought up to date in the trial"

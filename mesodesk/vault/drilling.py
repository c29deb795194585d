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
from mesodesk.vault.backup_errors import (
    DamagedBackupError,
    NewerBackupError,
    UnreadableBackupError,
)
from mesodesk.vault.container import opened
from mesodesk.vault.copying import facts_of
from mesodesk.vault.errors import VaultError
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.location import refusal
from mesodesk.vault.lock import VaultLock
from mesodesk.vault.manifest import Manifest
from mesodesk.vault.opening import Credential
from mesodesk.vault.paths import VaultPaths
from mesodesk.vault.restoring import Loss, Restored, restore_with_keys

_TRIAL = ".drill-"
_LOCK = "drill.lock"

_WHAT_TO_DO = "Make a new backup today, on another disk or stick, and try that one."

# Rows that a restore itself adds or an upgrade changes.
_OWN = frozenset({"audit_entry", "alembic_version"})


@dataclass(frozen=True, slots=True)
class Drill:
    """What a drill found. `troubles` is empty if the trial holds all that the manifest tells.

    `manifest` and `loss` are None where not even those could be had.
    """

    backup: Path
    manifest: Manifest | None
    tried_at: datetime
    seconds: float
    loss: Loss | None
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

    Returns:
        What was found: a backup that cannot be restored is a drill that was not passed.

    Raises:
        VaultError: if it could not be tried: another password, no such file, no room.
    """
    tried_at, began = clock.now(), seconds()
    _remove_leftovers(place)
    manifest: Manifest | None = None
    try:
        manifest = _manifest_of(path)
        restored, missing = _restored(path, place, credential, clock, current)
    except (DamagedBackupError, NewerBackupError, UnreadableBackupError) as error:
        took = seconds() - began
        return Drill(path, manifest, tried_at, took, None, None, (error.sentence,))
    return Drill(
        path,
        restored.manifest,
        tried_at,
        seconds() - began,
        restored.loss,
        restored.upgraded_from,
        (*restored.troubles, *missing),
    )


def _manifest_of(path: Path) -> Manifest:
    with opened(path) as container:
        return container.manifest


def _restored(
    path: Path, place: Path, credential: Credential, clock: Clock, current: Path | None
) -> tuple[Restored, tuple[str, ...]]:
    """Restore into a folder that is gone afterwards; return what did not come back, too."""
    with _trial(place) as trial:
        restored, keys = restore_with_keys(
            path, trial / "vault", credential, clock=clock, current=current
        )
        try:
            return restored, _missing(restored.folder, restored.manifest, keys)
        finally:
            keys.wipe()


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
    return (
        "Record of a restore drill (GDPR, article 32(1)(d))",
        "",
        f"Tried at           {_moment(found.tried_at)}",
        f"Backup             {found.backup.name}",
        *_told_by_manifest(found),
        f"Time taken         {found.seconds:.1f} s",
        *(() if found.loss is None else (f"Lost by a restore  {found.loss.sentence}",)),
        f"Result             {'passed' if found.passed else 'NOT PASSED'}",
        *(f"                   {sentence}" for sentence in found.troubles),
        *(() if found.passed else ("", _WHAT_TO_DO)),
        "",
        "Signature          ______________________________",
    )


def _told_by_manifest(found: Drill) -> tuple[str, ...]:
    manifest = found.manifest
    if manifest is None:
        return ("Made at            cannot be read",)
    rows = sum(manifest.counts.values())
    return (
        f"Made at            {_moment(manifest.made_at)}",
        f"Vault              {manifest.vault_id}",
        f"Last audit entry   {manifest.seq} ({manifest.head.hex()[:16]})",
        f"Rows               {rows} in {len(manifest.counts)} tables",
        f"Schema             {_schema(manifest, found.upgraded_from)}",
    )


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _schema(manifest: Manifest, upgraded_from: str | None) -> str:
    schema = manifest.schema
    return schema if upgraded_from is None else f"{schema}, brought up to date in the trial"

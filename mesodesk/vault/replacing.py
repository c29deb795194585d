"""Puts a restored vault in the place of the one that is given up, which is kept beside it.

The vault that is replaced is renamed as a whole; no file in it is touched. Cut short between the
two renames, the folder is missing for a moment, and the program says where to look.
"""

import contextlib
from datetime import datetime
from pathlib import Path

from mesodesk.vault import atomic, set_aside
from mesodesk.vault.errors import AlreadyOpenError, VaultError, VaultExistsError
from mesodesk.vault.lock import VaultLock
from mesodesk.vault.paths import VaultPaths

_REPLACED = "-replaced-"


class NotInPlaceError(VaultError):
    """The restored records did not take their place; where they are, and those of before.

    `kept` is where those of before are, if even they could not be given their place again.
    """

    def __init__(self, restored: Path, folder: Path, kept: Path | None) -> None:
        self.kept = kept
        said = (
            "The restored records could not take their place: the disk or another program did not "
            f"let them. Nothing is lost: they are in {restored}."
        )
        if kept is None:
            what = "The records of before are where they were. Close other programs, restore again."
        else:
            what = (
                f"The records of before are in {kept}, and the folder {folder} is missing. Close "
                f"other programs, and rename the one that you want to {folder.name}."
            )
        super().__init__(f"{said} {what}")


def replaced_beside(folder: Path) -> tuple[Path, ...]:
    """Return the vaults that were given up for the one in a folder, oldest first."""
    try:
        return tuple(sorted(folder.parent.glob(f"{folder.name}{_REPLACED}*")))
    except OSError:
        return ()


def restoring_folder(folder: Path, now: datetime) -> Path:
    """Return where to restore to, for a vault that shall take the place of the one in `folder`."""
    return _free(folder.with_name(f"{folder.name}-restored-{now.astimezone():%Y-%m-%d}"))


def salvaging_folder(folder: Path, now: datetime) -> Path:
    """Return where to save what can be read of the vault in `folder`: nothing stands there."""
    return _free(folder.with_name(f"{folder.name}-salvaged-{now.astimezone():%Y-%m-%d}"))


def put_in_place(restored: Path, folder: Path, now: datetime) -> Path | None:
    """Give a restored vault the folder of another one; return where that is kept.

    Args:
        restored: a closed vault.
        folder: of the vault that is given up, closed or past opening; absent or empty, too.
        now: the moment, for the name under which the other one is kept.

    Raises:
        AlreadyOpenError: if another program has the one that is given up open.
        NotInPlaceError: if the disk refuses, also after waiting for other programs.
    """
    if restored == folder:
        return None
    kept: Path | None = None
    try:
        if folder.exists() and any(folder.iterdir()):
            _make_sure_it_is_closed(folder)
            kept = _free(folder.with_name(f"{folder.name}{_REPLACED}{now.astimezone():%Y-%m-%d}"))
            atomic.put_in_place(folder, kept)
        elif folder.exists():
            folder.rmdir()
        atomic.put_in_place(restored, folder)
    except OSError as error:
        raise NotInPlaceError(restored, folder, _put_back(kept, folder)) from error
    with contextlib.suppress(OSError):  # both have their names; only how durably is not known
        atomic.sync_folder(folder.parent)
    if kept is not None:
        set_aside.carry(kept, folder)
    return kept


def _put_back(kept: Path | None, folder: Path) -> Path | None:
    """Give the vault of before its folder again; return where it is if that cannot be."""
    if kept is None or not kept.exists() or folder.exists():
        return None
    try:
        atomic.put_in_place(kept, folder)
    except OSError:
        return kept
    return None


def _make_sure_it_is_closed(folder: Path) -> None:
    if not VaultPaths(folder).lock.exists():
        return
    try:
        VaultLock(VaultPaths(folder).lock).release()
    except AlreadyOpenError:
        raise
    except VaultError:
        return  # a vault on a disk that is write-protected by now is held by nobody


def _free(folder: Path) -> Path:
    if not folder.exists():
        return folder
    for number in range(2, 1000):
        found = folder.with_name(f"{folder.name}-{number}")
        if not found.exists():
            return found
    raise VaultExistsError

"""Pages to be printed: they lie readable for as long as the viewer needs them, and no longer.

The system's viewer prints; it needs a file. That lies in a folder that only this user may read, in
memory where the system has such a place, and is removed when the desk is locked or closed, and at
the next start if the program was ended with force. What another program of the same user prints
meanwhile, from another vault, is left to that.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from mesodesk.vault.errors import AlreadyOpenError, DiskTroubleError, ReadOnlyFolderError
from mesodesk.vault.lock import VaultLock

_PREFIX: Final = "mesodesk-print-"
_HELD: Final = ".held"
"""Locked in each folder for as long as the program lives that made it."""

_ours: Final[dict[Path, VaultLock]] = {}


def _place() -> Path:
    """Return where such folders are made: a disk of memory if there is one."""
    in_memory = os.environ.get("XDG_RUNTIME_DIR", "")
    if in_memory and Path(in_memory).is_dir() and os.access(in_memory, os.W_OK):
        return Path(in_memory)
    return Path(tempfile.gettempdir())


def new_print_folder() -> Path:
    """Make a folder for one print. Any thread.

    Raises:
        OSError, DiskTroubleError: if it cannot be made.
    """
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_place()))
        try:
            _ours[folder] = VaultLock(folder / _HELD)
        except AlreadyOpenError:
            continue  # another program took it for left behind, and removes it
        except DiskTroubleError:
            if folder.exists():
                raise
        else:
            return folder


def remove_prints() -> None:
    """Remove whatever this program printed, or one that has ended. Any thread.

    A file that a viewer holds open cannot be removed everywhere: it goes the next time.
    """
    for folder in _place().glob(f"{_PREFIX}*"):
        if folder.is_dir() and not folder.is_symlink():
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder that no other program holds."""
    try:
        lock = _ours.pop(folder, None) or VaultLock(folder / _HELD)
    except (AlreadyOpenError, DiskTroubleError, ReadOnlyFolderError):
        return
    lock.release()
    shutil.rmtree(folder, ignore_errors=True)

"""Room that is kept free on purpose, for the day on which the disk is full.

A file of 16 MB that holds nothing lies in the vault folder. When the disk refuses a save for want
of room, the file is given up, and the save is tried again: what is being typed at that moment is
kept where it belongs. It is made anew as soon as there is room again.
"""

import contextlib
import errno
import os
import shutil
from pathlib import Path

from mesodesk.vault.atomic import sync_folder
from mesodesk.vault.errors import DiskFullError, VaultError
from mesodesk.vault.findings import Finding, warning
from mesodesk.vault.location import check_writable

FILE = "reserve.bin"
_MEGABYTE = 1024 * 1024
SIZE = 16 * _MEGABYTE
SPARE = 64 * _MEGABYTE
"""So much must be free besides, or the reserve itself would fill the disk."""

FULL = (
    "The disk is full. What you type is still kept, in the 16 MB that were held free for this day. "
    "Free some space now."
)

UNWRITABLE = (
    "Nothing can be written into the vault folder now. Check that the disk is connected, not "
    "write-protected and in order. This line goes when it can be written again."
)


def make_sure_of_room(folder: Path, needed_mb: int) -> tuple[Finding, ...]:
    """Make sure that the folder takes a file; on a full disk by giving up the room.

    Raises:
        VaultError: as `check_writable` does.
    """
    try:
        check_writable(folder, needed_mb)
    except DiskFullError:
        if not give(folder):
            raise
        check_writable(folder, needed_mb)
        return (warning("disk", FULL),)
    return ()


def is_there(folder: Path) -> bool:
    """Tell whether the room is kept."""
    try:
        return (folder / FILE).stat().st_size >= SIZE
    except OSError:
        return False


def fill(folder: Path) -> bool:
    """Keep the room, if there is enough; tell whether it is kept. Off the UI thread."""
    if is_there(folder):
        return True
    path = folder / FILE
    try:
        if shutil.disk_usage(folder).free < SIZE + SPARE:
            return False
        with path.open("wb") as stream:
            _take(stream.fileno())
            os.fsync(stream.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        return False
    return True


def trouble(folder: Path) -> str:
    """Keep the room, and return why it is not kept; "" if it is. Off the UI thread."""
    if fill(folder):
        return ""
    try:
        check_writable(folder, 0)
    except DiskFullError:
        return FULL
    except (VaultError, OSError):
        return UNWRITABLE
    return FULL


def _take(handle: int) -> None:
    """Take the room for good; a file of a size alone takes none."""
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(handle, 0, SIZE)
        except OSError as error:
            if error.errno not in {errno.EOPNOTSUPP, errno.EINVAL}:
                raise
        else:
            return
    for _ in range(SIZE // _MEGABYTE):
        os.write(handle, os.urandom(_MEGABYTE))


def give(folder: Path) -> bool:
    """Give the room up, for a save that has none; tell whether there was any to give."""
    try:
        (folder / FILE).unlink()
        sync_folder(folder)
    except OSError:
        return False
    return True

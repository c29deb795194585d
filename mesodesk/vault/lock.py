"""One program per vault: a lock of the operating system on an open file, gone with the process.

The text in the file says who holds it; only the lock itself decides.
"""

import contextlib
import getpass
import json
import os
import platform
import sys
from pathlib import Path

from mesodesk.vault.errors import AlreadyOpenError, DiskTroubleError, ReadOnlyFolderError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# Far behind the text, so that others can read who holds the lock (locked bytes cannot be read).
_LOCKED_BYTE = 1 << 30
_LONGEST_TEXT = 4096


class VaultLock:
    """Holds a vault for this process until `release`, or until the process ends."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            AlreadyOpenError: if another window, here or elsewhere, holds it.
            ReadOnlyFolderError: if the lock file cannot be written.
        """
        self._path = path
        try:
            self._handle: int | None = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except PermissionError as error:
            raise ReadOnlyFolderError from error
        except OSError as error:
            raise _trouble(error) from error
        try:
            _lock(self._handle)
        except OSError as error:
            who = _holder(self._handle)
            os.close(self._handle)
            self._handle = None
            raise AlreadyOpenError(who) from error
        self._say_who(self._handle)

    @property
    def held(self) -> bool:
        return self._handle is not None

    def release(self) -> None:
        """Let others in. The file stays: removing it would let two hold "the" lock."""
        if self._handle is None:
            return
        with contextlib.suppress(OSError):
            os.ftruncate(self._handle, 0)
        with contextlib.suppress(OSError):
            _unlock(self._handle)
        os.close(self._handle)
        self._handle = None

    def _say_who(self, handle: int) -> None:
        who = {"process": os.getpid(), "user": _user(), "computer": platform.node()}
        # A full disk has no room for this text; the lock holds all the same.
        with contextlib.suppress(OSError):
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, json.dumps(who).encode("utf-8"))


def _trouble(error: OSError) -> Exception:
    import errno

    return ReadOnlyFolderError() if error.errno == errno.EROFS else DiskTroubleError()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "?"


def _holder(handle: int) -> str:
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        who = json.loads(os.read(handle, _LONGEST_TEXT))
        return f" by {who['user']} on {who['computer']} (process {who['process']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


if sys.platform == "win32":

    def _lock(handle: int) -> None:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    def _unlock(handle: int) -> None:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)

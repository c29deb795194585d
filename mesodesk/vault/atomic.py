"""Replaces a small file so that a crash at any moment leaves the old one or the new one, whole."""

import contextlib
import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

# A virus scanner or indexer may hold the target for a moment (Windows errors 5, 32, 33).
_PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.75, 1.0)
_HELD = {errno.EACCES, errno.EPERM, errno.EBUSY}
_HELD_WINDOWS = {5, 32, 33}


def replace_file(
    path: Path, data: bytes, prove: Callable[[bytes], None] | None = None, *, pause: bool = True
) -> None:
    """Write `data` beside `path`, read it back, prove it, then put it in place, all of it synced.

    Args:
        path: the file to replace; it need not exist.
        data: its whole new content.
        prove: called with what was read back, before the old file goes; may raise to stop.
        pause: whether to wait and try again while another program holds the file.

    Raises:
        OSError: if the disk refuses; the old file is as it was.
    """
    temporary = path.with_name(f".{path.name}.new")
    try:
        _write_synced(temporary, data)
        _check_written(temporary, data)
        if prove is not None:
            prove(data)
        put_in_place(temporary, path, pause=pause)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _check_written(path: Path, data: bytes) -> None:
    if path.read_bytes() != data:
        raise OSError(errno.EIO, "what was written cannot be read back", str(path))


def put_in_place(made: Path, path: Path, *, pause: bool = True) -> None:
    """Give a file or folder its name, in place of a file of that name.

    Waits and tries again while another program holds one of them, some 2.5 s in all.

    Raises:
        OSError: if it is still held, or the disk refuses; both are as they were.
    """
    for seconds in (*(_PAUSES_S if pause else ()), None):
        try:
            made.replace(path)
        except OSError as error:
            if seconds is None or not _is_held(error):
                raise
            time.sleep(seconds)
        else:
            return


def _is_held(error: OSError) -> bool:
    if os.name == "nt":
        return getattr(error, "winerror", None) in _HELD_WINDOWS
    return error.errno in _HELD


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable, where the system allows it."""
    if os.name == "nt":  # Windows has no such call; its renames are journalled
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

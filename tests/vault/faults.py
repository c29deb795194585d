"""Makes the n-th call to the disk fail, or ends the process there: a sweep until none is left."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch


class Cut(BaseException):
    """Nothing of the program may catch this: it stands for the power going off."""


@contextlib.contextmanager
def failing_at(step: int, error: type[BaseException] | int = errno.EIO) -> Iterator[list[str]]:
    """Let the `step`-th syncing, renaming or opening for writing fail; yield the calls made."""
    calls: list[str] = []
    real = {"fsync": os.fsync, "replace": Path.replace, "rename": Path.rename, "open": Path.open}

    def count(name: str) -> None:
        calls.append(name)
        if len(calls) == step:
            if isinstance(error, int):
                raise OSError(error, os.strerror(error))
            raise error

    def fsync(handle):
        count("fsync")
        return real["fsync"](handle)

    def replace(path, target):
        count("replace")
        return real["replace"](path, target)

    def rename(path, target):
        count("rename")
        return real["rename"](path, target)

    def open_(path, mode="r", *rest, **named):
        if "w" in mode or "x" in mode:
            count("open")
        return real["open"](path, mode, *rest, **named)

    with (
        patch("os.fsync", fsync),
        patch.object(Path, "replace", replace),
        patch.object(Path, "rename", rename),
        patch.object(Path, "open", open_),
    ):
        yield calls

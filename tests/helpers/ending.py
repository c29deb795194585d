"""Ends the program at its n-th call to the disk, for good: nothing done afterwards lands."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import Engine, event


class Ended(BaseException):
    """Nothing of the program may catch this: it stands for the power going off."""


@contextlib.contextmanager
def ending_at(step: int) -> Iterator[list[str]]:
    """End at the `step`-th syncing, renaming, opening for writing or committing; yield the calls.

    From that call on each of them ends again: what tidies up behind an error gets nowhere either.
    """
    calls: list[str] = []

    def count(name: str) -> None:
        calls.append(name)
        if len(calls) >= step:
            raise Ended

    def counted(name: str, real):
        def call(*arguments, **named):
            count(name)
            return real(*arguments, **named)

        return call

    real_open = Path.open

    def open_(path, mode="r", *rest, **named):
        if "w" in mode or "x" in mode:
            count("open")
        return real_open(path, mode, *rest, **named)

    def commit(_connection) -> None:
        count("commit")

    event.listen(Engine, "commit", commit, insert=True)
    try:
        with (
            patch("os.fsync", counted("fsync", os.fsync)),
            patch.object(Path, "replace", counted("replace", Path.replace)),
            patch.object(Path, "rename", counted("rename", Path.rename)),
            patch.object(Path, "open", open_),
        ):
            yield calls
    finally:
        event.remove(Engine, "commit", commit)

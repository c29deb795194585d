"""A file that is there whole or not at all, and never takes the place of another unasked."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

PART: Final = ".mesodesk-part"
"""How a file ends that is not whole yet. One that is left behind was cut short."""

_REASONS: Final = {
    errno.ENOSPC: "There is no room left in {place}. Free some, or choose another place.",
    errno.EDQUOT: "There is no room left in {place}. Free some, or choose another place.",
    errno.EFBIG: (
        "A file as large as this does not fit on {place}: sticks of the old kind (FAT) take 4 GB."
        " Choose another place."
    ),
    errno.EACCES: "You may not write to {place}. Choose another place.",
    errno.EPERM: "You may not write to {place}. Choose another place.",
    errno.EROFS: "Nothing can be written to {place}. Choose another place.",
    errno.ENOENT: "There is no folder {place} any more. Choose another place.",
    errno.ENOTDIR: "There is no folder {place}. Choose another place.",
    errno.ENAMETOOLONG: "The name is too long for {place}. Choose a shorter one.",
}


class DocumentError(Exception):
    """A document that was not written; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class FileExistsAlreadyError(DocumentError):
    """There is a file of that name, which was left as it is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"There is a file {path.name} already in {path.parent}. It was left as it is, and"
            " nothing was written. Choose another name or place, or say that it may be replaced."
        )


@contextmanager
def new_file(path: Path, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """Write a file beside its place, and move it there at the end of the block.

    Args:
        path: where it is to be.
        overwrite: whether it may take the place of a file that is there.

    Raises:
        FileExistsAlreadyError: if there is one that may not be replaced.
        DocumentError: if the disk refuses; nothing is left of it.
    """
    with _explained(path.parent):
        if not overwrite and path.exists():
            raise FileExistsAlreadyError(path)
        part = path.with_name(f"{part_prefix(path)}{secrets.token_hex(4)}{PART}")
        try:
            with _private(part) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if not overwrite and path.exists():
                raise FileExistsAlreadyError(path)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def part_prefix(path: Path) -> str:
    """Return how the hidden name begins under which a file is written at first."""
    return f".{path.name[:60]}."


def _private(part: Path) -> BinaryIO:
    """Open a new file that nobody else on this computer may read."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(part, flags, 0o600), "w+b")


@contextmanager
def _explained(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        known = _REASONS.get(error.errno or 0)
        words = known or "The disk refused to write to {place}. Try another place."
        raise DocumentError(
            f"Nothing was written. {words.format(place=place)} Your records are as they were."
        ) from error

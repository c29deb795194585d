"""What can go wrong with storage: the machine's fault, told to people, or ours, reported."""

from enum import StrEnum

CORRUPT, NOT_A_DATABASE = 11, 26
_FULL, _IO, _CANNOT_OPEN, _READ_ONLY, _BUSY, _LOCKED = 13, 10, 14, 8, 5, 6
_NO_MEMORY = 7


class StorageTrouble(StrEnum):
    """Which fault of the machine."""

    FULL = "full"
    IO = "io"
    LOCKED = "locked"
    READ_ONLY = "read_only"
    UNREACHABLE = "unreachable"
    MOVED = "moved"
    DAMAGED = "damaged"
    MEMORY = "memory"


SENTENCES = {
    StorageTrouble.FULL: (
        "The disk is full. What was saved before is intact; the last change was not saved. Free "
        "some space, then go on: nothing has to be typed again while this window stays open."
    ),
    StorageTrouble.IO: (
        "The disk reported an error while reading or writing. What was saved before is kept; the "
        "last change was not saved. Make a backup to another disk before going on."
    ),
    StorageTrouble.LOCKED: (
        "Another program is holding the database, often a virus scanner or a backup. Nothing is "
        "lost; the last change was not saved. Wait a moment and try again."
    ),
    StorageTrouble.READ_ONLY: (
        "The vault folder cannot be written to. What was saved before is kept; the last change "
        "was not saved. Check the folder's rights or the disk's write protection."
    ),
    StorageTrouble.UNREACHABLE: (
        "The database file cannot be opened. Nothing was changed. Check that the disk is "
        "connected and that the vault folder was not moved."
    ),
    StorageTrouble.MOVED: (
        "The clinic's database is not in its place any more: the vault folder was moved, deleted "
        "or replaced while Mesodesk was open. What you type stays on the screen and is not kept. "
        "Put the folder back where it was and go on; if it is gone, restore the newest backup."
    ),
    StorageTrouble.DAMAGED: (
        "A part of the database file is damaged. Nothing was overwritten. Close Mesodesk, copy "
        "the whole vault folder to another disk, and restore the newest good backup."
    ),
    StorageTrouble.MEMORY: (
        "The computer has too little memory for this. What was saved before is kept; the last "
        "change was not saved. Close other programs and try again."
    ),
}

_TROUBLES = {
    _FULL: StorageTrouble.FULL,
    _IO: StorageTrouble.IO,
    _BUSY: StorageTrouble.LOCKED,
    _LOCKED: StorageTrouble.LOCKED,
    _READ_ONLY: StorageTrouble.READ_ONLY,
    _CANNOT_OPEN: StorageTrouble.UNREACHABLE,
    CORRUPT: StorageTrouble.DAMAGED,
    NOT_A_DATABASE: StorageTrouble.DAMAGED,
    _NO_MEMORY: StorageTrouble.MEMORY,
}


class StorageError(Exception):
    """Anything that storage raises on purpose; `sentence` is for people."""

    sentence = "The database refused this. Nothing was saved by it."


class StorageUnavailable(StorageError):  # noqa: N818  a state, not only an error
    """The environment's fault: full disk, damaged file, a lock. The program is not to blame."""

    def __init__(self, trouble: StorageTrouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.sentence = SENTENCES[trouble]


class StorageBug(StorageError):  # noqa: N818
    """The program's fault: wrong SQL, a broken constraint. To be reported, never shown raw."""

    sentence = (
        "Mesodesk made a mistake and this change was not saved. What was saved before is intact. "
        "Please report what you were doing."
    )


class TooNewError(StorageError):
    """The vault was written by a newer program."""

    sentence = (
        "This vault was last used with a newer version of Mesodesk. Nothing was changed. Install "
        "the newer version on this computer and open the vault again."
    )


# Copying a database, the driver tells SQLite's own words alone.
_SAID = {
    "attempt to write a readonly database": _READ_ONLY,
    "database disk image is malformed": CORRUPT,
    "database is locked": _BUSY,
    "database or disk is full": _FULL,
    "database table is locked": _LOCKED,
    "disk I/O error": _IO,
    "file is not a database": NOT_A_DATABASE,
    "out of memory": _NO_MEMORY,
    "unable to open database file": _CANNOT_OPEN,
}


def result_code(error: BaseException) -> int | None:
    """Return SQLite's primary result code of a driver error or of what SQLAlchemy wrapped it in."""
    causes = (getattr(error, "orig", None), error, error.__cause__)
    for one in causes:
        code = getattr(one, "sqlite_errorcode", None)
        if isinstance(code, int):
            return code & 0xFF
    return next((_SAID[str(one)] for one in causes if str(one) in _SAID), None)


def translate(error: BaseException) -> StorageError:
    """Return what an error of the driver or of SQLAlchemy means, without any of its values."""
    if isinstance(error, StorageError):
        return error
    if isinstance(error, MemoryError):
        return StorageUnavailable(StorageTrouble.MEMORY)
    trouble = _TROUBLES.get(result_code(error) or 0)
    return StorageBug(type(error).__name__) if trouble is None else StorageUnavailable(trouble)

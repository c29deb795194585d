"""Backups: where they are kept, and what was done with them."""

from enum import StrEnum


class PlaceKind(StrEnum):
    """A folder that is always there, or a stick that comes and goes."""

    FOLDER = "folder"
    STICK = "stick"


class RunKind(StrEnum):
    """What was done: made, read back, restored for a trial, restored."""

    BACKUP = "backup"
    READBACK = "readback"
    DRILL = "drill"
    RESTORE = "restore"


class RunOutcome(StrEnum):
    """Only a container that a new process has read back whole counts as verified."""

    VERIFIED = "verified"
    FAILED = "failed"

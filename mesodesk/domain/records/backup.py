"""Backups: where they are kept, what was done with them, and how safe that makes the clinic."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID

AMBER_AFTER: Final = timedelta(days=3)
RED_AFTER: Final = timedelta(days=7)
STICK_WITHIN: Final = timedelta(days=7)
STICK_RED_AFTER: Final = timedelta(days=28)
"""How long a new clinic may go without a backup on a stick."""

READ_BACK_EVERY: Final = timedelta(days=30)
MUCH_SMALLER: Final = 0.6
"""A backup below this part of the one before has lost something, or the vault has."""


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


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """Somewhere that backups go to; `path` is where it was last found."""

    id: UUID
    version: int
    kind: PlaceKind
    path: Path
    marker: str
    label: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One container made, read back, tried or restored."""

    id: UUID
    kind: RunKind
    place_id: UUID | None
    name: str
    seq: int
    size: int
    outcome: RunOutcome
    trouble: str
    reason: str
    made_at: datetime
    verified_at: datetime | None

    @property
    def verified(self) -> bool:
        return self.outcome is RunOutcome.VERIFIED


@dataclass(frozen=True, slots=True)
class PlaceStanding:
    """How one place stands.

    `last` is the newest verified backup there, `changes` what was changed since, `changed_since`
    when that began; `trouble` is what went wrong there after it, else empty; `lost` names backups
    that could not be read back since.
    """

    place: PlaceRecord
    last: RunRecord | None
    changes: int
    trouble: str = ""
    much_smaller: bool = False
    lost: tuple[str, ...] = ()
    changed_since: datetime | None = None


class Urgency(StrEnum):
    """How pressing it is to make a backup."""

    CALM = "calm"
    SOON = "soon"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class BackupStanding:
    """How the backups stand. `changes` counts from the newest verified one, wherever it lies.

    `began` is when the vault was made, `paused_since` when it was restored, until somebody says
    that it is the right one.
    """

    places: tuple[PlaceStanding, ...]
    changes: int
    began: datetime
    changed_since: datetime | None = None
    last_drill: RunRecord | None = None
    paused_since: datetime | None = None

    @property
    def newest(self) -> RunRecord | None:
        """The newest verified backup, wherever it lies."""
        made = [each.last for each in self.places if each.last is not None]
        return max(made, key=lambda run: run.seq, default=None)

    def urgency(self, now: datetime) -> Urgency:
        """Tell how pressing it is: by how long changes have been waiting for a backup."""
        if not self.changes or self.changed_since is None:
            return Urgency.CALM
        waiting = now - self.changed_since
        if waiting >= RED_AFTER:
            return Urgency.NOW
        return Urgency.SOON if waiting >= AMBER_AFTER else Urgency.CALM

    @property
    def _sticks(self) -> tuple[PlaceStanding, ...]:
        sticks = (each for each in self.places if each.place.kind is PlaceKind.STICK)
        return tuple(each for each in sticks if each.last is not None)

    @property
    def is_all_here(self) -> bool:
        """Whether there are backups, and every one lies where theft or fire takes the records."""
        return self.newest is not None and not self._sticks

    def lacks_stick(self, now: datetime) -> bool:
        """Tell whether the first week is over and no backup has ever gone to a stick."""
        return not self._sticks and now - self.began >= STICK_WITHIN

    def stick_urgency(self, now: datetime) -> Urgency:
        """Tell how long changes have been on no stick: copies on this computer do not calm that."""
        newest = max(self._sticks, key=_seq, default=None)
        if newest is None or newest.changed_since is None:
            return Urgency.CALM
        waiting = now - newest.changed_since
        if waiting >= STICK_RED_AFTER:
            return Urgency.NOW
        return Urgency.SOON if waiting >= STICK_WITHIN else Urgency.CALM

    def stick_days(self, now: datetime) -> int:
        """Return for how many whole days changes have been on no stick; 0 without any."""
        newest = max(self._sticks, key=_seq, default=None)
        since = None if newest is None else newest.changed_since
        return 0 if since is None else (now - since).days


def _seq(each: PlaceStanding) -> int:
    return 0 if each.last is None else each.last.seq

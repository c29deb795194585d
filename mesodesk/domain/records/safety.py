"""How safe the clinic is today, beside its backups."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mesodesk.domain.records.backup import BackupStanding

TRY_KIT_EVERY: Final = timedelta(days=365)
DRILL_EVERY: Final = timedelta(days=92)
CHECK_EVERY: Final = timedelta(days=7)
LITTLE_ROOM_MB: Final = 1000


@dataclass(frozen=True, slots=True)
class SafetyStanding:
    """What the log tells of backups, recovery kit and examinations.

    `kits` is how many recovery keys open the vault; `kit_proved_at` when one was last typed: at its
    making or at a try-out. `free_mb` is the room left on the disk of the records.
    """

    backups: BackupStanding
    kits: int
    kit_made_at: datetime | None
    kit_proved_at: datetime | None
    checked_at: datetime | None
    check_findings: int
    free_mb: int | None

    def kit_is_due(self, now: datetime) -> bool:
        return not self.kits or _is_over(self.kit_proved_at, TRY_KIT_EVERY, now)

    def drill_is_due(self, now: datetime) -> bool:
        drill = self.backups.last_drill
        passed_at = drill.made_at if drill is not None and drill.verified else None
        return _is_over(passed_at or self.backups.began, DRILL_EVERY, now)

    def check_is_due(self, now: datetime) -> bool:
        return _is_over(self.checked_at, CHECK_EVERY, now)

    @property
    def little_room(self) -> bool:
        return self.free_mb is not None and self.free_mb < LITTLE_ROOM_MB


def _is_over(last: datetime | None, every: timedelta, now: datetime) -> bool:
    return last is None or now - last >= every

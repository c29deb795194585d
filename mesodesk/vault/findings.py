"""What an examination of a vault finds, in words."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Severity(StrEnum):
    """`alarm`: records are damaged, missing or altered; `warning`: a protection is weakened."""

    ALARM = "alarm"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; `object_id` is the record concerned, where there is one."""

    severity: Severity
    area: str
    sentence: str
    object_id: UUID | None = None

    @property
    def line(self) -> str:
        """The finding on one line, for a terminal."""
        concerned = "" if self.object_id is None else f" [{self.object_id}]"
        return f"{self.severity}: {self.area}: {self.sentence}{concerned}"


def alarm(area: str, sentence: str) -> Finding:
    return Finding(Severity.ALARM, area, sentence)


def warning(area: str, sentence: str) -> Finding:
    return Finding(Severity.WARNING, area, sentence)

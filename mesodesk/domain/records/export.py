"""What leaves the vault in a form that any program reads: tables of plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from mesodesk.domain.records.photo import PhotoRecord, Picture


class ExportFormat(StrEnum):
    """In what form records leave."""

    PDF = "pdf"
    CSV = "csv"
    JSON = "json"


class ExportScope(StrEnum):
    """What leaves: one session or consent, all of one patient, everything."""

    SESSION = "session"
    CONSENT = "consent"
    PATIENT = "patient"
    CLINIC = "clinic"


class ExportEnd(StrEnum):
    """How an export ended, as the log keeps it."""

    WRITTEN = "written"
    FAILED = "failed"
    STOPPED = "stopped"


class PhotoStays(StrEnum):
    """Why the file of a photograph stays where everything of a clinic leaves."""

    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    NOT_ASKED = "not_asked"
    OTHER_PURPOSE = "other_purpose"
    IN_ERROR = "in_error"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class LeavingPhoto:
    """A photograph that leaves with records, or stays.

    `picture` is None where the file is lost or damaged, and where it `stays`, for the reason that
    `why` tells. `record_number` is empty where one patient leaves: all are of that patient.
    """

    photo: PhotoRecord
    picture: Picture | None
    record_number: str = ""
    stays: PhotoStays | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class ExportHead:
    """What stands at the beginning of an export.

    `record_number` is that of the one patient, empty for a whole clinic; `left_out` counts the
    patients whose record is restricted to others, `schema` names the revision of the tables.
    `photographs` lie as files beside the records, of `photographs_lost` the file is missing or
    damaged, `photographs_stay` stay for the reasons that `photographs_why` tells.
    """

    scope: ExportScope
    vault_id: UUID
    schema: str
    program: str
    made_at: datetime
    made_by: str
    clinic: str
    record_number: str = ""
    left_out: int = 0
    photographs: int = 0
    photographs_lost: int = 0
    photographs_stay: int = 0
    photographs_why: str = ""


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table: its name, its columns in order, and how many rows follow."""

    name: str
    columns: tuple[str, ...]
    rows: int


PlainRow = Sequence[Any]
"""Values as `domain.canonical.plain` gives them: text, whole numbers, flags, lists, mappings."""


class ExportSink(Protocol):
    """Takes tables one after the other; nothing is to be held longer than a part of one."""

    def begin(self, head: ExportHead) -> None:
        """Take the head, before the first table."""

    def table(self, table: ExportTable) -> None:
        """Begin a table."""

    def rows(self, rows: Sequence[PlainRow]) -> None:
        """Take rows of the table that was begun last."""

    def end(self) -> None:
        """Learn that no more comes."""

    def drop(self) -> None:
        """Let go of what is open: the rest does not come, and what was written goes."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: `left_out` counts patients whose record is restricted to others.

    `photographs` were written as files; of `photographs_lost` the file is missing or damaged;
    `photographs_stay` counts those of a clinic that stay, by reason.
    """

    tables: int
    rows: int
    left_out: int = 0
    photographs: int = 0
    photographs_lost: int = 0
    photographs_stay: Mapping[PhotoStays, int] = field(default_factory=dict)

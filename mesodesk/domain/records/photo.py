"""Photographs: as they are brought, as they stand on record, and what is drawn over them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from mesodesk.domain.alignment import Alignment, Place
from mesodesk.domain.records.consent import PhotoDecision, PhotoPurpose


class PhotoFormat(StrEnum):
    """The form of the file, which stays as it came."""

    JPEG = "jpeg"
    PNG = "png"
    HEIC = "heic"

    @property
    def ending(self) -> str:
        """How the name of such a file ends."""
        return ".jpg" if self is PhotoFormat.JPEG else f".{self.value}"


class MarkKind(StrEnum):
    """What is drawn over a photograph."""

    ARROW = "arrow"
    CIRCLE = "circle"
    TEXT = "text"


WAITING_FORM: Final = "photo"
"""The form of the drafts that photographs belong to which are not on record yet."""
MOST_TEXT: Final = 80
"""Characters of a text that is drawn over a photograph."""


@dataclass(frozen=True, slots=True)
class PreparedPhoto:
    """A picture that was looked through and stripped, ready to be kept.

    `data` is what is kept: the picture bit for bit, without what else the file held.
    `received_sha256` is of the file as it came. Sizes are in pixels, held upright. `thumbnail` is a
    small JPEG, `taken_on` the day that the camera told.
    """

    data: bytes
    format: PhotoFormat
    width_px: int
    height_px: int
    thumbnail: bytes
    received_size: int
    received_sha256: bytes
    taken_on: date | None = None
    device: str = ""


@dataclass(frozen=True, slots=True)
class WaitingPhoto:
    """A photograph that was brought and is not on record yet; without an id in memory alone."""

    name: str
    prepared: PreparedPhoto = field(repr=False)
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PhotosWaiting:
    """What one person brought for a patient and has not decided on; `lost` are names."""

    patient_id: UUID
    waiting: tuple[WaitingPhoto, ...]
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PhotoFields:
    """What is said of a photograph; it can be put right later, which is kept in the log.

    `area` and `angle` are ids of `photo_views.toml`; both make the view. `purposes` are what it was
    taken for: the record is always one of them.
    """

    area: str
    angle: str
    taken_on: date
    purposes: frozenset[PhotoPurpose] = frozenset({PhotoPurpose.RECORD})
    session_id: UUID | None = None
    note: str = ""

    @property
    def view(self) -> str:
        """The code of the view: `abdomen.front`."""
        return f"{self.area}.{self.angle}"


@dataclass(frozen=True, slots=True)
class PhotoRecord:
    """A photograph on record. Hashes are SHA-256; the file is read by `PhotoService.picture`."""

    id: UUID
    version: int
    patient_id: UUID
    fields: PhotoFields
    format: PhotoFormat
    width_px: int
    height_px: int
    device: str
    stored_size: int
    stored_sha256: bytes
    received_sha256: bytes
    kept_at: datetime
    kept_by: str
    marks: int = 0
    error_reason: str = ""
    error_by: str = ""
    error_at: datetime | None = None

    @property
    def is_struck(self) -> bool:
        """Whether it was entered in error: it stays on record and is shown as such."""
        return self.error_at is not None


@dataclass(frozen=True, slots=True)
class PhotoBefore:
    """What was said of a photograph until somebody put it right, and who did."""

    version: int
    fields: PhotoFields
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class MarkFields:
    """One thing drawn: from `start` to `end`; a text begins at `start`.

    Of a circle they are its middle and a place on it.
    """

    kind: MarkKind
    start: Place
    end: Place
    text: str = ""


@dataclass(frozen=True, slots=True)
class MarkRecord:
    """A mark of the layer over a photograph; one taken away stays on record and is not shown."""

    id: UUID
    fields: MarkFields
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class PairRecord:
    """How the later of two photographs is laid over the earlier one."""

    before_id: UUID
    after_id: UUID
    alignment: Alignment
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The file of a photograph as kept, with the layer that is drawn over it."""

    photo: PhotoRecord
    data: bytes = field(repr=False)
    marks: tuple[MarkRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class PatientPhotos:
    """A patient's photographs, the latest day first, with their thumbnails by id.

    `decisions` is what the patient said to each purpose, as it holds now.
    """

    patient_id: UUID
    photos: tuple[PhotoRecord, ...]
    thumbnails: Mapping[UUID, bytes] = field(repr=False)
    decisions: Mapping[PhotoPurpose, PhotoDecision]

    @property
    def standing(self) -> tuple[PhotoRecord, ...]:
        """All but what was entered in error."""
        return tuple(each for each in self.photos if not each.is_struck)

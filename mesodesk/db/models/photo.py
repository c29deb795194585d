"""Tables of photographs: what is known of each, its thumbnail, what is drawn over it, pairs.

The picture itself is an encrypted file beside the database (`vault/photo_files.py`); its key stands
here.
"""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mesodesk.db.base import Base, Record
from mesodesk.db.models.triggers import append_only, refusal
from mesodesk.db.types import Json, by_value
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.photo import MarkKind, PhotoFormat


class PhotoRow(Record):
    """One photograph. What was kept of it is never changed; what is said of it can be put right."""

    __tablename__ = "photo"
    __table_args__ = (
        CheckConstraint("width_px > 0 AND height_px > 0 AND stored_size > 0", name="has_size"),
        CheckConstraint("length(file_key) = 32", name="key_length"),
        CheckConstraint("area <> '' AND angle <> ''", name="viewed"),
        CheckConstraint(
            "(error_at IS NULL) = (error_reason = '') AND (error_at IS NULL) = (error_by IS NULL)",
            name="error_reasoned",
        ),
        Index("ix_photo_patient", "patient_id", "taken_on"),
        Index("ix_photo_session", "session_id"),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("session.id", ondelete="RESTRICT"))
    area: Mapped[str]
    angle: Mapped[str]
    taken_on: Mapped[date]
    purposes: Mapped[list[Any]] = mapped_column(Json())
    note: Mapped[str] = mapped_column(default="")
    format: Mapped[PhotoFormat] = mapped_column(by_value(PhotoFormat))
    width_px: Mapped[int]
    height_px: Mapped[int]
    device: Mapped[str] = mapped_column(default="")
    received_size: Mapped[int]
    received_sha256: Mapped[bytes]
    stored_size: Mapped[int]
    stored_sha256: Mapped[bytes]
    file_size: Mapped[int]
    file_sha256: Mapped[bytes]
    file_key: Mapped[bytes]
    kept_by_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    kept_by_name: Mapped[str]
    error_at: Mapped[datetime | None]
    error_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    error_by_name: Mapped[str] = mapped_column(default="")
    error_reason: Mapped[str] = mapped_column(default="")


class PhotoBeforeRow(Base):
    """What was said of a photograph before it was put right; `version` is the one it had then."""

    __tablename__ = "photo_before"

    photo_id: Mapped[UUID] = mapped_column(
        ForeignKey("photo.id", ondelete="RESTRICT"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    area: Mapped[str]
    angle: Mapped[str]
    taken_on: Mapped[date]
    purposes: Mapped[list[Any]] = mapped_column(Json())
    session_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("session.id", ondelete="RESTRICT"), index=True
    )
    note: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    changed_by_name: Mapped[str]


class PhotoThumbnailRow(Base):
    """A small JPEG of a photograph, so that a list opens no files."""

    __tablename__ = "photo_thumbnail"

    photo_id: Mapped[UUID] = mapped_column(
        ForeignKey("photo.id", ondelete="RESTRICT"), primary_key=True
    )
    jpeg: Mapped[bytes]


class PhotoMarkRow(Base):
    """One thing drawn over a photograph: a layer of its own. Taken away, it stays on record."""

    __tablename__ = "photo_mark"
    __table_args__ = (
        CheckConstraint("(kind = 'text') = (text <> '')", name="text_or_shape"),
        CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed_by_somebody"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    photo_id: Mapped[UUID] = mapped_column(ForeignKey("photo.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[MarkKind] = mapped_column(by_value(MarkKind))
    x1_ppm: Mapped[int]
    y1_ppm: Mapped[int]
    x2_ppm: Mapped[int]
    y2_ppm: Mapped[int]
    text: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    made_by_name: Mapped[str]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))


class PhotoPairRow(Base):
    """How a later photograph is laid over an earlier one; the last of two photographs counts."""

    __tablename__ = "photo_pair"
    __table_args__ = (
        CheckConstraint("before_id <> after_id", name="two_photos"),
        Index("ix_photo_pair_both", "before_id", "after_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    before_id: Mapped[UUID] = mapped_column(ForeignKey("photo.id", ondelete="RESTRICT"))
    after_id: Mapped[UUID] = mapped_column(ForeignKey("photo.id", ondelete="RESTRICT"), index=True)
    places_ppm: Mapped[list[Any]] = mapped_column(Json())
    transform: Mapped[dict[str, Any]] = mapped_column(Json())
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    made_by_name: Mapped[str]


_FROZEN: Final = (
    "id, created_at, patient_id, format, width_px, height_px, device, received_size,"
    " received_sha256, stored_size, stored_sha256, file_size, file_sha256, file_key, kept_by_id,"
    " kept_by_name"
)
_MARK_FROZEN: Final = (
    "id, photo_id, kind, x1_ppm, y1_ppm, x2_ppm, y2_ppm, text, made_at, made_by, made_by_name"
)
_KEPT: Final = "a photograph stays on record as it was kept"

PHOTO_TRIGGERS: Final = (
    refusal("photo_kept_update", f"UPDATE OF {_FROZEN} ON photo", "", _KEPT),
    refusal(
        "photo_error_once",
        "UPDATE ON photo",
        "OLD.error_at IS NOT NULL",
        "an error is marked once",
    ),
    refusal("photo_no_delete", "DELETE ON photo", "", _KEPT),
    *append_only("photo_before"),
    *append_only("photo_thumbnail"),
    refusal(
        "photo_mark_kept_update",
        f"UPDATE OF {_MARK_FROZEN} ON photo_mark",
        "",
        "what was drawn stays on record",
    ),
    refusal(
        "photo_mark_removed_once",
        "UPDATE ON photo_mark",
        "OLD.removed_at IS NOT NULL",
        "a mark is taken away once",
    ),
    refusal("photo_mark_no_delete", "DELETE ON photo_mark", "", "what was drawn stays on record"),
    *append_only("photo_pair"),
)
"""One CREATE TRIGGER statement each, for the migration that makes the tables."""

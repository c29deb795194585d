"""Tables of the backups: where they go, and what was made, read back and restored."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from mesodesk.db.base import Base, Record
from mesodesk.db.models.triggers import append_only
from mesodesk.db.types import by_value
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.backup import PlaceKind, RunKind, RunOutcome


class BackupPlaceRow(Record):
    """A folder or a stick that backups go to; `marker` is in a file there, to know a stick by."""

    __tablename__ = "backup_place"
    __table_args__ = (
        Index("uq_backup_place_marker", "marker", unique=True, sqlite_where=text("marker <> ''")),
    )

    kind: Mapped[PlaceKind] = mapped_column(by_value(PlaceKind))
    path: Mapped[str]
    marker: Mapped[str] = mapped_column(default="")
    label: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)


class BackupRunRow(Base):
    """One container made, read back, or restored; a run that failed says why in `trouble`.

    `seq` and `head` name the last audit entry in the container, which `made_at` belongs to; without
    a place it lies in the program's own folder.
    """

    __tablename__ = "backup_run"
    __table_args__ = (
        CheckConstraint("seq >= 0 AND size >= 0", name="not_negative"),
        CheckConstraint("length(head) = 32", name="digest_length"),
        CheckConstraint(
            "(outcome = 'verified') = (verified_at IS NOT NULL)", name="verified_dated"
        ),
        CheckConstraint("(outcome = 'failed') = (trouble <> '')", name="failure_told"),
        Index("ix_backup_run_place", "place_id", "made_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[RunKind] = mapped_column(by_value(RunKind))
    place_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("backup_place.id", ondelete="RESTRICT")
    )
    name: Mapped[str]
    seq: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[bytes] = mapped_column(LargeBinary(32))
    size: Mapped[int] = mapped_column(BigInteger)
    outcome: Mapped[RunOutcome] = mapped_column(by_value(RunOutcome))
    trouble: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]


BACKUP_TRIGGERS: Final = (*append_only("backup_run"),)
"""One CREATE TRIGGER statement each, for the migration that makes the tables."""

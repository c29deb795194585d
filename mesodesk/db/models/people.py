"""Tables of who may see which patient: restricted records, and opening one in an emergency."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mesodesk.db.base import Base, Record
from mesodesk.db.models.triggers import refusal


class NeedToKnowRow(Base):
    """A patient whose record only its members see; without a row everybody does."""

    __tablename__ = "need_to_know"
    __table_args__ = (CheckConstraint("reason <> ''", name="reasoned"),)

    patient_id: Mapped[UUID] = mapped_column(
        ForeignKey("patient.id", ondelete="RESTRICT"), primary_key=True
    )
    reason: Mapped[str]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    set_at: Mapped[datetime]


class NeedToKnowMemberRow(Base):
    """Somebody who sees a restricted record."""

    __tablename__ = "need_to_know_member"

    patient_id: Mapped[UUID] = mapped_column(
        ForeignKey("need_to_know.patient_id", ondelete="RESTRICT"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("app_user.id", ondelete="RESTRICT"), primary_key=True
    )


class EmergencyAccessRow(Record):
    """A restricted record opened by somebody who is no member, and what the owner said to it.

    It holds in the run of the program that the audit chain calls `boot_id`, until `until_ms` of the
    clock that cannot be set and goes on while the computer sleeps.
    """

    __tablename__ = "emergency_access"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reasoned"),
        CheckConstraint("(reviewed_by IS NULL) = (reviewed_at IS NULL)", name="review_whole"),
        Index("ix_emergency_access_patient", "patient_id", "user_id"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    reason: Mapped[str]
    boot_id: Mapped[str] = mapped_column(String(40))
    opened_at: Mapped[datetime]
    until_ms: Mapped[int] = mapped_column(BigInteger)
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    reviewed_at: Mapped[datetime | None]
    review: Mapped[str] = mapped_column(default="")


PEOPLE_TRIGGERS: Final = (
    refusal(
        "emergency_access_closed_update",
        "UPDATE OF id, created_at, user_id, patient_id, reason, boot_id, opened_at, until_ms"
        " ON emergency_access",
        "",
        "what was opened in an emergency stays on record",
    ),
    refusal(
        "emergency_access_reviewed_update",
        "UPDATE ON emergency_access",
        "OLD.reviewed_at IS NOT NULL",
        "a review is not changed",
    ),
    refusal(
        "emergency_access_no_delete",
        "DELETE ON emergency_access",
        "",
        "what was opened in an emergency stays on record",
    ),
)
"""One CREATE TRIGGER statement each, for the migration that makes the tables."""

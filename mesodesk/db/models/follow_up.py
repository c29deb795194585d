"""Tables of the follow-up: the checks of a session, their items, and the instructions shown."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mesodesk.db.base import Base, Record
from mesodesk.db.models.triggers import refusal
from mesodesk.db.types import by_value
from mesodesk.domain.answers import Answer
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.followup import Channel, FollowUpState

_OPEN: Final = text("state = 'open'")


class FollowUpRow(Record):
    """One planned check of a signed session; `zone` is the clinic's zone it was planned in."""

    __tablename__ = "follow_up"
    __table_args__ = (
        Index("uq_follow_up_session_check", "session_id", "check_id", unique=True),
        Index("ix_follow_up_patient", "patient_id"),
        Index("ix_follow_up_open_due", "due_at", sqlite_where=_OPEN),
    )

    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id", ondelete="RESTRICT"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    check_id: Mapped[str]
    schedule_version: Mapped[int]
    zone: Mapped[str]
    due_at: Mapped[datetime]
    window_from: Mapped[datetime]
    window_to: Mapped[datetime]
    state: Mapped[FollowUpState] = mapped_column(by_value(FollowUpState))
    channel: Mapped[Channel | None] = mapped_column(by_value(Channel))
    note: Mapped[str] = mapped_column(default="")
    missed_reason: Mapped[str] = mapped_column(default="")
    superseded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("session.id", ondelete="RESTRICT")
    )
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    done_by_name: Mapped[str] = mapped_column(default="")

    items: Mapped[list["FollowUpItemRow"]] = relationship(
        cascade="all, delete-orphan", order_by="FollowUpItemRow.item_id", lazy="raise"
    )
    shown: Mapped[list["FollowUpShownRow"]] = relationship(
        order_by="FollowUpShownRow.id", lazy="raise"
    )


class FollowUpItemRow(Base):
    """The answer to one item of a check; an item without a row was not asked."""

    __tablename__ = "follow_up_item"

    follow_up_id: Mapped[UUID] = mapped_column(
        ForeignKey("follow_up.id", ondelete="RESTRICT"), primary_key=True
    )
    item_id: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[Answer] = mapped_column(by_value(Answer, "answer"))
    value: Mapped[str] = mapped_column(default="")
    onset_on: Mapped[date | None]
    still_present: Mapped[Answer] = mapped_column(
        by_value(Answer, "still_present"), default=Answer.NOT_ASKED
    )
    note: Mapped[str] = mapped_column(default="")


class FollowUpShownRow(Base):
    """An instruction put before the user because of a red flag, word for word."""

    __tablename__ = "follow_up_shown"
    __table_args__ = (Index("ix_follow_up_shown_follow_up", "follow_up_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    follow_up_id: Mapped[UUID] = mapped_column(ForeignKey("follow_up.id", ondelete="RESTRICT"))
    item_id: Mapped[str]
    band: Mapped[str]
    instruction: Mapped[str]
    shown_at: Mapped[datetime]
    shown_to: Mapped[str]
    shown_to_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))


_CHECK_DONE: Final = (
    "(SELECT state FROM follow_up WHERE id = {row}.follow_up_id) IN ('done', 'superseded')"
)
_CLOSED: Final = "a completed check is closed"

FOLLOW_UP_TRIGGERS: Final = (
    refusal("follow_up_no_delete", "DELETE ON follow_up", "", "checks are never deleted"),
    refusal(
        "follow_up_closed_update",
        "UPDATE ON follow_up",
        "OLD.state IN ('done', 'superseded')",
        _CLOSED,
    ),
    refusal(
        "follow_up_item_closed_insert",
        "INSERT ON follow_up_item",
        _CHECK_DONE.format(row="NEW"),
        _CLOSED,
    ),
    refusal(
        "follow_up_item_closed_update",
        "UPDATE ON follow_up_item",
        f"{_CHECK_DONE.format(row='OLD')} OR {_CHECK_DONE.format(row='NEW')}",
        _CLOSED,
    ),
    refusal(
        "follow_up_item_closed_delete",
        "DELETE ON follow_up_item",
        _CHECK_DONE.format(row="OLD"),
        _CLOSED,
    ),
    refusal(
        "follow_up_shown_no_update",
        "UPDATE ON follow_up_shown",
        "",
        "what was shown is never changed",
    ),
    refusal(
        "follow_up_shown_no_delete",
        "DELETE ON follow_up_shown",
        "",
        "what was shown is never deleted",
    ),
)
"""One CREATE TRIGGER statement each, for the migration that makes the tables."""

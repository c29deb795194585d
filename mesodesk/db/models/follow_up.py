"""Tables of the follow-up: the checks of a session, their items, and the instructions shown."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mesodesk.db.base import Base, Record
from mesodesk.db.models.triggers import append_only, refusal
from mesodesk.db.types import Json, by_value
from mesodesk.domain.answers import Answer
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.followup import (
    AttemptOutcome,
    Channel,
    DiarySource,
    FollowUpState,
)

_OPEN: Final = text("state = 'open'")
_MISSED: Final = text("state = 'missed'")
_PLANNED: Final = text("check_id <> 'any_time'")


class FollowUpRow(Record):
    """One check of a signed session; `zone` is the clinic's zone it was planned in.

    Each is planned once; only of those that a patient's own call began there may be several.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        Index(
            "uq_follow_up_session_check",
            "session_id",
            "check_id",
            unique=True,
            sqlite_where=_PLANNED,
        ),
        Index("ix_follow_up_session", "session_id"),
        Index("ix_follow_up_patient", "patient_id"),
        Index("ix_follow_up_open_due", "due_at", sqlite_where=_OPEN),
        Index("ix_follow_up_missed_due", "due_at", sqlite_where=_MISSED),
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
    diary: Mapped[list["FollowUpDiaryRow"]] = relationship(
        cascade="all, delete-orphan", order_by="FollowUpDiaryRow.line_id", lazy="raise"
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


class FollowUpDiaryRow(Base):
    """A score from 0 to 10 of one of the days after the session, as it was told at a check."""

    __tablename__ = "follow_up_diary"
    __table_args__ = (
        CheckConstraint("day BETWEEN 1 AND 9", name="day_range"),
        CheckConstraint("score BETWEEN 0 AND 10", name="score_range"),
    )

    follow_up_id: Mapped[UUID] = mapped_column(
        ForeignKey("follow_up.id", ondelete="RESTRICT"), primary_key=True
    )
    line_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    score: Mapped[int]
    source: Mapped[DiarySource] = mapped_column(by_value(DiarySource))


class FollowUpAttemptRow(Base):
    """An attempt to reach the patient for a check; `next_at` is when to try again."""

    __tablename__ = "follow_up_attempt"
    __table_args__ = (Index("ix_follow_up_attempt_follow_up", "follow_up_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    follow_up_id: Mapped[UUID] = mapped_column(ForeignKey("follow_up.id", ondelete="RESTRICT"))
    channel: Mapped[Channel] = mapped_column(by_value(Channel, "attempt_channel"))
    outcome: Mapped[AttemptOutcome] = mapped_column(by_value(AttemptOutcome))
    next_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    tried_at: Mapped[datetime]
    tried_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    tried_by_name: Mapped[str]


class FollowUpEscalationRow(Base):
    """What a completed check calls for: `items` are what raised it; once, what was done about it.

    `band` is the most urgent of them.
    """

    __tablename__ = "follow_up_escalation"
    __table_args__ = (
        CheckConstraint(
            "(handled_at IS NULL) = (handled = '') AND (handled_at IS NULL) = (handled_by IS NULL)",
            name="handled_whole",
        ),
        Index("ix_follow_up_escalation_open", "raised_at", sqlite_where=text("handled_at IS NULL")),
    )

    follow_up_id: Mapped[UUID] = mapped_column(
        ForeignKey("follow_up.id", ondelete="RESTRICT"), primary_key=True
    )
    band: Mapped[str]
    items: Mapped[list[Any]] = mapped_column(Json())
    raised_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    handled_by_name: Mapped[str] = mapped_column(default="")
    handled: Mapped[str] = mapped_column(default="")


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


def _closed_with_its_check(table: str) -> tuple[str, str, str]:
    """Return the statements that let a table's rows change while their check is worked."""
    old, new = _CHECK_DONE.format(row="OLD"), _CHECK_DONE.format(row="NEW")
    return (
        refusal(f"{table}_closed_insert", f"INSERT ON {table}", new, _CLOSED),
        refusal(f"{table}_closed_update", f"UPDATE ON {table}", f"{old} OR {new}", _CLOSED),
        refusal(f"{table}_closed_delete", f"DELETE ON {table}", old, _CLOSED),
    )


FOLLOW_UP_TRIGGERS: Final = (
    refusal("follow_up_no_delete", "DELETE ON follow_up", "", "checks are never deleted"),
    refusal(
        "follow_up_closed_update",
        "UPDATE ON follow_up",
        "OLD.state IN ('done', 'superseded')",
        _CLOSED,
    ),
    *_closed_with_its_check("follow_up_item"),
    *_closed_with_its_check("follow_up_diary"),
    *append_only("follow_up_attempt"),
    refusal(
        "follow_up_escalation_kept_update",
        "UPDATE OF follow_up_id, band, items, raised_at ON follow_up_escalation",
        "",
        "what a check called for stays on record",
    ),
    refusal(
        "follow_up_escalation_handled_once",
        "UPDATE ON follow_up_escalation",
        "OLD.handled_at IS NOT NULL",
        "what was done is said once",
    ),
    refusal(
        "follow_up_escalation_no_delete",
        "DELETE ON follow_up_escalation",
        "",
        "what a check called for stays on record",
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

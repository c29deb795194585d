"""Tables of plans and protocols, and what links sessions and checks to them."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from mesodesk.db.base import Base, Record
from mesodesk.db.models.session import SessionKey, UserKey
from mesodesk.db.models.session_triggers import closed_with_its_session
from mesodesk.db.models.triggers import append_only, refusal
from mesodesk.db.types import Json, by_value
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.followup import Channel
from mesodesk.domain.records.plan import IntervalUnit, PlanState


class ProtocolRow(Record):
    """A protocol of the clinic; what it holds lies in its versions. `name_folded` is to compare.

    A name is free again when its protocol is archived.
    """

    __tablename__ = "protocol"
    __table_args__ = (
        CheckConstraint("name <> ''", name="named"),
        Index(
            "uq_protocol_name",
            "name_folded",
            unique=True,
            sqlite_where=text("archived_at IS NULL"),
        ),
    )

    name: Mapped[str]
    name_folded: Mapped[str]
    archived_at: Mapped[datetime | None]


class ProtocolVersionRow(Base):
    """What a protocol held from one change to the next; `number` counts from 1 without gaps."""

    __tablename__ = "protocol_version"
    __table_args__ = (
        CheckConstraint("number > 0", name="number_positive"),
        Index("uq_protocol_version_number", "protocol_id", "number", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    protocol_id: Mapped[UUID] = mapped_column(ForeignKey("protocol.id", ondelete="RESTRICT"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(Json())
    kept_at: Mapped[datetime]
    kept_by: Mapped[UserKey]
    kept_by_name: Mapped[str]


class PlanRow(Record):
    """A course of sessions agreed on with a patient; an empty number was not agreed on."""

    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint("planned_sessions > 0", name="planned_positive"),
        CheckConstraint("max_sessions > 0", name="maximum_positive"),
        CheckConstraint("interval_count > 0", name="interval_positive"),
        CheckConstraint(
            "(interval_count IS NULL) = (interval_unit IS NULL)", name="interval_has_unit"
        ),
        CheckConstraint("(state = 'active') = (ended_at IS NULL)", name="ended_dated"),
        CheckConstraint("(state = 'stopped') = (reason <> '')", name="stopped_reasoned"),
        Index("ix_plan_patient", "patient_id"),
        Index("ix_plan_protocol", "protocol_id"),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    protocol_id: Mapped[UUID | None] = mapped_column(ForeignKey("protocol.id", ondelete="RESTRICT"))
    indication: Mapped[str]
    regions: Mapped[list[str]] = mapped_column(Json(), default=list)
    planned_sessions: Mapped[int | None]
    interval_count: Mapped[int | None]
    interval_unit: Mapped[IntervalUnit | None] = mapped_column(by_value(IntervalUnit))
    max_sessions: Mapped[int | None]
    state: Mapped[PlanState] = mapped_column(by_value(PlanState))
    reason: Mapped[str] = mapped_column(default="")
    begun_by: Mapped[UserKey]
    begun_by_name: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    ended_by_name: Mapped[str] = mapped_column(default="")


class SessionPlanRow(Base):
    """Which session of which plan a session is; without a row it belongs to none.

    `protocol_version_id` is the version of the plan's protocol that the session began with.
    """

    __tablename__ = "session_plan"
    __table_args__ = (
        CheckConstraint("number > 0", name="number_positive"),
        Index("ix_session_plan_plan", "plan_id", "number"),
        Index("ix_session_plan_protocol", "protocol_version_id"),
    )

    session_id: Mapped[SessionKey] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id", ondelete="RESTRICT"))
    number: Mapped[int]
    protocol_version_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("protocol_version.id", ondelete="RESTRICT")
    )


class FollowUpProtocolRow(Base):
    """The version of a protocol that a check was planned by, and what it says of the check."""

    __tablename__ = "follow_up_protocol"
    __table_args__ = (Index("ix_follow_up_protocol_protocol", "protocol_version_id"),)

    follow_up_id: Mapped[UUID] = mapped_column(
        ForeignKey("follow_up.id", ondelete="RESTRICT"), primary_key=True
    )
    protocol_version_id: Mapped[UUID] = mapped_column(
        ForeignKey("protocol_version.id", ondelete="RESTRICT")
    )
    title: Mapped[str] = mapped_column(default="")
    channel: Mapped[Channel | None] = mapped_column(by_value(Channel))


PLAN_TRIGGERS: Final = (
    *append_only("protocol_version"),
    refusal("protocol_no_delete", "DELETE ON protocol", "", "protocols are never deleted"),
    refusal("plan_no_delete", "DELETE ON plan", "", "plans are never deleted"),
    *closed_with_its_session("session_plan"),
    *append_only("follow_up_protocol"),
)
"""One CREATE TRIGGER statement each, for the migration that makes the tables."""

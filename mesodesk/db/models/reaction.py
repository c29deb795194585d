"""Tables of reactions: the reaction, what was known of it when, its places, lots and reports."""

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mesodesk.db.base import Base, Record
from mesodesk.db.models.session import SessionKey, UserKey
from mesodesk.db.models.triggers import append_only, refusal
from mesodesk.db.types import Json, by_value
from mesodesk.domain.answers import Answer
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.patient import BodySex
from mesodesk.domain.records.reaction import Precision

_VersionKey = Annotated[UUID, mapped_column(ForeignKey("reaction_version.id", ondelete="RESTRICT"))]
_MINUTES: Final = "{name}_minute IS NULL OR ({name}_minute BETWEEN 0 AND 1439)"
_DATED: Final = (
    "({name}_precision = 'unknown') = ({name}_on IS NULL)"
    " AND ({name}_precision = 'time') = ({name}_minute IS NOT NULL)"
)


class ReactionRow(Record):
    """A reaction of a patient. What is known of it stands in its versions; this is never changed.

    It can be marked as entered in error, once. `items` are answers of a check it was told by.
    """

    __tablename__ = "reaction"
    __table_args__ = (
        CheckConstraint("(follow_up_id IS NULL) = (items = '[]')", name="told_by_items"),
        CheckConstraint(
            "(error_at IS NULL) = (error_reason = '') AND (error_at IS NULL) = (error_by IS NULL)",
            name="error_reasoned",
        ),
        Index("ix_reaction_patient", "patient_id"),
        Index("ix_reaction_follow_up", "follow_up_id"),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    follow_up_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("follow_up.id", ondelete="RESTRICT")
    )
    items: Mapped[list[Any]] = mapped_column(Json())
    error_at: Mapped[datetime | None]
    error_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    error_by_name: Mapped[str] = mapped_column(default="")
    error_reason: Mapped[str] = mapped_column(default="")

    versions: Mapped[list["ReactionVersionRow"]] = relationship(
        order_by="ReactionVersionRow.number", lazy="raise"
    )
    reports: Mapped[list["ReactionReportRow"]] = relationship(
        order_by="ReactionReportRow.id", lazy="raise"
    )


class ReactionVersionRow(Base):
    """What was known of a reaction from one moment on; the highest number stands.

    `session_id` is the first version of the session it followed; `demand_id` the new consent that
    was asked for because of it.
    """

    __tablename__ = "reaction_version"
    __table_args__ = (
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("(number = 1) = (reason = '')", name="change_reasoned"),
        CheckConstraint("kind <> ''", name="named"),
        CheckConstraint("grade BETWEEN 1 AND 5", name="grade_range"),
        CheckConstraint("grade IS NULL OR (scale <> '' AND scale_name <> '')", name="grade_scaled"),
        CheckConstraint("serious = 'yes' OR criteria = '[]'", name="criteria_serious"),
        CheckConstraint("ended = 'yes' OR end_precision = 'unknown'", name="end_of_ended"),
        CheckConstraint(_DATED.format(name="onset"), name="onset_dated"),
        CheckConstraint(_DATED.format(name="end"), name="end_dated"),
        CheckConstraint(_MINUTES.format(name="onset"), name="onset_minute_range"),
        CheckConstraint(_MINUTES.format(name="end"), name="end_minute_range"),
        Index("uq_reaction_version_number", "reaction_id", "number", unique=True),
        Index("ix_reaction_version_session", "session_id"),
        Index("ix_reaction_version_demand", "demand_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reaction_id: Mapped[UUID] = mapped_column(ForeignKey("reaction.id", ondelete="RESTRICT"))
    number: Mapped[int]
    session_id: Mapped[SessionKey]
    kind: Mapped[str]
    what: Mapped[str] = mapped_column(default="")
    scale: Mapped[str] = mapped_column(default="")
    scale_name: Mapped[str] = mapped_column(default="")
    grade: Mapped[int | None]
    grade_label: Mapped[str] = mapped_column(default="")
    serious: Mapped[Answer] = mapped_column(by_value(Answer, "serious"))
    criteria: Mapped[list[Any]] = mapped_column(Json())
    onset_precision: Mapped[Precision] = mapped_column(by_value(Precision, "onset_precision"))
    onset_on: Mapped[date | None]
    onset_minute: Mapped[int | None]
    ended: Mapped[Answer] = mapped_column(by_value(Answer, "ended"))
    end_precision: Mapped[Precision] = mapped_column(by_value(Precision, "end_precision"))
    end_on: Mapped[date | None]
    end_minute: Mapped[int | None]
    relatedness: Mapped[str] = mapped_column(default="")
    actions: Mapped[list[Any]] = mapped_column(Json())
    action_note: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    demand_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("consent_demand.id", ondelete="RESTRICT")
    )
    author_id: Mapped[UserKey]
    author_name: Mapped[str]
    written_at: Mapped[datetime]

    places: Mapped[list["ReactionPlaceRow"]] = relationship(
        order_by="ReactionPlaceRow.position", lazy="raise"
    )
    suspects: Mapped[list["ReactionSuspectRow"]] = relationship(
        order_by="ReactionSuspectRow.position", lazy="raise"
    )


class ReactionPlaceRow(Base):
    """A place of a reaction on the skin of a figure: a triangle, two weights, and its region."""

    __tablename__ = "reaction_place"
    __table_args__ = (
        CheckConstraint("triangle >= 0", name="triangle_not_negative"),
        CheckConstraint("u >= 0 AND v >= 0 AND u + v <= 1.000001", name="in_triangle"),
    )

    version_id: Mapped[_VersionKey] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    atlas_id: Mapped[str]
    body_sex: Mapped[BodySex] = mapped_column(by_value(BodySex))
    triangle: Mapped[int]
    u: Mapped[float]
    v: Mapped[float]
    region: Mapped[str]


class ReactionSuspectRow(Base):
    """A lot that was suspected, in the words of its label when it was drawn up."""

    __tablename__ = "reaction_suspect"
    __table_args__ = (Index("ix_reaction_suspect_lot", "lot_id"),)

    version_id: Mapped[_VersionKey] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lot.id", ondelete="RESTRICT"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id", ondelete="RESTRICT"))
    product_name: Mapped[str]
    lot_number: Mapped[str]


class ReactionReportRow(Base):
    """That somebody was told of a reaction, and by whom that was noted."""

    __tablename__ = "reaction_report"
    __table_args__ = (
        CheckConstraint("recipient <> ''", name="named"),
        Index("ix_reaction_report_reaction", "reaction_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reaction_id: Mapped[UUID] = mapped_column(ForeignKey("reaction.id", ondelete="RESTRICT"))
    recipient: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    reported_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    author_id: Mapped[UserKey]
    author_name: Mapped[str]
    noted_at: Mapped[datetime]


_KEPT: Final = "a reaction stays on record"

REACTION_TRIGGERS: Final = (
    refusal(
        "reaction_kept_update",
        "UPDATE OF id, created_at, patient_id, follow_up_id, items ON reaction",
        "",
        _KEPT,
    ),
    refusal(
        "reaction_error_once",
        "UPDATE ON reaction",
        "OLD.error_at IS NOT NULL",
        "an error is marked once",
    ),
    refusal("reaction_no_delete", "DELETE ON reaction", "", _KEPT),
    *append_only("reaction_version"),
    *append_only("reaction_place"),
    *append_only("reaction_suspect"),
    *append_only("reaction_report"),
)
"""One CREATE TRIGGER statement each, for the migration that makes the tables."""

"""Tables of a session: its head, syringes, chart, acknowledgements, seal and addenda.

A session that has left the draft state is closed to every writer of the database by the triggers of
`session_triggers.py`, not only by the services.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mesodesk.db.base import Base, Record
from mesodesk.db.types import Json, ScaledDecimal, by_value
from mesodesk.domain.answers import Answer
from mesodesk.domain.findings import FindingKind
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.patient import BodySex
from mesodesk.domain.records.session import SessionState

VolumeMl = Annotated[Decimal, mapped_column(ScaledDecimal(places=3))]
SessionKey = Annotated[UUID, mapped_column(ForeignKey("session.id", ondelete="RESTRICT"))]
UserKey = Annotated[UUID, mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))]

_DRAFT_ONLY = text("state = 'draft'")
_SIGNED_ONLY = text("state = 'signed'")


class EditState(StrEnum):
    """Where an edit of the chart stands: in force, undone but redoable, or left behind for good."""

    APPLIED = "applied"
    UNDONE = "undone"
    DROPPED = "dropped"


class SessionRow(Record):
    """The head of a session with what is typed into its stations.

    `number` counts the patient's sessions; one entered in error gives its number back, and what
    amends a session has its number. `zone` and
    `therapist_name` are the clinic's zone and the therapist's name when the session began.
    """

    __tablename__ = "session"
    __table_args__ = (
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("pain BETWEEN 0 AND 10", name="pain_scale"),
        CheckConstraint("observation_min >= 0", name="observation_not_negative"),
        CheckConstraint("weight_kg > 0", name="weight_positive"),
        CheckConstraint("height_cm > 0", name="height_positive"),
        CheckConstraint(
            "next_session_on IS NULL OR NOT no_next_session", name="next_session_or_none"
        ),
        Index(
            "uq_session_patient_number",
            "patient_id",
            "number",
            unique=True,
            sqlite_where=_SIGNED_ONLY,
        ),
        Index(
            "uq_session_one_draft",
            "patient_id",
            unique=True,
            sqlite_where=_DRAFT_ONLY,
        ),
        Index("ix_session_patient", "patient_id", "number"),
        Index("ix_session_state_started", "state", "started_at"),
        Index("ix_session_next_on", "next_session_on"),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    number: Mapped[int]
    state: Mapped[SessionState] = mapped_column(by_value(SessionState))
    therapist_id: Mapped[UserKey]
    therapist_name: Mapped[str]
    started_at: Mapped[datetime]
    zone: Mapped[str]
    atlas_id: Mapped[str]
    body_sex: Mapped[BodySex] = mapped_column(by_value(BodySex))
    height_cm: Mapped[Decimal | None] = mapped_column(ScaledDecimal(places=1))

    anything_changed: Mapped[Answer] = mapped_column(
        by_value(Answer, "anything_changed"), default=Answer.NOT_ASKED
    )
    changes: Mapped[str] = mapped_column(default="")
    reaction_to_last: Mapped[Answer] = mapped_column(
        by_value(Answer, "reaction_to_last"), default=Answer.NOT_ASKED
    )
    reaction_to_last_detail: Mapped[str] = mapped_column(default="")
    emergency_kit: Mapped[Answer] = mapped_column(
        by_value(Answer, "emergency_kit"), default=Answer.NOT_ASKED
    )
    weight_kg: Mapped[Decimal | None] = mapped_column(ScaledDecimal(places=3))

    skin_preparation: Mapped[str] = mapped_column(default="")
    aseptic_steps: Mapped[dict[str, Any]] = mapped_column(Json(), default=dict)

    pain: Mapped[int | None]
    reactions: Mapped[dict[str, Any]] = mapped_column(Json(), default=dict)
    reaction_note: Mapped[str] = mapped_column(default="")
    observation_min: Mapped[int | None]
    aftercare_id: Mapped[str] = mapped_column(default="")
    aftercare_version: Mapped[int | None]
    aftercare_language: Mapped[str] = mapped_column(default="")
    aftercare_given: Mapped[Answer] = mapped_column(
        by_value(Answer, "aftercare_given"), default=Answer.NOT_ASKED
    )
    next_session_on: Mapped[date | None]
    no_next_session: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")

    signed_at: Mapped[datetime | None]
    discard_reason: Mapped[str] = mapped_column(default="")

    syringes: Mapped[list["SyringeRow"]] = relationship(
        back_populates="session", order_by="SyringeRow.digit", lazy="raise"
    )
    acknowledgements: Mapped[list["SessionAcknowledgementRow"]] = relationship(
        order_by="SessionAcknowledgementRow.id", lazy="raise"
    )
    addenda: Mapped[list["SessionAddendumRow"]] = relationship(
        order_by="SessionAddendumRow.seq", lazy="raise"
    )
    seal: Mapped["SessionSealRow | None"] = relationship(lazy="raise")


class SyringeRow(Base):
    """A syringe drawn up for one session.

    A syringe put away is marked, not deleted: undoing on the chart may need it again.
    """

    __tablename__ = "syringe"
    __table_args__ = (
        CheckConstraint("digit BETWEEN 1 AND 9", name="digit_range"),
        CheckConstraint("wasted_ml >= 0", name="wasted_not_negative"),
        CheckConstraint("left_ml >= 0", name="left_not_negative"),
        Index(
            "uq_syringe_session_digit",
            "session_id",
            "digit",
            unique=True,
            sqlite_where=text("NOT removed"),
        ),
        Index("ix_syringe_session", "session_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[SessionKey]
    digit: Mapped[int]
    label: Mapped[str] = mapped_column(default="")
    wasted_ml: Mapped[Decimal | None] = mapped_column(ScaledDecimal(places=3))
    left_ml: Mapped[Decimal | None] = mapped_column(ScaledDecimal(places=3))
    removed: Mapped[bool] = mapped_column(default=False)

    session: Mapped[SessionRow] = relationship(back_populates="syringes", lazy="raise")
    components: Mapped[list["SyringeComponentRow"]] = relationship(
        cascade="all, delete-orphan", order_by="SyringeComponentRow.position", lazy="raise"
    )


class SyringeComponentRow(Base):
    """Millilitres of one lot in a syringe, with the label's words and strengths frozen."""

    __tablename__ = "syringe_component"
    __table_args__ = (
        CheckConstraint("volume_ml > 0", name="volume_positive"),
        Index("ix_syringe_component_syringe", "syringe_id"),
        Index("ix_syringe_component_lot", "lot_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    syringe_id: Mapped[UUID] = mapped_column(ForeignKey("syringe.id", ondelete="RESTRICT"))
    position: Mapped[int]
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lot.id", ondelete="RESTRICT"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id", ondelete="RESTRICT"))
    product_name: Mapped[str]
    product_class: Mapped[str] = mapped_column(default="")
    lot_number: Mapped[str]
    expires_on: Mapped[date]
    diluent: Mapped[bool] = mapped_column(default=False)
    volume_ml: Mapped[VolumeMl]
    actives: Mapped[list[dict[str, Any]]] = mapped_column(Json(), default=list)


class SessionAcknowledgementRow(Base):
    """Somebody read a finding and went on, and why; taken back it is marked, not deleted."""

    __tablename__ = "session_acknowledgement"
    __table_args__ = (
        Index(
            "uq_session_acknowledgement_rule",
            "session_id",
            "rule_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_session_acknowledgement_session", "session_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[SessionKey]
    rule_id: Mapped[str]
    rule_version: Mapped[int]
    reason: Mapped[str]
    overridden: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[FindingKind] = mapped_column(by_value(FindingKind))
    fingerprint: Mapped[str] = mapped_column(default="")
    user_id: Mapped[UserKey]
    user_name: Mapped[str]
    acknowledged_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class ChartFieldRow(Base):
    """A field of the chart as it stands, its points packed in one array.

    `definition` holds what no query asks for; `volume_ul` and `point_count` are sums of the points;
    `regions` names the regions of the atlas that the points lie in.
    """

    __tablename__ = "chart_field"
    __table_args__ = (
        CheckConstraint("point_count >= 0", name="count_not_negative"),
        CheckConstraint("volume_ul >= 0", name="volume_not_negative"),
        Index("ix_chart_field_session", "session_id"),
        Index("ix_chart_field_syringe", "syringe_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[SessionKey]
    syringe_id: Mapped[UUID] = mapped_column(ForeignKey("syringe.id", ondelete="RESTRICT"))
    definition: Mapped[dict[str, Any]] = mapped_column(Json())
    point_count: Mapped[int]
    volume_ul: Mapped[int]
    regions: Mapped[list[str]] = mapped_column(Json(), default=list)
    points: Mapped[bytes] = mapped_column(LargeBinary)


class ChartEditRow(Base):
    """One gesture on the chart, kept for undo without limit and for the record.

    `seq` counts every edit ever made in the session without gaps; `position` is the place in the
    chain that undo walks, which a new edit after an undo takes over from the one it drops.
    `payload` is JSON: the edit, and the regions of the fields it touched before and after.
    """

    __tablename__ = "chart_edit"
    __table_args__ = (
        Index(
            "uq_chart_edit_position",
            "session_id",
            "position",
            unique=True,
            sqlite_where=text("state <> 'dropped'"),
        ),
        Index("ix_chart_edit_state", "session_id", "state", "position"),
    )

    session_id: Mapped[SessionKey] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int]
    state: Mapped[EditState] = mapped_column(by_value(EditState))
    merge_key: Mapped[str | None]
    payload: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[UserKey]


class SessionSnapshotRow(Base):
    """What screening said when the session was signed, as canonical JSON."""

    __tablename__ = "session_snapshot"

    session_id: Mapped[SessionKey] = mapped_column(primary_key=True)
    payload: Mapped[str]
    taken_at: Mapped[datetime]


class SessionSealRow(Base):
    """The seal: canonical JSON of the session, its SHA-256 and the signer's Ed25519 signature."""

    __tablename__ = "session_seal"

    session_id: Mapped[SessionKey] = mapped_column(primary_key=True)
    format: Mapped[int]
    content: Mapped[str]
    sha256: Mapped[str]
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    signed_by: Mapped[UserKey]
    signer_name: Mapped[str]
    signed_at: Mapped[datetime]


class SessionAddendumRow(Base):
    """A dated addition to a signed session.

    `seq` counts from 1 without gaps; `sha256` covers the text and the digest before it, the first
    one the seal's, so that none can be altered, swapped or taken out of the middle.
    """

    __tablename__ = "session_addendum"
    __table_args__ = (Index("uq_session_addendum_seq", "session_id", "seq", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[SessionKey]
    seq: Mapped[int]
    text: Mapped[str]
    author_id: Mapped[UserKey]
    author_name: Mapped[str]
    written_at: Mapped[datetime]
    sha256: Mapped[str]
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))

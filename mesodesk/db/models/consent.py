"""Tables of consent: the clinic's own texts, consents with their seals, withdrawals, demands.

A signed consent is closed to every writer of the database by triggers, not only by the services.
"""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mesodesk.db.base import Base, Record
from mesodesk.db.models.session import UserKey
from mesodesk.db.models.triggers import append_only, refusal
from mesodesk.db.types import Json, by_value
from mesodesk.domain.answers import Answer
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.consent import (
    ConsentMethod,
    ConsentState,
    DemandKind,
    SignerKind,
    TextOrigin,
    WithdrawalScope,
)
from mesodesk.domain.records.stock import RegulatoryStatus


class ConsentTextRow(Base):
    """A version of a text that the clinic wrote; never changed, only followed by a later one."""

    __tablename__ = "consent_text"
    __table_args__ = (
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("body <> ''", name="written"),
        UniqueConstraint("text_id", "language", "number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    text_id: Mapped[str]
    language: Mapped[str]
    number: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]
    asks_anew: Mapped[bool]
    made_by: Mapped[UserKey]
    made_by_name: Mapped[str]
    made_at: Mapped[datetime]


class ConsentRow(Record):
    """One consent of a patient; `number` counts them and gives their order.

    What a draft shows is put together anew each time; `shown` and the text's version are written at
    signing. `strokes_for` is the digest of the text that the strokes were drawn under.
    """

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("planned_sessions > 0", name="planned_positive"),
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed_dated"),
        CheckConstraint("state <> 'signed' OR shown <> ''", name="signed_shown"),
        CheckConstraint(
            "state <> 'signed' OR method = 'paper' OR strokes IS NOT NULL", name="signed_drawn"
        ),
        UniqueConstraint("patient_id", "number"),
        Index(
            "uq_consent_one_draft",
            "patient_id",
            unique=True,
            sqlite_where=text("state = 'draft'"),
        ),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    number: Mapped[int]
    state: Mapped[ConsentState] = mapped_column(by_value(ConsentState))
    started_at: Mapped[datetime]
    started_by: Mapped[str]

    text_id: Mapped[str]
    text_origin: Mapped[TextOrigin] = mapped_column(by_value(TextOrigin))
    text_version: Mapped[int]
    language: Mapped[str]
    areas: Mapped[list[str]] = mapped_column(Json(), default=list)
    planned_sessions: Mapped[int | None]
    alternatives: Mapped[str] = mapped_column(default="")
    informed_on: Mapped[date | None]
    time_to_reflect: Mapped[Answer] = mapped_column(
        by_value(Answer, "time_to_reflect"), default=Answer.NOT_ASKED
    )
    questions_asked: Mapped[Answer] = mapped_column(
        by_value(Answer, "questions_asked"), default=Answer.NOT_ASKED
    )
    questions: Mapped[str] = mapped_column(default="")
    interpreter: Mapped[Answer] = mapped_column(
        by_value(Answer, "interpreter"), default=Answer.NOT_ASKED
    )
    interpreter_name: Mapped[str] = mapped_column(default="")
    photos: Mapped[dict[str, Any]] = mapped_column(Json(), default=dict)
    signer: Mapped[SignerKind] = mapped_column(by_value(SignerKind), default=SignerKind.PATIENT)
    signer_name: Mapped[str] = mapped_column(default="")
    witness: Mapped[str] = mapped_column(default="")
    method: Mapped[ConsentMethod] = mapped_column(
        by_value(ConsentMethod), default=ConsentMethod.DRAWN
    )
    paper_place: Mapped[str] = mapped_column(default="")

    strokes: Mapped[bytes | None] = mapped_column(LargeBinary)
    strokes_for: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    shown: Mapped[str] = mapped_column(default="")
    signed_at: Mapped[datetime | None]
    informer_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    informer_name: Mapped[str] = mapped_column(default="")

    products: Mapped[list["ConsentProductRow"]] = relationship(
        cascade="all, delete-orphan", order_by="ConsentProductRow.position", lazy="raise"
    )
    withdrawals: Mapped[list["ConsentWithdrawalRow"]] = relationship(
        order_by="ConsentWithdrawalRow.seq", lazy="raise"
    )
    seal: Mapped["ConsentSealRow | None"] = relationship(lazy="raise")


class ConsentProductRow(Base):
    """A product that a consent names; what is said of it is brought up to date until signing."""

    __tablename__ = "consent_product"

    consent_id: Mapped[UUID] = mapped_column(
        ForeignKey("consent.id", ondelete="RESTRICT"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id", ondelete="RESTRICT"))
    name: Mapped[str]
    product_class: Mapped[str]
    status: Mapped[RegulatoryStatus] = mapped_column(by_value(RegulatoryStatus))
    status_source: Mapped[str] = mapped_column(default="")
    by_area: Mapped[list[dict[str, Any]]] = mapped_column(Json(), default=list)


class ConsentSealRow(Base):
    """The seal of a signed consent, signed by who informed the patient."""

    __tablename__ = "consent_seal"

    consent_id: Mapped[UUID] = mapped_column(
        ForeignKey("consent.id", ondelete="RESTRICT"), primary_key=True
    )
    format: Mapped[int]
    sha256: Mapped[str]
    signed_by: Mapped[UserKey]
    signer_name: Mapped[str]
    signed_at: Mapped[datetime]
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))


class ConsentWithdrawalRow(Base):
    """What a patient withdrew of a signed consent, signed by who wrote it down.

    `seq` counts those of one consent; each digest binds the one before, the first the seal.
    """

    __tablename__ = "consent_withdrawal"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reasoned"),
        CheckConstraint("seq > 0", name="seq_positive"),
        UniqueConstraint("consent_id", "seq"),
        UniqueConstraint("consent_id", "scope"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id", ondelete="RESTRICT"))
    seq: Mapped[int]
    scope: Mapped[WithdrawalScope] = mapped_column(by_value(WithdrawalScope))
    reason: Mapped[str]
    withdrawn_on: Mapped[date]
    author_id: Mapped[UserKey]
    author_name: Mapped[str]
    recorded_at: Mapped[datetime]
    sha256: Mapped[str]
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))


class ConsentDemandRow(Base):
    """That a new consent is asked for, whatever was signed before, and why."""

    __tablename__ = "consent_demand"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reasoned"),
        CheckConstraint("grade BETWEEN 1 AND 5", name="grade_range"),
        CheckConstraint("kind <> 'reaction' OR grade IS NOT NULL", name="reaction_graded"),
        Index("ix_consent_demand_patient", "patient_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    after_number: Mapped[int]
    kind: Mapped[DemandKind] = mapped_column(by_value(DemandKind))
    grade: Mapped[int | None]
    reason: Mapped[str]
    author_id: Mapped[UserKey]
    author_name: Mapped[str]
    demanded_at: Mapped[datetime]


_CLOSED: Final = "a signed consent is closed"
_STATE: Final = "(SELECT state FROM consent WHERE id = {row}.consent_id)"


def _not_draft(row: str) -> str:
    return f"{_STATE.format(row=row)} <> 'draft'"


CONSENT_TRIGGERS: Final = (
    refusal("consent_closed_update", "UPDATE ON consent", "OLD.state <> 'draft'", _CLOSED),
    refusal(
        "consent_signed_with_seal",
        "UPDATE OF state ON consent",
        "NEW.state = 'signed'"
        " AND NOT EXISTS (SELECT 1 FROM consent_seal WHERE consent_id = NEW.id)",
        "a consent is signed with a seal",
    ),
    refusal(
        "consent_begins_as_draft",
        "INSERT ON consent",
        "NEW.state <> 'draft'",
        "a consent begins as a draft",
    ),
    refusal("consent_no_delete", "DELETE ON consent", "", "consents are never deleted"),
    refusal(
        "consent_product_closed_insert", "INSERT ON consent_product", _not_draft("NEW"), _CLOSED
    ),
    refusal(
        "consent_product_closed_update",
        "UPDATE ON consent_product",
        f"{_not_draft('OLD')} OR {_not_draft('NEW')}",
        _CLOSED,
    ),
    refusal(
        "consent_product_closed_delete", "DELETE ON consent_product", _not_draft("OLD"), _CLOSED
    ),
    refusal(
        "consent_seal_at_signing",
        "INSERT ON consent_seal",
        _not_draft("NEW"),
        "the seal is set at signing",
    ),
    refusal(
        "consent_withdrawal_of_signed",
        "INSERT ON consent_withdrawal",
        f"{_STATE.format(row='NEW')} <> 'signed'",
        "only a signed consent is withdrawn",
    ),
    *append_only("consent_seal"),
    *append_only("consent_withdrawal"),
    *append_only("consent_demand"),
    *append_only("consent_text"),
)
"""One CREATE TRIGGER statement each, for the migration that makes the tables."""

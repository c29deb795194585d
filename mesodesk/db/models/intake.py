"""Tables of the intake: its head, answers, medicines and allergies."""

from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mesodesk.db.base import Base, Record
from mesodesk.db.models.triggers import refusal
from mesodesk.db.types import ScaledDecimal, by_value
from mesodesk.domain.answers import Answer
from mesodesk.domain.records.intake import IntakeState

_DRAFT = text("state = 'draft'")


class IntakeRow(Record):
    """One intake of a patient; closed by triggers once it is completed.

    `number` counts the patient's intakes: it gives their order, whatever the clock says.
    """

    __tablename__ = "intake"
    __table_args__ = (
        CheckConstraint("height_cm > 0", name="height_positive"),
        CheckConstraint("weight_kg > 0", name="weight_positive"),
        CheckConstraint("skin_type BETWEEN 1 AND 6", name="skin_type_range"),
        CheckConstraint(
            "(state = 'completed') = (completed_at IS NOT NULL)", name="completed_dated"
        ),
        CheckConstraint("number > 0", name="number_positive"),
        UniqueConstraint("patient_id", "number"),
        Index(
            "uq_intake_one_draft",
            "patient_id",
            unique=True,
            sqlite_where=_DRAFT,
        ),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    number: Mapped[int]
    questionnaire_id: Mapped[str]
    questionnaire_version: Mapped[int]
    state: Mapped[IntakeState] = mapped_column(by_value(IntakeState))
    based_on: Mapped[UUID | None] = mapped_column(ForeignKey("intake.id", ondelete="RESTRICT"))
    medicines_asked: Mapped[bool] = mapped_column(default=False)
    allergies_asked: Mapped[bool] = mapped_column(default=False)
    height_cm: Mapped[Decimal | None] = mapped_column(ScaledDecimal(places=1))
    weight_kg: Mapped[Decimal | None] = mapped_column(ScaledDecimal(places=3))
    skin_type: Mapped[int | None]
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    completed_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("app_user.id", ondelete="RESTRICT")
    )
    completed_by: Mapped[str] = mapped_column(default="")

    answers: Mapped[list["IntakeAnswerRow"]] = relationship(
        cascade="all, delete-orphan", order_by="IntakeAnswerRow.item_id", lazy="raise"
    )
    medicines: Mapped[list["IntakeMedicineRow"]] = relationship(
        cascade="all, delete-orphan", order_by="IntakeMedicineRow.position", lazy="raise"
    )
    allergies: Mapped[list["IntakeAllergyRow"]] = relationship(
        cascade="all, delete-orphan", order_by="IntakeAllergyRow.position", lazy="raise"
    )


class IntakeAnswerRow(Base):
    """The answer to one item; an item without a row was not asked."""

    __tablename__ = "intake_answer"

    intake_id: Mapped[UUID] = mapped_column(
        ForeignKey("intake.id", ondelete="RESTRICT"), primary_key=True
    )
    item_id: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[Answer] = mapped_column(by_value(Answer))
    detail: Mapped[str] = mapped_column(default="")
    value: Mapped[str] = mapped_column(default="")
    confirmed: Mapped[bool] = mapped_column(default=True)


class IntakeMedicineRow(Base):
    """A medicine in the patient's words."""

    __tablename__ = "intake_medicine"

    intake_id: Mapped[UUID] = mapped_column(
        ForeignKey("intake.id", ondelete="RESTRICT"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    dose: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")


class IntakeAllergyRow(Base):
    """A substance and what it did."""

    __tablename__ = "intake_allergy"

    intake_id: Mapped[UUID] = mapped_column(
        ForeignKey("intake.id", ondelete="RESTRICT"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    substance: Mapped[str]
    reaction: Mapped[str] = mapped_column(default="")


_CLOSED: Final = "a completed intake is closed"


def _closed_part(table: str) -> tuple[str, ...]:
    done = "(SELECT state FROM intake WHERE id = {row}.intake_id) = 'completed'"
    old, new = done.format(row="OLD"), done.format(row="NEW")
    return (
        refusal(f"{table}_closed_insert", f"INSERT ON {table}", new, _CLOSED),
        refusal(f"{table}_closed_update", f"UPDATE ON {table}", f"{old} OR {new}", _CLOSED),
        refusal(f"{table}_closed_delete", f"DELETE ON {table}", old, _CLOSED),
    )


INTAKE_TRIGGERS: Final = (
    refusal("intake_closed_update", "UPDATE ON intake", "OLD.state = 'completed'", _CLOSED),
    refusal("intake_no_delete", "DELETE ON intake", "", "intakes are never deleted"),
    *_closed_part("intake_answer"),
    *_closed_part("intake_medicine"),
    *_closed_part("intake_allergy"),
)
"""One CREATE TRIGGER statement each, for the migration that makes the tables."""

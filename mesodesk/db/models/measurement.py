"""Tables of measurements: what was measured or rated, its readings and its scores."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mesodesk.db.base import Base, Record
from mesodesk.db.models.triggers import append_only, refusal
from mesodesk.db.types import Json, ScaledDecimal, by_value
from mesodesk.domain.records.measurement import BodySide, MeasuredUnit, Rater, TakenAt

_ONE_VALUE: Final = (
    "(value_kg IS NOT NULL) + (value_cm IS NOT NULL) + (value_mm IS NOT NULL){score} = 1"
)


class MeasurementRow(Record):
    """One thing measured or rated once; `occasion_id` holds together what was taken in one go.

    It is never changed, but can be marked as entered in error, once.
    """

    __tablename__ = "measurement"
    __table_args__ = (
        CheckConstraint(_ONE_VALUE.format(score=" + (score IS NOT NULL)"), name="one_value"),
        CheckConstraint("measure <> ''", name="named"),
        CheckConstraint(
            "(error_at IS NULL) = (error_reason = '') AND (error_at IS NULL) = (error_by IS NULL)",
            name="error_reasoned",
        ),
        Index("ix_measurement_patient", "patient_id", "measured_on"),
        Index("ix_measurement_session", "session_id"),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    occasion_id: Mapped[UUID]
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("session.id", ondelete="RESTRICT"))
    measured_on: Mapped[date]
    taken_at: Mapped[TakenAt] = mapped_column(by_value(TakenAt))
    observer_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    observer_name: Mapped[str]
    measure: Mapped[str]
    protocol: Mapped[str] = mapped_column(default="")
    landmark_cm: Mapped[Decimal | None] = mapped_column(ScaledDecimal(places=1))
    region: Mapped[str] = mapped_column(default="")
    side: Mapped[BodySide] = mapped_column(by_value(BodySide))
    rater: Mapped[Rater | None] = mapped_column(by_value(Rater))
    value_kg: Mapped[Decimal | None] = mapped_column(ScaledDecimal(places=4))
    value_cm: Mapped[Decimal | None] = mapped_column(ScaledDecimal(places=3))
    value_mm: Mapped[Decimal | None] = mapped_column(ScaledDecimal(places=3))
    score: Mapped[int | None]
    confirmed: Mapped[list[Any]] = mapped_column(Json())
    note: Mapped[str] = mapped_column(default="")
    error_at: Mapped[datetime | None]
    error_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    error_by_name: Mapped[str] = mapped_column(default="")
    error_reason: Mapped[str] = mapped_column(default="")

    readings: Mapped[list["MeasurementReadingRow"]] = relationship(
        order_by="MeasurementReadingRow.number", lazy="raise"
    )
    scores: Mapped[list["MeasurementScoreRow"]] = relationship(
        order_by="MeasurementScoreRow.position", lazy="raise"
    )


class MeasurementReadingRow(Base):
    """One reading: as typed, and in the unit of the record."""

    __tablename__ = "measurement_reading"
    __table_args__ = (
        CheckConstraint("number BETWEEN 1 AND 3", name="number_range"),
        CheckConstraint(_ONE_VALUE.format(score=""), name="one_value"),
    )

    measurement_id: Mapped[UUID] = mapped_column(
        ForeignKey("measurement.id", ondelete="RESTRICT"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    typed: Mapped[Decimal] = mapped_column(ScaledDecimal(places=3))
    unit: Mapped[MeasuredUnit] = mapped_column(by_value(MeasuredUnit))
    value_kg: Mapped[Decimal | None] = mapped_column(ScaledDecimal(places=3))
    value_cm: Mapped[Decimal | None] = mapped_column(ScaledDecimal(places=2))
    value_mm: Mapped[Decimal | None] = mapped_column(ScaledDecimal(places=2))


class MeasurementScoreRow(Base):
    """One rated item: its score, and the words of that level as they were shown."""

    __tablename__ = "measurement_score"

    measurement_id: Mapped[UUID] = mapped_column(
        ForeignKey("measurement.id", ondelete="RESTRICT"), primary_key=True
    )
    item_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    score: Mapped[int]
    label: Mapped[str]


_FROZEN: Final = (
    "id, created_at, patient_id, occasion_id, session_id, measured_on, taken_at, observer_id,"
    " observer_name, measure, protocol, landmark_cm, region, side, rater, value_kg, value_cm,"
    " value_mm, score, confirmed, note"
)
_KEPT: Final = "what was measured stays on record"

MEASUREMENT_TRIGGERS: Final = (
    refusal("measurement_kept_update", f"UPDATE OF {_FROZEN} ON measurement", "", _KEPT),
    refusal(
        "measurement_error_once",
        "UPDATE ON measurement",
        "OLD.error_at IS NOT NULL",
        "an error is marked once",
    ),
    refusal("measurement_no_delete", "DELETE ON measurement", "", _KEPT),
    *append_only("measurement_reading"),
    *append_only("measurement_score"),
)
"""One CREATE TRIGGER statement each, for the migration that makes the tables."""

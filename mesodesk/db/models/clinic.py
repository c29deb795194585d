"""Tables of the clinic and of the people who work in it."""

from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mesodesk.db.base import Record
from mesodesk.db.types import Json, by_value
from mesodesk.domain.records.clinic import LengthUnit, Role, WeightUnit


class ClinicRow(Record):
    """The one clinic of this vault.

    `last_patient` counts the patients ever entered: the next one's number follows from it, so that
    no record number comes twice. Counting is no edit and leaves `version` alone.
    """

    __tablename__ = "clinic"
    __table_args__ = (
        CheckConstraint("only_one = 1", name="only_one"),
        CheckConstraint("minimum_age BETWEEN 0 AND 120", name="minimum_age_range"),
        CheckConstraint("idle_lock_minutes BETWEEN 1 AND 60", name="idle_lock_range"),
        CheckConstraint("last_patient >= 0", name="last_patient_not_negative"),
        UniqueConstraint("only_one"),
    )

    only_one: Mapped[int] = mapped_column(default=1)
    name: Mapped[str]
    jurisdiction: Mapped[str] = mapped_column(default="")
    language: Mapped[str]
    zone: Mapped[str]
    weight_unit: Mapped[WeightUnit] = mapped_column(by_value(WeightUnit))
    length_unit: Mapped[LengthUnit] = mapped_column(by_value(LengthUnit))
    minimum_age: Mapped[int]
    idle_lock_minutes: Mapped[int]
    address: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    emergency_phone: Mapped[str] = mapped_column(default="")
    escalation: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    limits: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default=text("'{}'"))
    # A clinic that was there before the rule goes on as it did until its owner switches it on.
    consent_required: Mapped[bool] = mapped_column(default=True, server_default=text("0"))
    consent_months: Mapped[int | None]
    intake_months: Mapped[int | None]
    last_patient: Mapped[int] = mapped_column(default=0)


class UserRow(Record):
    """Somebody who can unlock the vault; never removed, because the record names them."""

    __tablename__ = "app_user"
    __table_args__ = (CheckConstraint("colour >= 0", name="colour_not_negative"),)

    name: Mapped[str]
    initials: Mapped[str]
    role: Mapped[Role] = mapped_column(by_value(Role))
    colour: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

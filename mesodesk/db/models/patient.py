"""The table of patients. Their search words lie in the full-text tables of `db.search`."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mesodesk.db.base import Record
from mesodesk.db.search_words import NUMBER_DIGITS
from mesodesk.db.types import by_value
from mesodesk.domain.records.patient import BodySex

_CURRENT = text("archived_at IS NULL")


class PatientRow(Record):
    """A patient.

    `seq` counts patients in the order of entry and is their key in the full-text tables, which need
    a whole number. `family_folded`, `given_folded`, `name_key` and `phone_tail` follow from the
    names and the phone (`db.search.index_values`). `touched_at` is when somebody last opened or
    changed the record; it is no edit and leaves `version` alone.
    """

    __tablename__ = "patient"
    __table_args__ = (
        CheckConstraint("family_name <> '' OR given_names <> ''", name="named"),
        CheckConstraint("seq > 0", name="seq_positive"),
        UniqueConstraint("seq"),
        UniqueConstraint("record_number"),
        Index("ix_patient_birth_date", "birth_date"),
        Index("ix_patient_name_key", "name_key"),
        Index("ix_patient_phone_tail", "phone_tail"),
        Index("ix_patient_touched", "touched_at", "seq"),
        Index(
            "ix_patient_current_touched",
            "touched_at",
            "seq",
            sqlite_where=_CURRENT,
        ),
    )

    seq: Mapped[int]
    record_number: Mapped[str]
    family_name: Mapped[str]
    given_names: Mapped[str]
    birth_date: Mapped[date]
    body_sex: Mapped[BodySex] = mapped_column(by_value(BodySex))
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    archived_at: Mapped[datetime | None]
    touched_at: Mapped[datetime]
    family_folded: Mapped[str]
    given_folded: Mapped[str]
    name_key: Mapped[str]
    phone_tail: Mapped[str] = mapped_column(default="")


def record_number(seq: int) -> str:
    """Return the number that people know the nth patient by: 01482."""
    return str(seq).zfill(NUMBER_DIGITS)

"""Patients as the list and the header show them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class BodySex(StrEnum):
    """Which body figure is drawn; says nothing about gender."""

    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, slots=True)
class PatientFields:
    """What is typed about a patient; texts are stripped, of at most 200 letters (notes 4,000)."""

    family_name: str
    given_names: str
    birth_date: date
    body_sex: BodySex
    phone: str = ""
    email: str = ""
    address: str = ""
    language: str = ""
    note: str = ""

    @property
    def display_name(self) -> str:
        """Return "Family, Given" as lists and headers show it."""
        return ", ".join(part for part in (self.family_name, self.given_names) if part)


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """A patient on record. `record_number` is unique and never reused."""

    id: UUID
    version: int
    record_number: str
    fields: PatientFields
    archived_at: datetime | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PatientHit:
    """A row of the patient list, strings ready-made for painting.

    Of a `restricted` one, whom who acts may not see, birth date and phone are left out.
    """

    id: UUID
    record_number: str
    name: str
    birth_date: date | None
    phone: str
    archived: bool
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A patient on record who may be the one about to be entered, and why."""

    hit: PatientHit
    reasons: tuple[str, ...]

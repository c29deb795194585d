"""What was measured or rated, as typed and as it stands on record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from mesodesk.domain.units import inches_to_cm, pounds_to_kg, rounded


class MeasuredUnit(StrEnum):
    """A unit that a reading was typed in."""

    KG = "kg"
    LB = "lb"
    CM = "cm"
    INCH = "in"
    MM = "mm"


KEPT_PLACES: Final = {
    MeasuredUnit.KG: 3,
    MeasuredUnit.LB: 3,
    MeasuredUnit.CM: 2,
    MeasuredUnit.INCH: 2,
    MeasuredUnit.MM: 2,
}
"""Decimals of the stored value, in kg, cm or mm, by the unit that was typed."""

OTHER_UNIT: Final = {
    MeasuredUnit.KG: MeasuredUnit.LB,
    MeasuredUnit.LB: MeasuredUnit.KG,
    MeasuredUnit.CM: MeasuredUnit.INCH,
    MeasuredUnit.INCH: MeasuredUnit.CM,
}
"""The unit that a figure is easily mistaken for."""


class BodySide(StrEnum):
    """The patient's own side."""

    NONE = "none"
    LEFT = "left"
    RIGHT = "right"


class TakenAt(StrEnum):
    """Where a reading was taken: by the clinic, or by the patient at home."""

    CLINIC = "clinic"
    HOME = "home"


class Rater(StrEnum):
    """Who judged."""

    CLINICIAN = "clinician"
    PATIENT = "patient"


class Doubt(StrEnum):
    """Why a reading is asked about before it is recorded."""

    UNIT = "unit"
    JUMP = "jump"


@dataclass(frozen=True, slots=True)
class Reading:
    """A number as it was typed, with its unit."""

    typed: Decimal
    unit: MeasuredUnit

    @property
    def value(self) -> Decimal:
        """The same in the unit of the record: kg, cm or mm."""
        exact = self.typed
        if self.unit is MeasuredUnit.LB:
            exact = pounds_to_kg(exact)
        elif self.unit is MeasuredUnit.INCH:
            exact = inches_to_cm(exact)
        return rounded(exact, KEPT_PLACES[self.unit])


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """What may be compared: one measure, in one place of the body, on one side, by one protocol.

    `protocol` is where or how, `landmark_cm` the distance that it names, `region` where was rated.
    """

    measure: str
    protocol: str = ""
    landmark_cm: Decimal | None = None
    region: str = ""
    side: BodySide = BodySide.NONE
    rater: Rater | None = None


@dataclass(frozen=True, slots=True)
class MeasurementFields:
    """One thing measured (`readings`) or rated (`scores`, by item), as typed.

    `confirmed`: what was asked about it and answered with "it is so".
    """

    key: SeriesKey
    readings: tuple[Reading, ...] = ()
    scores: Mapping[str, int] = field(default_factory=dict)
    confirmed: frozenset[Doubt] = frozenset()


@dataclass(frozen=True, slots=True)
class MeasuringFields:
    """What was measured on one occasion. `session_id`: at the check of that session."""

    measured_on: date
    taken_at: TakenAt = TakenAt.CLINIC
    items: tuple[MeasurementFields, ...] = ()
    note: str = ""
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ScoreRecord:
    """A level as it was shown: scales number their levels differently, so the words are kept."""

    item: str
    score: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementRecord:
    """One measure on record.

    `value` is in kg, cm, mm, or the sum of the scores. `number` counts a patient's occasions. Of
    one that was entered in error, `error_reason` says why and it counts nowhere.
    """

    id: UUID
    version: int
    patient_id: UUID
    occasion_id: UUID
    session_id: UUID | None
    measured_on: date
    taken_at: TakenAt
    observer: str
    key: SeriesKey
    value: Decimal
    readings: tuple[Reading, ...]
    scores: tuple[ScoreRecord, ...]
    confirmed: frozenset[Doubt]
    note: str
    recorded_at: datetime
    error_reason: str = ""
    error_by: str = ""
    error_at: datetime | None = None

    @property
    def counts(self) -> bool:
        return self.error_at is None

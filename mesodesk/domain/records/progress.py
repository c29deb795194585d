"""What a patient's progress is drawn from: measurements, weights told elsewhere, sessions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from mesodesk.domain.records.measurement import MeasurementRecord


class ToldIn(StrEnum):
    """Where else a weight was told."""

    INTAKE = "intake"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class ToldWeight:
    """A weight that an intake or the check of a session holds."""

    weight_kg: Decimal
    on: date
    told_in: ToldIn


@dataclass(frozen=True, slots=True)
class Given:
    """So much of an active over a session; `amount` is None where a strength is unknown."""

    name: str
    unit: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class ProgressSession:
    """A signed session: its day and what was given, by the key of each active and its unit.

    `volume_ml` is None only where what was given in one area is asked for and nobody knows.
    """

    id: UUID
    number: int
    on: date
    volume_ml: Decimal | None
    given: Mapping[tuple[str, str], Given] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PatientProgress:
    """Everything that the charts show.

    Measurements in the order of their recording, those in error too; sessions in that of time.
    """

    patient_id: UUID
    height_cm: Decimal | None
    measurements: tuple[MeasurementRecord, ...] = ()
    weights: tuple[ToldWeight, ...] = ()
    sessions: tuple[ProgressSession, ...] = ()

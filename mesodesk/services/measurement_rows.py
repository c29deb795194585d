"""Measurements between their tables and their frozen records."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload

from mesodesk.db.models.measurement import (
    MeasurementReadingRow,
    MeasurementRow,
    MeasurementScoreRow,
)
from mesodesk.domain.measures import Measure, MeasureKind
from mesodesk.domain.readings import result_of
from mesodesk.domain.records.measurement import (
    Doubt,
    MeasurementFields,
    MeasurementRecord,
    Reading,
    ScoreRecord,
    SeriesKey,
)
from mesodesk.services.errors import NotFoundError
from mesodesk.services.store import Transaction

_COLUMN: Final = {
    MeasureKind.WEIGHT: "value_kg",
    MeasureKind.GIRTH: "value_cm",
    MeasureKind.SKINFOLD: "value_mm",
}
_WHOLE: Final = (selectinload(MeasurementRow.readings), selectinload(MeasurementRow.scores))


def find_measurement(tx: Transaction, measurement_id: UUID) -> MeasurementRow:
    """Return a measurement with its parts.

    Raises:
        NotFoundError: if there is none of that id, or none that who acts may see.
    """
    wanted = select(MeasurementRow).where(MeasurementRow.id == measurement_id).options(*_WHOLE)
    row = tx.db.scalars(wanted).one_or_none()
    if row is None:
        raise NotFoundError("This measurement is not on record. Nothing was changed.")
    tx.need_patient(row.patient_id)
    return row


def measurements(
    tx: Transaction, *conditions: ColumnElement[bool]
) -> tuple[MeasurementRecord, ...]:
    """Return the measurements that meet the conditions, in the order of their recording."""
    rows = select(MeasurementRow).where(*conditions).options(*_WHOLE).order_by(MeasurementRow.id)
    return tuple(measurement_record(row) for row in tx.db.scalars(rows))


def measurement_record(row: MeasurementRow) -> MeasurementRecord:
    return MeasurementRecord(
        id=row.id,
        version=row.version,
        patient_id=row.patient_id,
        occasion_id=row.occasion_id,
        session_id=row.session_id,
        measured_on=row.measured_on,
        taken_at=row.taken_at,
        observer=row.observer_name,
        key=SeriesKey(row.measure, row.protocol, row.landmark_cm, row.region, row.side, row.rater),
        value=_value(row),
        readings=tuple(Reading(each.typed, each.unit) for each in row.readings),
        scores=tuple(ScoreRecord(each.item_id, each.score, each.label) for each in row.scores),
        confirmed=frozenset(Doubt(each) for each in row.confirmed),
        note=row.note,
        recorded_at=row.created_at,
        error_reason=row.error_reason,
        error_by=row.error_by_name,
        error_at=row.error_at,
    )


def _value(row: MeasurementRow) -> Decimal:
    for value in (row.value_kg, row.value_cm, row.value_mm):
        if value is not None:
            return value
    return Decimal(row.score or 0)


def put_content(
    row: MeasurementRow, measure: Measure, typed: MeasurementFields, language: str
) -> None:
    """Put what was measured into a new row, with its parts.

    Args:
        row: not yet on record.
        measure: what it is.
        typed: checked.
        language: in which the words of the levels were shown.
    """
    key = typed.key
    row.measure, row.protocol, row.landmark_cm = key.measure, key.protocol, key.landmark_cm
    row.region, row.side, row.rater = key.region, key.side, key.rater
    row.confirmed = sorted(typed.confirmed)
    if measure.kind is MeasureKind.RATING:
        row.score = sum(typed.scores.values())
        row.scores = _scores(measure, typed, language)
        return
    column = _COLUMN[measure.kind]
    setattr(row, column, result_of(typed.readings))
    row.readings = _readings(column, typed.readings)


def _readings(column: str, readings: Sequence[Reading]) -> list[MeasurementReadingRow]:
    return [
        MeasurementReadingRow(
            number=number, typed=each.typed, unit=each.unit, **{column: each.value}
        )
        for number, each in enumerate(readings, start=1)
    ]


def _scores(measure: Measure, typed: MeasurementFields, language: str) -> list[MeasurementScoreRow]:
    found = []
    for position, item in enumerate(measure.items):
        score = typed.scores[item.id]
        level = item.level(score)
        label = "" if level is None else level.label.get(language)
        found.append(
            MeasurementScoreRow(item_id=item.id, position=position, score=score, label=label)
        )
    return found

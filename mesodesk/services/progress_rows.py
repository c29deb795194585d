"""Reads what a patient's progress is drawn from: a few statements, whatever the number."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mesodesk.db.models.intake import IntakeRow
from mesodesk.db.models.measurement import MeasurementRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.clock import local_date
from mesodesk.domain.dosing import Mixture, combined
from mesodesk.domain.progress import given_of
from mesodesk.domain.records.intake import IntakeState
from mesodesk.domain.records.progress import (
    Given,
    PatientProgress,
    ProgressSession,
    ToldIn,
    ToldWeight,
)
from mesodesk.domain.records.session import COUNTED, STANDING
from mesodesk.services.chart_rows import FIELDS
from mesodesk.services.clinic import clinic_row
from mesodesk.services.exposure import component_of, syringes_of
from mesodesk.services.measurement_rows import measurements
from mesodesk.services.store import Transaction


def progress_of(tx: Transaction, patient_id: UUID) -> PatientProgress:
    """Return everything that a patient's charts show."""
    zone = clinic_row(tx.db).zone
    height = (
        select(IntakeRow.height_cm)
        .where(IntakeRow.patient_id == patient_id, IntakeRow.height_cm.is_not(None))
        .order_by(IntakeRow.number.desc())
        .limit(1)
    )
    return PatientProgress(
        patient_id=patient_id,
        height_cm=tx.db.scalar(height),
        measurements=measurements(tx, MeasurementRow.patient_id == patient_id),
        weights=tuple(
            sorted(_told_weights(tx.db, patient_id, zone), key=lambda told: (told.on, told.told_in))
        ),
        sessions=_sessions(tx.db, patient_id),
    )


def _told_weights(db: Session, patient_id: UUID, zone: str) -> Iterator[ToldWeight]:
    """Yield the weights of completed intakes and of sessions that stand."""
    intakes = select(IntakeRow.weight_kg, IntakeRow.completed_at).where(
        IntakeRow.patient_id == patient_id, IntakeRow.state == IntakeState.COMPLETED
    )
    for weight_kg, completed_at in db.execute(intakes):
        if weight_kg is not None and completed_at is not None:
            yield ToldWeight(weight_kg, local_date(completed_at, zone), ToldIn.INTAKE)
    sessions = select(SessionRow.weight_kg, SessionRow.started_at, SessionRow.zone).where(
        SessionRow.patient_id == patient_id, SessionRow.state.in_(STANDING)
    )
    for weight_kg, started_at, own_zone in db.execute(sessions):
        if weight_kg is not None:
            yield ToldWeight(weight_kg, local_date(started_at, own_zone), ToldIn.SESSION)


def _sessions(db: Session, patient_id: UUID) -> tuple[ProgressSession, ...]:
    rows = db.execute(
        select(SessionRow.id, SessionRow.number, SessionRow.started_at, SessionRow.zone)
        .where(SessionRow.patient_id == patient_id, SessionRow.state.in_(COUNTED))
        .order_by(SessionRow.started_at, SessionRow.id)
    ).all()
    ids = [row.id for row in rows]
    volumes = _volumes(db, ids)
    mixtures = {
        syringe.id: Mixture(tuple(component_of(part) for part in syringe.components))
        for syringes in syringes_of(db, ids).values()
        for syringe in syringes
    }
    return tuple(
        ProgressSession(
            row.id,
            row.number,
            local_date(row.started_at, row.zone),
            sum(volumes[row.id].values(), start=Decimal(0)),
            _given(volumes[row.id], mixtures),
        )
        for row in rows
    )


def _volumes(db: Session, ids: Collection[UUID]) -> dict[UUID, dict[UUID, Decimal]]:
    """Return what each syringe of each session gave, in mL: points and zones alike."""
    found: defaultdict[UUID, dict[UUID, Decimal]] = defaultdict(dict)
    columns = FIELDS.c
    sums = (
        select(columns.session_id, columns.syringe_id, func.sum(columns.volume_ul).label("ul"))
        .where(columns.session_id.in_(ids))
        .group_by(columns.session_id, columns.syringe_id)
    )
    for row in db.execute(sums):
        found[row.session_id][row.syringe_id] = Decimal(row.ul).scaleb(-3)
    return found


def _given(
    volumes: Mapping[UUID, Decimal], mixtures: Mapping[UUID, Mixture]
) -> dict[tuple[str, str], Given]:
    """Return how much of each active a session gave."""
    delivered = (
        amount
        for syringe_id, volume_ml in volumes.items()
        if volume_ml and syringe_id in mixtures
        for amount in mixtures[syringe_id].delivered(volume_ml)
    )
    return given_of(combined(delivered))

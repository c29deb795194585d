"""Measurements: recorded at once and never changed, marked where they were entered in error."""

from datetime import datetime, time
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mesodesk.db.models.measurement import MeasurementRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.clock import local_date
from mesodesk.domain.ids import new_id
from mesodesk.domain.measures import load_measures
from mesodesk.domain.progress import WEIGHT
from mesodesk.domain.records.measurement import MeasurementRecord, MeasuringFields, TakenAt
from mesodesk.domain.records.progress import PatientProgress
from mesodesk.domain.rights import Right
from mesodesk.services.clinic import clinic_record, clinic_row
from mesodesk.services.drafts import forget_draft
from mesodesk.services.errors import ConflictError, RefusedError
from mesodesk.services.measurement_input import checked_measuring
from mesodesk.services.measurement_rows import (
    find_measurement,
    measurement_record,
    measurements,
    put_content,
)
from mesodesk.services.patient_rows import find_patient
from mesodesk.services.progress_rows import progress_of
from mesodesk.services.store import Store, Transaction
from mesodesk.services.texts import note

FORM = "measuring"
"""The form whose draft ends when what it holds is recorded."""


class MeasurementService:
    """Keeps what was measured and rated, and reads what a patient's progress is drawn from."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def progress(self, patient_id: UUID) -> PatientProgress:
        """Return a patient's measurements, weights told elsewhere, and signed sessions.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
        """
        with self._store.view(Right.RECORD_READ, "patient", patient_id) as tx:
            find_patient(tx, patient_id)
            return progress_of(tx, patient_id)

    def last_weight(self, patient_id: UUID) -> tuple[Decimal, datetime] | None:
        """Return the weight in kg that was measured here last, and noon of its day.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
        """
        with self._store.view(Right.RECORD_READ, "patient", patient_id) as tx:
            find_patient(tx, patient_id)
            last = (
                select(MeasurementRow.value_kg, MeasurementRow.measured_on)
                .where(
                    MeasurementRow.patient_id == patient_id,
                    MeasurementRow.measure == WEIGHT.measure,
                    MeasurementRow.taken_at == TakenAt.CLINIC,
                    MeasurementRow.error_at.is_(None),
                )
                .order_by(MeasurementRow.measured_on.desc(), MeasurementRow.id.desc())
            )
            found = tx.db.execute(last.limit(1)).first()
            if found is None or found.value_kg is None:
                return None
            noon = datetime.combine(found.measured_on, time(12), ZoneInfo(clinic_row(tx.db).zone))
            return found.value_kg, noon

    def record(self, patient_id: UUID, typed: MeasuringFields) -> tuple[MeasurementRecord, ...]:
        """Record what was measured on one occasion, all of it or nothing; ends the form's draft.

        Raises:
            NotFoundError: if there is no such patient or session.
            RefusedError: if the patient is archived.
            InvalidError: naming every field that cannot be taken, and every figure that is far
                from the reading before without somebody having said that it is so.
        """
        with self._store.write(Right.MEASUREMENT_EDIT) as tx:
            patient = find_patient(tx, patient_id)
            if patient.archived_at is not None:
                raise RefusedError(
                    "This patient is in the archive. Nothing was recorded. Take the patient out of"
                    " the archive first."
                )
            clinic = clinic_row(tx.db)
            _need_session_of(tx, typed.session_id, patient_id)
            today = local_date(tx.now, clinic.zone)
            limits = clinic_record(clinic).fields.limits
            checked = checked_measuring(typed, progress_of(tx, patient_id), today, limits)
            rows = _rows(tx, patient_id, checked, clinic.language)
            forget_draft(tx, FORM, str(patient_id))
            tx.audit(
                "measurement.record",
                "patient",
                patient_id,
                patient.version,
                measures=sorted({row.measure for row in rows}),
                count=len(rows),
            )
            tx.touch(Topic.MEASUREMENTS)
            return measurements(tx, MeasurementRow.occasion_id == rows[0].occasion_id)

    def enter_in_error(self, measurement_id: UUID, version: int, reason: str) -> MeasurementRecord:
        """Mark a measurement as entered in error; it stays on record and counts nowhere.

        Raises:
            NotFoundError: if there is no such measurement.
            ConflictError: if it was marked meanwhile.
            InvalidError: if the reason is missing or cannot be taken.
        """
        with self._store.write(Right.MEASUREMENT_EDIT) as tx:
            row = find_measurement(tx, measurement_id)
            if row.version != version or row.error_at is not None:
                raise ConflictError(measurement_record(row))
            row.error_reason = note("reason", reason, "Reason", needed=True)
            row.error_at, row.error_by, row.error_by_name = tx.now, tx.actor.id, tx.actor.name
            tx.db.flush()
            tx.audit("measurement.error", "measurement", row.id, row.version)
            tx.touch(Topic.MEASUREMENTS)
            return measurement_record(row)

    def note_copied(self, patient_id: UUID) -> None:
        """Keep that a progress chart is copied, from where any program takes it.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
        """
        self._note(Right.RECORD_READ, "measurement.copy", patient_id)

    def note_printed(self, patient_id: UUID) -> None:
        """Keep that a progress chart is printed.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
        """
        self._note(Right.PRINT, "measurement.print", patient_id)

    def _note(self, right: Right, action: str, patient_id: UUID) -> None:
        with self._store.write(right) as tx:
            row = find_patient(tx, patient_id)
            tx.audit(action, "patient", row.id, row.version)


def _need_session_of(tx: Transaction, session_id: UUID | None, patient_id: UUID) -> None:
    if session_id is None:
        return
    whose = tx.db.scalar(select(SessionRow.patient_id).where(SessionRow.id == session_id))
    if whose != patient_id:
        raise RefusedError("This session is not one of this patient. Nothing was recorded.")


def _rows(
    tx: Transaction, patient_id: UUID, checked: MeasuringFields, language: str
) -> list[MeasurementRow]:
    occasion_id = new_id()
    rows = []
    for item in checked.items:
        row = MeasurementRow(
            patient_id=patient_id,
            occasion_id=occasion_id,
            session_id=checked.session_id,
            measured_on=checked.measured_on,
            taken_at=checked.taken_at,
            observer_id=tx.actor.id,
            observer_name=tx.actor.name,
            note=checked.note,
        )
        put_content(row, load_measures()[item.key.measure], item, language)
        tx.db.add(row)
        rows.append(row)
    tx.db.flush()
    return rows

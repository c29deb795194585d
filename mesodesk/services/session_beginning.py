"""Beginning a session: a new draft, or the one that is open."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from mesodesk.db.models.measurement import MeasurementRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.bodymap.atlas import shipped_atlas_id
from mesodesk.domain.changes import Topic
from mesodesk.domain.clock import local_date
from mesodesk.domain.progress import WEIGHT
from mesodesk.domain.records.measurement import TakenAt
from mesodesk.domain.records.session import STANDING, SessionRecord, SessionState
from mesodesk.services.chart_scaling import tell_lengths_at
from mesodesk.services.clinic import clinic_row
from mesodesk.services.errors import RefusedError
from mesodesk.services.intake_rows import newest_intake
from mesodesk.services.patient_rows import find_patient, touch_patient
from mesodesk.services.session_rows import find_session, kept_session, session_record
from mesodesk.services.session_versions import refuse_amendment
from mesodesk.services.store import Transaction


def open_draft(tx: Transaction, patient_id: UUID) -> SessionRow | None:
    """Return the session of a patient that is open, None if none is.

    Raises:
        NotFoundError: if there is no such patient.
        RefusedError: if a session of theirs is being amended.
    """
    find_patient(tx, patient_id)
    opened = tx.db.scalar(
        select(SessionRow.id).where(
            SessionRow.patient_id == patient_id, SessionRow.state == SessionState.DRAFT
        )
    )
    if opened is None:
        return None
    refuse_amendment(tx, opened)
    return find_session(tx, opened)


def begin_draft(tx: Transaction, patient_id: UUID) -> SessionRow:
    """Begin a session of a patient who has none open.

    Raises:
        RefusedError: if the patient is archived.
    """
    if find_patient(tx, patient_id).archived_at is not None:
        raise RefusedError(
            "This patient is archived, so no session was begun. Restore the patient first."
        )
    row = _new_draft(tx, patient_id)
    tx.db.add(row)
    tx.db.flush()
    touch_patient(tx, patient_id)
    tx.audit("session.start", "session", row.id, row.version, number=row.number)
    tx.touch(Topic.SESSIONS)
    return find_session(tx, row.id)


def _new_draft(tx: Transaction, patient_id: UUID) -> SessionRow:
    patient, clinic = find_patient(tx, patient_id), clinic_row(tx.db)
    last = tx.db.scalar(
        select(func.max(SessionRow.number)).where(
            SessionRow.patient_id == patient_id, SessionRow.state.in_(STANDING)
        )
    )
    intake = newest_intake(tx, patient_id)
    return SessionRow(
        patient_id=patient_id,
        number=(last or 0) + 1,
        state=SessionState.DRAFT,
        therapist_id=tx.actor.id,
        therapist_name=tx.actor.name,
        started_at=tx.now,
        zone=clinic.zone,
        atlas_id=shipped_atlas_id(),
        body_sex=patient.body_sex,
        height_cm=intake.height_cm if intake else None,
        weight_kg=_weight_of_today(tx, patient_id),
    )


def _weight_of_today(tx: Transaction, patient_id: UUID) -> Decimal | None:
    """Return what a patient weighed here today, in kg: measured, else told at the intake.

    That of an earlier day is not today's; it is told beside the field, and asked anew.
    """
    zone = clinic_row(tx.db).zone
    today = local_date(tx.now, zone)
    measured = select(MeasurementRow.value_kg).where(
        MeasurementRow.patient_id == patient_id,
        MeasurementRow.measure == WEIGHT.measure,
        MeasurementRow.measured_on == today,
        MeasurementRow.taken_at == TakenAt.CLINIC,
        MeasurementRow.error_at.is_(None),
    )
    weight = tx.db.scalar(measured.order_by(MeasurementRow.id.desc()).limit(1))
    intake = newest_intake(tx, patient_id)
    if weight is None and intake is not None:
        asked_on = local_date(intake.completed_at or intake.started_at, zone)
        weight = intake.weight_kg if asked_on == today else None
    return weight


def reopened(tx: Transaction, row: SessionRow) -> SessionRecord:
    """Return a draft that is worked on again, with height and weight where they are known now."""
    known = known_meanwhile(tx, row)
    if "height_cm" in known:
        tell_lengths_at(tx, row, known["height_cm"])
    for name, value in known.items():
        setattr(row, name, value)
    if not known:
        tx.look("session", row.id, row.version, once=True)
        return session_record(row)
    return kept_session(tx, row, "session.update", changed=list(known))


def known_meanwhile(tx: Transaction, row: SessionRow) -> dict[str, Decimal]:
    """Return height and weight that a draft lacks and that are known now, by their columns."""
    if row.height_cm is not None and row.weight_kg is not None:
        return {}
    # Held from here on, it is read once: the weight asks for it too.
    intake = newest_intake(tx, row.patient_id)
    height = intake.height_cm if row.height_cm is None and intake is not None else None
    weight = _weight_of_today(tx, row.patient_id) if row.weight_kg is None else None
    found = {"height_cm": height, "weight_kg": weight}
    return {name: value for name, value in found.items() if value is not None}

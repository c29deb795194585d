"""Beginning a session: a new draft, or the one that is open."""

from uuid import UUID

from sqlalchemy import func, select

from mesodesk.db.models.session import SessionRow
from mesodesk.domain.bodymap.atlas import shipped_atlas_id
from mesodesk.domain.changes import Topic
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
    )


def reopened(tx: Transaction, row: SessionRow) -> SessionRecord:
    """Return a draft that is worked on again, with the height that was not known before."""
    intake = newest_intake(tx, row.patient_id)
    if row.height_cm is not None or intake is None or intake.height_cm is None:
        tx.look("session", row.id, row.version, once=True)
        return session_record(row)
    tell_lengths_at(tx, row, intake.height_cm)
    row.height_cm = intake.height_cm
    return kept_session(tx, row, "session.update", changed=["height_cm"])

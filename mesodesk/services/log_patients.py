"""Whose record an entry of the audit log is about, and the entries about one patient's record."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select

from mesodesk.db.models.consent import ConsentRow
from mesodesk.db.models.follow_up import FollowUpRow
from mesodesk.db.models.intake import IntakeRow
from mesodesk.db.models.measurement import MeasurementRow
from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.people import EmergencyAccessRow
from mesodesk.db.models.photo import PhotoRow
from mesodesk.db.models.plan import PlanRow
from mesodesk.db.models.reaction import ReactionRow
from mesodesk.db.models.session import SessionRow, SyringeRow
from mesodesk.domain.records.audit import LogPatient
from mesodesk.services.store import Transaction

OWNED: Final[Mapping[str, Select[UUID, UUID]]] = {
    # Id of a record, id of its patient.
    "patient": select(PatientRow.id, PatientRow.id),
    "session": select(SessionRow.id, SessionRow.patient_id),
    "syringe": select(SyringeRow.id, SessionRow.patient_id).join(
        SessionRow, SyringeRow.session_id == SessionRow.id
    ),
    "intake": select(IntakeRow.id, IntakeRow.patient_id),
    "follow_up": select(FollowUpRow.id, FollowUpRow.patient_id),
    "plan": select(PlanRow.id, PlanRow.patient_id),
    "consent": select(ConsentRow.id, ConsentRow.patient_id),
    "measurement": select(MeasurementRow.id, MeasurementRow.patient_id),
    "photo": select(PhotoRow.id, PhotoRow.patient_id),
    "reaction": select(ReactionRow.id, ReactionRow.patient_id),
    "emergency_access": select(EmergencyAccessRow.id, EmergencyAccessRow.patient_id),
}
_BY_PATIENT: Final = frozenset({"exposure", "log"})
"""Kinds of which an entry names the patient itself."""


def record_ids(tx: Transaction, patient_id: UUID) -> list[UUID]:
    """Return the id of a patient and of all that is on record of them."""
    found: list[UUID] = []
    for owned in OWNED.values():
        record, patient = owned.selected_columns
        found += tx.connection.execute(
            owned.with_only_columns(record).where(patient == patient_id)
        ).scalars()
    return found or [patient_id]


def about(
    tx: Transaction, objects: Iterable[tuple[str, UUID | None]]
) -> Mapping[UUID | None, LogPatient]:
    """Return by object the patient that it belongs to; what belongs to none is left out."""
    asked: dict[str, set[UUID]] = {}
    for kind, one in objects:
        if one is not None:
            asked.setdefault("patient" if kind in _BY_PATIENT else kind, set()).add(one)
    owners: dict[UUID, UUID] = {}
    for kind, ids in asked.items():
        if kind in OWNED:
            record = OWNED[kind].selected_columns[0]
            rows = tx.connection.execute(OWNED[kind].where(record.in_(ids)))
            owners.update((row[0], row[1]) for row in rows)
    patients = patients_of(tx, set(owners.values()))
    return {one: patients[patient] for one, patient in owners.items() if patient in patients}


def patients_of(tx: Transaction, ids: set[UUID]) -> dict[UUID, LogPatient]:
    """Return patients by id; of a restricted one whoever must not see it learns the number."""
    asked = select(
        PatientRow.id, PatientRow.record_number, PatientRow.family_name, PatientRow.given_names
    ).where(PatientRow.id.in_(ids))
    return {
        row.id: LogPatient(row.id, row.record_number, "" if row.id in tx.hidden else _name(row))
        for row in tx.connection.execute(asked)
    }


def _name(row: Any) -> str:  # noqa: ANN401  a row of the driver
    return ", ".join(part for part in (row.family_name, row.given_names) if part)

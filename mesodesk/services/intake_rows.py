"""Intakes between their tables and their frozen records."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from mesodesk.db.models.intake import (
    IntakeAllergyRow,
    IntakeAnswerRow,
    IntakeMedicineRow,
    IntakeRow,
)
from mesodesk.domain.answers import Answer
from mesodesk.domain.records.intake import (
    Allergy,
    IntakeFields,
    IntakeRecord,
    IntakeState,
    ItemAnswer,
    Medicine,
)
from mesodesk.services.errors import NotFoundError
from mesodesk.services.store import Transaction

_WHOLE = (
    selectinload(IntakeRow.answers),
    selectinload(IntakeRow.medicines),
    selectinload(IntakeRow.allergies),
)


def find_intake(tx: Transaction, intake_id: UUID) -> IntakeRow:
    """Return a whole intake.

    Raises:
        NotFoundError: if there is none of that id, or none that who acts may see.
    """
    row = tx.db.scalars(select(IntakeRow).where(IntakeRow.id == intake_id).options(*_WHOLE)).first()
    if row is None:
        raise NotFoundError("This intake is not on record. Nothing was changed.")
    tx.need_patient(row.patient_id)
    return row


def intakes_of(tx: Transaction, patient_id: UUID) -> Sequence[IntakeRow]:
    """Return a patient's intakes, the newest first; an open draft is always the newest.

    Raises:
        RestrictedError: if who acts may not see this patient.
    """
    tx.need_patient(patient_id)
    newest_first = (
        select(IntakeRow)
        .where(IntakeRow.patient_id == patient_id)
        .order_by(IntakeRow.number.desc())
    )
    return tx.db.scalars(newest_first.options(*_WHOLE)).all()


def newest_intake(
    tx: Transaction, patient_id: UUID, state: IntakeState | None = None
) -> IntakeRow | None:
    """Return the open draft if there is one, else the last completed intake; or of one state.

    Raises:
        RestrictedError: if who acts may not see this patient.
    """
    tx.need_patient(patient_id)
    query = select(IntakeRow.id).where(IntakeRow.patient_id == patient_id)
    if state is not None:
        query = query.where(IntakeRow.state == state)
    newest = tx.db.scalar(query.order_by(IntakeRow.number.desc()).limit(1))
    # By its id, one that is held already is not read again.
    return None if newest is None else tx.db.get(IntakeRow, newest, options=_WHOLE)


def intake_record(row: IntakeRow) -> IntakeRecord:
    return IntakeRecord(
        id=row.id,
        version=row.version,
        patient_id=row.patient_id,
        questionnaire_id=row.questionnaire_id,
        questionnaire_version=row.questionnaire_version,
        state=row.state,
        based_on=row.based_on,
        fields=intake_fields(row),
        started_at=row.started_at,
        completed_at=row.completed_at,
        completed_by=row.completed_by,
    )


def intake_fields(row: IntakeRow) -> IntakeFields:
    return IntakeFields(
        answers={
            each.item_id: ItemAnswer(each.answer, each.detail, each.value, each.confirmed)
            for each in row.answers
        },
        medicines=tuple(Medicine(each.name, each.dose, each.note) for each in row.medicines),
        medicines_asked=row.medicines_asked,
        allergies=tuple(Allergy(each.substance, each.reaction) for each in row.allergies),
        allergies_asked=row.allergies_asked,
        height_cm=row.height_cm,
        weight_kg=row.weight_kg,
        skin_type=row.skin_type,
    )


def write_intake(row: IntakeRow, typed: IntakeFields) -> None:
    """Put checked fields into a draft whose parts are loaded; an empty answer has no row."""
    _write_answers(row, typed.answers)
    _write_medicines(row, typed.medicines)
    _write_allergies(row, typed.allergies)
    row.medicines_asked = typed.medicines_asked
    row.allergies_asked = typed.allergies_asked
    row.height_cm = typed.height_cm
    row.weight_kg = typed.weight_kg
    row.skin_type = typed.skin_type


def kept_answers(answers: Mapping[str, ItemAnswer]) -> dict[str, ItemAnswer]:
    """Leave out what says nothing, so that one state of the form has one spelling."""
    return {
        item_id: given
        for item_id, given in answers.items()
        if given.answer is not Answer.NOT_ASKED or given.detail or given.value
    }


def _write_answers(row: IntakeRow, answers: Mapping[str, ItemAnswer]) -> None:
    known = {each.item_id: each for each in row.answers}
    for item_id, given in answers.items():
        each = known.get(item_id)
        if each is None:
            each = IntakeAnswerRow(item_id=item_id)
            row.answers.append(each)
        each.answer, each.detail = given.answer, given.detail
        each.value, each.confirmed = given.value, given.confirmed
    for item_id, each in known.items():
        if item_id not in answers:
            row.answers.remove(each)


def _write_medicines(row: IntakeRow, medicines: Sequence[Medicine]) -> None:
    # In place: a row of the same key cannot be removed and added in one flush.
    for at, medicine in enumerate(medicines):
        if at == len(row.medicines):
            row.medicines.append(IntakeMedicineRow(position=at))
        each = row.medicines[at]
        each.name, each.dose, each.note = medicine.name, medicine.dose, medicine.note
    del row.medicines[len(medicines) :]


def _write_allergies(row: IntakeRow, allergies: Sequence[Allergy]) -> None:
    for at, allergy in enumerate(allergies):
        if at == len(row.allergies):
            row.allergies.append(IntakeAllergyRow(position=at))
        each = row.allergies[at]
        each.substance, each.reaction = allergy.substance, allergy.reaction
    del row.allergies[len(allergies) :]

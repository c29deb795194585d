"""Intakes: started, kept as they are typed, completed, and asked again later."""

from dataclasses import replace
from uuid import UUID

from mesodesk.db.models.intake import IntakeRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.questionnaire import load_questionnaire
from mesodesk.domain.records.intake import IntakeFields, IntakeRecord, IntakeState
from mesodesk.domain.rights import Right
from mesodesk.domain.screening import ScreeningFacts
from mesodesk.services.errors import ConflictError, RefusedError
from mesodesk.services.intake_facts import gather
from mesodesk.services.intake_input import checked_intake
from mesodesk.services.intake_rows import (
    find_intake,
    intake_fields,
    intake_record,
    intakes_of,
    newest_intake,
    write_intake,
)
from mesodesk.services.patient_rows import find_patient, touch_patient
from mesodesk.services.store import Store, Transaction, mark_edited


class IntakeService:
    """Keeps what patients answer, and gathers from it what screening looks at."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def latest(self, patient_id: UUID) -> IntakeRecord | None:
        """Return the open draft if there is one, else the last completed intake, else None."""
        with self._store.view(Right.RECORD_READ, "patient", patient_id) as tx:
            row = newest_intake(tx, patient_id)
            return None if row is None else intake_record(row)

    def history(self, patient_id: UUID) -> tuple[IntakeRecord, ...]:
        """Return all intakes of a patient, the newest first."""
        with self._store.view(Right.RECORD_READ, "patient", patient_id) as tx:
            return tuple(intake_record(row) for row in intakes_of(tx, patient_id))

    def get(self, intake_id: UUID) -> IntakeRecord:
        """Return an intake.

        Raises:
            NotFoundError: if there is no such intake.
        """
        with self._store.view(Right.RECORD_READ, "intake", intake_id) as tx:
            return intake_record(find_intake(tx, intake_id))

    def start(self, patient_id: UUID) -> IntakeRecord:
        """Begin an intake, or return the one that is open.

        A second intake starts from the last completed one with nothing confirmed: each answer, and
        the lists of medicines and allergies, are to be asked again. The weight is not taken over.

        Raises:
            NotFoundError: if there is no such patient.
            RefusedError: if the patient is archived.
        """
        with self._store.write(Right.INTAKE_EDIT) as tx:
            patient = find_patient(tx, patient_id)
            last = newest_intake(tx, patient_id)
            if last is not None and last.state is IntakeState.DRAFT:
                tx.look("patient", patient_id, once=True)
                return intake_record(last)
            if patient.archived_at is not None:
                raise RefusedError(
                    "This patient is archived, so no intake was begun. Restore the patient first."
                )
            row = _new_draft(tx, patient_id, last)
            tx.db.add(row)
            _kept(tx, row, "intake.start")
            return intake_record(row)

    def save(self, intake_id: UUID, version: int, typed: IntakeFields) -> IntakeRecord:
        """Keep what was typed into an open intake; gaps are allowed.

        Raises:
            NotFoundError: if there is no such intake.
            ConflictError: if it was changed since `version`.
            RefusedError: if it is completed: that one never changes again.
            InvalidError: if a value cannot be taken.
        """
        with self._store.write(Right.INTAKE_EDIT) as tx:
            row = _open_draft(tx, intake_id, version)
            before = intake_fields(row)
            checked = checked_intake(typed, load_questionnaire())
            if checked != before:
                write_intake(row, checked)
                mark_edited(row)
                _kept(tx, row, "intake.save", changed=_changed(before, checked))
            return intake_record(row)

    def complete(self, intake_id: UUID, version: int) -> IntakeRecord:
        """Close an intake for good; what was not asked stays not asked and is screened as such.

        Raises:
            NotFoundError: if there is no such intake.
            ConflictError: if it was changed since `version`.
            RefusedError: if it is completed already.
        """
        with self._store.write(Right.INTAKE_COMPLETE) as tx:
            row = _open_draft(tx, intake_id, version)
            row.state = IntakeState.COMPLETED
            row.completed_at = tx.now
            row.completed_by_id, row.completed_by = tx.actor.id, tx.actor.name
            _kept(tx, row, "intake.complete")
            return intake_record(row)

    def facts(self, patient_id: UUID, *, session_id: UUID | None = None) -> ScreeningFacts:
        """Gather what screening looks at, from the open or else the last intake.

        A "no" that nobody has confirmed since it was taken over counts as not asked. With a
        session, so does a "no" given before the session's day to a question that each session asks
        anew; and what is in its syringes, on its chart and in earlier sessions is added.

        Raises:
            NotFoundError: if there is no such patient or session.
        """
        with self._store.view(Right.RECORD_READ, "patient", patient_id) as tx:
            return gather(tx, patient_id, session_id)


def _new_draft(tx: Transaction, patient_id: UUID, last: IntakeRow | None) -> IntakeRow:
    questionnaire = load_questionnaire()
    row = IntakeRow(
        patient_id=patient_id,
        number=1 if last is None else last.number + 1,
        questionnaire_id=questionnaire.id,
        questionnaire_version=questionnaire.version,
        state=IntakeState.DRAFT,
        based_on=None if last is None else last.id,
        started_at=tx.now,
        answers=[],
        medicines=[],
        allergies=[],
    )
    if last is not None:
        asked_now = {item.id for item in questionnaire.items}
        write_intake(row, _to_be_confirmed(intake_fields(last), asked_now))
    return row


def _to_be_confirmed(last: IntakeFields, asked_now: set[str]) -> IntakeFields:
    """Return the last intake's fields as the start of a new one.

    Items that the questionnaire no longer has are left behind; the last intake keeps them.
    """
    return replace(
        last,
        answers={
            item_id: replace(given, confirmed=False)
            for item_id, given in last.answers.items()
            if item_id in asked_now
        },
        medicines_asked=False,
        allergies_asked=False,
        weight_kg=None,
    )


def _open_draft(tx: Transaction, intake_id: UUID, version: int) -> IntakeRow:
    row = find_intake(tx, intake_id)
    if row.state is IntakeState.COMPLETED:
        raise RefusedError(
            "This intake is completed and stays as it is. Nothing was changed. Start a new review"
            " to record what is different now."
        )
    if row.version != version:
        raise ConflictError(intake_record(row))
    return row


def _changed(before: IntakeFields, after: IntakeFields) -> list[str]:
    """Return the names of what changed: of items and lists, never what they say."""
    items = [
        item_id
        for item_id in sorted({*before.answers, *after.answers})
        if before.answers.get(item_id) != after.answers.get(item_id)
    ]
    others = ("medicines", "medicines_asked", "allergies", "allergies_asked", "height_cm",
              "weight_kg", "skin_type")  # fmt: skip
    return [*items, *(name for name in others if getattr(before, name) != getattr(after, name))]


def _kept(tx: Transaction, row: IntakeRow, action: str, **details: object) -> None:
    touch_patient(tx, row.patient_id)
    tx.db.flush()
    tx.audit(action, "intake", row.id, row.version, **details)
    tx.touch(Topic.INTAKES)

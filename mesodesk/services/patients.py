"""Patients: found as one types, entered once, edited, archived and never deleted."""

from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import func, or_, select, update

from mesodesk.db import search
from mesodesk.db.models.clinic import ClinicRow
from mesodesk.db.models.patient import PatientRow, record_number
from mesodesk.db.models.session import SessionRow
from mesodesk.db.search_words import name_words, number_words, words
from mesodesk.domain.changes import Topic
from mesodesk.domain.clock import local_date
from mesodesk.domain.records.patient import Duplicate, PatientFields, PatientHit, PatientRecord
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.rights import Right
from mesodesk.services.clinic import clinic_row
from mesodesk.services.drafts import forget_draft
from mesodesk.services.duplicates import Person, Reason, reasons, swapped
from mesodesk.services.errors import ConflictError, RefusedError
from mesodesk.services.patient_rows import (
    checked_patient,
    find_patient,
    index_patient,
    needs_indexing,
    patient_record,
    touch_patient,
    write_patient,
)
from mesodesk.services.store import Store, Transaction

_MOST_COMPARED: Final = 300
_MOST_DUPLICATES: Final = 8


class PatientService:
    """Finds, enters and changes patients."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def search(
        self, text: str, *, limit: int = 30, archived: bool = False
    ) -> tuple[PatientHit, ...]:
        """Return the patients that a typed text may mean, best match first.

        Empty text gives those most recently opened or changed. `archived` adds the archived ones.
        """
        with self._store.read(Right.RECORD_READ) as tx:
            found = search.find(tx.connection, text, limit=limit, archived=archived)
            if not tx.hidden:
                return found
            # Whoever could find out by trying has been told the phone and the birth date.
            return tuple(
                _veiled(tx, hit) for hit in found if hit.id not in tx.hidden or _named(text, hit)
            )

    def count(self) -> int:
        """Return how many patients are on record, archived ones not counted."""
        with self._store.read(Right.RECORD_READ) as tx:
            current = select(func.count()).where(PatientRow.archived_at.is_(None))
            return tx.db.scalar(current) or 0

    def get(self, patient_id: UUID) -> PatientRecord:
        """Open a patient; that somebody looked is kept before the record is returned.

        Raises:
            NotFoundError: if there is no such patient.
        """
        with self._store.write(Right.RECORD_READ) as tx:
            row = find_patient(tx, patient_id)
            touch_patient(tx, row.id)
            tx.look("patient", row.id, row.version)
            return patient_record(row)

    def create(
        self, typed: PatientFields, *, draft: tuple[str, str] | None = None
    ) -> PatientRecord:
        """Enter a patient under a new record number.

        Args:
            typed: the form.
            draft: form and subject of the draft that this makes a record of; it goes in the same
                transaction, so that no crash leaves both.

        Raises:
            InvalidError: if a value cannot be taken.
        """
        with self._store.write(Right.PATIENT_EDIT) as tx:
            checked = checked_patient(typed, _today(tx))
            seq = _next_seq(tx)
            row = PatientRow(seq=seq, record_number=record_number(seq), touched_at=tx.now)
            write_patient(row, checked)
            tx.db.add(row)
            tx.db.flush()
            index_patient(tx.connection, row)
            tx.audit("patient.create", "patient", row.id, row.version)
            tx.touch(Topic.PATIENTS)
            if draft is not None:
                forget_draft(tx, *draft)
            return patient_record(row)

    def update(self, patient_id: UUID, version: int, typed: PatientFields) -> PatientRecord:
        """Change what is on record.

        Raises:
            NotFoundError: if there is no such patient.
            ConflictError: if the record was changed since `version`.
            InvalidError: if a value cannot be taken.
        """
        with self._store.write(Right.PATIENT_EDIT) as tx:
            row = _current(tx, patient_id, version)
            changed = write_patient(row, checked_patient(typed, _today(tx)))
            if changed:
                row.touched_at = tx.now
                tx.db.flush()
                if needs_indexing(changed):
                    index_patient(tx.connection, row)
                tx.audit("patient.update", "patient", row.id, row.version, changed=changed)
                tx.touch(Topic.PATIENTS)
            return patient_record(row)

    def archive(self, patient_id: UUID, version: int) -> PatientRecord:
        """Take a patient out of the lists; the record stays whole.

        Raises:
            NotFoundError: if there is no such patient.
            ConflictError: if the record was changed since `version`.
            RefusedError: if a session of the patient is still in draft.
        """
        with self._store.write(Right.PATIENT_EDIT) as tx:
            row = _current(tx, patient_id, version)
            if row.archived_at is None:
                _refuse_open_session(tx, patient_id)
                row.archived_at = tx.now
                _moved(tx, row, "patient.archive")
            return patient_record(row)

    def restore(self, patient_id: UUID, version: int) -> PatientRecord:
        """Bring an archived patient back into the lists.

        Raises:
            NotFoundError: if there is no such patient.
            ConflictError: if the record was changed since `version`.
        """
        with self._store.write(Right.PATIENT_EDIT) as tx:
            row = _current(tx, patient_id, version)
            if row.archived_at is not None:
                row.archived_at = None
                _moved(tx, row, "patient.restore")
            return patient_record(row)

    def duplicates(
        self,
        family_name: str,
        given_names: str,
        birth_date: date | None,
        phone: str,
        *,
        besides: UUID | None = None,
    ) -> tuple[Duplicate, ...]:
        """Return patients on record, archived ones too, who may be the one being entered.

        Args:
            family_name: as typed so far.
            given_names: as typed so far.
            birth_date: None while it is not typed.
            phone: as typed so far.
            besides: a patient to leave out: the one being edited.
        """
        typed = Person(family_name, given_names, birth_date, phone)
        with self._store.read(Right.RECORD_READ) as tx:
            found: dict[UUID, tuple[Reason, ...]] = {}
            for row in _comparable(tx, typed):
                known = Person(row.family_name, row.given_names, row.birth_date, row.phone)
                if row.id in tx.hidden:
                    known = replace(known, birth_date=None, phone="")
                why = reasons(typed, known)
                if why and row.id != besides:
                    found[row.id] = why
            ids = sorted(found, key=lambda one: -len(found[one]))[:_MOST_DUPLICATES]
            hits = search.hits_of(tx.connection, ids)
            return tuple(Duplicate(_veiled(tx, hit), found[hit.id]) for hit in hits)


def _veiled(tx: Transaction, hit: PatientHit) -> PatientHit:
    """Leave out of a hit what who acts may not see; name and number have to be found."""
    if hit.id not in tx.hidden:
        return hit
    return replace(hit, birth_date=None, phone="", restricted=True)


def _named(text: str, hit: PatientHit) -> bool:
    """Tell whether every word typed lies in the name or the record number."""
    number = hit.record_number
    known = (*name_words(hit.name), *words(number), *number_words(number))
    return all(any(word in each for each in known) for word in words(text))


def _comparable(tx: Transaction, typed: Person) -> list[PatientRow]:
    """Return the patients who share a birth date, the whole name or the end of the phone."""
    index = search.index_values(typed.family_name, typed.given_names, typed.phone)
    alike = []
    if index["name_key"]:
        alike.append(PatientRow.name_key == index["name_key"])
    if index["phone_tail"]:
        alike.append(PatientRow.phone_tail == index["phone_tail"])
    if typed.birth_date is not None:
        days = [day for day in (typed.birth_date, swapped(typed.birth_date)) if day is not None]
        alike.append(PatientRow.birth_date.in_(days))
    if not alike:
        return []
    query = select(PatientRow).where(or_(*alike)).order_by(PatientRow.seq).limit(_MOST_COMPARED)
    return list(tx.db.scalars(query))


def _current(tx: Transaction, patient_id: UUID, version: int) -> PatientRow:
    row = find_patient(tx, patient_id)
    if row.version != version:
        raise ConflictError(patient_record(row))
    return row


def _today(tx: Transaction) -> date:
    return local_date(tx.now, clinic_row(tx.db).zone)


def _next_seq(tx: Transaction) -> int:
    """Count one patient more; a core update, because counting is no edit of the clinic."""
    counted = update(ClinicRow).values(last_patient=ClinicRow.last_patient + 1)
    return tx.connection.execute(counted.returning(ClinicRow.last_patient)).scalar_one()


def _moved(tx: Transaction, row: PatientRow, action: str) -> None:
    row.touched_at = tx.now
    tx.db.flush()
    tx.audit(action, "patient", row.id, row.version)
    tx.touch(Topic.PATIENTS)


def _refuse_open_session(tx: Transaction, patient_id: UUID) -> None:
    number = tx.db.scalar(
        select(SessionRow.number).where(
            SessionRow.patient_id == patient_id, SessionRow.state == SessionState.DRAFT
        )
    )
    if number is not None:
        raise RefusedError(
            f"Session {number} of this patient is still in draft, so the patient was not archived."
            " Sign or discard the session first."
        )

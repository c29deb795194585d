"""Patients between their table and their frozen records, and what may be typed about them."""

import re
from dataclasses import fields, replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, update

from mesodesk.db import search
from mesodesk.db.models.patient import PatientRow
from mesodesk.db.search_words import entry
from mesodesk.domain.records.patient import PatientFields, PatientRecord
from mesodesk.services.errors import NotFoundError
from mesodesk.services.store import Transaction
from mesodesk.services.texts import Problems

_LANGUAGE: Final = re.compile(r"[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{2,8})*")
_INDEXED: Final = frozenset({"family_name", "given_names", "phone", "birth_date"})


def find_patient(tx: Transaction, patient_id: UUID) -> PatientRow:
    """Return a patient's row.

    Raises:
        NotFoundError: if there is none of that id, or none that who acts may see.
    """
    tx.need_patient(patient_id)
    row = tx.db.get(PatientRow, patient_id)
    if row is None:
        raise NotFoundError("This patient is not on record. Nothing was changed.")
    return row


def patient_record(row: PatientRow) -> PatientRecord:
    return PatientRecord(
        id=row.id,
        version=row.version,
        record_number=row.record_number,
        fields=patient_fields(row),
        archived_at=row.archived_at,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def patient_fields(row: PatientRow) -> PatientFields:
    return PatientFields(**{each.name: getattr(row, each.name) for each in fields(PatientFields)})


def write_patient(row: PatientRow, checked: PatientFields) -> list[str]:
    """Put checked fields into a row and return the names of what changed."""
    before = {each.name: getattr(row, each.name) for each in fields(PatientFields)}
    changed = [name for name, old in before.items() if old != getattr(checked, name)]
    for name in changed:
        setattr(row, name, getattr(checked, name))
    derived = search.index_values(checked.family_name, checked.given_names, checked.phone)
    for name, value in derived.items():
        setattr(row, name, value)
    return changed


def index_patient(connection: Connection, row: PatientRow) -> None:
    """Bring the search words of a patient up to date, in the same transaction as the row."""
    words = entry(row.family_name, row.given_names, row.record_number, row.phone, row.birth_date)
    search.put(connection, [(row.seq, words)])


def needs_indexing(changed: list[str]) -> bool:
    return not _INDEXED.isdisjoint(changed)


def checked_patient(typed: PatientFields, today: date) -> PatientFields:
    """Return the fields as they will be stored.

    Raises:
        InvalidError: naming every field that cannot be taken.
    """
    problems = Problems()
    checked = replace(
        typed,
        family_name=problems.line("family_name", typed.family_name, "Family name"),
        given_names=problems.line("given_names", typed.given_names, "Given names"),
        birth_date=problems.birth_date("birth_date", typed.birth_date, today),
        phone=problems.line("phone", typed.phone, "Phone"),
        email=problems.email("email", typed.email, "E-mail"),
        address=problems.line("address", " ".join(typed.address.splitlines()), "Address"),
        language=problems.line("language", typed.language, "Language"),
        note=problems.note("note", typed.note, "Note"),
    )
    if not (checked.family_name or checked.given_names):
        problems.add("family_name", "Name: type a family name, or given names at least.")
    if checked.phone and not re.search(r"\d", checked.phone):
        problems.add("phone", "Phone: type its digits, or leave it empty.")
    if checked.language and not _LANGUAGE.fullmatch(checked.language):
        problems.add("language", "Language: choose one from the list, or leave it empty.")
    problems.done()
    return checked


def touch_patient(tx: Transaction, patient_id: UUID) -> None:
    """Put a patient at the head of those most recently opened; no edit, so the version stays."""
    touched = update(PatientRow).where(PatientRow.id == patient_id).values(touched_at=tx.now)
    tx.connection.execute(touched)

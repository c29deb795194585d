"""Enters many patients at once, search words and all; for made-up clinics and imports."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from mesodesk.db import search
from mesodesk.db.models.clinic import ClinicRow
from mesodesk.db.models.patient import PatientRow, record_number
from mesodesk.db.search_words import Entry, entry
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.patient import PatientFields


@dataclass(frozen=True, slots=True)
class NewPatient:
    """A patient to be entered: fields that a service would take, and when they were entered."""

    fields: PatientFields
    entered_at: datetime
    id: UUID = field(default_factory=new_id)


def insert_patients(
    connection: Connection, patients: Iterable[NewPatient], *, chunk: int = 2_000
) -> int:
    """Enter patients in the caller's transaction and return how many.

    They get the next record numbers. The fields are taken as they are: check what comes from
    outside before. The caller writes the audit entry.

    Args:
        connection: in a transaction; the clinic must be set up.
        patients: any number; only `chunk` of them are held at a time.
        chunk: rows in one statement.
    """
    seq = first = connection.execute(select(ClinicRow.last_patient)).scalar_one()
    for batch in _chunks(patients, chunk):
        numbered = list(enumerate(batch, start=seq + 1))
        connection.execute(insert(PatientRow), [_row(at, one) for at, one in numbered])
        search.put(connection, [(at, _entry(at, one.fields)) for at, one in numbered])
        seq += len(numbered)
    connection.execute(update(ClinicRow).values(last_patient=seq))
    return seq - first


def _chunks(patients: Iterable[NewPatient], size: int) -> Iterator[list[NewPatient]]:
    waiting = iter(patients)
    while batch := list(islice(waiting, size)):
        yield batch


def _row(seq: int, one: NewPatient) -> dict[str, Any]:
    typed = one.fields
    return {
        **asdict(typed),
        **search.index_values(typed.family_name, typed.given_names, typed.phone),
        "id": one.id,
        "version": 1,
        "created_at": one.entered_at,
        "changed_at": one.entered_at,
        "touched_at": one.entered_at,
        "seq": seq,
        "record_number": record_number(seq),
    }


def _entry(seq: int, typed: PatientFields) -> Entry:
    return entry(
        typed.family_name, typed.given_names, record_number(seq), typed.phone, typed.birth_date
    )

"""Examines photographs: files that are missing, altered or strange, and what the chain knows."""

import json
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.photo import PhotoRow
from mesodesk.vault.findings import Finding, Severity
from mesodesk.vault.photo_files import FileFact, PhotoFileMissingError, PhotoFiles

_AT_ONCE: Final = 20
_MOST_NAMED: Final = 20


def photo_steps(db: Session, files: PhotoFiles) -> Iterator[list[Finding]]:
    """Find photographs that are not as they were kept, or are gone; some at each step."""
    known = _audited(db)
    ids = list(db.scalars(select(PhotoRow.id).order_by(PhotoRow.id)))
    gone = sorted(known.keys() - set(ids))
    yield [_alarm("A photograph is gone from the record.", each) for each in gone]
    yield list(_strange(files, [*ids, *gone]))
    for first in range(0, len(ids), _AT_ONCE):
        rows = select(PhotoRow, PatientRow.record_number).join(
            PatientRow, PatientRow.id == PhotoRow.patient_id
        )
        some = PhotoRow.id.in_(ids[first : first + _AT_ONCE])
        found: list[Finding] = []
        for row, number in db.execute(rows.where(some)):
            said = _trouble(files, row, known.get(row.id))
            if said:
                name = f"A photograph of patient {number} ({row.taken_on:%Y-%m-%d})"
                found.append(_alarm(f"{name} {said}", row.id))
        # A long walk must not keep every row that it has seen.
        db.expunge_all()
        yield found


def _trouble(files: PhotoFiles, row: PhotoRow, known: str | None) -> str:
    if known != row.file_sha256.hex():
        return "is not the one that the audit log knows."
    try:
        whole = files.is_whole(FileFact(row.id, row.file_size, row.file_sha256))
    except PhotoFileMissingError:
        return "has lost its file. Look for it in a backup."
    return "" if whole else "has a damaged or altered file. Look for it in a backup."


def _strange(files: PhotoFiles, ids: list[UUID]) -> Iterator[Finding]:
    found = files.strange(ids)
    for name in found[:_MOST_NAMED]:
        said = f"{name} in the folder of photographs belongs to no photograph on record."
        yield Finding(Severity.WARNING, "photographs", said)
    if len(found) > _MOST_NAMED:
        said = f"{len(found) - _MOST_NAMED} more files there belong to no photograph on record."
        yield Finding(Severity.WARNING, "photographs", said)


def _audited(db: Session) -> dict[UUID, str]:
    """Return the digest of each photograph's file, as the audit chain knows it."""
    rows = db.execute(
        select(AuditEntryRow.object_id, AuditEntryRow.details)
        .where(AuditEntryRow.action == "photo.keep")
        .order_by(AuditEntryRow.seq)
    )
    return {row[0]: json.loads(row[1])["file"] for row in rows if row[0] is not None}


def _alarm(sentence: str, photo_id: UUID) -> Finding:
    return Finding(Severity.ALARM, "photographs", sentence, photo_id)

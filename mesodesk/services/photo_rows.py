"""Photographs between their tables, their files and their frozen records."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from mesodesk.db.models.photo import (
    PhotoBeforeRow,
    PhotoMarkRow,
    PhotoPairRow,
    PhotoRow,
    PhotoThumbnailRow,
)
from mesodesk.domain.alignment import Alignment, Place
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.records.photo import (
    MarkFields,
    MarkRecord,
    PairRecord,
    PhotoBefore,
    PhotoFields,
    PhotoRecord,
    Picture,
)
from mesodesk.services.errors import NotFoundError
from mesodesk.services.store import Transaction
from mesodesk.vault.photo_files import PhotoFileAlteredError, PhotoFiles, unseal

_PPM: Final = 1_000_000


def photo_files(tx: Transaction) -> PhotoFiles:
    """Return the files of the vault."""
    return PhotoFiles(tx.photos_folder)


def find_photo(tx: Transaction, photo_id: UUID) -> PhotoRow:
    """Return a photograph's row.

    Raises:
        NotFoundError: if there is none of that id, or none that who acts may see.
    """
    row = tx.db.get(PhotoRow, photo_id)
    if row is None:
        raise NotFoundError("This photograph is not on record. Nothing was changed.")
    tx.need_patient(row.patient_id)
    return row


def photos(tx: Transaction, *conditions: ColumnElement[bool]) -> tuple[PhotoRecord, ...]:
    """Return the photographs that meet the conditions, the latest day first."""
    drawn = (
        select(PhotoMarkRow.photo_id, func.count().label("marks"))
        .where(PhotoMarkRow.removed_at.is_(None))
        .group_by(PhotoMarkRow.photo_id)
        .subquery()
    )
    rows = (
        select(PhotoRow, drawn.c.marks)
        .outerjoin(drawn, drawn.c.photo_id == PhotoRow.id)
        .where(*conditions)
        .order_by(PhotoRow.taken_on.desc(), PhotoRow.id.desc())
    )
    return tuple(photo_record(row, marks or 0) for row, marks in tx.db.execute(rows))


def thumbnails(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """Return the thumbnails of photographs, JPEG, by id."""
    wanted = select(PhotoThumbnailRow.photo_id, PhotoThumbnailRow.jpeg)
    rows = tx.db.execute(wanted.where(PhotoThumbnailRow.photo_id.in_(tuple(ids))))
    return {row.photo_id: row.jpeg for row in rows}


def photo_record(row: PhotoRow, marks: int = 0) -> PhotoRecord:
    return PhotoRecord(
        id=row.id,
        version=row.version,
        patient_id=row.patient_id,
        fields=fields_of(row),
        format=row.format,
        width_px=row.width_px,
        height_px=row.height_px,
        device=row.device,
        stored_size=row.stored_size,
        stored_sha256=row.stored_sha256,
        received_sha256=row.received_sha256,
        kept_at=row.created_at,
        kept_by=row.kept_by_name,
        marks=marks,
        error_reason=row.error_reason,
        error_by=row.error_by_name,
        error_at=row.error_at,
    )


def fields_of(row: PhotoRow | PhotoBeforeRow) -> PhotoFields:
    """Return what is, or was, said of a photograph."""
    return PhotoFields(
        area=row.area,
        angle=row.angle,
        taken_on=row.taken_on,
        purposes=frozenset(PhotoPurpose(each) for each in row.purposes),
        session_id=row.session_id,
        note=row.note,
    )


def put_fields(row: PhotoRow | PhotoBeforeRow, fields: PhotoFields) -> None:
    """Let a row say what the fields say."""
    row.area, row.angle, row.taken_on = fields.area, fields.angle, fields.taken_on
    row.session_id, row.note = fields.session_id, fields.note
    row.purposes = sorted(fields.purposes)


def keep_before(tx: Transaction, row: PhotoRow) -> None:
    """Keep what is said of a photograph, which is about to be put right."""
    before = PhotoBeforeRow(
        photo_id=row.id,
        version=row.version,
        changed_at=tx.now,
        changed_by=tx.actor.id,
        changed_by_name=tx.actor.name,
    )
    put_fields(before, fields_of(row))
    tx.db.add(before)


def said_before(tx: Transaction, photo_id: UUID) -> tuple[PhotoBefore, ...]:
    """Return what was said of a photograph before, the last first."""
    rows = select(PhotoBeforeRow).where(PhotoBeforeRow.photo_id == photo_id)
    return tuple(
        PhotoBefore(row.version, fields_of(row), row.changed_at, row.changed_by_name)
        for row in tx.db.scalars(rows.order_by(PhotoBeforeRow.version.desc()))
    )


def picture(tx: Transaction, row: PhotoRow) -> Picture:
    """Read and decrypt the file of a photograph.

    Raises:
        PhotoFileMissingError: if it is not there.
        PhotoFileAlteredError: if it is not what was kept, or the disk does not give it.
    """
    try:
        content = photo_files(tx).read(row.id)
    except OSError as error:
        raise PhotoFileAlteredError from error
    marks = marks_of(tx, row.id)
    return Picture(photo_record(row, len(marks)), unseal(row.id, row.file_key, content), marks)


def marks_of(tx: Transaction, photo_id: UUID) -> tuple[MarkRecord, ...]:
    """Return what is drawn over a photograph now, in the order of drawing."""
    rows = (
        select(PhotoMarkRow)
        .where(PhotoMarkRow.photo_id == photo_id, PhotoMarkRow.removed_at.is_(None))
        .order_by(PhotoMarkRow.id)
    )
    return tuple(mark_record(row) for row in tx.db.scalars(rows))


def mark_record(row: PhotoMarkRow) -> MarkRecord:
    start, end = places([row.x1_ppm, row.y1_ppm, row.x2_ppm, row.y2_ppm])
    return MarkRecord(
        row.id, MarkFields(row.kind, start, end, row.text), row.made_at, row.made_by_name
    )


def pair_of(tx: Transaction, before_id: UUID, after_id: UUID) -> PairRecord | None:
    """Return how two photographs were laid over each other last."""
    rows = (
        select(PhotoPairRow)
        .where(PhotoPairRow.before_id == before_id, PhotoPairRow.after_id == after_id)
        .order_by(PhotoPairRow.id.desc())
        .limit(1)
    )
    row = tx.db.scalars(rows).one_or_none()
    if row is None:
        return None
    return PairRecord(
        before_id, after_id, alignment_of(row.places_ppm), row.made_at, row.made_by_name
    )


def alignment_of(ppm: Sequence[int]) -> Alignment:
    """Return an alignment from its four places, those of the earlier photograph first."""
    first, second, third, fourth = places(ppm)
    return Alignment((first, second), (third, fourth))


def places(ppm: Sequence[int]) -> tuple[Place, ...]:
    """Return places from millionths of a width: x and y of each in turn."""
    return tuple(Place(x / _PPM, y / _PPM) for x, y in zip(ppm[::2], ppm[1::2], strict=True))


def in_ppm(*given: Place) -> list[int]:
    """Return x and y of each place in millionths of a width."""
    return [round(value * _PPM) for place in given for value in place]

"""Photographs: kept as encrypted files, shown in the record, used outside it only with consent."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.photo import PhotoMarkRow, PhotoPairRow, PhotoRow, PhotoThumbnailRow
from mesodesk.domain.alignment import Alignment
from mesodesk.domain.changes import Topic
from mesodesk.domain.clock import local_date
from mesodesk.domain.consent_rules import photo_decisions
from mesodesk.domain.ids import new_id
from mesodesk.domain.photo_consent import Decisions
from mesodesk.domain.photo_views import load_photo_views
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.records.photo import (
    MarkFields,
    MarkRecord,
    PairRecord,
    PatientPhotos,
    PhotoBefore,
    PhotoFields,
    PhotoRecord,
    Picture,
    PreparedPhoto,
)
from mesodesk.domain.rights import Right
from mesodesk.services.clinic import clinic_row
from mesodesk.services.consent_facts import consent_facts
from mesodesk.services.errors import ConflictError, NotFoundError, RefusedError, ServiceError
from mesodesk.services.patient_rows import find_patient
from mesodesk.services.photo_input import (
    checked_alignment,
    checked_mark,
    checked_photo,
    need_agreed,
    need_usable,
)
from mesodesk.services.photo_rows import (
    alignment_of,
    fields_of,
    find_photo,
    in_ppm,
    keep_before,
    mark_record,
    marks_of,
    pair_of,
    photo_record,
    photos,
    picture,
    put_fields,
    said_before,
    thumbnails,
)
from mesodesk.services.photo_waiting import forget_waiting, lay_down
from mesodesk.services.store import Store, Transaction
from mesodesk.services.texts import note
from mesodesk.vault.photo_files import PhotoFiles, Sealed, seal


class PhotoService:
    """Keeps photographs, reads them for the treatment, and hands them out where that is agreed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def for_patient(self, patient_id: UUID) -> PatientPhotos:
        """Return a patient's photographs with their thumbnails, and what was agreed to.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
        """
        with self._store.view(Right.RECORD_READ, "patient", patient_id) as tx:
            find_patient(tx, patient_id)
            found = photos(tx, PhotoRow.patient_id == patient_id)
            small = thumbnails(tx, (each.id for each in found))
            return PatientPhotos(patient_id, found, small, _decisions(tx, patient_id))

    def picture(self, photo_id: UUID) -> Picture:
        """Return a photograph to look at within the treatment record, with what is drawn over it.

        Raises:
            NotFoundError: if there is none, or none that who acts may see.
            PhotoFileMissingError: if its file is not there; likewise if it was altered.
        """
        with self._store.view(Right.RECORD_READ, "photo", photo_id) as tx:
            return picture(tx, find_photo(tx, photo_id))

    def keep(
        self,
        patient_id: UUID,
        prepared: PreparedPhoto,
        typed: PhotoFields,
        waited: UUID | None = None,
    ) -> PhotoRecord:
        """Keep a photograph: its encrypted file durably first, then all that is known of it.

        Args:
            patient_id: whose.
            prepared: the picture.
            typed: what is said of it.
            waited: the id under which it was set aside, if it was; it waits no more then.

        Raises:
            NotFoundError: if there is no such patient or session.
            RefusedError: if the patient is archived, has not agreed to a purpose, or has this very
                picture on record already.
            InvalidError: naming every field that cannot be taken.
            StorageUnavailable: if the disk refuses; nothing was kept.
        """
        sealed = seal(new_id(), prepared.data)
        with self._filed(sealed) as files, self._store.write(Right.PHOTO_EDIT) as tx:
            _need_present(tx, patient_id)
            checked = checked_photo(tx, patient_id, typed, _today(tx))
            need_agreed(_decisions(tx, patient_id), checked.purposes)
            _need_new(tx, patient_id, prepared)
            lay_down(files, sealed)
            row = _add(tx, patient_id, prepared, checked, sealed)
            tx.audit("photo.keep", "photo", row.id, row.version, **_kept(row))
            waits = waited is not None and forget_waiting(tx, patient_id, waited)
            tx.touch(Topic.PHOTOS)
            record = photo_record(row)
        if waited is not None and waits:
            PhotoFiles(self._store.vault.paths.photos_waiting).remove(waited)
        return record

    @contextlib.contextmanager
    def _filed(self, sealed: Sealed) -> Iterator[PhotoFiles]:
        """Give a file its name once its row is kept; take it away if the row was refused."""
        files = PhotoFiles(self._store.vault.paths.photos)
        try:
            yield files
        except ServiceError:
            # After any other failure the row may be kept all the same: the next opening looks.
            files.drop(sealed.photo_id)
            raise
        files.settle(sealed.photo_id)

    def update(self, photo_id: UUID, version: int, typed: PhotoFields) -> PhotoRecord:
        """Put right what is said of a photograph: view, day, purposes, session, note.

        What was said before stays on record; the picture is what it was.

        Raises:
            NotFoundError: if there is no such photograph or session.
            ConflictError: if it was changed meanwhile.
            RefusedError: if a purpose is added that the patient has not agreed to.
            InvalidError: naming every field that cannot be taken.
        """
        with self._store.write(Right.PHOTO_EDIT) as tx:
            row = _unstruck(tx, photo_id, version)
            before = fields_of(row)
            checked = checked_photo(tx, row.patient_id, typed, _today(tx))
            need_agreed(_decisions(tx, row.patient_id), checked.purposes - before.purposes)
            names = [each.name for each in fields(PhotoFields)]
            changed = [one for one in names if getattr(checked, one) != getattr(before, one)]
            if changed:
                keep_before(tx, row)
                put_fields(row, checked)
                tx.db.flush()
                tx.audit("photo.update", "photo", row.id, row.version, fields=changed)
                tx.touch(Topic.PHOTOS)
            return photo_record(row, len(marks_of(tx, row.id)))

    def before(self, photo_id: UUID) -> tuple[PhotoBefore, ...]:
        """Return what was said of a photograph before it was put right, the last first.

        Raises:
            NotFoundError: if there is none, or none that who acts may see.
        """
        with self._store.read(Right.RECORD_READ) as tx:
            return said_before(tx, find_photo(tx, photo_id).id)

    def enter_in_error(self, photo_id: UUID, version: int, reason: str) -> PhotoRecord:
        """Mark a photograph as entered in error; it stays on record, and is used no more.

        Raises:
            NotFoundError: if there is no such photograph.
            ConflictError: if it was changed or marked meanwhile.
            InvalidError: if the reason is missing or cannot be taken.
        """
        with self._store.write(Right.PHOTO_EDIT) as tx:
            row = _unstruck(tx, photo_id, version)
            row.error_reason = note("reason", reason, "Reason", needed=True)
            row.error_at, row.error_by, row.error_by_name = tx.now, tx.actor.id, tx.actor.name
            tx.db.flush()
            tx.audit("photo.error", "photo", row.id, row.version)
            tx.touch(Topic.PHOTOS)
            return photo_record(row, len(marks_of(tx, row.id)))

    def mark(self, photo_id: UUID, typed: MarkFields) -> MarkRecord:
        """Draw something over a photograph: the picture itself is never touched.

        Raises:
            NotFoundError: if there is no such photograph.
            RefusedError: if it was entered in error, or the mark lies outside it.
            InvalidError: if the text cannot be taken.
        """
        with self._store.write(Right.PHOTO_EDIT) as tx:
            row = find_photo(tx, photo_id)
            _need_standing(row)
            checked = checked_mark(typed)
            made = PhotoMarkRow(
                photo_id=row.id,
                kind=checked.kind,
                text=checked.text,
                made_at=tx.now,
                made_by=tx.actor.id,
                made_by_name=tx.actor.name,
            )
            made.x1_ppm, made.y1_ppm, made.x2_ppm, made.y2_ppm = in_ppm(checked.start, checked.end)
            tx.db.add(made)
            tx.db.flush()
            tx.audit("photo.mark", "photo", row.id, row.version, mark=made.id)
            tx.touch(Topic.PHOTOS)
            return mark_record(made)

    def unmark(self, mark_id: UUID) -> None:
        """Take away what was drawn; it stays on record.

        Raises:
            NotFoundError: if there is no such mark any more.
        """
        with self._store.write(Right.PHOTO_EDIT) as tx:
            made = tx.db.get(PhotoMarkRow, mark_id)
            if made is None or made.removed_at is not None:
                raise NotFoundError("This mark is not there any more. Nothing was changed.")
            row = find_photo(tx, made.photo_id)
            made.removed_at, made.removed_by = tx.now, tx.actor.id
            tx.db.flush()
            tx.audit("photo.unmark", "photo", row.id, row.version, mark=made.id)
            tx.touch(Topic.PHOTOS)

    def pair(self, before_id: UUID, after_id: UUID) -> PairRecord | None:
        """Return how two photographs were laid over each other last; None if they never were.

        Raises:
            NotFoundError: if one of them is not there.
        """
        with self._store.read(Right.RECORD_READ) as tx:
            for photo_id in (before_id, after_id):
                find_photo(tx, photo_id)
            return pair_of(tx, before_id, after_id)

    def align(self, before_id: UUID, after_id: UUID, typed: Alignment) -> PairRecord:
        """Keep how a later photograph is laid over an earlier one of the same patient.

        Raises:
            NotFoundError: if one of them is not there.
            RefusedError: if they are not two of one patient, or the places are too near.
        """
        with self._store.write(Right.PHOTO_EDIT) as tx:
            before, after = find_photo(tx, before_id), find_photo(tx, after_id)
            if before.id == after.id or before.patient_id != after.patient_id:
                raise RefusedError("Two photographs of one patient are needed. Nothing was kept.")
            checked_alignment(typed)
            ppm = in_ppm(*typed.before, *typed.after)
            kept = alignment_of(ppm)  # as it will be read again, to the millionth
            lies = kept.similarity
            row = PhotoPairRow(
                before_id=before.id,
                after_id=after.id,
                places_ppm=ppm,
                transform={key: f"{getattr(lies, key):.9f}" for key in ("a", "b", "dx", "dy")},
                made_at=tx.now,
                made_by=tx.actor.id,
                made_by_name=tx.actor.name,
            )
            tx.db.add(row)
            tx.db.flush()
            tx.audit("photo.align", "photo", after.id, after.version, before=before.id)
            tx.touch(Topic.PHOTOS)
            return PairRecord(before.id, after.id, kept, tx.now, tx.actor.name)

    def export(self, ids: Sequence[UUID], purpose: PhotoPurpose) -> tuple[Picture, ...]:
        """Return photographs that are to leave as files, once that is agreed to and kept.

        Raises:
            NotFoundError: if one is not there.
            RefusedError: if one may not be used for the purpose, saying why.
            PhotoFileMissingError: if a file is not there; likewise if one was altered.
        """
        return self._use(Right.EXPORT, "photo.export", ids, purpose)

    def show(self, ids: Sequence[UUID], purpose: PhotoPurpose) -> tuple[Picture, ...]:
        """Return photographs that are to be shown outside the treatment; else as `export`."""
        return self._use(Right.EXPORT, "photo.show", ids, purpose)

    def print_out(self, ids: Sequence[UUID], purpose: PhotoPurpose) -> tuple[Picture, ...]:
        """Return photographs that are to be printed; else as `export`."""
        return self._use(Right.PRINT, "photo.print", ids, purpose)

    def _use(
        self, right: Right, action: str, ids: Sequence[UUID], purpose: PhotoPurpose
    ) -> tuple[Picture, ...]:
        with self._store.write(right) as tx:
            found = []
            for photo_id in ids:
                row = find_photo(tx, photo_id)
                _need_standing(row)
                need_usable(_decisions(tx, row.patient_id), purpose, photo_record(row).fields)
                found.append(picture(tx, row))
                tx.audit(action, "photo", row.id, row.version, purpose=purpose.value)
            return tuple(found)


def _decisions(tx: Transaction, patient_id: UUID) -> Decisions:
    return photo_decisions(consent_facts(tx, patient_id).given)


def _today(tx: Transaction) -> date:
    return local_date(tx.now, clinic_row(tx.db).zone)


def _need_present(tx: Transaction, patient_id: UUID) -> None:
    if find_patient(tx, patient_id).archived_at is not None:
        raise RefusedError(
            "This patient is in the archive. Nothing was kept. Take the patient out of the archive"
            " first."
        )


def _need_new(tx: Transaction, patient_id: UUID, prepared: PreparedPhoto) -> None:
    twin = select(PhotoRow).where(
        PhotoRow.patient_id == patient_id,
        PhotoRow.received_sha256 == prepared.received_sha256,
        PhotoRow.error_at.is_(None),
    )
    row = tx.db.scalars(twin.limit(1)).one_or_none()
    if row is not None:
        view = load_photo_views().name(row.area, row.angle, clinic_row(tx.db).language)
        raise RefusedError(
            f"This very picture is on record already: {view}, {row.taken_on:%Y-%m-%d}. It was not"
            " kept twice."
        )


def _need_standing(row: PhotoRow) -> None:
    if row.error_at is not None:
        raise RefusedError("This photograph was entered in error. Nothing was changed.")


def _unstruck(tx: Transaction, photo_id: UUID, version: int) -> PhotoRow:
    row = find_photo(tx, photo_id)
    if row.version != version or row.error_at is not None:
        raise ConflictError(photo_record(row, len(marks_of(tx, row.id))))
    return row


def _add(
    tx: Transaction,
    patient_id: UUID,
    prepared: PreparedPhoto,
    checked: PhotoFields,
    sealed: Sealed,
) -> PhotoRow:
    row = PhotoRow(
        id=sealed.photo_id,
        patient_id=patient_id,
        format=prepared.format,
        width_px=prepared.width_px,
        height_px=prepared.height_px,
        device=prepared.device,
        received_size=prepared.received_size,
        received_sha256=prepared.received_sha256,
        stored_size=len(prepared.data),
        stored_sha256=sha256(prepared.data).digest(),
        file_size=sealed.size,
        file_sha256=sealed.sha256,
        file_key=sealed.key,
        kept_by_id=tx.actor.id,
        kept_by_name=tx.actor.name,
    )
    put_fields(row, checked)
    tx.db.add(row)
    tx.db.flush()
    tx.db.add(PhotoThumbnailRow(photo_id=row.id, jpeg=prepared.thumbnail))
    tx.db.flush()
    return row


def _kept(row: PhotoRow) -> dict[str, object]:
    """Return what the log keeps of a photograph, so that another in its place is noticed."""
    return {
        "file": row.file_sha256,
        "stored": row.stored_sha256,
        "received": row.received_sha256,
        "purposes": row.purposes,
    }

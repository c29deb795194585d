"""Photographs that were brought and are not on record yet: set aside for whoever brought them.

Each is an encrypted file beside the vault's photographs; its key, and what is known of it, lie in
the database as a draft of that person. Whoever brought it keeps it or leaves it out; without the
draft the file cannot be read by anybody.
"""

import errno
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.errors import StorageTrouble, StorageUnavailable
from mesodesk.db.models.draft import DraftRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.photo import (
    WAITING_FORM,
    PhotoFormat,
    PhotosWaiting,
    PreparedPhoto,
    WaitingPhoto,
)
from mesodesk.domain.rights import Right
from mesodesk.services.drafts import forget_draft
from mesodesk.services.errors import RefusedError
from mesodesk.services.patient_rows import find_patient
from mesodesk.services.store import Store, Transaction
from mesodesk.vault.errors import VaultError
from mesodesk.vault.photo_files import PhotoFiles, Sealed, seal, unseal

MOST_WAITING_MB: Final = 256
"""Millions of bytes of one person's photographs that wait, all patients together."""
_MEGA: Final = 1_000_000
_LONGEST_NAME: Final = 120


class WaitingPhotoService:
    """Sets aside, gives back and lets go of photographs of whoever is in."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, patient_id: UUID, name: str, prepared: PreparedPhoto) -> UUID:
        """Set a photograph aside: its encrypted file durably first, then the draft; return its id.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
            RefusedError: if too much waits already; nothing was set aside.
            StorageUnavailable: if the disk refuses; nothing was set aside.
        """
        sealed = seal(new_id(), prepared.data)
        files = self._files()
        try:
            with self._store.write(Right.PHOTO_EDIT) as tx:
                find_patient(tx, patient_id)
                _need_room(tx, sealed.size)
                lay_down(files, sealed)
                row = DraftRow(
                    user_id=tx.actor.id,
                    form=WAITING_FORM,
                    subject=_subject(patient_id, sealed.photo_id),
                )
                row.payload, row.kept_at = _payload(name, prepared, sealed), tx.now
                tx.db.add(row)
                tx.audit("draft.keep", "draft", None, form=WAITING_FORM)
                tx.touch(Topic.DRAFTS)
        except RefusedError:
            files.remove(sealed.photo_id)
            raise
        files.settle(sealed.photo_id)
        return sealed.photo_id

    def of_patient(self, patient_id: UUID) -> PhotosWaiting:
        """Return what who acts brought for a patient and has not decided on, the first first.

        One whose file is not there or not whole any more is named, and forgotten.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
        """
        with self._store.read(Right.OWN) as tx:
            find_patient(tx, patient_id)
            rows = _rows(tx, f"{patient_id}/")
        found, lost = [], []
        for row in rows:
            photo_id = _id_of(row.subject)
            try:
                found.append(self._waiting(photo_id, row.payload))
            except (VaultError, OSError):
                lost.append(str(row.payload["name"]))
                self.discard(patient_id, photo_id)
        return PhotosWaiting(patient_id, tuple(found), tuple(lost))

    def discard(self, patient_id: UUID, photo_id: UUID) -> None:
        """Let go of a photograph that waits; nothing happens if it does not."""
        with self._store.write(Right.OWN) as tx:
            waited = forget_waiting(tx, patient_id, photo_id)
        if waited:
            self._files().remove(photo_id)

    def _files(self) -> PhotoFiles:
        return PhotoFiles(self._store.vault.paths.photos_waiting)

    def _waiting(self, photo_id: UUID, payload: Mapping[str, Any]) -> WaitingPhoto:
        content = self._files().read(photo_id)
        data = unseal(photo_id, bytes.fromhex(payload["key"]), content)
        day = payload["taken_on"]
        prepared = PreparedPhoto(
            data=data,
            format=PhotoFormat(payload["format"]),
            width_px=int(payload["width_px"]),
            height_px=int(payload["height_px"]),
            thumbnail=b64decode(payload["thumbnail"]),
            received_size=int(payload["received_size"]),
            received_sha256=bytes.fromhex(payload["received_sha256"]),
            taken_on=None if day is None else date.fromisoformat(day),
            device=str(payload["device"]),
        )
        return WaitingPhoto(str(payload["name"]), prepared, photo_id)


def forget_waiting(tx: Transaction, patient_id: UUID, photo_id: UUID) -> bool:
    """Forget a photograph of who acts, in the transaction that makes a record of it.

    Returns:
        Whether it waited for them; its file is to be removed then, once that is kept.
    """
    return forget_draft(tx, WAITING_FORM, _subject(patient_id, photo_id))


def lay_down(files: PhotoFiles, sealed: Sealed) -> None:
    """Write a file durably under its name for the time being.

    Raises:
        StorageUnavailable: if the disk refuses; nothing is left then.
    """
    try:
        files.lay_down(sealed)
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise StorageUnavailable(StorageTrouble.FULL if full else StorageTrouble.IO) from error


def _need_room(tx: Transaction, size: int) -> None:
    waits = sum(int(row.payload["size"]) for row in _rows(tx))
    if waits + size > MOST_WAITING_MB * _MEGA:
        raise RefusedError(
            f"{MOST_WAITING_MB} MB of your photographs wait already, so this one is in memory only:"
            " it is lost when you lock or close. Keep those that wait, or leave them out."
        )


def _rows(tx: Transaction, begins: str = "") -> list[DraftRow]:
    mine = select(DraftRow).where(
        DraftRow.user_id == tx.actor.id,
        DraftRow.form == WAITING_FORM,
        DraftRow.subject.startswith(begins, autoescape=True),
    )
    # Ids are in the order of their making.
    return list(tx.db.scalars(mine.order_by(DraftRow.subject)))


def _subject(patient_id: UUID, photo_id: UUID) -> str:
    return f"{patient_id}/{photo_id}"


def _id_of(subject: str) -> UUID:
    return UUID(subject.partition("/")[2])


def _payload(name: str, prepared: PreparedPhoto, sealed: Sealed) -> dict[str, object]:
    day = prepared.taken_on
    return {
        "name": name[:_LONGEST_NAME],
        "key": sealed.key.hex(),
        "size": sealed.size,
        "format": prepared.format.value,
        "width_px": prepared.width_px,
        "height_px": prepared.height_px,
        "thumbnail": b64encode(prepared.thumbnail).decode("ascii"),
        "received_size": prepared.received_size,
        "received_sha256": prepared.received_sha256.hex(),
        "taken_on": None if day is None else day.isoformat(),
        "device": prepared.device,
    }

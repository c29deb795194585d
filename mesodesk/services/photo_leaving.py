"""The photographs of records that leave: which may, and reading them one by one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.photo import PhotoRow
from mesodesk.domain.consent_rules import photo_decisions
from mesodesk.domain.photo_consent import stays, why_not, why_not_these
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.records.export import LeavingPhoto
from mesodesk.domain.records.photo import Picture
from mesodesk.services.consent_facts import consent_facts
from mesodesk.services.photo_rows import find_photo, photos, picture
from mesodesk.services.store import Aside, Transaction
from mesodesk.vault.errors import VaultError


@dataclass(frozen=True, slots=True)
class PhotosLeaving:
    """Ids of those that leave; how many stay though they are no error, and why."""

    ids: tuple[UUID, ...] = ()
    stay: int = 0
    why: str = ""


def photos_leaving(tx: Transaction, patient_id: UUID) -> PhotosLeaving:
    """Return which photographs leave with a patient's record, and keep that on the log.

    Those that the patient agreed to have in the record, and that were taken for it; none that was
    entered in error.
    """
    decisions = photo_decisions(consent_facts(tx, patient_id).given)
    standing = [
        each for each in photos(tx, PhotoRow.patient_id == patient_id) if not each.is_struck
    ]
    purpose = PhotoPurpose.RECORD
    going = [
        each for each in standing if not why_not_these(decisions, purpose, each.fields.purposes)
    ]
    for each in going:
        tx.audit("photo.export", "photo", each.id, each.version, purpose=purpose.value)
    stay = len(standing) - len(going)
    why = why_not(decisions, purpose) if stay else ""
    return PhotosLeaving(tuple(each.id for each in reversed(going)), stay, why)


def leaving_pictures(
    begin: Aside, ids: tuple[UUID, ...], go: Callable[[], object]
) -> Iterator[LeavingPhoto]:
    """Yield photographs that leave, decrypted one at a time; None where a file is lost or damaged.

    Raises:
        ExportStoppedError: if `go` says that it was stopped.
        NotFoundError: if who acts may not see the patient any more.
    """
    for photo_id in ids:
        go()
        with begin() as tx:
            (record,) = photos(tx, PhotoRow.id == photo_id)
        yield LeavingPhoto(record, _read(begin, photo_id))


def count_of_clinic(tx: Transaction) -> tuple[int, int]:
    """Return how many photographs who acts may see, and how many stay in restricted records."""
    count = select(func.count()).select_from(PhotoRow)
    seen = tx.db.scalar(count.where(tx.visible(PhotoRow.patient_id))) or 0
    return seen, (tx.db.scalar(count) or 0) - seen


def pictures_of_clinic(begin: Aside, go: Callable[[], object]) -> Iterator[LeavingPhoto]:
    """Yield every photograph that who acts may see, patient by patient, the first day first.

    What each patient agreed to is looked up as that patient's turn comes, since all of them may
    take long. One that leaves is decrypted when it is asked for, and the next one after it.

    Raises:
        ExportStoppedError: if `go` says that it was stopped.
    """
    for patient_id, record_number in _photographed(begin):
        go()
        with begin() as tx:
            decisions = photo_decisions(consent_facts(tx, patient_id).given)
            found = photos(tx, PhotoRow.patient_id == patient_id)
        for each in reversed(found):
            go()
            held = stays(decisions, each)
            if held is None:
                yield LeavingPhoto(each, _read(begin, each.id), record_number)
            else:
                yield LeavingPhoto(each, None, record_number, *held)


def _photographed(begin: Aside) -> list[tuple[UUID, str]]:
    has_any = select(PhotoRow.id).where(PhotoRow.patient_id == PatientRow.id).exists()
    whom = select(PatientRow.id, PatientRow.record_number).where(has_any)
    with begin() as tx:
        rows = tx.db.execute(whom.where(tx.visible(PatientRow.id)).order_by(PatientRow.seq))
        return [(row.id, row.record_number) for row in rows]


def _read(begin: Aside, photo_id: UUID) -> Picture | None:
    """Decrypt a picture in a transaction of its own; None if its file is lost or damaged."""
    with begin() as tx:
        try:
            return picture(tx, find_photo(tx, photo_id))
        except VaultError:
            return None

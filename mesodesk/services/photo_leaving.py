"""The photographs of a whole record that leaves: which may, and reading them one by one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from mesodesk.db.models.photo import PhotoRow
from mesodesk.domain.consent_rules import photo_decisions
from mesodesk.domain.photo_consent import why_not, why_not_these
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.records.photo import PhotoRecord, Picture
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
) -> Iterator[tuple[PhotoRecord, Picture | None]]:
    """Yield photographs that leave, decrypted one at a time; None where a file is lost or damaged.

    Raises:
        ExportStoppedError: if `go` says that it was stopped.
        NotFoundError: if who acts may not see the patient any more.
    """
    for photo_id in ids:
        go()
        with begin() as tx:
            row = find_photo(tx, photo_id)
            (record,) = photos(tx, PhotoRow.id == photo_id)
            try:
                found = picture(tx, row)
            except VaultError:
                found = None
        yield record, found

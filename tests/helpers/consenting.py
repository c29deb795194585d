"""Gives a consent where a test signs a session, so that the test is about something else."""

from uuid import UUID

from mesodesk.demo.consents import give_consent
from mesodesk.domain.answers import Answer
from mesodesk.domain.records.consent import ConsentRecord, PhotoPurpose
from mesodesk.domain.records.session import SessionRecord
from mesodesk.services.desk import Desk


def cover(desk: Desk, session: SessionRecord) -> None:
    """Have the patient consent to what a session in draft uses, unless that is covered already."""
    found = desk.consents.standing(session.id)
    if found is not None and not found.holds:
        give_consent(desk, session.patient_id)


def agree_to_photos(
    desk: Desk, patient_id: UUID, photos: dict[PhotoPurpose, Answer]
) -> ConsentRecord:
    """Have a patient decide on photographs, in a consent to some product of the catalogue."""
    product = desk.catalogue.products()[0]
    return give_consent(desk, patient_id, products=(product.id,), photos=photos)

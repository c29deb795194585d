"""What a new consent begins with, so that nothing is asked for twice."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.session import SessionRow
from mesodesk.domain.bodymap.area_groups import load_groups
from mesodesk.domain.clock import local_date
from mesodesk.domain.consent_files import load_consent
from mesodesk.domain.consent_rules import Use
from mesodesk.domain.records.consent import ConsentFields, ConsentState
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.texts import LANGUAGES
from mesodesk.services.clinic import clinic_row
from mesodesk.services.consent_facts import uses_of
from mesodesk.services.consent_rows import consent_fields, consents_of, products_named
from mesodesk.services.patient_rows import find_patient
from mesodesk.services.session_rows import find_session
from mesodesk.services.store import Transaction


def first_fields(tx: Transaction, patient_id: UUID) -> ConsentFields:
    """Return the fields of a new consent.

    Products and areas come from the open session and the last consent, the language from the
    patient, the day of today. What was decided is asked anew, photographs among it.
    """
    clinic, patient = clinic_row(tx.db), find_patient(tx, patient_id)
    last = next(iter(consents_of(tx, patient_id, ConsentState.SIGNED)), None)
    before = ConsentFields() if last is None else consent_fields(last)
    products, areas = _of_open_session(tx, patient_id)
    wanted = dict.fromkeys([*products, *before.products])
    spoken = patient.language.replace("_", "-").partition("-")[0].lower()
    usual = clinic.language if last is None else before.language
    return ConsentFields(
        text_id=before.text_id if last is not None else next(iter(load_consent().texts)),
        language=spoken if spoken in LANGUAGES else usual,
        products=tuple(each.product_id for each in products_named(tx.db, tuple(wanted), ())),
        areas=tuple(name for name in load_groups() if name in {*areas, *before.areas}),
        planned_sessions=before.planned_sessions,
        alternatives=before.alternatives,
        informed_on=local_date(tx.now, clinic.zone),
        signer=before.signer,
        signer_name=before.signer_name,
    )


def _of_open_session(tx: Transaction, patient_id: UUID) -> tuple[list[UUID], set[str]]:
    opened = tx.db.scalar(
        select(SessionRow.id).where(
            SessionRow.patient_id == patient_id, SessionRow.state == SessionState.DRAFT
        )
    )
    uses = [] if opened is None else list(uses_of(tx.db, find_session(tx, opened)))
    return list(_products(uses)), {use.area for use in uses if use.area}


def _products(uses: list[Use]) -> Iterator[UUID]:
    return iter(dict.fromkeys(use.product_id for use in uses))

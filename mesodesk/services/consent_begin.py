"""What a new consent begins with, so that nothing is asked for twice."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.plan import PlanRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.bodymap.area_groups import group_of, load_groups
from mesodesk.domain.clock import local_date
from mesodesk.domain.consent_files import load_consent
from mesodesk.domain.consent_rules import Use
from mesodesk.domain.records.consent import ConsentFields, ConsentState
from mesodesk.domain.records.plan import PlanState
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.texts import LANGUAGES
from mesodesk.services.clinic import clinic_row
from mesodesk.services.consent_facts import uses_of
from mesodesk.services.consent_rows import consent_fields, consents_of, products_named
from mesodesk.services.patient_rows import find_patient
from mesodesk.services.protocol_rows import content_of, version_row
from mesodesk.services.session_rows import find_session
from mesodesk.services.store import Transaction


def first_fields(tx: Transaction, patient_id: UUID) -> ConsentFields:
    """Return the fields of a new consent.

    Products and areas come from the open session, the active plans and the last consent, the
    number of sessions from the plan, the language from the patient, the day of today. What was
    decided is asked anew, photographs among it.
    """
    clinic, patient = clinic_row(tx.db), find_patient(tx, patient_id)
    last = next(iter(consents_of(tx, patient_id, ConsentState.SIGNED)), None)
    before = ConsentFields() if last is None else consent_fields(last)
    products, areas = _of_open_session(tx, patient_id)
    plans = _active_plans(tx, patient_id)
    planned = {group_of(region) for plan in plans for region in plan.regions}
    wanted = dict.fromkeys([*products, *_of_protocols(tx, plans), *before.products])
    spoken = patient.language.replace("_", "-").partition("-")[0].lower()
    usual = clinic.language if last is None else before.language
    return ConsentFields(
        text_id=before.text_id if last is not None else next(iter(load_consent().texts)),
        language=spoken if spoken in LANGUAGES else usual,
        products=tuple(each.product_id for each in products_named(tx.db, tuple(wanted), ())),
        areas=tuple(name for name in load_groups() if name in {*areas, *planned, *before.areas}),
        planned_sessions=_planned_sessions(plans) or before.planned_sessions,
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


def _active_plans(tx: Transaction, patient_id: UUID) -> list[PlanRow]:
    """Return the plans that are being followed, the newest first."""
    chosen = select(PlanRow).where(
        PlanRow.patient_id == patient_id, PlanRow.state == PlanState.ACTIVE
    )
    return list(tx.db.scalars(chosen.order_by(PlanRow.created_at.desc(), PlanRow.id)))


def _planned_sessions(plans: list[PlanRow]) -> int | None:
    """Return how many sessions were agreed on; of several courses none speaks for all."""
    told = [plan.planned_sessions for plan in plans]
    return told[0] if len(told) == 1 else None


def _of_protocols(tx: Transaction, plans: list[PlanRow]) -> Iterator[UUID]:
    """Yield what the mixtures of the plans' protocols ask a consent for, as a session would."""
    for plan in plans:
        if plan.protocol_id is None:
            continue
        content, _unreadable = content_of(version_row(tx.db, plan.protocol_id))
        injecting = None if content is None else content.injecting
        for recipe in () if injecting is None else injecting.recipes:
            parts = [each for each in recipe.parts if not each.diluent] or recipe.parts
            yield from (part.product_id for part in parts)


def _products(uses: list[Use]) -> Iterator[UUID]:
    return iter(dict.fromkeys(use.product_id for use in uses))

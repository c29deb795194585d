"""What the rules of consent look at: signed consents, demands, and what a session uses."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mesodesk.db.models.session import ChartFieldRow, SessionRow
from mesodesk.domain.bodymap.area_groups import group_of
from mesodesk.domain.consent_rules import (
    ConsentFacts,
    ConsentStanding,
    Use,
    standing_of,
)
from mesodesk.domain.records.consent import ConsentState
from mesodesk.services.clinic import clinic_row
from mesodesk.services.consent_rows import consents_of, demands_of, given, text_key
from mesodesk.services.consent_texts import outdated
from mesodesk.services.session_rows import kept_syringes
from mesodesk.services.session_versions import link_of
from mesodesk.services.store import Transaction


def consent_facts(
    tx: Transaction, patient_id: UUID, session: SessionRow | None = None
) -> ConsentFacts:
    """Gather what decides whether a patient's consent stands, and covers a session."""
    clinic = clinic_row(tx.db)
    signed = consents_of(tx, patient_id, ConsentState.SIGNED)
    anew = outdated(tx.db, map(text_key, signed))
    return ConsentFacts(
        given=tuple(given(tx, row, anew) for row in signed),
        demands=demands_of(tx.db, patient_id) if signed else (),
        uses=() if session is None else tuple(uses_of(tx.db, session)),
        months=clinic.consent_months,
        now=tx.now,
        zone=clinic.zone,
    )


def uses_of(db: Session, session: SessionRow) -> Iterator[Use]:
    """Yield each product of a session's syringes with each part of the body it was charted on.

    What only dilutes asks for no consent of its own; what is injected with nothing in it does.
    """
    areas = _areas(db, session.id)
    for syringe in kept_syringes(session):
        parts = syringe.components
        for part in [each for each in parts if not each.diluent] or parts:
            for area in sorted(areas.get(syringe.id, ())) or [""]:
                yield Use(part.product_id, part.product_name, part.product_class, area)


def _areas(db: Session, session_id: UUID) -> dict[UUID, set[str]]:
    rows = db.execute(
        select(ChartFieldRow.syringe_id, ChartFieldRow.regions)
        .where(ChartFieldRow.session_id == session_id)
        .order_by(ChartFieldRow.id)
    )
    areas: dict[UUID, set[str]] = {}
    for row in rows:
        areas.setdefault(row.syringe_id, set()).update(set(map(group_of, row.regions)) - {""})
    return areas


def session_standing(tx: Transaction, row: SessionRow) -> ConsentStanding | None:
    """Return whether a consent covers a draft; None where none is asked for.

    An amendment asks for none: it puts the record of what was injected right, whatever the patient
    decided since.
    """
    if not clinic_row(tx.db).consent_required or link_of(tx.db, row.id) is not None:
        return None
    return standing_of(consent_facts(tx, row.patient_id, row))

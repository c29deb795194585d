"""Gathers what screening looks at: patient, intake, the session's syringes and chart, its past."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, exists, select

from mesodesk.db.models.follow_up import FollowUpItemRow, FollowUpRow
from mesodesk.db.models.intake import IntakeRow
from mesodesk.db.models.session import (
    ChartFieldRow,
    SessionRow,
    SyringeComponentRow,
    SyringeRow,
)
from mesodesk.db.models.stock import ProductRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.catalogue import Exposure, load_catalogue
from mesodesk.domain.clock import local_date
from mesodesk.domain.questionnaire import load_questionnaire
from mesodesk.domain.records.followup import CheckAnswer
from mesodesk.domain.records.intake import IntakeFields, ItemAnswer
from mesodesk.domain.records.session import COUNTED
from mesodesk.domain.red_flags import raised_flags
from mesodesk.domain.schedule import load_schedule
from mesodesk.domain.screening_facts import DrawnPart, ScreeningFacts, age_in_years
from mesodesk.services.clinic import clinic_row
from mesodesk.services.errors import NotFoundError
from mesodesk.services.intake_rows import intake_fields, newest_intake
from mesodesk.services.patient_rows import find_patient
from mesodesk.services.store import Transaction

_SEEN_IN: Final = {"late_nodule": ("nodule", "late_lump")}
"""Items of the intake that a check of a session answers too, with the items of the checks."""

_PARTS = (
    select(
        SessionRow.id,
        SessionRow.started_at,
        SessionRow.zone,
        SyringeComponentRow.product_class,
        SyringeComponentRow.product_name,
        SyringeComponentRow.actives,
        SyringeComponentRow.lot_number,
        SyringeRow.digit,
        ProductRow.starter_id,
    )
    .join(SyringeRow, SyringeRow.session_id == SessionRow.id)
    .join(SyringeComponentRow, SyringeComponentRow.syringe_id == SyringeRow.id)
    .join(ProductRow, ProductRow.id == SyringeComponentRow.product_id)
    .where(SyringeRow.removed.is_(False))
)
"""What was drawn up: a row for each component of each syringe still in use."""


def gather(tx: Transaction, patient_id: UUID, session_id: UUID | None) -> ScreeningFacts:
    """Return the facts of a patient, and of one of the patient's sessions if given.

    Raises:
        NotFoundError: if there is no such patient or session.
    """
    patient, clinic = find_patient(tx, patient_id), clinic_row(tx.db)
    session = None if session_id is None else _session(tx, patient_id, session_id)
    on = local_date(tx.now, clinic.zone) if session is None else _day(session)
    facts = ScreeningFacts(
        on=on,
        age_years=age_in_years(patient.birth_date, on),
        body_sex=patient.body_sex.value,
        jurisdiction=clinic.jurisdiction or None,
        minimum_age=clinic.minimum_age,
        in_session=session is not None,
    )
    intake = newest_intake(tx, patient_id)
    if intake is not None:
        asked_before = session is not None and _completed_before(intake, on, clinic.zone)
        facts = _with_intake(facts, intake_fields(intake), asked_before=asked_before)
    facts = _with_past(tx, facts, patient_id, session)
    facts = replace(
        facts,
        seen_in_checks=_seen_in_checks(tx, patient_id),
        red_flags=_red_flags(tx, patient_id, clinic.language),
    )
    return facts if session is None else _with_session(tx, facts, session)


def _session(tx: Transaction, patient_id: UUID, session_id: UUID) -> SessionRow:
    row = tx.db.get(SessionRow, session_id)
    if row is None or row.patient_id != patient_id:
        raise NotFoundError("This session is not on record. Nothing was changed.")
    return row


def _day(session: SessionRow) -> date:
    return local_date(session.started_at, session.zone)


def _completed_before(intake: IntakeRow, day: date, zone: str) -> bool:
    return intake.completed_at is not None and local_date(intake.completed_at, zone) < day


def _with_intake(
    facts: ScreeningFacts, typed: IntakeFields, *, asked_before: bool
) -> ScreeningFacts:
    """Add what the intake says.

    Args:
        facts: of the patient.
        typed: the intake's fields.
        asked_before: whether it was completed on an earlier day than the session's.
    """
    anew: frozenset[str] = frozenset()
    if asked_before:
        anew = frozenset(item.id for item in load_questionnaire().every_session())
    details = {item_id: one.detail or one.value for item_id, one in typed.answers.items()}
    return replace(
        facts,
        answers={
            item_id: _relied_on(one, anew=item_id in anew) for item_id, one in typed.answers.items()
        },
        details={item_id: detail for item_id, detail in details.items() if detail},
        height_cm=typed.height_cm,
        weight_kg=typed.weight_kg,
        skin_type=typed.skin_type,
        medicines=tuple(each.name for each in typed.medicines),
        allergies=tuple(each.substance for each in typed.allergies),
        allergies_asked=typed.allergies_asked,
    )


def _relied_on(given: ItemAnswer, *, anew: bool) -> Answer:
    """Return what may be relied on: not an old "no" to a question that is asked each day."""
    if anew and given.effective is Answer.NO:
        return Answer.NOT_ASKED
    return given.effective


def _with_past(
    tx: Transaction, facts: ScreeningFacts, patient_id: UUID, session: SessionRow | None
) -> ScreeningFacts:
    """Add when, and how often, each product class was used in signed sessions before."""
    earlier = _PARTS.where(SessionRow.patient_id == patient_id, SessionRow.state.in_(COUNTED))
    if session is not None:
        earlier = earlier.where(SessionRow.number < session.number)
    parts: defaultdict[tuple[UUID, date], list[Row[Any]]] = defaultdict(list)
    for row in tx.db.execute(earlier):
        parts[row.id, local_date(row.started_at, row.zone)].append(row)
    last_on: dict[str, date] = {}
    counts: dict[str, int] = {}
    for (_id, day), drawn in parts.items():
        for group in _exposure(drawn).product_classes:
            last_on[group] = max(day, last_on.get(group, day))
            counts[group] = counts.get(group, 0) + 1
    return replace(facts, last_sessions=last_on, session_counts=counts)


def _seen_in_checks(tx: Transaction, patient_id: UUID) -> dict[str, str]:
    """Return the items that the newest check about them found, with the day it was done.

    A lump told on the phone must stop the next session even if nobody asks again.
    """
    found = {}
    for item_id, told_by in _SEEN_IN.items():
        newest = tx.db.execute(
            select(FollowUpItemRow.answer, FollowUpItemRow.still_present, FollowUpRow)
            .join(FollowUpRow, FollowUpRow.id == FollowUpItemRow.follow_up_id)
            .where(
                FollowUpRow.patient_id == patient_id,
                FollowUpItemRow.item_id.in_(told_by),
                FollowUpItemRow.answer != Answer.NOT_ASKED,
            )
            .order_by(FollowUpRow.changed_at.desc())
            .limit(1)
        ).first()
        if newest is not None:
            answer, still_present, check = newest
            if answer is Answer.YES and still_present is not Answer.NO:
                day = local_date(check.done_at or check.changed_at, check.zone)
                found[item_id] = f"follow-up, {day.isoformat()}"
    return found


def _red_flags(tx: Transaction, patient_id: UUID, language: str) -> tuple[str, ...]:
    """Return what the newest answered check found; a later one without a finding ends it."""
    answered = (
        select(FollowUpRow.id, FollowUpRow.check_id)
        .where(FollowUpRow.patient_id == patient_id)
        .where(exists().where(FollowUpItemRow.follow_up_id == FollowUpRow.id))
        .order_by(FollowUpRow.changed_at.desc(), FollowUpRow.id.desc())
    )
    newest = tx.db.execute(answered.limit(1)).first()
    if newest is None:
        return ()
    item = FollowUpItemRow
    given = select(item.item_id, item.answer, item.value).where(item.follow_up_id == newest.id)
    items = {
        row.item_id: CheckAnswer(row.answer, row.value)
        for row in tx.db.execute(given.order_by(item.item_id))
    }
    raised = raised_flags(load_schedule(), newest.check_id, items, {}, language)
    return tuple(dict.fromkeys(flag.item for flag in raised))


def _with_session(tx: Transaction, facts: ScreeningFacts, session: SessionRow) -> ScreeningFacts:
    """Add what was drawn up for the session and where it was charted."""
    of_session = _PARTS.where(SessionRow.id == session.id)
    parts = tx.db.execute(of_session.order_by(SyringeRow.digit, SyringeComponentRow.position)).all()
    exposure = _exposure(parts)
    charted = select(ChartFieldRow.regions).where(ChartFieldRow.session_id == session.id)
    names = {row.product_name for row in parts}
    names.update(active["name"] for row in parts for active in row.actives)
    return replace(
        facts,
        height_cm=session.height_cm or facts.height_cm,
        weight_kg=session.weight_kg or facts.weight_kg,
        product_classes=exposure.product_classes,
        ingredients=exposure.ingredients,
        traits=exposure.traits,
        component_names=frozenset(names),
        drawn=tuple(_drawn(row) for row in parts),
        regions=frozenset(region for regions in tx.db.scalars(charted) for region in regions),
        emergency_kit_checked=session.emergency_kit,
        told_today=_told(session),
    )


def _drawn(row: Row[Any]) -> DrawnPart:
    exposure = _exposure([row])
    return DrawnPart(
        digit=row.digit,
        product=row.product_name,
        lot=row.lot_number,
        classes=exposure.product_classes,
        ingredients=exposure.ingredients,
        traits=exposure.traits,
        names=frozenset({row.product_name, *(active["name"] for active in row.actives)}),
    )


def _told(session: SessionRow) -> dict[str, str]:
    """Return what was told when the patient was asked at the start of the session."""
    asked = {
        "anything_changed": (session.anything_changed, session.changes),
        "reaction_to_last": (session.reaction_to_last, session.reaction_to_last_detail),
    }
    return {fact: told for fact, (answer, told) in asked.items() if answer is Answer.YES}


def _exposure(parts: Iterable[Row[Any]]) -> Exposure:
    rows = list(parts)
    actives: list[Mapping[str, Any]] = [active for row in rows for active in row.actives]
    return _exposure_of(
        tuple(row.product_class for row in rows),
        tuple(active["ingredient_id"] for active in actives),
        tuple(row.starter_id for row in rows),
        (*(row.product_name for row in rows), *(active["name"] for active in actives)),
    )


# A patient of years was given the same few mixtures again and again.
@lru_cache(maxsize=512)
def _exposure_of(
    classes: tuple[str, ...],
    ingredients: tuple[str, ...],
    products: tuple[str, ...],
    names: tuple[str, ...],
) -> Exposure:
    return load_catalogue().exposure(classes, ingredients, products, names)

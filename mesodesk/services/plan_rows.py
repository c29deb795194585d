"""Plans between their tables and their frozen records, and how far each has come."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mesodesk.db.models.plan import PlanRow, ProtocolRow, ProtocolVersionRow, SessionPlanRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.clock import local_date
from mesodesk.domain.plans import glance
from mesodesk.domain.records.plan import (
    Glance,
    Interval,
    PlanFields,
    PlanRecord,
)
from mesodesk.domain.records.protocol import SessionPlan
from mesodesk.domain.records.session import COUNTED, SessionState
from mesodesk.domain.region_ids import any_part_of
from mesodesk.services.clinic import clinic_row
from mesodesk.services.errors import NotFoundError
from mesodesk.services.protocol_rows import content_of, version_row
from mesodesk.services.session_lists import regions_of
from mesodesk.services.session_versions import injected_on, is_amendment
from mesodesk.services.store import Transaction


class _Past(NamedTuple):
    """A session of a patient that was signed and stands; `plan_id` None belongs to no plan."""

    id: UUID
    patient_id: UUID
    number: int
    day: date
    plan_id: UUID | None
    in_plan: int


class _Course(NamedTuple):
    """How many sessions of a plan were done, and the day that its interval is measured from."""

    done: int
    last_on: date | None


def find_plan(tx: Transaction, plan_id: UUID) -> PlanRow:
    """Return a plan.

    Raises:
        NotFoundError: if there is none of that id, or none that who acts may see.
    """
    row = tx.db.get(PlanRow, plan_id)
    if row is None:
        raise NotFoundError("This plan is not on record. Nothing was changed.")
    tx.need_patient(row.patient_id)
    return row


def plan_fields(row: PlanRow) -> PlanFields:
    interval = None
    if row.interval_count is not None and row.interval_unit is not None:
        interval = Interval(row.interval_count, row.interval_unit)
    return PlanFields(
        indication=row.indication,
        regions=tuple(row.regions),
        planned_sessions=row.planned_sessions,
        interval=interval,
        max_sessions=row.max_sessions,
        protocol_id=row.protocol_id,
    )


def link_to_plan(db: Session, session_id: UUID) -> SessionPlanRow | None:
    """Return which session of which plan a session is; None if it belongs to none."""
    return db.get(SessionPlanRow, session_id)


def add_link(tx: Transaction, plan: PlanRow, session_id: UUID) -> SessionPlanRow:
    """Make a draft the next session of a plan, by the newest version of the plan's protocol."""
    last = tx.db.scalar(
        select(func.max(SessionPlanRow.number))
        .join(SessionRow, SessionRow.id == SessionPlanRow.session_id)
        .where(SessionPlanRow.plan_id == plan.id, SessionRow.state.in_(COUNTED))
    )
    version = None if plan.protocol_id is None else version_row(tx.db, plan.protocol_id).id
    row = SessionPlanRow(
        session_id=session_id,
        plan_id=plan.id,
        number=(last or 0) + 1,
        protocol_version_id=version,
    )
    tx.db.add(row)
    tx.db.flush()
    return row


# How far plans have come


def plan_records(tx: Transaction, rows: Iterable[PlanRow]) -> tuple[PlanRecord, ...]:
    """Return the records of plans, in the same order."""
    plans = list(rows)
    if not plans:
        return ()
    today = local_date(tx.now, clinic_row(tx.db).zone)
    past = _past(tx.db, {row.patient_id for row in plans})
    courses = _courses(tx.db, plans, past)
    drafts, protocols = _drafts(tx.db, plans), _protocols(tx.db, plans)
    return tuple(
        PlanRecord(
            id=row.id,
            version=row.version,
            patient_id=row.patient_id,
            fields=plan_fields(row),
            state=row.state,
            begun_at=row.created_at,
            begun_by=row.begun_by_name,
            ended_at=row.ended_at,
            ended_by=row.ended_by_name,
            reason=row.reason,
            done=courses[row.id].done,
            glance=_glance(row, _next_number(row, past, drafts), courses[row.id], today),
            open_session=drafts[row.id][0] if row.id in drafts else None,
            protocol_name=protocols[row.protocol_id][0] if row.protocol_id else "",
            protocol_version=protocols[row.protocol_id][1] if row.protocol_id else None,
        )
        for row in plans
    )


def glances_of(tx: Transaction, plan_ids: Collection[UUID]) -> dict[UUID, Glance]:
    """Return where some plans stand today."""
    if not plan_ids:
        return {}
    rows = tx.db.scalars(select(PlanRow).where(PlanRow.id.in_(plan_ids)))
    return {each.id: each.glance for each in plan_records(tx, rows)}


def session_plan(tx: Transaction, row: SessionRow) -> SessionPlan | None:
    """Return the plan of a session, as it stands on the day of its injections."""
    link = link_to_plan(tx.db, row.id)
    if link is None:
        return None
    plan = find_plan(tx, link.plan_id)
    past = [each for each in _past(tx.db, {plan.patient_id}) if each.number < row.number]
    day = local_date(row.started_at, row.zone)
    if row.state is SessionState.DRAFT:
        day = injected_on(tx, row, clinic_row(tx.db).zone)
    begun = SessionPlan(
        plan_id=plan.id,
        fields=plan_fields(plan),
        glance=_glance(plan, link.number, _courses(tx.db, [plan], past)[plan.id], day),
        set_by=plan.begun_by_name,
    )
    if link.protocol_version_id is None:
        return begun
    version = tx.db.get_one(ProtocolVersionRow, link.protocol_version_id)
    return replace(
        begun,
        protocol_name=tx.db.get_one(ProtocolRow, version.protocol_id).name,
        protocol_version=version.number,
        protocol=content_of(version)[0],
    )


def kept_plan(found: SessionPlan | None) -> dict[str, Any]:
    """Return what a signed session keeps of its plan; nothing if it belongs to none."""
    if found is None:
        return {}
    stands = found.glance
    return {
        "plan": {
            "indication": stands.indication,
            "number": stands.number,
            "planned": stands.of,
            "last_on": None if stands.last_on is None else stands.last_on.isoformat(),
            "earliest_on": None if stands.earliest_on is None else stands.earliest_on.isoformat(),
            "protocol": found.protocol_name,
            "protocol_version": found.protocol_version,
        }
    }


def _glance(row: PlanRow, number: int, course: _Course, today: date) -> Glance:
    return glance(
        row.id,
        plan_fields(row),
        number=number,
        done=course.done,
        last_on=course.last_on,
        today=today,
    )


def _next_number(row: PlanRow, past: Sequence[_Past], drafts: dict[UUID, tuple[UUID, int]]) -> int:
    if row.id in drafts:
        return drafts[row.id][1]
    return max((each.in_plan for each in past if each.plan_id == row.id), default=0) + 1


def _past(db: Session, patient_ids: Collection[UUID]) -> list[_Past]:
    """Return the sessions of patients that were signed and stand, in order."""
    rows = db.execute(
        select(
            SessionRow.id,
            SessionRow.patient_id,
            SessionRow.number,
            SessionRow.started_at,
            SessionRow.zone,
            SessionPlanRow.plan_id,
            SessionPlanRow.number.label("in_plan"),
        )
        .outerjoin(SessionPlanRow, SessionPlanRow.session_id == SessionRow.id)
        .where(SessionRow.patient_id.in_(patient_ids), SessionRow.state.in_(COUNTED))
        .order_by(SessionRow.patient_id, SessionRow.number)
    )
    return [
        _Past(
            row.id,
            row.patient_id,
            row.number,
            local_date(row.started_at, row.zone),
            row.plan_id,
            row.in_plan or 0,
        )
        for row in rows
    ]


def _courses(db: Session, plans: Sequence[PlanRow], past: Sequence[_Past]) -> dict[UUID, _Course]:
    """Return how far plans have come.

    The interval is measured from the last session of the plan, or from a later one that is not of
    it and treated a region of it; a plan without regions is measured from those of no plan.
    """
    later = {plan.id: _after_the_last(plan, past) for plan in plans}
    regions = regions_of(db, {one.id for each in later.values() for one in each})
    found = {}
    for plan in plans:
        own = [each.day for each in past if each.plan_id == plan.id]
        days = own[-1:]
        for each in later[plan.id]:
            near = any_part_of(regions.get(each.id, ()), plan.regions)
            if near if plan.regions else each.plan_id is None:
                days.append(each.day)
        found[plan.id] = _Course(len(own), max(days, default=None))
    return found


def _after_the_last(plan: PlanRow, past: Sequence[_Past]) -> list[_Past]:
    """Return the patient's sessions after the last one of a plan."""
    own = [each.number for each in past if each.plan_id == plan.id]
    last = max(own, default=0)
    return [each for each in past if each.patient_id == plan.patient_id and each.number > last]


def _drafts(db: Session, plans: Sequence[PlanRow]) -> dict[UUID, tuple[UUID, int]]:
    """Return the open session of each plan that has one, with its number; no amendment is one."""
    rows = db.execute(
        select(SessionPlanRow.plan_id, SessionPlanRow.session_id, SessionPlanRow.number)
        .join(SessionRow, SessionRow.id == SessionPlanRow.session_id)
        .where(
            SessionPlanRow.plan_id.in_([plan.id for plan in plans]),
            SessionRow.state == SessionState.DRAFT,
            ~is_amendment(),
        )
    )
    return {row.plan_id: (row.session_id, row.number) for row in rows}


def _protocols(db: Session, plans: Sequence[PlanRow]) -> dict[UUID, tuple[str, int]]:
    """Return the names of the plans' protocols and the numbers of their newest versions."""
    ids = {plan.protocol_id for plan in plans if plan.protocol_id is not None}
    rows = db.execute(
        select(ProtocolRow.id, ProtocolRow.name, func.max(ProtocolVersionRow.number))
        .join(ProtocolVersionRow, ProtocolVersionRow.protocol_id == ProtocolRow.id)
        .where(ProtocolRow.id.in_(ids))
        .group_by(ProtocolRow.id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}

"""Where the events of a timeline come from: one source for each thing that happens.

To add one: a function that says which rows there are and when (`find`), one that reads some of
them (`read`), a line in `SOURCES`, and words for it in `ui/timeline/looks.py`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import case, or_, select

from mesodesk.db.models.follow_up import FollowUpRow
from mesodesk.db.models.intake import IntakeRow
from mesodesk.db.models.plan import PlanRow
from mesodesk.db.models.session import SessionRow
from mesodesk.db.models.versions import SessionStatementRow
from mesodesk.domain.records.followup import FollowUpState
from mesodesk.domain.records.intake import IntakeState
from mesodesk.domain.records.session import STANDING, SessionState
from mesodesk.domain.records.timeline import EventKind, IntakeFact, PlanFact, StatementFact
from mesodesk.services.followup_rows import follow_ups
from mesodesk.services.session_lists import summaries
from mesodesk.services.store import Transaction
from mesodesk.services.timeline_consents import (
    consents_signed,
    demands_made,
    read_consents,
    read_demands,
    read_withdrawals,
    withdrawals_made,
)
from mesodesk.services.timeline_outcomes import (
    occasions,
    photo_days,
    reactions_begun,
    read_occasions,
    read_photo_days,
    read_reactions,
)

Found = Iterable[tuple[UUID, Any]]
"""The ids of what happened, each with its moment; its day, of a source that goes `by_day`."""

Facts = Mapping[UUID, object]


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that happens to a patient.

    `find` returns what there is of a patient, in no order, without reading more than when it was;
    `read` returns the facts of some of it. `by_day`: only the day is known, and no time.
    """

    name: str
    kind: EventKind
    find: Callable[[Transaction, UUID], Found]
    read: Callable[[Transaction, Collection[UUID]], Facts]
    by_day: bool = False


def noon(day: date, zone: str) -> datetime:
    """Return the moment at which something stands that is known by its day alone."""
    return datetime.combine(day, time(12), ZoneInfo(zone))


def _sessions(tx: Transaction, patient_id: UUID) -> Found:
    """Find sessions, but no earlier versions, nor drafts that were discarded.

    The former are told by what was said of them; the latter never took place.
    """
    row = SessionRow
    in_error = (row.state == SessionState.ENTERED_IN_ERROR) & row.signed_at.is_not(None)
    rows = select(row.id, row.started_at).where(
        row.patient_id == patient_id, or_(row.state.in_(STANDING), in_error)
    )
    return tx.db.execute(rows)


def _read_sessions(tx: Transaction, ids: Collection[UUID]) -> Facts:
    return {each.id: each for each in summaries(tx, SessionRow.id.in_(ids))}


def _statements(tx: Transaction, patient_id: UUID) -> Found:
    rows = (
        select(SessionStatementRow.id, SessionStatementRow.made_at)
        .join(SessionRow, SessionRow.id == SessionStatementRow.session_id)
        .where(SessionRow.patient_id == patient_id)
    )
    return tx.db.execute(rows)


def _read_statements(tx: Transaction, ids: Collection[UUID]) -> Facts:
    said = SessionStatementRow
    rows = tx.db.execute(
        select(
            said.id,
            said.session_id,
            said.replaced_by,
            SessionRow.number,
            said.kind,
            said.text,
            said.author_name,
        )
        .join(SessionRow, SessionRow.id == said.session_id)
        .where(said.id.in_(ids))
    )
    return {
        row.id: StatementFact(
            row.replaced_by or row.session_id, row.number, row.kind, row.text, row.author_name
        )
        for row in rows
    }


def _checks(tx: Transaction, patient_id: UUID) -> Found:
    """Find checks that were done or missed; what waits is told as the next step."""
    row = FollowUpRow
    moment = case(
        (row.state == FollowUpState.DONE, row.done_at),
        (row.state == FollowUpState.MISSED, row.changed_at),
        else_=row.window_to,
    )
    passed = (row.state == FollowUpState.OPEN) & (row.window_to < tx.now)
    ended = row.state.in_((FollowUpState.DONE, FollowUpState.MISSED))
    rows = select(row.id, moment).where(row.patient_id == patient_id, or_(ended, passed))
    return tx.db.execute(rows)


def _read_checks(tx: Transaction, ids: Collection[UUID]) -> Facts:
    return {each.id: each for each in follow_ups(tx, FollowUpRow.id.in_(ids))}


def _plans_begun(tx: Transaction, patient_id: UUID) -> Found:
    rows = select(PlanRow.id, PlanRow.created_at).where(PlanRow.patient_id == patient_id)
    return tx.db.execute(rows)


def _plans_ended(tx: Transaction, patient_id: UUID) -> Found:
    rows = select(PlanRow.id, PlanRow.ended_at).where(
        PlanRow.patient_id == patient_id, PlanRow.ended_at.is_not(None)
    )
    return [(row.id, row.ended_at) for row in tx.db.execute(rows) if row.ended_at is not None]


def _read_begun(tx: Transaction, ids: Collection[UUID]) -> Facts:
    return {row.id: _plan(row, row.begun_by_name) for row in _plan_rows(tx, ids)}


def _read_ended(tx: Transaction, ids: Collection[UUID]) -> Facts:
    return {row.id: _plan(row, row.ended_by_name) for row in _plan_rows(tx, ids)}


def _plan_rows(tx: Transaction, ids: Collection[UUID]) -> Iterable[PlanRow]:
    return tx.db.scalars(select(PlanRow).where(PlanRow.id.in_(ids)))


def _plan(row: PlanRow, by: str) -> PlanFact:
    regions = tuple(row.regions)
    return PlanFact(row.indication, row.planned_sessions, regions, row.state, row.reason, by)


def _intakes(tx: Transaction, patient_id: UUID) -> Found:
    rows = select(IntakeRow.id, IntakeRow.completed_at).where(
        IntakeRow.patient_id == patient_id, IntakeRow.state == IntakeState.COMPLETED
    )
    return [(row.id, row.completed_at) for row in tx.db.execute(rows) if row.completed_at]


def _read_intakes(tx: Transaction, ids: Collection[UUID]) -> Facts:
    row = IntakeRow
    rows = select(row.id, row.number, row.completed_by).where(row.id.in_(ids))
    return {each.id: IntakeFact(each.number, each.completed_by) for each in tx.db.execute(rows)}


SOURCES: Final[tuple[Source, ...]] = (
    Source("session", EventKind.SESSION, _sessions, _read_sessions),
    Source("statement", EventKind.SESSION, _statements, _read_statements),
    Source("follow_up", EventKind.FOLLOW_UP, _checks, _read_checks),
    Source("reaction", EventKind.REACTION, reactions_begun, read_reactions, by_day=True),
    Source("measurement", EventKind.MEASUREMENT, occasions, read_occasions, by_day=True),
    Source("photo", EventKind.PHOTO, photo_days, read_photo_days, by_day=True),
    Source("consent", EventKind.CONSENT, consents_signed, read_consents),
    Source("withdrawal", EventKind.CONSENT, withdrawals_made, read_withdrawals),
    Source("demand", EventKind.CONSENT, demands_made, read_demands),
    Source("plan_begun", EventKind.PLAN, _plans_begun, _read_begun),
    Source("plan_ended", EventKind.PLAN, _plans_ended, _read_ended),
    Source("intake", EventKind.INTAKE, _intakes, _read_intakes),
)

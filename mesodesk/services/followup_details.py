"""What hangs on follow-up checks: answers, diary, attempts, instructions, and whose they are.

Each is asked for once for all checks that a selection chooses.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from mesodesk.db.models.follow_up import (
    FollowUpAttemptRow,
    FollowUpDiaryRow,
    FollowUpEscalationRow,
    FollowUpItemRow,
    FollowUpRow,
    FollowUpShownRow,
)
from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.plan import FollowUpProtocolRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.records.followup import (
    AttemptFields,
    AttemptRecord,
    Channel,
    CheckAnswer,
    DiaryScore,
    Escalation,
    ShownInstruction,
)
from mesodesk.services.session_lists import display_name


class Wanted(NamedTuple):
    """What a protocol says of a check."""

    title: str
    channel: Channel | None


def wanted_of(db: Session, chosen: Select[UUID]) -> dict[UUID, Wanted]:
    """Return what protocols say of checks; those that the clinic's schedule planned have none."""
    each = FollowUpProtocolRow
    rows = db.execute(
        select(each.follow_up_id, each.title, each.channel).where(each.follow_up_id.in_(chosen))
    )
    return {row.follow_up_id: Wanted(row.title, row.channel) for row in rows}


class Head(NamedTuple):
    """What a check shows of its session and patient."""

    number: int
    name: str
    phone: str


def heads_of(db: Session, chosen: Select[UUID], others: Iterable[UUID]) -> dict[UUID, Head]:
    """Return what checks show of their sessions, and of some others."""
    sessions = select(FollowUpRow.session_id).where(FollowUpRow.id.in_(chosen))
    statement = (
        select(
            SessionRow.id,
            SessionRow.number,
            PatientRow.family_name,
            PatientRow.given_names,
            PatientRow.phone,
        )
        .join(PatientRow, PatientRow.id == SessionRow.patient_id)
        .where(or_(SessionRow.id.in_(sessions), SessionRow.id.in_(list(others))))
    )
    return {
        session_id: Head(number, display_name(family_name, given_names), phone)
        for session_id, number, family_name, given_names, phone in db.execute(statement)
    }


def answers_of(db: Session, chosen: Select[UUID]) -> dict[UUID, dict[str, CheckAnswer]]:
    """Return the answers of checks. Plain rows: a long record has thousands of them."""
    item = FollowUpItemRow
    found: dict[UUID, dict[str, CheckAnswer]] = {}
    for check_id, item_id, *given in db.execute(
        select(
            item.follow_up_id,
            item.item_id,
            item.answer,
            item.value,
            item.onset_on,
            item.still_present,
            item.note,
        )
        .where(item.follow_up_id.in_(chosen))
        .order_by(item.follow_up_id, item.item_id)
    ):
        found.setdefault(check_id, {})[item_id] = _answer(*given)
    return found


# Most answers are a plain "no": one of them serves for all.
_answer = lru_cache(maxsize=256)(CheckAnswer)


def instructions_of(db: Session, chosen: Select[UUID]) -> dict[UUID, list[ShownInstruction]]:
    each = FollowUpShownRow
    found: dict[UUID, list[ShownInstruction]] = {}
    for row in db.execute(
        select(
            each.follow_up_id,
            each.item_id,
            each.band,
            each.instruction,
            each.shown_at,
            each.shown_to,
        )
        .where(each.follow_up_id.in_(chosen))
        .order_by(each.id)
    ):
        found.setdefault(row.follow_up_id, []).append(ShownInstruction(*row[1:]))
    return found


def diary_of(db: Session, chosen: Select[UUID]) -> dict[UUID, dict[str, DiaryScore]]:
    each = FollowUpDiaryRow
    found: dict[UUID, dict[str, DiaryScore]] = {}
    for row in db.execute(
        select(each.follow_up_id, each.line_id, each.day, each.score, each.source)
        .where(each.follow_up_id.in_(chosen))
        .order_by(each.follow_up_id, each.line_id, each.day)
    ):
        told = found.setdefault(row.follow_up_id, {})
        told[f"{row.line_id}.{row.day}"] = DiaryScore(row.score, row.source)
    return found


def attempts_of(db: Session, chosen: Select[UUID]) -> dict[UUID, list[AttemptRecord]]:
    each = FollowUpAttemptRow
    found: dict[UUID, list[AttemptRecord]] = {}
    for row in db.execute(
        select(
            each.follow_up_id,
            each.channel,
            each.outcome,
            each.next_at,
            each.note,
            each.tried_at,
            each.tried_by_name,
        )
        .where(each.follow_up_id.in_(chosen))
        .order_by(each.id)
    ):
        typed = AttemptFields(row.channel, row.outcome, row.next_at, row.note)
        found.setdefault(row.follow_up_id, []).append(
            AttemptRecord(typed, row.tried_at, row.tried_by_name)
        )
    return found


def escalations_of(db: Session, chosen: Select[UUID]) -> dict[UUID, Escalation]:
    each = FollowUpEscalationRow
    rows = db.scalars(select(each).where(each.follow_up_id.in_(chosen)))
    return {
        row.follow_up_id: Escalation(
            row.band,
            tuple(row.items),
            row.raised_at,
            row.handled_at,
            row.handled_by_name,
            row.handled,
        )
        for row in rows
    }

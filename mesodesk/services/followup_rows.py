"""Follow-up checks between their tables and their frozen records, and how signing plans them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session, selectinload

from mesodesk.db.models.follow_up import FollowUpItemRow, FollowUpRow, FollowUpShownRow
from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.records.followup import (
    CheckAnswer,
    FollowUpFields,
    FollowUpRecord,
    FollowUpState,
    ShownInstruction,
)
from mesodesk.domain.schedule import (
    PlannedCheck,
    is_superseded,
    load_schedule,
    planned_checks,
)
from mesodesk.services.errors import NotFoundError
from mesodesk.services.session_lists import display_name, regions_of
from mesodesk.services.store import Transaction

_WHOLE = (selectinload(FollowUpRow.items), selectinload(FollowUpRow.shown))
_PLAIN = select(*FollowUpRow.__table__.columns)
"""Checks to be read only: as objects, the thousand of a long record take three times as long."""


def find_follow_up(tx: Transaction, follow_up_id: UUID) -> FollowUpRow:
    """Return a check with its items.

    Raises:
        NotFoundError: if there is none of that id, or none that who acts may see.
    """
    statement = select(FollowUpRow).where(FollowUpRow.id == follow_up_id).options(*_WHOLE)
    row = tx.db.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFoundError("This follow-up check is not on record. Nothing was changed.")
    tx.need_patient(row.patient_id)
    return row


def follow_ups(
    tx: Transaction, *conditions: ColumnElement[bool], limit: int | None = None
) -> tuple[FollowUpRecord, ...]:
    """Return the checks that meet the conditions, the first to be due first.

    Of a patient whom who acts may not see, a check says no more than that it waits.
    """
    order = (FollowUpRow.due_at, FollowUpRow.id)
    rows = tx.db.execute(_PLAIN.where(*conditions).order_by(*order).limit(limit)).all()
    chosen = select(FollowUpRow.id).where(*conditions).order_by(*order).limit(limit)
    found = _records(tx.db, rows, chosen)
    return _veiled(tx, found) if tx.hidden else found


def _veiled(tx: Transaction, found: tuple[FollowUpRecord, ...]) -> tuple[FollowUpRecord, ...]:
    closed = {each.patient_id for each in found} & tx.hidden
    numbers = select(PatientRow.id, PatientRow.record_number).where(PatientRow.id.in_(closed))
    known = {row.id: row.record_number for row in tx.db.execute(numbers)}
    return tuple(
        each
        if each.patient_id not in closed
        else replace(
            each,
            patient_name=known[each.patient_id],
            patient_phone="",
            fields=FollowUpFields(),
            shown=(),
            missed_reason="",
            regions=(),
            restricted=True,
        )
        for each in found
    )


def follow_up_record(db: Session, row: FollowUpRow) -> FollowUpRecord:
    """Return the record of a check, with what it needs of session and patient."""
    return _records(db, [row], select(FollowUpRow.id).where(FollowUpRow.id == row.id))[0]


def _records(
    db: Session, rows: Sequence[FollowUpRow] | Sequence[Row[Any]], chosen: Select[UUID]
) -> tuple[FollowUpRecord, ...]:
    """Return the records of checks; `chosen` selects their ids.

    What hangs on them is asked for by that selection: a thousand ids, each a parameter, took longer
    than the answer.
    """
    heads = _heads(db, chosen)
    regions = regions_of(db, heads)
    answers, shown = _answers(db, chosen), _instructions(db, chosen)
    return tuple(
        FollowUpRecord(
            id=row.id,
            version=row.version,
            session_id=row.session_id,
            session_number=heads[row.session_id].number,
            patient_id=row.patient_id,
            patient_name=heads[row.session_id].name,
            patient_phone=heads[row.session_id].phone,
            check_id=row.check_id,
            schedule_version=row.schedule_version,
            due_at=row.due_at,
            window_from=row.window_from,
            window_to=row.window_to,
            state=row.state,
            fields=FollowUpFields(row.channel, answers.get(row.id, {}), row.note),
            shown=tuple(shown.get(row.id, ())),
            done_at=row.done_at,
            done_by=row.done_by_name,
            missed_reason=row.missed_reason,
            regions=regions.get(row.session_id, ()),
        )
        for row in rows
    )


class _Head(NamedTuple):
    """What a check shows of its session and patient."""

    number: int
    name: str
    phone: str


def _heads(db: Session, chosen: Select[UUID]) -> dict[UUID, _Head]:
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
        .where(SessionRow.id.in_(sessions))
    )
    return {
        session_id: _Head(number, display_name(family_name, given_names), phone)
        for session_id, number, family_name, given_names, phone in db.execute(statement)
    }


def _answers(db: Session, chosen: Select[UUID]) -> dict[UUID, dict[str, CheckAnswer]]:
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


def _instructions(db: Session, chosen: Select[UUID]) -> dict[UUID, list[ShownInstruction]]:
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


def follow_up_fields(row: FollowUpRow) -> FollowUpFields:
    items = {
        each.item_id: CheckAnswer(
            each.answer, each.value, each.onset_on, each.still_present, each.note
        )
        for each in row.items
    }
    return FollowUpFields(row.channel, items, row.note)


def write_follow_up(row: FollowUpRow, typed: FollowUpFields) -> list[str]:
    """Put what was typed into the rows and return the names of what changed."""
    before = follow_up_fields(row)
    changed = [
        name for name in ("channel", "note") if getattr(before, name) != getattr(typed, name)
    ]
    for name in changed:
        setattr(row, name, getattr(typed, name))
    rows = {each.item_id: each for each in row.items}
    given = {key: answer for key, answer in typed.items.items() if answer != CheckAnswer()}
    for item_id in rows.keys() - given.keys():
        row.items.remove(rows[item_id])
        changed.append(item_id)
    for item_id, answer in given.items():
        if before.items.get(item_id) != answer:
            _write_item(row, rows.get(item_id), item_id, answer)
            changed.append(item_id)
    return changed


def _write_item(
    row: FollowUpRow, item: FollowUpItemRow | None, item_id: str, answer: CheckAnswer
) -> None:
    if item is None:
        item = FollowUpItemRow(item_id=item_id)
        row.items.append(item)
    item.answer, item.value, item.note = answer.answer, answer.value, answer.note
    item.onset_on, item.still_present = answer.onset_on, answer.still_present


def plan_follow_up(tx: Transaction, session: SessionRow, zone: str) -> int:
    """Plan the checks of a session that was just signed; return how many.

    Args:
        tx: of the signing.
        session: signed at `tx.now`.
        zone: the clinic's, in whose days and hours the checks are due.
    """
    schedule = load_schedule()
    planned = planned_checks(schedule, tx.now, zone)
    for check in planned:
        tx.db.add(
            FollowUpRow(
                session_id=session.id,
                patient_id=session.patient_id,
                check_id=check.check_id,
                schedule_version=schedule.version,
                zone=zone,
                due_at=check.due_at,
                window_from=check.window_from,
                window_to=check.window_to,
                state=FollowUpState.OPEN,
            )
        )
    return len(planned)


def supersede_earlier(tx: Transaction, session: SessionRow) -> int:
    """Let a newly signed session take over the late checks of the patient's earlier ones."""
    rows = tx.db.scalars(
        select(FollowUpRow).where(
            FollowUpRow.patient_id == session.patient_id,
            FollowUpRow.session_id != session.id,
            FollowUpRow.state == FollowUpState.OPEN,
        )
    )
    count = 0
    for row in _taken_over(rows, tx):
        row.state = FollowUpState.SUPERSEDED
        row.superseded_by = session.id
        tx.db.flush()
        tx.audit("follow_up.supersede", "follow_up", row.id, row.version)
        count += 1
    return count


def _taken_over(rows: Iterable[FollowUpRow], tx: Transaction) -> list[FollowUpRow]:
    checks = {check.id: check for check in load_schedule().checks}
    return [
        row
        for row in rows
        if row.check_id in checks
        and is_superseded(
            checks[row.check_id],
            PlannedCheck(row.check_id, row.due_at, row.window_from, row.window_to),
            tx.now,
        )
    ]

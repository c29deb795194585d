"""Follow-up checks between their tables and their frozen records, and how sessions end them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session, selectinload

from mesodesk.db.models.follow_up import FollowUpDiaryRow, FollowUpItemRow, FollowUpRow
from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.records.followup import (
    ENDED_IN_ERROR,
    CheckAnswer,
    DiaryScore,
    FollowUpFields,
    FollowUpRecord,
    FollowUpState,
)
from mesodesk.domain.red_flags import diary_place
from mesodesk.domain.schedule import (
    PlannedCheck,
    is_superseded,
    load_schedule,
)
from mesodesk.services.errors import NotFoundError
from mesodesk.services.followup_details import (
    answers_of,
    attempts_of,
    diary_of,
    escalations_of,
    heads_of,
    instructions_of,
    wanted_of,
)
from mesodesk.services.session_lists import regions_of
from mesodesk.services.session_versions import standing_for
from mesodesk.services.store import Transaction

"""What a check says that ended with its session."""

_WHOLE = (
    selectinload(FollowUpRow.items),
    selectinload(FollowUpRow.diary),
    selectinload(FollowUpRow.shown),
)
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
            attempts=(),
            escalation=None,
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
    # A check belongs to the first version, which planned it, and counts for the one that stands.
    stands = standing_for(db, select(FollowUpRow.session_id).where(FollowUpRow.id.in_(chosen)))
    heads = heads_of(db, chosen, stands.values())
    regions = regions_of(db, heads)
    answers, shown = answers_of(db, chosen), instructions_of(db, chosen)
    diary, attempts, raised = (
        diary_of(db, chosen),
        attempts_of(db, chosen),
        escalations_of(db, chosen),
    )
    wanted = wanted_of(db, chosen)
    of = {row.id: stands.get(row.session_id, row.session_id) for row in rows}
    return tuple(
        FollowUpRecord(
            id=row.id,
            version=row.version,
            session_id=of[row.id],
            session_number=heads[of[row.id]].number,
            patient_id=row.patient_id,
            patient_name=heads[of[row.id]].name,
            patient_phone=heads[of[row.id]].phone,
            check_id=row.check_id,
            schedule_version=row.schedule_version,
            due_at=row.due_at,
            window_from=row.window_from,
            window_to=row.window_to,
            state=row.state,
            fields=FollowUpFields(
                row.channel, answers.get(row.id, {}), row.note, diary.get(row.id, {})
            ),
            shown=tuple(shown.get(row.id, ())),
            done_at=row.done_at,
            done_by=row.done_by_name,
            missed_reason=row.missed_reason,
            regions=regions.get(of[row.id], ()),
            title=wanted[row.id].title if row.id in wanted else "",
            wanted_channel=wanted[row.id].channel if row.id in wanted else None,
            attempts=tuple(attempts.get(row.id, ())),
            escalation=raised.get(row.id),
        )
        for row in rows
    )


def follow_up_fields(row: FollowUpRow) -> FollowUpFields:
    items = {
        each.item_id: CheckAnswer(
            each.answer, each.value, each.onset_on, each.still_present, each.note
        )
        for each in row.items
    }
    diary = {
        f"{each.line_id}.{each.day}": DiaryScore(each.score, each.source) for each in row.diary
    }
    return FollowUpFields(row.channel, items, row.note, diary)


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
    return changed + _write_diary(row, before.diary, typed.diary)


def _write_diary(
    row: FollowUpRow, before: Mapping[str, DiaryScore], typed: Mapping[str, DiaryScore]
) -> list[str]:
    rows = {f"{each.line_id}.{each.day}": each for each in row.diary}
    changed = [key for key in before.keys() | typed.keys() if before.get(key) != typed.get(key)]
    for key in sorted(changed):
        given = typed.get(key)
        if given is None:
            row.diary.remove(rows[key])
        elif key in rows:
            rows[key].score, rows[key].source = given.score, given.source
        else:
            line_id, day = diary_place(key)
            row.diary.append(
                FollowUpDiaryRow(line_id=line_id, day=day, score=given.score, source=given.source)
            )
    return [f"diary.{key}" for key in sorted(changed)]


def _write_item(
    row: FollowUpRow, item: FollowUpItemRow | None, item_id: str, answer: CheckAnswer
) -> None:
    if item is None:
        item = FollowUpItemRow(item_id=item_id)
        row.items.append(item)
    item.answer, item.value, item.note = answer.answer, answer.value, answer.note
    item.onset_on, item.still_present = answer.onset_on, answer.still_present


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


def end_in_error(tx: Transaction, session_ids: Collection[UUID]) -> int:
    """End the checks that wait for a session which was entered in error; return how many."""
    rows = tx.db.scalars(
        select(FollowUpRow).where(
            FollowUpRow.session_id.in_(session_ids),
            FollowUpRow.state.in_((FollowUpState.OPEN, FollowUpState.MISSED)),
        )
    ).all()
    for row in rows:
        row.state = FollowUpState.SUPERSEDED
        row.missed_reason = "\n".join(part for part in (row.missed_reason, ENDED_IN_ERROR) if part)
        tx.db.flush()
        tx.audit("follow_up.end", "follow_up", row.id, row.version)
    return len(rows)


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

"""Calls: attempts to reach a patient, a patient who rings, what was done, and the day's list."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from mesodesk.db.models.follow_up import FollowUpAttemptRow, FollowUpRow
from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.clock import local_date
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.calls import CallList, TreatedSession
from mesodesk.domain.records.followup import (
    PATIENT_RINGS,
    AttemptFields,
    FollowUpRecord,
    FollowUpState,
)
from mesodesk.domain.records.session import COUNTED
from mesodesk.domain.rights import Right
from mesodesk.domain.schedule import load_schedule
from mesodesk.services import escalations
from mesodesk.services.clinic import clinic_row
from mesodesk.services.errors import RefusedError
from mesodesk.services.followup_rows import find_follow_up, follow_up_record, follow_ups
from mesodesk.services.followups import due_at, overdue_at, workable_check
from mesodesk.services.patient_rows import find_patient
from mesodesk.services.session_lists import products_of
from mesodesk.services.session_versions import standing_for
from mesodesk.services.store import Store, Transaction
from mesodesk.services.texts import Problems

LONGEST_LIST: Final = 200
LATEST_TRY: Final = timedelta(days=366)


class CallService:
    """What happens around the checks: calls out, calls in, and who took care of what was told."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record_attempt(self, follow_up_id: UUID, typed: AttemptFields) -> FollowUpRecord:
        """Keep that somebody tried to reach the patient, in vain, and when to try again.

        Never in conflict: what was tried was tried, whoever changed the check meanwhile.

        Raises:
            NotFoundError: if there is no such check, or none that who acts may see.
            RefusedError: if it is completed or superseded.
            InvalidError: if the next try lies in the past or over a year ahead, or the note cannot
                be taken.
        """
        with self._store.write(Right.FOLLOW_UP_EDIT) as tx:
            row = workable_check(tx, follow_up_id, None)
            problems = Problems()
            _check_next(problems, typed.next_at, tx.now)
            said = problems.note("note", typed.note, "Note")
            problems.done()
            tx.db.add(
                FollowUpAttemptRow(
                    follow_up_id=row.id,
                    channel=typed.channel,
                    outcome=typed.outcome,
                    next_at=typed.next_at,
                    note=said,
                    tried_at=tx.now,
                    tried_by=tx.actor.id,
                    tried_by_name=tx.actor.name,
                )
            )
            tx.db.flush()
            told = {"channel": typed.channel.value, "outcome": typed.outcome.value}
            tx.audit("follow_up.attempt", "follow_up", row.id, row.version, **told)
            tx.touch(Topic.FOLLOW_UPS)
            return follow_up_record(tx.db, row)

    def begin(self, patient_id: UUID) -> FollowUpRecord:
        """Begin the check of a patient who rings, or return the one begun today and not completed.

        It belongs to the last session that was signed, and is to be completed today.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
            RefusedError: if no session of the patient was signed yet.
        """
        with self._store.write(Right.FOLLOW_UP_EDIT) as tx:
            find_patient(tx, patient_id)
            session_id, clinic = _last_session(tx, patient_id), clinic_row(tx.db)
            ends = _end_of_day(tx.now, clinic.zone)
            begun = follow_ups(
                tx,
                FollowUpRow.session_id == session_id,
                FollowUpRow.check_id == PATIENT_RINGS,
                FollowUpRow.state == FollowUpState.OPEN,
                FollowUpRow.window_to >= tx.now,
            )
            if begun:
                return begun[-1]
            row = FollowUpRow(
                id=new_id(),
                session_id=session_id,
                patient_id=patient_id,
                check_id=PATIENT_RINGS,
                schedule_version=load_schedule().version,
                zone=clinic.zone,
                due_at=ends,
                window_from=tx.now,
                window_to=ends,
                state=FollowUpState.OPEN,
            )
            tx.db.add(row)
            tx.db.flush()
            tx.audit("follow_up.begin", "follow_up", row.id, row.version)
            tx.touch(Topic.FOLLOW_UPS)
            return follow_up_record(tx.db, find_follow_up(tx, row.id))

    def handle(self, follow_up_id: UUID, typed: str) -> FollowUpRecord:
        """Say once what was done about what a completed check called for.

        Raises:
            NotFoundError: if there is no such check, or it calls for nothing.
            ConflictError: if somebody has said it already.
            InvalidError: if nothing is said, or it cannot be taken.
        """
        with self._store.write(Right.FOLLOW_UP_CLOSE) as tx:
            record = escalations.handle(tx, follow_up_id, typed)
            tx.touch(Topic.FOLLOW_UPS)
            return record

    def print_list(self) -> CallList:
        """Return whom to call now, and keep that it is printed.

        Of a restricted record it holds the number and that a check waits.
        """
        with self._store.write(Right.PRINT) as tx:
            clinic = clinic_row(tx.db)
            overdue = follow_ups(tx, overdue_at(tx.now), limit=LONGEST_LIST)
            checks = (*overdue, *follow_ups(tx, due_at(tx.now), limit=LONGEST_LIST))
            open_ones = [each for each in checks if not each.restricted]
            tx.audit("follow_up.print", "clinic", clinic.id, None, checks=len(checks))
            return CallList(
                checks=checks,
                made_at=tx.now,
                made_by=tx.actor.name,
                clinic=clinic.name,
                zone=clinic.zone,
                language=clinic.language,
                jurisdiction=clinic.jurisdiction,
                sessions=_treated(tx, {each.session_id for each in open_ones}),
                languages=_languages(tx, {each.patient_id for each in open_ones}),
            )


def _check_next(problems: Problems, at: datetime | None, now: datetime) -> None:
    if at is None:
        return
    if at <= now:
        problems.add("next_at", "Try again: this time has passed.")
    elif at - now > LATEST_TRY:
        problems.add("next_at", "Try again: this is more than a year ahead.")


def _last_session(tx: Transaction, patient_id: UUID) -> UUID:
    """Return the first version of the patient's last session that counts.

    Raises:
        RefusedError: if there is none.
    """
    roots = select(FollowUpRow.session_id).where(FollowUpRow.patient_id == patient_id).distinct()
    standing = standing_for(tx.db, roots)
    roots_of = {last: first for first, last in standing.items()}
    counted = tx.db.scalars(
        select(SessionRow.id)
        .where(
            or_(SessionRow.id.in_(roots), SessionRow.id.in_(list(roots_of))),
            SessionRow.state.in_(COUNTED),
        )
        .order_by(SessionRow.started_at.desc(), SessionRow.id.desc())
    ).first()
    if counted is None:
        raise RefusedError(
            "No session of this patient is signed yet, so there is nothing to ask about. Nothing"
            " was changed. Note the call in the patient's details."
        )
    return roots_of.get(counted, counted)


def _end_of_day(now: datetime, zone: str) -> datetime:
    clinic = ZoneInfo(zone)
    return datetime.combine(now.astimezone(clinic).date(), time(23, 59, 59), clinic)


def _treated(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, TreatedSession]:
    products = products_of(tx.db, list(ids))
    rows = tx.db.execute(
        select(
            SessionRow.id, SessionRow.started_at, SessionRow.zone, SessionRow.therapist_name
        ).where(SessionRow.id.in_(list(ids)))
    )
    return {
        row.id: TreatedSession(
            local_date(row.started_at, row.zone),
            row.therapist_name,
            tuple(products.get(row.id, ())),
        )
        for row in rows
    }


def _languages(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, str]:
    rows = tx.db.execute(
        select(PatientRow.id, PatientRow.language).where(PatientRow.id.in_(list(ids)))
    )
    return {row.id: row.language for row in rows}

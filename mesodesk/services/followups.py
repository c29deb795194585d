"""Follow-up: what is due, the answers of each check, red flags shown, missed checks visible."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm.attributes import flag_modified

from mesodesk.db.models.follow_up import FollowUpRow, FollowUpShownRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.clock import local_date
from mesodesk.domain.records.followup import (
    FollowUpFields,
    FollowUpRecord,
    FollowUpState,
    RaisedFlag,
    ShownInstruction,
)
from mesodesk.domain.red_flags import raised_bands
from mesodesk.domain.rights import Right
from mesodesk.domain.schedule import RED_BANDS, load_schedule
from mesodesk.domain.texts import day_text
from mesodesk.services.clinic import clinic_row
from mesodesk.services.errors import ConflictError, RefusedError
from mesodesk.services.escalations import raise_escalation
from mesodesk.services.followup_input import checked_follow_up
from mesodesk.services.followup_rows import (
    find_follow_up,
    follow_up_fields,
    follow_up_record,
    follow_ups,
    write_follow_up,
)
from mesodesk.services.session_versions import versions_of
from mesodesk.services.store import Store, Transaction
from mesodesk.services.texts import note

_OPEN: Final = FollowUpRow.state == FollowUpState.OPEN
_WHOSE: Final = select(SessionRow.patient_id)
_WORKABLE: Final = (FollowUpState.OPEN, FollowUpState.MISSED)


class FollowUpService:
    """Keeps the checks that follow a signed session."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, follow_up_id: UUID) -> FollowUpRecord:
        """Return a check.

        Raises:
            NotFoundError: if there is no such check.
        """
        with self._store.view(Right.RECORD_READ, "follow_up", follow_up_id) as tx:
            return _record(tx, find_follow_up(tx, follow_up_id))

    def open_on(self, moment: datetime) -> tuple[FollowUpRecord, ...]:
        """Return the open checks whose window has begun at a moment, the longest due first."""
        with self._store.read(Right.RECORD_READ) as tx:
            return follow_ups(tx, begun(moment))

    def due(self) -> tuple[FollowUpRecord, ...]:
        """Return the open checks whose time is now, the first to be due first."""
        with self._store.read(Right.RECORD_READ) as tx:
            return follow_ups(tx, due_at(tx.now))

    def overdue(self) -> tuple[FollowUpRecord, ...]:
        """Return the open checks whose time has passed, the longest overdue first.

        A check whose window has closed stays here until it is made up for or marked missed.
        """
        with self._store.read(Right.RECORD_READ) as tx:
            return follow_ups(tx, overdue_at(tx.now))

    def for_session(self, session_id: UUID) -> tuple[FollowUpRecord, ...]:
        """Return all checks of a session, whichever version planned them, in the order of time."""
        with self._store.view(Right.RECORD_READ, "session", session_id) as tx:
            patient_id = tx.db.scalar(_WHOSE.where(SessionRow.id == session_id))
            if patient_id is not None:
                tx.need_patient(patient_id)
            return follow_ups(tx, FollowUpRow.session_id.in_(versions_of(tx.db, session_id)))

    def for_patient(self, patient_id: UUID) -> tuple[FollowUpRecord, ...]:
        """Return all checks of a patient in the order of time, missed and superseded ones too."""
        with self._store.view(Right.RECORD_READ, "patient", patient_id) as tx:
            tx.need_patient(patient_id)
            return follow_ups(tx, FollowUpRow.patient_id == patient_id)

    def outstanding(self, patient_id: UUID, *, missed: int) -> tuple[FollowUpRecord, ...]:
        """Return a patient's checks that are to be worked or to come, in the order of time.

        Args:
            patient_id: whose.
            missed: so many of those that were missed come with them, the last ones.
        """
        with self._store.view(Right.RECORD_READ, "patient", patient_id) as tx:
            tx.need_patient(patient_id)
            own = FollowUpRow.patient_id == patient_id
            closed = and_(_OPEN, FollowUpRow.window_to < tx.now)
            gone = select(FollowUpRow.id).where(
                own, or_(closed, FollowUpRow.state == FollowUpState.MISSED)
            )
            last = gone.order_by(FollowUpRow.due_at.desc(), FollowUpRow.id.desc()).limit(missed)
            current = and_(_OPEN, FollowUpRow.window_to >= tx.now)
            return follow_ups(tx, own, or_(current, FollowUpRow.id.in_(last)))

    def save(self, follow_up_id: UUID, version: int, typed: FollowUpFields) -> FollowUpRecord:
        """Keep what was typed into a check; gaps are allowed. A missed one can be made up for.

        Raises:
            NotFoundError: if there is no such check.
            RefusedError: if it is completed or superseded.
            ConflictError: if it was changed since `version`.
            InvalidError: naming every field that cannot be taken.
        """
        with self._store.write(Right.FOLLOW_UP_EDIT) as tx:
            row = workable_check(tx, follow_up_id, version)
            changed = write_follow_up(row, checked_follow_up(tx, row, typed))
            if not changed:
                return _record(tx, row)
            return _kept(tx, row, "follow_up.update", changed=changed)

    def red_flags(self, follow_up_id: UUID) -> tuple[RaisedFlag, ...]:
        """Return the flags that the kept answers raise, with the clinic's instruction for each.

        Raises:
            NotFoundError: if there is no such check.
        """
        with self._store.view(Right.RECORD_READ, "follow_up", follow_up_id) as tx:
            return _flags(tx, find_follow_up(tx, follow_up_id))

    def record_shown(
        self, follow_up_id: UUID, version: int, shown: tuple[ShownInstruction, ...]
    ) -> FollowUpRecord:
        """Keep word for word which instructions were put before the user.

        Never refused for its version or state: that somebody was told cannot be in conflict with
        anything. `shown_to` is whoever is at the desk, whatever the argument says.

        Raises:
            NotFoundError: if there is no such check.
        """
        with self._store.write(Right.RECORD_READ) as tx:
            row = find_follow_up(tx, follow_up_id)
            for each in shown:
                tx.db.add(
                    FollowUpShownRow(
                        follow_up_id=row.id,
                        item_id=each.item_id,
                        band=each.band,
                        instruction=each.instruction,
                        shown_at=min(each.shown_at, tx.now),
                        shown_to=tx.actor.name,
                        shown_to_id=tx.actor.id,
                    )
                )
            if shown:
                tx.db.flush()
                items = sorted({f"{each.item_id} {each.band}" for each in shown})
                tx.audit("follow_up.shown", "follow_up", row.id, version, items=items)
                tx.touch(Topic.FOLLOW_UPS)
            return _record(tx, find_follow_up(tx, follow_up_id))

    def complete(
        self, follow_up_id: UUID, version: int, *, handled: str = "", early: bool = False
    ) -> FollowUpRecord:
        """Close a check; what was not asked stays so.

        What its answers call for is left to be handled, unless it is said at once what was done.

        Args:
            follow_up_id: of the check.
            version: as last read.
            handled: what was done about its answers; may be empty.
            early: whether somebody said that it is to count though its window has not begun.

        Raises:
            NotFoundError: if there is no such check.
            ConflictError: if it was changed since `version`.
            InvalidError: if `handled` cannot be taken.
            RefusedError: if it is closed already, comes before its session or unasked before its
                window, says nothing yet, or raises what calls for action without having been shown.
        """
        with self._store.write(Right.FOLLOW_UP_CLOSE) as tx:
            row = workable_check(tx, follow_up_id, version)
            _refuse_before_session(tx, row)
            _refuse_incomplete(tx, row)
            too_soon = tx.now < row.window_from
            if too_soon and not early:
                raise RefusedError(_too_soon_words(row))
            raise_escalation(tx, row, _bands(tx, row), note("handled", handled, "What was done"))
            row.state = FollowUpState.DONE
            row.done_at, row.done_by, row.done_by_name = tx.now, tx.actor.id, tx.actor.name
            return _kept(tx, row, "follow_up.complete", **({"early": True} if too_soon else {}))

    def mark_missed(self, follow_up_id: UUID, version: int, reason: str) -> FollowUpRecord:
        """Say that a check did not take place and why; it stays visible.

        Raises:
            NotFoundError: if there is no such check.
            ConflictError: if it was changed since `version`.
            InvalidError: if the reason is missing or cannot be taken.
            RefusedError: if the check is not open.
        """
        with self._store.write(Right.FOLLOW_UP_CLOSE) as tx:
            row = workable_check(tx, follow_up_id, version)
            if row.state is not FollowUpState.OPEN:
                raise RefusedError("This check is marked as missed already. Nothing was changed.")
            if flags := _flags(tx, row):
                raise RefusedError(
                    f"The check is not marked as missed: the answer to “{flags[0].item}” calls for"
                    " action. Everything typed is kept. Complete the check instead."
                )
            row.missed_reason = note("reason", reason, "Reason", needed=True)
            row.state = FollowUpState.MISSED
            return _kept(tx, row, "follow_up.missed")


def begun(moment: datetime) -> ColumnElement[bool]:
    """Open, and its window has begun."""
    return and_(_OPEN, FollowUpRow.window_from <= moment)


def due_at(moment: datetime) -> ColumnElement[bool]:
    """Open, and its time is now."""
    return and_(begun(moment), FollowUpRow.due_at >= moment)


def overdue_at(moment: datetime) -> ColumnElement[bool]:
    """Open, and its time has passed."""
    return and_(_OPEN, FollowUpRow.due_at < moment)


def workable_check(tx: Transaction, follow_up_id: UUID, version: int | None) -> FollowUpRow:
    """Return a check that can still be answered; without `version` whatever was changed meanwhile.

    Raises:
        NotFoundError: if there is no such check.
        RefusedError: if it is completed or superseded.
        ConflictError: if it was changed since `version`.
    """
    row = find_follow_up(tx, follow_up_id)
    if row.state is FollowUpState.SUPERSEDED:
        raise RefusedError(
            "A later session has taken over this check. Nothing was changed. Answer the check of"
            " that session."
        )
    if row.state not in _WORKABLE:
        raise RefusedError("This check is completed and stays as it is. Nothing was changed.")
    if version is not None and row.version != version:
        raise ConflictError(_record(tx, row))
    return row


def _record(tx: Transaction, row: FollowUpRow) -> FollowUpRecord:
    return follow_up_record(tx.db, row)


def _kept(tx: Transaction, row: FollowUpRow, action: str, **details: object) -> FollowUpRecord:
    """Count the check one version up, whichever of its rows was changed."""
    flag_modified(row, "changed_at")
    tx.db.flush()
    tx.audit(action, "follow_up", row.id, row.version, **details)
    tx.touch(Topic.FOLLOW_UPS)
    return _record(tx, row)


def _flags(tx: Transaction, row: FollowUpRow) -> tuple[RaisedFlag, ...]:
    return tuple(each for each in _bands(tx, row) if each.band in RED_BANDS)


def _bands(tx: Transaction, row: FollowUpRow) -> tuple[RaisedFlag, ...]:
    clinic = clinic_row(tx.db)
    typed = follow_up_fields(row)
    return raised_bands(load_schedule(), row.check_id, typed, clinic.escalation, clinic.language)


def _too_soon_words(row: FollowUpRow) -> str:
    day = day_text(local_date(row.window_from, row.zone))
    return (
        f"The check is not completed: its window begins on {day}. Everything typed is kept."
        " Complete it then, or say that it is to count now."
    )


def _refuse_before_session(tx: Transaction, row: FollowUpRow) -> None:
    began = tx.db.execute(
        select(SessionRow.number, SessionRow.started_at, SessionRow.zone).where(
            SessionRow.id == row.session_id
        )
    ).one()
    if tx.now < began.started_at:
        day = day_text(local_date(began.started_at, began.zone))
        raise RefusedError(
            f"The check is not completed: by this computer's clock, session {began.number} of"
            f" {day} has not taken place yet. Everything typed is kept. Put the clock right, and"
            " complete it then."
        )


def _refuse_incomplete(tx: Transaction, row: FollowUpRow) -> None:
    if row.channel is None:
        raise RefusedError(
            "The check is not completed: say first how the patient was reached. Everything typed is"
            " kept."
        )
    if not row.items and not row.diary:
        raise RefusedError(
            "The check is not completed: nothing was answered yet. If the patient was not reached,"
            " mark it as missed."
        )
    shown = {(each.item_id, each.band) for each in row.shown}
    for flag in _flags(tx, row):
        if (flag.item_id, flag.band) not in shown:
            raise RefusedError(
                f"The check is not completed: “{flag.item}” calls for action, and the instruction"
                " has not been shown yet. Open the check and read it."
            )

"""Plans of patients: begun, changed, ended, and the sessions that belong to them."""

from uuid import UUID

from sqlalchemy import func, select

from mesodesk.db.models.plan import PlanRow, SessionPlanRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.plan import PlanFields, PlanRecord, PlanState
from mesodesk.domain.records.protocol import SessionPlan
from mesodesk.domain.records.session import COUNTED, SessionRecord
from mesodesk.domain.rights import Right
from mesodesk.services.errors import ConflictError, RefusedError
from mesodesk.services.patient_rows import find_patient, touch_patient
from mesodesk.services.plan_input import checked_plan
from mesodesk.services.plan_rows import (
    add_link,
    find_plan,
    link_to_plan,
    plan_fields,
    plan_records,
    session_plan,
)
from mesodesk.services.protocol_rows import find_protocol
from mesodesk.services.session_beginning import begin_draft, open_draft, reopened
from mesodesk.services.session_rows import find_session, kept_session, need_draft, session_record
from mesodesk.services.session_versions import link_of
from mesodesk.services.store import Store, Transaction
from mesodesk.services.texts import note


class PlanService:
    """Keeps the courses of sessions that were agreed on with patients."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def for_patient(self, patient_id: UUID) -> tuple[PlanRecord, ...]:
        """Return a patient's plans, active ones first, then the newest first."""
        with self._store.view(Right.RECORD_READ, "patient", patient_id) as tx:
            tx.need_patient(patient_id)
            rows = tx.db.scalars(
                select(PlanRow)
                .where(PlanRow.patient_id == patient_id)
                .order_by(PlanRow.state != PlanState.ACTIVE, PlanRow.id.desc())
            )
            return plan_records(tx, rows)

    def get(self, plan_id: UUID) -> PlanRecord:
        """Return a plan.

        Raises:
            NotFoundError: if there is no such plan.
        """
        with self._store.view(Right.RECORD_READ, "plan", plan_id) as tx:
            return _record(tx, find_plan(tx, plan_id))

    def of_session(self, session_id: UUID) -> SessionPlan | None:
        """Return the plan of a session as it stands on its day; None if it belongs to none.

        Raises:
            NotFoundError: if there is no such session.
        """
        with self._store.view(Right.RECORD_READ, "session", session_id) as tx:
            return session_plan(tx, find_session(tx, session_id))

    def begin(self, patient_id: UUID, typed: PlanFields) -> PlanRecord:
        """Begin a plan.

        Raises:
            NotFoundError: if the patient or the protocol is not on record.
            InvalidError: naming every field that cannot be taken.
            RefusedError: if the patient or the protocol is archived.
        """
        with self._store.write(Right.PLAN_EDIT) as tx:
            patient = find_patient(tx, patient_id)
            if patient.archived_at is not None:
                raise RefusedError(
                    "This patient is archived, so no plan was begun. Restore the patient first."
                )
            row = PlanRow(
                patient_id=patient_id,
                state=PlanState.ACTIVE,
                begun_by=tx.actor.id,
                begun_by_name=tx.actor.name,
            )
            _write(tx, row, checked_plan(typed))
            tx.db.add(row)
            touch_patient(tx, patient_id)
            return _kept(tx, row, "plan.begin")

    def update(self, plan_id: UUID, version: int, typed: PlanFields) -> PlanRecord:
        """Change a plan. Sessions that were begun keep the protocol that they began with.

        Raises:
            NotFoundError: if the plan or the protocol is not on record.
            ConflictError: if it was changed since `version`.
            InvalidError: naming every field that cannot be taken.
            RefusedError: if it has ended, or would be shorter than what was done.
        """
        with self._store.write(Right.PLAN_EDIT) as tx:
            row = _current(tx, plan_id, version)
            _need_active(row)
            checked = checked_plan(typed)
            _refuse_shortened(tx, row, checked)
            changed = _write(tx, row, checked)
            if not changed:
                return _record(tx, row)
            return _kept(tx, row, "plan.update", changed=changed)

    def finish(self, plan_id: UUID, version: int) -> PlanRecord:
        """Say that the course has come to its end.

        Raises:
            NotFoundError: if there is no such plan.
            ConflictError: if it was changed since `version`.
            RefusedError: if it has ended, or a session of it is open.
        """
        with self._store.write(Right.PLAN_EDIT) as tx:
            row = _ending(tx, plan_id, version)
            row.state = PlanState.FINISHED
            return _kept(tx, row, "plan.finish")

    def stop(self, plan_id: UUID, version: int, reason: str) -> PlanRecord:
        """Break the course off, and say why.

        Raises:
            NotFoundError: if there is no such plan.
            ConflictError: if it was changed since `version`.
            InvalidError: if the reason is missing or cannot be taken.
            RefusedError: if it has ended, or a session of it is open.
        """
        with self._store.write(Right.PLAN_EDIT) as tx:
            row = _ending(tx, plan_id, version)
            row.reason = note("reason", reason, "Reason", needed=True)
            row.state = PlanState.STOPPED
            return _kept(tx, row, "plan.stop")

    def resume(self, plan_id: UUID, version: int) -> PlanRecord:
        """Take up a plan again that has ended.

        Raises:
            NotFoundError: if there is no such plan.
            ConflictError: if it was changed since `version`.
            RefusedError: if it is active.
        """
        with self._store.write(Right.PLAN_EDIT) as tx:
            row = _current(tx, plan_id, version)
            if row.state is PlanState.ACTIVE:
                raise RefusedError("This plan is active. Nothing was changed.")
            row.state, row.reason = PlanState.ACTIVE, ""
            row.ended_at, row.ended_by, row.ended_by_name = None, None, ""
            return _kept(tx, row, "plan.resume")

    def begin_session(self, plan_id: UUID) -> SessionRecord:
        """Begin the next session of a plan, or go on with the one that is open.

        A session that was begun without a plan becomes one of this plan.

        Raises:
            NotFoundError: if there is no such plan.
            RefusedError: if the plan has ended, the patient is archived, or another session of
                theirs is in the way.
        """
        with self._store.write(Right.SESSION_EDIT) as tx:
            plan = find_plan(tx, plan_id)
            _need_active(plan)
            opened = open_draft(tx, plan.patient_id)
            if opened is None:
                row = begin_draft(tx, plan.patient_id)
                _join(tx, plan, row)
                return session_record(row)
            link = link_to_plan(tx.db, opened.id)
            if link is None:
                _join(tx, plan, opened)
            elif link.plan_id != plan.id:
                other = find_plan(tx, link.plan_id)
                raise RefusedError(
                    f"Session {opened.number} of this patient is open and belongs to the plan"
                    f" “{other.indication}”, so no new one was begun. Sign or discard it first."
                )
            return reopened(tx, find_session(tx, opened.id))

    def put_session(self, session_id: UUID, version: int, plan_id: UUID | None) -> SessionRecord:
        """Make a draft a session of a plan, or of none.

        Raises:
            NotFoundError: if the session or the plan is not on record.
            ConflictError: if the session was changed since `version`.
            RefusedError: if it is signed, amends another, or the plan has ended or is another's.
        """
        with self._store.write(Right.SESSION_EDIT) as tx:
            row = _draft(tx, session_id, version)
            link = link_to_plan(tx.db, row.id)
            if (None if link is None else link.plan_id) == plan_id:
                return session_record(row)
            if link is not None:
                tx.db.delete(link)
                tx.db.flush()
            if plan_id is None:
                return kept_session(tx, row, "session.plan", plan=None)
            plan = find_plan(tx, plan_id)
            _need_active(plan)
            if plan.patient_id != row.patient_id:
                raise RefusedError("This plan is another patient's. Nothing was changed.")
            return _join(tx, plan, row)


def _draft(tx: Transaction, session_id: UUID, version: int) -> SessionRow:
    row = find_session(tx, session_id)
    need_draft(row.state)
    if row.version != version:
        raise ConflictError(session_record(row))
    if link_of(tx.db, row.id) is not None:
        raise RefusedError(
            "This draft amends a signed session and stays in the plan of that. Nothing was changed."
        )
    return row


def _join(tx: Transaction, plan: PlanRow, row: SessionRow) -> SessionRecord:
    link = add_link(tx, plan, row.id)
    return kept_session(tx, row, "session.plan", plan=str(plan.id), number=link.number)


def _current(tx: Transaction, plan_id: UUID, version: int) -> PlanRow:
    row = find_plan(tx, plan_id)
    if row.version != version:
        raise ConflictError(_record(tx, row))
    return row


def _need_active(row: PlanRow) -> None:
    if row.state is not PlanState.ACTIVE:
        raise RefusedError(
            "This plan has ended. Nothing was changed. Take it up again first, or begin another."
        )


def _ending(tx: Transaction, plan_id: UUID, version: int) -> PlanRow:
    """Return a plan that is about to end, with who ends it."""
    row = _current(tx, plan_id, version)
    _need_active(row)
    if _record(tx, row).open_session is not None:
        raise RefusedError(
            "A session of this plan is open, so the plan was not ended. Sign or discard it first."
        )
    row.ended_at, row.ended_by, row.ended_by_name = tx.now, tx.actor.id, tx.actor.name
    return row


def _refuse_shortened(tx: Transaction, row: PlanRow, checked: PlanFields) -> None:
    done = tx.db.scalar(
        select(func.count())
        .select_from(SessionPlanRow)
        .join(SessionRow, SessionRow.id == SessionPlanRow.session_id)
        .where(SessionPlanRow.plan_id == row.id, SessionRow.state.in_(COUNTED))
    )
    if checked.planned_sessions is not None and checked.planned_sessions < (done or 0):
        raise RefusedError(
            f"{done} sessions of this plan were done, so it cannot be shortened to"
            f" {checked.planned_sessions}. Nothing was changed. Plan {done} or more, or finish the"
            " plan."
        )


def _write(tx: Transaction, row: PlanRow, checked: PlanFields) -> list[str]:
    """Put checked fields into a row and return the names of what changed."""
    before = plan_fields(row) if row.id is not None else None
    if checked.protocol_id is not None and (
        before is None or before.protocol_id != checked.protocol_id
    ):
        protocol = find_protocol(tx, checked.protocol_id)
        if protocol.archived_at is not None:
            raise RefusedError(
                f"The protocol “{protocol.name}” is archived. Nothing was changed. Choose another,"
                " or have it restored."
            )
    row.indication, row.regions = checked.indication, list(checked.regions)
    row.planned_sessions, row.max_sessions = checked.planned_sessions, checked.max_sessions
    row.interval_count = None if checked.interval is None else checked.interval.count
    row.interval_unit = None if checked.interval is None else checked.interval.unit
    row.protocol_id = checked.protocol_id
    names = PlanFields.__dataclass_fields__
    return [
        name for name in names if before is None or getattr(before, name) != getattr(checked, name)
    ]


def _kept(tx: Transaction, row: PlanRow, action: str, **details: object) -> PlanRecord:
    tx.db.flush()
    tx.audit(action, "plan", row.id, row.version, **details)
    tx.touch(Topic.PLANS)
    return _record(tx, row)


def _record(tx: Transaction, row: PlanRow) -> PlanRecord:
    return plan_records(tx, [row])[0]

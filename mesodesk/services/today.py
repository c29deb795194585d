"""What waits today: follow-up, sessions in draft, sessions planned, lots about to expire."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from mesodesk.db.models.follow_up import FollowUpRow
from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.plan import PlanRow, SessionPlanRow
from mesodesk.db.models.session import SessionRow
from mesodesk.db.models.stock import LotOpeningRow, LotRow, ProductRow
from mesodesk.domain.clock import local_date
from mesodesk.domain.lots import low_stock
from mesodesk.domain.records.followup import FollowUpRecord, FollowUpState
from mesodesk.domain.records.plan import PlanState
from mesodesk.domain.records.session import COUNTED, STANDING, SessionState
from mesodesk.domain.records.stock import LotRecord, LotState, LowStock
from mesodesk.domain.records.today import PlannedSession, Today
from mesodesk.domain.rights import Right
from mesodesk.domain.stock_rules import load_stock_rules
from mesodesk.services.clinic import clinic_row
from mesodesk.services.escalations import to_handle
from mesodesk.services.followup_rows import follow_ups
from mesodesk.services.followups import due_at, overdue_at
from mesodesk.services.lot_records import lot_records
from mesodesk.services.plan_rows import glances_of
from mesodesk.services.product_rows import WHOLE_PRODUCT, product_record
from mesodesk.services.recalls import clusters_now, standing_recalls
from mesodesk.services.session_lists import display_name, summaries
from mesodesk.services.store import Store, Transaction

LONGEST_LIST: Final = 200
"""Nobody works through more in a day; the rest follows as these are done."""

PLANNED_BACK: Final = timedelta(days=90)
"""How long a planned session that did not take place stays on the list."""

PLANNED_AHEAD: Final = timedelta(days=31)

MISSED_BACK: Final = timedelta(days=28)
"""How long a check that was marked as missed stays on the list; it stays with the patient."""

CUT_OFF_BACK: Final = timedelta(hours=12)
"""How long after its last change a session is led back to when the program was cut off in it."""


class TodayService:
    """Gathers the Today page."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def cut_off_in(self) -> UUID | None:
        """Return the session that whoever is in was working on when the program was cut off.

        None if it ended in good order, or if they have no draft that was worked on lately.
        """
        with self._store.read(Right.RECORD_READ) as tx:
            if not self._store.vault.was_cut_off:
                return None
            # With the library of charts, for which no other first page has to wait.
            from mesodesk.services.chart_rows import last_edit_at

            drafts = tx.db.execute(
                select(SessionRow.id, SessionRow.changed_at).where(
                    SessionRow.state == SessionState.DRAFT, SessionRow.therapist_id == tx.actor.id
                )
            )
            worked_on = [
                (max(changed_at, last_edit_at(tx.db, session_id) or changed_at), session_id)
                for session_id, changed_at in drafts
            ]
            last = max(worked_on, default=None)
            return None if last is None or tx.now - last[0] > CUT_OFF_BACK else last[1]

    def overview(self) -> Today:
        """Return everything that waits, most pressing first in each list."""
        with self._store.read(Right.RECORD_READ) as tx:
            drafts = summaries(tx, SessionRow.state == SessionState.DRAFT)
            planned = _planned(tx)
            ids = {each.plan_id for each in drafts} | {each.plan_id for each in planned}
            return Today(
                overdue=follow_ups(tx, overdue_at(tx.now), limit=LONGEST_LIST),
                due=follow_ups(tx, due_at(tx.now), limit=LONGEST_LIST),
                drafts=drafts,
                planned=planned,
                expiring=_expiring(tx),
                next_due=_next_due(tx),
                plans=glances_of(tx, {each for each in ids if each is not None}),
                recalls=standing_recalls(tx),
                clusters=clusters_now(tx),
                low=_low(tx),
                to_handle=to_handle(tx, limit=LONGEST_LIST),
                missed=_missed(tx),
            )


def _planned(tx: Transaction) -> tuple[PlannedSession, ...]:
    """Return the next sessions that were agreed on and have not begun, the earliest first."""
    today = local_date(tx.now, clinic_row(tx.db).zone)
    later = aliased(SessionRow)
    followed = exists().where(
        later.patient_id == SessionRow.patient_id,
        later.number > SessionRow.number,
        later.state.in_(STANDING),
    )
    rows = tx.db.execute(
        select(
            SessionRow.id,
            SessionRow.patient_id,
            SessionRow.number,
            SessionRow.next_session_on,
            PatientRow.family_name,
            PatientRow.given_names,
            PatientRow.record_number,
            PlanRow.id.label("plan_id"),
        )
        .join(PatientRow, PatientRow.id == SessionRow.patient_id)
        .outerjoin(SessionPlanRow, SessionPlanRow.session_id == SessionRow.id)
        .outerjoin(
            PlanRow,
            and_(PlanRow.id == SessionPlanRow.plan_id, PlanRow.state == PlanState.ACTIVE),
        )
        .where(
            SessionRow.state.in_(COUNTED),
            SessionRow.next_session_on.between(today - PLANNED_BACK, today + PLANNED_AHEAD),
            PatientRow.archived_at.is_(None),
            ~followed,
        )
        .order_by(SessionRow.next_session_on, PatientRow.family_name, SessionRow.id)
        .limit(LONGEST_LIST)
    )
    return tuple(
        PlannedSession(
            patient_id=row.patient_id,
            patient_name=row.record_number
            if row.patient_id in tx.hidden
            else display_name(row.family_name, row.given_names),
            after_session_id=row.id,
            next_number=row.number + 1,
            planned_on=row.next_session_on,
            restricted=row.patient_id in tx.hidden,
            plan_id=None if row.patient_id in tx.hidden else row.plan_id,
        )
        for row in rows
    )


def _expiring(tx: Transaction) -> tuple[LotRecord, ...]:
    """Return the lots that expire soon, have expired lately, or are open for too long.

    Those that hold nothing more are left out.
    """
    today, soon = local_date(tx.now, clinic_row(tx.db).zone), load_stock_rules().soon
    rows = tx.db.scalars(
        select(LotRow)
        .join(ProductRow, ProductRow.id == LotRow.product_id)
        .where(
            or_(
                LotRow.expires_on.between(today - soon, today + soon),
                LotRow.id.in_(_open_too_long(today)),
            ),
            ProductRow.archived_at.is_(None),
        )
        .order_by(LotRow.expires_on, LotRow.number_key, LotRow.id)
    )
    lots = lot_records(tx, rows)
    return tuple(
        lot
        for lot in lots
        if lot.state in (LotState.EXPIRES_SOON, LotState.EXPIRED, LotState.PAST_USE)
        and (lot.left_ml is None or lot.left_ml > 0)
    )


def _open_too_long(today: date) -> Select[UUID]:
    return select(LotOpeningRow.lot_id).where(
        LotOpeningRow.ended_on.is_(None), LotOpeningRow.use_by < today
    )


def _low(tx: Transaction) -> tuple[LowStock, ...]:
    """Return the products of which less is left than the clinic wants."""
    wanted = tx.db.scalars(
        select(ProductRow)
        .where(ProductRow.low_ml.is_not(None), ProductRow.archived_at.is_(None))
        .options(*WHOLE_PRODUCT)
    ).all()
    if not wanted:
        return ()
    rows = select(LotRow).where(LotRow.product_id.in_([each.id for each in wanted]))
    lots = lot_records(tx, tx.db.scalars(rows))
    return low_stock(lots, [product_record(each) for each in wanted])


def _missed(tx: Transaction) -> tuple[FollowUpRecord, ...]:
    """Return the checks marked as missed that can still be made up for, the last to be due first.

    Those of archived patients are left out.
    """
    archived = select(PatientRow.id).where(PatientRow.archived_at.is_not(None))
    found = follow_ups(
        tx,
        FollowUpRow.state == FollowUpState.MISSED,
        FollowUpRow.due_at >= tx.now - MISSED_BACK,
        FollowUpRow.patient_id.not_in(archived),
        limit=LONGEST_LIST,
    )
    return tuple(reversed(found))


def _next_due(tx: Transaction) -> FollowUpRecord | None:
    """Return the first check that is not due yet."""
    ahead = follow_ups(
        tx,
        FollowUpRow.state == FollowUpState.OPEN,
        FollowUpRow.window_from > tx.now,
        limit=1,
    )
    return ahead[0] if ahead else None

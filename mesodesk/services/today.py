"""What waits today: follow-up, sessions in draft, sessions planned, lots about to expire."""

from datetime import timedelta
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from mesodesk.db.models.follow_up import FollowUpRow
from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.session import SessionRow
from mesodesk.db.models.stock import LotRow, ProductRow
from mesodesk.domain.clock import local_date
from mesodesk.domain.records.followup import FollowUpRecord, FollowUpState
from mesodesk.domain.records.session import COUNTED, SessionState
from mesodesk.domain.records.stock import LotRecord, LotState
from mesodesk.domain.records.today import PlannedSession, Today
from mesodesk.domain.rights import Right
from mesodesk.services.catalogue import lot_records
from mesodesk.services.clinic import clinic_row
from mesodesk.services.followup_rows import follow_ups
from mesodesk.services.followups import due_at, overdue_at
from mesodesk.services.lot_rows import SOON
from mesodesk.services.session_lists import display_name, summaries
from mesodesk.services.store import Store, Transaction

LONGEST_LIST: Final = 200
"""Nobody works through more in a day; the rest follows as these are done."""

PLANNED_BACK: Final = timedelta(days=90)
"""How long a planned session that did not take place stays on the list."""

PLANNED_AHEAD: Final = timedelta(days=31)


class TodayService:
    """Gathers the Today page."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def overview(self) -> Today:
        """Return everything that waits, most pressing first in each list."""
        with self._store.read(Right.RECORD_READ) as tx:
            return Today(
                overdue=follow_ups(tx, overdue_at(tx.now), limit=LONGEST_LIST),
                due=follow_ups(tx, due_at(tx.now), limit=LONGEST_LIST),
                drafts=summaries(tx, SessionRow.state == SessionState.DRAFT),
                planned=_planned(tx),
                expiring=_expiring(tx),
                next_due=_next_due(tx),
            )


def _planned(tx: Transaction) -> tuple[PlannedSession, ...]:
    """Return the next sessions that were agreed on and have not begun, the earliest first."""
    today = local_date(tx.now, clinic_row(tx.db).zone)
    later = aliased(SessionRow)
    followed = exists().where(
        later.patient_id == SessionRow.patient_id,
        later.number > SessionRow.number,
        later.state != SessionState.ENTERED_IN_ERROR,
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
        )
        .join(PatientRow, PatientRow.id == SessionRow.patient_id)
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
        )
        for row in rows
    )


def _expiring(tx: Transaction) -> tuple[LotRecord, ...]:
    """Return the lots that expire soon or have expired lately and still hold something."""
    today = local_date(tx.now, clinic_row(tx.db).zone)
    rows = tx.db.scalars(
        select(LotRow)
        .join(ProductRow, ProductRow.id == LotRow.product_id)
        .where(
            LotRow.expires_on.between(today - SOON, today + SOON),
            ProductRow.archived_at.is_(None),
        )
        .order_by(LotRow.expires_on, LotRow.number_key, LotRow.id)
    )
    lots = lot_records(tx, rows)
    return tuple(
        lot
        for lot in lots
        if lot.state in (LotState.EXPIRES_SOON, LotState.EXPIRED)
        and (lot.left_ml is None or lot.left_ml > 0)
    )


def _next_due(tx: Transaction) -> FollowUpRecord | None:
    """Return the first check that is not due yet."""
    ahead = follow_ups(
        tx,
        FollowUpRow.state == FollowUpState.OPEN,
        FollowUpRow.window_from > tx.now,
        limit=1,
    )
    return ahead[0] if ahead else None

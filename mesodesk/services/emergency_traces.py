"""What was done with a record while it was open in an emergency, from the audit chain."""

from datetime import timedelta

from sqlalchemy import exists, func, select, union
from sqlalchemy.orm import aliased

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.follow_up import FollowUpRow
from mesodesk.db.models.intake import IntakeRow
from mesodesk.db.models.people import EmergencyAccessRow
from mesodesk.db.models.reaction import ReactionRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.records.people import EmergencyTrace
from mesodesk.services.sight import EMERGENCY_ENDED
from mesodesk.services.store import Transaction


def traces(tx: Transaction, access: EmergencyAccessRow) -> tuple[EmergencyTrace, ...]:
    """Return each action on the record and its parts with how often, the first done first."""
    entry, patient_id = AuditEntryRow, access.patient_id
    parts = union(
        *(
            select(row.id).where(row.patient_id == patient_id)
            for row in (SessionRow, IntakeRow, FollowUpRow, ReactionRow)
        )
    )
    opened = (
        select(func.min(entry.seq))
        .where(
            entry.action == "emergency.open",
            entry.object_id == patient_id,
            entry.details.contains(str(access.id)),
        )
        .scalar_subquery()
    )
    later = aliased(entry)
    ended = exists().where(
        later.object_id == access.id, later.action == EMERGENCY_ENDED, later.seq < entry.seq
    )
    found = tx.db.execute(
        select(entry.action, func.count(), func.min(entry.seq))
        .where(
            entry.actor_id == access.user_id,
            entry.boot_id == access.boot_id,
            entry.seq > opened,
            ~ended,
            entry.at <= access.opened_at + timedelta(hours=1),
            entry.object_id.in_(parts) | (entry.object_id == patient_id),
            entry.action.not_like("emergency.%"),
            entry.action != "access.refuse",
        )
        .group_by(entry.action)
        .order_by(func.min(entry.seq))
    )
    return tuple(EmergencyTrace(action, count) for action, count, _ in found)

"""Signing plans the checks of a session: by its protocol, or by the schedule of the program."""

from mesodesk.db.models.follow_up import FollowUpRow
from mesodesk.db.models.plan import FollowUpProtocolRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.ids import new_id
from mesodesk.domain.protocols import schedule_for, title_of
from mesodesk.domain.records.followup import FollowUpState
from mesodesk.domain.schedule import load_schedule, planned_checks
from mesodesk.services.clinic import clinic_row
from mesodesk.services.protocol_rows import content_of, protocol_of
from mesodesk.services.store import Transaction


def plan_follow_up(tx: Transaction, session: SessionRow) -> int:
    """Plan the checks of a session that was just signed; return how many.

    A protocol that cannot be read, or whose checks are none that the program knows, plans nothing:
    then the program's own schedule does.

    Args:
        tx: of the signing.
        session: signed at `tx.now`.
    """
    clinic, shipped = clinic_row(tx.db), load_schedule()
    version = protocol_of(tx.db, session.id)
    content = None if version is None else content_of(version)[0]
    own = {} if content is None else {each.check_id: each for each in content.checks or ()}
    planned = planned_checks(schedule_for(shipped, own.values() or None), tx.now, clinic.zone)
    if not planned:
        own, planned = {}, planned_checks(shipped, tx.now, clinic.zone)
    for check in planned:
        row = FollowUpRow(
            id=new_id(),
            session_id=session.id,
            patient_id=session.patient_id,
            check_id=check.check_id,
            schedule_version=shipped.version,
            zone=clinic.zone,
            due_at=check.due_at,
            window_from=check.window_from,
            window_to=check.window_to,
            state=FollowUpState.OPEN,
        )
        tx.db.add(row)
        if version is not None and check.check_id in own:
            tx.db.flush()
            said = own[check.check_id]
            tx.db.add(
                FollowUpProtocolRow(
                    follow_up_id=row.id,
                    protocol_version_id=version.id,
                    title=title_of(said, shipped, clinic.language),
                    channel=said.channel,
                )
            )
    return len(planned)

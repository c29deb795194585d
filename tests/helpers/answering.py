"""A check answered with a yes that calls for action, and its instruction shown."""

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.followup import (
    Channel,
    CheckAnswer,
    FollowUpFields,
    FollowUpRecord,
    ShownInstruction,
)
from mesodesk.domain.records.session import SessionRecord
from mesodesk.services.desk import Desk


def answered(
    desk: Desk, session: SessionRecord, item: str, check_id: str = "day_14"
) -> FollowUpRecord:
    """Complete a check of a session with a yes to one item."""
    check = next(
        each for each in desk.follow_ups.for_session(session.id) if each.check_id == check_id
    )
    typed = FollowUpFields(Channel.PHONE, {item: CheckAnswer(Answer.YES)})
    check = desk.follow_ups.save(check.id, check.version, typed)
    shown = tuple(
        ShownInstruction(each.item_id, each.band, each.instruction, desk.store.clock.now(), "")
        for each in desk.follow_ups.red_flags(check.id)
    )
    desk.follow_ups.record_shown(check.id, check.version, shown)
    return desk.follow_ups.complete(check.id, desk.follow_ups.get(check.id).version, early=True)

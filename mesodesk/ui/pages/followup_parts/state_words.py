"""Where a check stands, in the words of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.records.followup import PATIENT_RINGS, FollowUpState
from mesodesk.ui.numbers import format_moment
from mesodesk.ui.pages.followup_parts.wording import window_words
from mesodesk.ui.tokens import Kind

if TYPE_CHECKING:
    from mesodesk.domain.records.followup import FollowUpRecord
    from mesodesk.ui.context import Context


class StateWords(NamedTuple):
    """What the notice of a check says; without headline there is nothing to say."""

    kind: Kind
    headline: str = ""
    text: str = ""
    action: str = ""


def state_words(context: Context, record: FollowUpRecord, *, closes: bool) -> StateWords:
    """Return what is said of a check.

    Args:
        context: of the window.
        record: the check.
        closes: whether who is here may complete it.
    """
    zone, now = context.clinic.fields.zone, context.clock.now()
    if record.state is FollowUpState.DONE and record.done_at is not None:
        words = _tr("Done by {name}, {when}. It stays as it is.")
        when = format_moment(record.done_at, zone)
        return StateWords(Kind.OK, words.format(name=record.done_by, when=when))
    if record.state is FollowUpState.SUPERSEDED:
        return StateWords(Kind.INFO, _why_ended(record))
    if record.state is FollowUpState.MISSED:
        text = _tr("It can still be made up for.")
        if closes:
            text = _tr("It can still be made up for: answer what you can and complete it.")
        headline = _tr("Marked as missed: {reason}").format(reason=record.missed_reason)
        return StateWords(Kind.CAUTION, headline, text)
    if now < record.window_from and record.check_id != PATIENT_RINGS:
        text = _tr("Its window is {window}. Completed now, it will not come up then.")
        return StateWords(
            Kind.CAUTION,
            _tr("This check is not due yet"),
            text.format(window=window_words(record, now, zone)),
            _tr("Complete it now") if closes else "",
        )
    return StateWords(Kind.INFO)


def _why_ended(record: FollowUpRecord) -> str:
    if record.ended_in_error:
        return _tr("The session was entered in error, so this check ended with it.")
    return _tr("A later session has taken over this check.")


def _tr(text: str) -> str:
    return QCoreApplication.translate("follow_up", text)

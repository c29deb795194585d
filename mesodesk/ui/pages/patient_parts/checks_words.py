"""Follow-up checks and sessions in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.clock import local_date
from mesodesk.domain.records.followup import Channel, FollowUpState
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.red_flags import raised_flags
from mesodesk.domain.schedule import (
    CheckStatus,
    PlannedCheck,
    Schedule,
    load_schedule,
    status_of,
)
from mesodesk.ui.numbers import format_day
from mesodesk.ui.tokens import Kind

if TYPE_CHECKING:
    from datetime import date, datetime

    from mesodesk.domain.records.followup import FollowUpRecord
    from mesodesk.domain.records.session import SessionSummary
    from mesodesk.ui.context import Context


@dataclass(frozen=True, slots=True)
class CheckWords:
    """How a check is shown: what it is called, where it stands, with which icon and colour."""

    title: str
    state: str
    icon: str
    tone: str
    status: CheckStatus

    @property
    def waits(self) -> bool:
        """Whether it is to be worked now."""
        return self.status in (CheckStatus.DUE, CheckStatus.OVERDUE)


_LOOKS = {
    CheckStatus.UPCOMING: ("circle-outline", "muted"),
    CheckStatus.DUE: ("phone-outline", "accent"),
    CheckStatus.OVERDUE: ("alert", "caution"),
    CheckStatus.MISSED: ("close-circle-outline", "caution"),
    CheckStatus.DONE: ("check-circle", "ok"),
    CheckStatus.SUPERSEDED: ("minus-circle-outline", "muted"),
}

_FLAGGED = ("alert-octagon", "stop")
"""A check that is done but raised a red flag: never a green tick beside a nodule."""


def check_words(context: Context, check: FollowUpRecord) -> CheckWords:
    """Return a check in words, as it stands now."""
    status = check_status(check, context.clock.now())
    icon, tone = _LOOKS[status]
    if status is CheckStatus.DONE and raised_flags(
        load_schedule(), check.check_id, check.fields.items, {}
    ):
        icon, tone = _FLAGGED
    tried = len(check.attempts)
    often = _tr("tried once") if tried == 1 else _tr("tried {n} times").format(n=tried)
    state = _state(context, check, status)
    return CheckWords(
        check_title(check, context.language),
        f"{state} · {often}" if tried and status is not CheckStatus.DONE else state,
        icon,
        tone,
        status,
    )


def check_status(check: FollowUpRecord, now: datetime) -> CheckStatus:
    """Return where a check stands; one marked missed by hand is missed whatever the time."""
    if check.state is FollowUpState.MISSED:
        return CheckStatus.MISSED
    planned = PlannedCheck(check.check_id, check.due_at, check.window_from, check.window_to)
    return status_of(
        planned,
        now,
        done=check.state is FollowUpState.DONE,
        superseded=check.state is FollowUpState.SUPERSEDED,
    )


def check_title(check: FollowUpRecord, language: str) -> str:
    """Return what a check is called; one that the schedule no longer has keeps its id."""
    if check.title:
        return check.title
    schedule: Schedule = load_schedule()
    try:
        return schedule.check(check.check_id).title.get(language)
    except KeyError:
        return check.check_id


def _state(context: Context, check: FollowUpRecord, status: CheckStatus) -> str:
    if status is CheckStatus.DONE:
        return _done(context, check)
    if status is CheckStatus.MISSED:
        if check.missed_reason:
            return _tr("missed: {reason}").format(reason=check.missed_reason)
        return _tr("missed: nobody asked until {day}").format(day=_day(context, check.window_to))
    if status is CheckStatus.SUPERSEDED:
        if check.missed_reason:  # It ended with its session, and none took it over.
            return _tr("ended: the session was entered in error")
        return _tr("taken over by a later session")
    if status is CheckStatus.OVERDUE:
        return _overdue(context, check)
    if status is CheckStatus.DUE:
        return _tr("due now, until {day}").format(day=_day(context, check.due_at))
    first, last = _day(context, check.window_from), _day(context, check.window_to)
    return first if first == last else _tr("{first} to {last}").format(first=first, last=last)


def _done(context: Context, check: FollowUpRecord) -> str:
    day = _day(context, check.done_at) if check.done_at else ""
    channel = (
        {
            Channel.VISIT: _tr("visit"),
            Channel.PHONE: _tr("phone"),
            Channel.MESSAGE: _tr("message"),
        }.get(check.fields.channel)
        if check.fields.channel
        else None
    )
    parts = [_tr("done {day}").format(day=day), channel, check.done_by]
    words = ", ".join(part for part in parts if part)
    raised = check.escalation
    if raised is None:
        return words
    if raised.handled_at is None:
        return _tr("{done} · to act on").format(done=words)
    return _tr("{done} · handled by {name}").format(done=words, name=raised.handled_by)


def _overdue(context: Context, check: FollowUpRecord) -> str:
    late = (context.today() - day_of(context, check.due_at)).days
    if late < 1:
        return _tr("overdue since today")
    return _tr("1 day overdue") if late == 1 else _tr("{days} days overdue").format(days=late)


def day_of(context: Context, moment: datetime) -> date:
    """Return the calendar day of a moment at the clinic."""
    return local_date(moment, context.clinic.fields.zone)


def _day(context: Context, moment: datetime) -> str:
    return format_day(day_of(context, moment), context.today())


def session_state(state: SessionState) -> tuple[Kind, str]:
    """Return how the state of a session is shown."""
    return {
        SessionState.DRAFT: (Kind.CAUTION, _tr("draft")),
        SessionState.SIGNED: (Kind.OK, _tr("signed")),
        SessionState.AMENDED: (Kind.NEUTRAL, _tr("earlier version")),
        SessionState.ENTERED_IN_ERROR: (Kind.NEUTRAL, _tr("entered in error")),
    }[state]


def session_words(context: Context, session: SessionSummary) -> tuple[Kind, str]:
    """Return how a session is shown in a list: its state, and whether it amends another."""
    kind, words = session_state(session.state)
    if session.amends_id is None:
        return kind, words
    if session.state is SessionState.DRAFT:
        return kind, _tr("amendment, draft")
    if session.state is SessionState.SIGNED and session.signed_at is not None:
        return kind, _tr("amended {day}").format(day=_day(context, session.signed_at))
    if session.signed_at is None:
        return kind, _tr("amendment, discarded")
    return kind, words


def _tr(text: str) -> str:
    return QCoreApplication.translate("checks", text)

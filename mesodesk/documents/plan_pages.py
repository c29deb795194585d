"""Plans as they are printed: what was agreed on, the sessions of each, and why one went beyond."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from mesodesk.documents.words import Pair, day_words, moment_words, pairs
from mesodesk.domain.bodymap.regions import named
from mesodesk.domain.clock import local_date
from mesodesk.domain.records.plan import Interval, PlanState
from mesodesk.domain.records.printing import PrintedPlan, PrintedRecord, PrintedSession
from mesodesk.domain.records.session import SessionState

_STATES: Final = {
    PlanState.ACTIVE: ("Active", "ok"),
    PlanState.FINISHED: ("Finished", "info"),
    PlanState.STOPPED: ("Stopped", "caution"),
}
_SESSIONS: Final = {
    SessionState.DRAFT: "not signed",
    SessionState.SIGNED: "",
    SessionState.AMENDED: "replaced by another version",
    SessionState.ENTERED_IN_ERROR: "entered in error",
}
_OF_PLANS: Final = "plan_"
"""How the ids of findings begin that a plan makes: too soon, over the maximum."""


def plan_pages(record: PrintedRecord) -> list[dict[str, Any]]:
    """Return every plan of a patient, the first that was begun first."""
    sessions = {each.record.id: each for each in record.sessions}
    return [_plan(each, sessions, record) for each in record.plans]


def _plan(
    plan: PrintedPlan, sessions: Mapping[UUID, PrintedSession], record: PrintedRecord
) -> dict[str, Any]:
    kept, clinic = plan.record, record.clinic
    state, tone = _STATES[kept.state]
    planned = kept.fields.planned_sessions
    done = f"{kept.done} done" + ("" if planned is None else f" of {planned} planned")
    return {
        "title": kept.fields.indication,
        "meta": done,
        "state": state,
        "tone": tone,
        "facts": _facts(plan, clinic.zone, clinic.language),
        "sessions": [
            _session(number, sessions[session_id], planned)
            for session_id, number in plan.sessions
            if session_id in sessions
        ],
    }


def _facts(plan: PrintedPlan, zone: str, language: str) -> list[Pair]:
    kept = plan.record
    ended = ""
    if kept.ended_at is not None:
        ended = f"{moment_words(kept.ended_at, zone)} by {kept.ended_by}"
    return pairs(
        ("Begun", f"{moment_words(kept.begun_at, zone)} by {kept.begun_by}"),
        ("Regions", ", ".join(named(kept.fields.regions, language)) or "none named"),
        ("Least interval", _interval(kept.fields.interval) or "not set"),
        ("At most", _count(kept.fields.max_sessions) or "not set"),
        ("Protocol", kept.protocol_name or "none"),
        *((("Ended", ended),) if ended else ()),
        *((("Why", kept.reason),) if kept.reason else ()),
    )


def _interval(interval: Interval | None) -> str:
    if interval is None:
        return ""
    unit = interval.unit.value
    return f"{interval.count} {unit.removesuffix('s') if interval.count == 1 else unit}"


def _count(sessions: int | None) -> str:
    if sessions is None:
        return ""
    return "1 session" if sessions == 1 else f"{sessions} sessions"


def _session(number: int, session: PrintedSession, planned: int | None) -> dict[str, Any]:
    kept = session.record
    said = _SESSIONS[kept.state]
    return {
        "day": day_words(local_date(kept.started_at, session.zone)),
        "place": f"{number}" if planned is None else f"{number} of {planned}",
        "what": f"session {kept.number}" + (f", {said}" if said else ""),
        "struck": kept.state in (SessionState.AMENDED, SessionState.ENTERED_IN_ERROR),
        "reasons": list(_reasons(session)),
    }


def _reasons(session: PrintedSession) -> Iterator[str]:
    """Yield what the plan said against a session, and why it went on."""
    for each in session.entries:
        if not each.finding.rule_id.startswith(_OF_PLANS):
            continue
        given, said = each.acknowledgement, each.finding.message
        if given is None:
            yield f"{said} No reason is given yet."
        else:
            when = moment_words(given.at, session.zone)
            yield f"{said} Went on: {given.reason} ({given.by}, {when})"

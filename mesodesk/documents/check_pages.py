"""The checks that followed, as they are printed: what was asked, answered, shown, missed."""

from collections.abc import Iterable
from typing import Any

from mesodesk.documents.words import ANSWERS, TONES, moment_words
from mesodesk.domain.answers import Answer
from mesodesk.domain.records.followup import (
    AttemptRecord,
    CheckAnswer,
    FollowUpRecord,
    FollowUpState,
)
from mesodesk.domain.schedule import Check, CheckItem, CheckItemKind, load_schedule
from mesodesk.domain.texts import day_text


def check_pages(checks: Iterable[FollowUpRecord], zone: str, language: str) -> list[dict[str, Any]]:
    """Return the checks in the order of time."""
    return [_page(each, zone, language) for each in checks]


def _page(check: FollowUpRecord, zone: str, language: str) -> dict[str, Any]:
    known = _known(check.check_id)
    title = check.title or (check.check_id if known is None else known.title.get(language))
    worked = check.state is not FollowUpState.OPEN or bool(check.fields.items)
    return {
        "title": f"{title} · session {check.session_number}",
        "state": _state(check, zone),
        "tone": {
            FollowUpState.DONE: "ok",
            FollowUpState.MISSED: "caution",
        }.get(check.state, "neutral"),
        "rows": _rows(check, known, language) if worked and check.fields.items else [],
        "shown": [
            f"{each.instruction} ({moment_words(each.shown_at, zone)}, {each.shown_to})"
            for each in check.shown
        ],
        "note": check.fields.note,
        "diary": _diary(check, language),
        "attempts": [_attempt(each, zone) for each in check.attempts],
        "handled": _handled(check, zone, language),
    }


def _diary(check: FollowUpRecord, language: str) -> list[str]:
    """Return a line for each line of the diary that was told of."""
    told = check.fields.diary
    lines = []
    for line in load_schedule().diary:
        days = [
            f"day {day}: {given.score}" + (" (written at home)" if given.source == "home" else "")
            for day in range(1, line.days + 1)
            if (given := told.get(f"{line.id}.{day}")) is not None
        ]
        if days:
            lines.append(f"{line.title.get(language)}, of 10: {', '.join(days)}")
    return lines


def _attempt(each: AttemptRecord, zone: str) -> str:
    typed = each.fields
    words = f"{typed.channel.value}: {typed.outcome.value.replace('_', ' ')}"
    if typed.next_at is not None:
        words += f"; again {moment_words(typed.next_at, zone)}"
    if typed.note:
        words += f"; {typed.note}"
    return f"{words} ({moment_words(each.tried_at, zone)}, {each.tried_by})"


def _handled(check: FollowUpRecord, zone: str, language: str) -> str:
    raised = check.escalation
    if raised is None:
        return ""
    title = load_schedule().band(raised.band).title.get(language)
    if raised.handled_at is None:
        return f"{title}: nothing noted yet of what was done"
    return (
        f"{title}: {raised.handled} ({moment_words(raised.handled_at, zone)}, {raised.handled_by})"
    )


def _known(check_id: str) -> Check | None:
    try:
        return load_schedule().check(check_id)
    except KeyError:
        return None


def _state(check: FollowUpRecord, zone: str) -> str:
    due = f"due {moment_words(check.due_at, zone)}"
    if check.state is FollowUpState.DONE and check.done_at is not None:
        channel = "" if check.fields.channel is None else check.fields.channel.value
        parts = (f"done {moment_words(check.done_at, zone)}", channel, check.done_by)
        words = ", ".join(part for part in parts if part)
        return f"{words}; missed before: {check.missed_reason}" if check.missed_reason else words
    if check.state is FollowUpState.MISSED:
        return f"{due}; missed: {check.missed_reason}" if check.missed_reason else f"{due}; missed"
    if check.state is FollowUpState.SUPERSEDED:
        return "taken over by a later session"
    return f"{due}; open"


def _rows(check: FollowUpRecord, known: Check | None, language: str) -> list[dict[str, str]]:
    given = check.fields.items
    asked = () if known is None else known.items_for(frozenset(check.regions))
    rows = [_row(item, given.get(item.id, CheckAnswer()), language) for item in asked]
    put = {item.id for item in asked}
    rows += [
        _told(item_id, False, answer) for item_id, answer in given.items() if item_id not in put
    ]
    return rows


def _row(item: CheckItem, given: CheckAnswer, language: str) -> dict[str, str]:
    scale = item.kind is CheckItemKind.SCALE_0_10
    return _told(item.text.get(language), scale, given, goes_away=item.calm is not Answer.YES)


def _told(
    question: str, scale: bool, given: CheckAnswer, *, goes_away: bool = True
) -> dict[str, str]:
    """Return a question with its answer.

    `goes_away`: a "yes" names something of which it is asked whether it is still there.
    """
    details = [given.note]
    if given.onset_on is not None:
        details.append(f"since {day_text(given.onset_on)}")
    if given.answer is Answer.YES and goes_away:
        details.append(f"still present: {ANSWERS[given.still_present].lower()}")
    answer, tone = ANSWERS[given.answer], TONES[given.answer]
    if given.value:
        answer, tone = (f"{given.value} of 10" if scale else given.value), "told"
    return {
        "question": question,
        "answer": answer,
        "tone": tone,
        "detail": " · ".join(part for part in details if part),
    }

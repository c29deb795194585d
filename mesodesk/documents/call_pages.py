"""The calls of a day on paper: whom, at what number, what was done, what to ask, room to write."""

from typing import Any

from mesodesk.documents.record_pdf import LETTER_PAPER, set_pages
from mesodesk.documents.words import day_words, language_words, moment_words
from mesodesk.domain.bodymap.regions import named
from mesodesk.domain.records.calls import CallList
from mesodesk.domain.records.followup import FollowUpRecord
from mesodesk.domain.schedule import Check, CheckItemKind, load_schedule


def call_list_pdf(calls: CallList) -> bytes:
    """Return the list as PDF.

    Raises:
        DocumentError: if the page cannot be set.
    """
    return set_pages(call_list_told(calls), {}, "calls.typ")


def call_list_told(calls: CallList) -> dict[str, Any]:
    """Return what the template is given; of a restricted record no more than that it waits."""
    return {
        "paper": "us-letter" if calls.jurisdiction in LETTER_PAPER else "a4",
        "language": calls.language,
        "clinic": calls.clinic,
        "made": f"{moment_words(calls.made_at, calls.zone)}, {calls.made_by}",
        "calls": [_call(calls, each) for each in calls.checks],
    }


def _call(calls: CallList, check: FollowUpRecord) -> dict[str, Any]:
    known = next((each for each in load_schedule().checks if each.id == check.check_id), None)
    title = check.title or (check.check_id if known is None else known.title.get(calls.language))
    facts = [] if check.restricted else _facts(calls, check)
    return {
        "name": check.patient_name,
        "phone": "restricted record" if check.restricted else check.patient_phone or "no phone",
        "check": f"{title} · session {check.session_number}",
        "when": _when(calls, check),
        "late": check.due_at < calls.made_at,
        "facts": facts,
        "questions": [] if check.restricted else _questions(known, check, calls.language),
        "diary": _diary(known, calls.language) if not check.restricted else [],
    }


def _when(calls: CallList, check: FollowUpRecord) -> str:
    due, closes = (moment_words(at, calls.zone) for at in (check.due_at, check.window_to))
    if check.window_to < calls.made_at:
        return f"was due {due}; its window closed {closes}"
    word = "was due" if check.due_at < calls.made_at else "due"
    return f"{word} {due}; window until {closes}"


def _facts(calls: CallList, check: FollowUpRecord) -> list[str]:
    treated = calls.sessions.get(check.session_id)
    facts = []
    if treated is not None:
        done = [day_words(treated.day), ", ".join(named(check.regions, calls.language))]
        done += [", ".join(treated.products), f"by {treated.therapist}"]
        facts.append("Treated " + "; ".join(part for part in done if part))
    spoken = calls.languages.get(check.patient_id, "")
    if spoken and spoken != calls.language:
        facts.append(f"Speaks {language_words(spoken)}")
    if check.attempts:
        last = check.attempts[-1]
        tried = moment_words(last.tried_at, calls.zone)
        words = f"Tried {len(check.attempts)} times" if len(check.attempts) > 1 else "Tried once"
        outcome = last.fields.outcome.value.replace("_", " ")
        facts.append(f"{words}, the last time {tried}: {outcome}")
        if last.fields.next_at is not None:
            facts.append(f"Try again {moment_words(last.fields.next_at, calls.zone)}")
    return facts


def _questions(known: Check | None, check: FollowUpRecord, language: str) -> list[dict[str, str]]:
    items = () if known is None else known.items_for(frozenset(check.regions))
    kinds = {
        CheckItemKind.YES_NO: "yes_no",
        CheckItemKind.SCALE_0_10: "scale",
        CheckItemKind.TEXT: "text",
    }
    return [{"text": item.text.get(language), "kind": kinds[item.kind]} for item in items]


def _diary(known: Check | None, language: str) -> list[dict[str, Any]]:
    if known is None or not known.diary:
        return []
    return [
        {"title": line.title.get(language), "days": line.days} for line in load_schedule().diary
    ]

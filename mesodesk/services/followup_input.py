"""What is typed into a check, before it is kept."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select

from mesodesk.db.models.follow_up import FollowUpRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.clock import local_date
from mesodesk.domain.records.followup import CheckAnswer, DiaryScore, FollowUpFields
from mesodesk.domain.red_flags import diary_place, scale_value
from mesodesk.domain.schedule import CheckItem, CheckItemKind, load_schedule
from mesodesk.services.store import Transaction
from mesodesk.services.texts import Problems

LARGEST_SCORE: Final = 10


def checked_follow_up(tx: Transaction, row: FollowUpRow, typed: FollowUpFields) -> FollowUpFields:
    """Return what was typed into a check, clean.

    Raises:
        InvalidError: naming every field that cannot be taken.
    """
    problems = Problems()
    known = {item.id: item for item in _items(row.check_id)}
    today = local_date(tx.now, row.zone)
    began = tx.db.execute(
        select(SessionRow.started_at, SessionRow.zone).where(SessionRow.id == row.session_id)
    ).one()
    session_day = local_date(began.started_at, began.zone)
    items = {}
    for item_id, given in typed.items.items():
        place = f"items[{item_id}]"
        if item_id not in known:
            problems.add(place, "This question does not belong to the check.")
            continue
        items[item_id] = _checked_item(problems, place, known[item_id], given)
        _check_onset(problems, place, given.onset_on, session_day, today)
    for key, score in typed.diary.items():
        _check_score(problems, key, score, session_day, today)
    clean = replace(typed, items=items, note=problems.note("note", typed.note, "Note"))
    problems.done()
    return clean


def _items(check_id: str) -> Iterable[CheckItem]:
    return next((check.items for check in load_schedule().checks if check.id == check_id), ())


def _checked_item(
    problems: Problems, place: str, item: CheckItem, given: CheckAnswer
) -> CheckAnswer:
    value = problems.note(f"{place}.value", given.value, "Answer")
    if item.kind is CheckItemKind.SCALE_0_10 and value and scale_value(value) is None:
        problems.add(f"{place}.value", "A whole number from 0 to 10.")
    return replace(given, value=value, note=problems.note(f"{place}.note", given.note, "Note"))


def _check_onset(
    problems: Problems, place: str, onset: date | None, session_day: date, today: date
) -> None:
    if onset is not None and onset > today:
        problems.add(f"{place}.onset_on", "Onset: this day is still to come.")
    elif onset is not None and onset < session_day:
        problems.add(f"{place}.onset_on", "Onset: this day lies before the session.")


def _check_score(
    problems: Problems, key: str, given: DiaryScore, session_day: date, today: date
) -> None:
    place, (line_id, day) = f"diary[{key}]", diary_place(key)
    line = next((each for each in load_schedule().diary if each.id == line_id), None)
    if line is None or not 1 <= day <= line.days:
        problems.add(place, "This day does not belong to the diary.")
    elif not 0 <= given.score <= LARGEST_SCORE:
        problems.add(place, "A whole number from 0 to 10.")
    elif session_day + timedelta(days=day) > today:
        problems.add(place, f"Day {day} after the session is still to come.")

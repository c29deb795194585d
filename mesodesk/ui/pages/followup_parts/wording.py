"""Checks, windows and how late something is, in words."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.records.followup import Channel, FollowUpRecord
from mesodesk.domain.schedule import Check, load_schedule
from mesodesk.ui.numbers import format_day, format_time

_HOUR: Final = timedelta(hours=1)


def check_of(record: FollowUpRecord) -> Check | None:
    """Return what the schedule says of a check, None if it no longer knows it."""
    return next((each for each in load_schedule().checks if each.id == record.check_id), None)


def check_title(record: FollowUpRecord, language: str) -> str:
    """Return the name of a check: `72 hours`."""
    if record.title:
        return record.title
    check = check_of(record)
    return check.title.get(language) if check is not None else record.check_id


def usual_channel(record: FollowUpRecord) -> Channel | None:
    """Suggest how the patient is reached: as the protocol has it, in sight for a photograph."""
    check = check_of(record)
    if record.wanted_channel is not None:
        return record.wanted_channel
    if check is not None and check.photo:
        return Channel.VISIT
    return Channel.PHONE if record.patient_phone else None


def window_words(record: FollowUpRecord, now: datetime, zone: str) -> str:
    """Return a check's window: `12 to 14 Oct`, or with hours where it lasts less than two days."""
    start, end = (at.astimezone(ZoneInfo(zone)) for at in (record.window_from, record.window_to))
    today = now.astimezone(ZoneInfo(zone)).date()
    hours = record.window_to - record.window_from < timedelta(days=2)
    first, last = format_day(start.date(), today), format_day(end.date(), today)
    if hours:
        first = f"{first} {format_time(start, zone)}"
        last = f"{last} {format_time(end, zone)}"
    return _tr("{first} to {last}").format(first=first, last=last)


def late_words(record: FollowUpRecord, now: datetime, zone: str) -> str:
    """Return how late an open check is: `3 days overdue`, or that its window has closed."""
    closed = now > record.window_to
    since = record.window_to if closed else record.due_at
    days = (_day(now, zone) - _day(since, zone)).days
    if closed:
        if days == 0:
            return _tr("window closed today")
        return _plural(days, _tr("window closed yesterday"), _tr("window closed {n} days ago"))
    if days == 0:
        hours = int((now - since) / _HOUR)
        if hours < 1:
            return _tr("overdue since {time}").format(time=format_time(since, zone))
        return _plural(hours, _tr("1 hour overdue"), _tr("{n} hours overdue"))
    return _plural(days, _tr("1 day overdue"), _tr("{n} days overdue"))


def due_words(record: FollowUpRecord, now: datetime, zone: str) -> str:
    """Return until when a check is due: `due today until 18:00`, `due in 3 days`."""
    days = (_day(record.due_at, zone) - _day(now, zone)).days
    if days == 0:
        time = format_time(record.due_at, zone)
        if record.due_at.astimezone(ZoneInfo(zone)).hour == 23:  # a day's check ends with the day
            return _tr("due today")
        return _tr("due today until {time}").format(time=time)
    return _plural(days, _tr("due tomorrow"), _tr("due in {n} days"))


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _plural(number: int, one: str, many: str) -> str:
    return one if number == 1 else many.format(n=number)


def _tr(text: str) -> str:
    return QCoreApplication.translate("follow_up", text)

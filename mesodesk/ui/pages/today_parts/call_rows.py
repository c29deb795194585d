"""The rows of calls on the Today page: due, overdue, missed, and what a check calls for."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mesodesk.domain.clock import local_date
from mesodesk.domain.records.followup import Channel, FollowUpRecord
from mesodesk.domain.red_flags import raised_flags
from mesodesk.domain.schedule import RED_BANDS, load_schedule
from mesodesk.ui.numbers import format_day, format_time
from mesodesk.ui.pages.followup_parts.wording import (
    check_title,
    due_words,
    late_words,
    window_words,
)
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.rows import Row
from mesodesk.ui.widgets.text import Label

_PHONE_WIDTH: Final = 126
_CHIP_WIDTH: Final = 208


class _InColumn(QWidget):
    """Keeps a chip at the left of a column, so that the rows of a list stand in line."""

    def __init__(self, chip: Chip) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(chip)
        line.addStretch(1)
        self.setFixedWidth(_CHIP_WIDTH)


def follow_up_row(record: FollowUpRecord, now: datetime, zone: str, language: str) -> Row:
    """Return the row of a check that is due or overdue."""
    kind, words, icon = _standing(record, now, zone, language)
    unknown = _tr("restricted record") if record.restricted else _tr("no phone")
    phone = Label(record.patient_phone or unknown, Role.BODY, "muted")
    phone.setFixedWidth(_PHONE_WIDTH)
    row = Row(
        record.patient_name,
        _tr("session {number} · {check}{tried} · {window}").format(
            number=record.session_number,
            check=check_title(record, language),
            tried=_tried(record, now, zone),
            window=window_words(record, now, zone),
        )
        + _how(record),
        object_name=f"follow_up_{record.id}",
        leading=IconLabel("lock-outline", "muted") if record.restricted else None,
        trailing=(phone, _InColumn(Chip(kind, words, icon_name=icon))),
    )
    row.setAccessibleName(f"{row.accessibleName()}. {words}. {record.patient_phone}")
    return row


def _standing(
    record: FollowUpRecord, now: datetime, zone: str, language: str
) -> tuple[Kind, str, str]:
    """Return how a row is marked: by what was answered already, when to try again, how late."""
    flags = raised_flags(load_schedule(), record.check_id, record.fields.items, {}, language)
    if flags:
        return Kind.STOP, _tr("{band}: not completed").format(band=flags[0].title), ""
    if record.next_try is not None and record.next_try > now:
        return (
            Kind.NEUTRAL,
            _tr("again {when}").format(when=_when(record.next_try, now, zone)),
            ("calendar-clock"),
        )
    if record.due_at >= now:
        return Kind.INFO, due_words(record, now, zone), "phone-outline"
    kind = Kind.STOP if record.window_to < now else Kind.CAUTION
    return kind, late_words(record, now, zone), ""


def _when(moment: datetime, now: datetime, zone: str) -> str:
    today, day = local_date(now, zone), local_date(moment, zone)
    time = format_time(moment, zone)
    if day == today:
        return _tr("at {time}").format(time=time)
    return _tr("{day} at {time}").format(day=format_day(day, today), time=time)


def _how(record: FollowUpRecord) -> str:
    """Return how the session's protocol has the patient reached: ` · by phone`."""
    words = {
        Channel.VISIT: _tr("as a visit"),
        Channel.PHONE: _tr("by phone"),
        Channel.MESSAGE: _tr("by message"),
    }
    return "" if record.wanted_channel is None else f" · {words[record.wanted_channel]}"


def _tried(record: FollowUpRecord, now: datetime, zone: str) -> str:
    """Return how often it was tried: ` · tried twice, at 10:42`."""
    if not record.attempts:
        return ""
    count = len(record.attempts)
    often = {1: _tr("tried once"), 2: _tr("tried twice")}.get(count, _tr("tried {n} times"))
    last = _when(record.attempts[-1].tried_at, now, zone)
    return f" · {often.format(n=count)}, {last}"


def handle_row(record: FollowUpRecord, today: date, zone: str, language: str) -> Row:
    """Return the row of a completed check of which nobody has said yet what was done."""
    raised = record.escalation
    if raised is None:  # of a restricted record no more is told than that it waits
        return Row(
            record.patient_name,
            _tr("restricted record"),
            object_name=f"handle_{record.id}",
            leading=IconLabel("lock-outline", "muted"),
        )
    red = raised.band in RED_BANDS
    title = load_schedule().band(raised.band).title.get(language)
    day = format_day(local_date(record.done_at, zone), today) if record.done_at else ""
    words = _tr("{what} · session {number} · {check}, {day}").format(
        what=", ".join(_names(raised.items, language)),
        number=record.session_number,
        check=check_title(record, language),
        day=day,
    )
    kind = Kind.STOP if red else Kind.CAUTION
    return Row(
        record.patient_name,
        words,
        object_name=f"handle_{record.id}",
        leading=IconLabel("alert-octagon" if red else "phone-outline", kind.value),
        trailing=(Label(record.patient_phone, Role.BODY, "muted"), Chip(kind, title)),
    )


def _names(items: Sequence[str], language: str) -> list[str]:
    """Return what raised a band, in words."""
    schedule = load_schedule()
    known = {item.id: item.short for check in schedule.checks for item in check.items}
    known |= {f"diary.{line.id}": line.title for line in schedule.diary}
    found = (known.get(item) or known.get(item.rpartition(".")[0]) for item in items)
    return [name.get(language) for name in found if name is not None]


def missed_row(record: FollowUpRecord, today: date, zone: str, language: str) -> Row:
    """Return the row of a check that was marked as missed and can be made up for."""
    words = _tr("session {number} · {check} · was due {day}").format(
        number=record.session_number,
        check=check_title(record, language),
        day=format_day(local_date(record.due_at, zone), today),
    )
    reason = record.missed_reason.replace("\n", "; ")
    return Row(
        record.patient_name,
        f"{words} · {reason}" if reason else words,
        object_name=f"missed_{record.id}",
        leading=IconLabel(
            "lock-outline" if record.restricted else "close-circle-outline",
            "muted" if record.restricted else "caution",
        ),
        trailing=(IconLabel("chevron-right"),),
    )


def summary_words(calls: int, overdue: int, to_handle: int) -> str:
    """Return the day in a line: `1 to act on · 3 to call · 2 overdue`."""
    words = _tr("1 to call") if calls == 1 else _tr("{count} to call")
    parts = [words.format(count=calls) if calls else _tr("Nobody to call now")]
    if to_handle:
        parts.insert(0, _tr("{count} to act on").format(count=to_handle))
    if overdue:
        parts.append(_tr("{count} overdue").format(count=overdue))
    return " · ".join(parts)


def worked_first(checks: Sequence[FollowUpRecord], now: datetime) -> list[FollowUpRecord]:
    """Return checks in their order, but those to be tried again later at the end."""
    return sorted(checks, key=lambda each: each.next_try is not None and each.next_try > now)


def moments(
    overdue: tuple[FollowUpRecord, ...], due: tuple[FollowUpRecord, ...]
) -> Iterator[datetime]:
    """Yield the moments at which a check in the lists changes its place or its words."""
    for record in due:
        yield record.due_at
    for record in overdue:
        yield record.window_to
    for record in (*due, *overdue):
        if record.next_try is not None:
            yield record.next_try


def _tr(text: str) -> str:
    return QCoreApplication.translate("today", text)

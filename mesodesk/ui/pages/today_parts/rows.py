"""The rows of the Today page, ready to be put into its lists."""

from collections.abc import Iterator
from datetime import date, datetime

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.records.followup import FollowUpRecord
from mesodesk.domain.records.session import SessionSummary
from mesodesk.domain.records.stock import LotRecord, LotState
from mesodesk.domain.records.today import PlannedSession
from mesodesk.ui.numbers import format_day, format_moment, format_quantity, relative_day
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


def follow_up_row(record: FollowUpRecord, now: datetime, zone: str, language: str) -> Row:
    """Return the row of a check that is due or overdue."""
    overdue = record.due_at < now
    closed = record.window_to < now
    if overdue:
        words = late_words(record, now, zone)
        kind = Kind.STOP if closed else Kind.CAUTION
    else:
        words, kind = due_words(record, now, zone), Kind.INFO
    chip = Chip(kind, words, icon_name="" if overdue else "phone-outline")
    phone = Label(record.patient_phone or _tr("no phone"), Role.BODY, "muted")
    phone.setMinimumWidth(118)
    row = Row(
        record.patient_name,
        _tr("{check} after session {number} · window {window}").format(
            check=check_title(record, language),
            number=record.session_number,
            window=window_words(record, now, zone),
        ),
        object_name=f"follow_up_{record.id}",
        trailing=(phone, chip),
    )
    row.setAccessibleName(f"{row.accessibleName()}. {words}. {record.patient_phone}")
    return row


def draft_row(draft: SessionSummary, zone: str) -> Row:
    """Return the row of a session that is not signed yet."""
    facts = [
        _tr("session {number}").format(number=draft.number),
        _tr("begun {when}").format(when=format_moment(draft.started_at, zone)),
    ]
    if draft.points:
        facts.append(_plural(draft.points, _tr("1 point"), _tr("{n} points")))
    return Row(
        draft.patient_name,
        " · ".join(facts),
        object_name=f"draft_{draft.id}",
        leading=IconLabel("pencil-outline", "accent"),
        trailing=(IconLabel("chevron-right"),),
    )


def planned_row(planned: PlannedSession, today: date) -> Row:
    """Return the row of a session that was agreed on."""
    late = planned.planned_on < today
    trailing = [IconLabel("chevron-right")]
    when = relative_day(planned.planned_on, today)
    words = _tr("session {number} · {day}").format(
        number=planned.next_number, day=format_day(planned.planned_on, today)
    )
    row = Row(
        planned.patient_name,
        f"{words} · {when}" if when != format_day(planned.planned_on, today) else words,
        object_name=f"planned_{planned.after_session_id}",
        leading=IconLabel("calendar-alert" if late else "calendar-clock", _tone(late)),
        trailing=trailing,
    )
    if late:
        row.subtitle.set_tone(Kind.CAUTION)
    return row


def expiring_row(lot: LotRecord, today: date) -> Row:
    """Return the row of a lot that expires soon or has expired lately."""
    expired = lot.state is LotState.EXPIRED
    words = _tr("expired {when}") if expired else _tr("expires {when}")
    left = [format_quantity(lot.left_ml, "mL")] if lot.left_ml is not None else []
    return Row(
        lot.product.fields.name,
        " · ".join(
            [
                _tr("lot {number}").format(number=lot.fields.number),
                words.format(when=relative_day(lot.fields.expires_on, today)),
                *(_tr("{quantity} left").format(quantity=each) for each in left),
            ]
        ),
        object_name=f"expiring_{lot.id}",
        leading=IconLabel(
            "alert-octagon" if expired else "calendar-clock", "stop" if expired else "caution"
        ),
        trailing=(IconLabel("chevron-right"),),
    )


def moments(
    overdue: tuple[FollowUpRecord, ...], due: tuple[FollowUpRecord, ...]
) -> Iterator[datetime]:
    """Yield the moments at which a check in the lists changes its place or its words."""
    for record in due:
        yield record.due_at
    for record in overdue:
        yield record.window_to


def _tone(late: bool) -> str:
    return Kind.CAUTION.value if late else "muted"


def _plural(number: int, one: str, many: str) -> str:
    return one if number == 1 else many.format(n=number)


def _tr(text: str) -> str:
    return QCoreApplication.translate("today", text)

"""The rows of the Today page, ready to be put into its lists."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mesodesk.domain.records.followup import FollowUpRecord
from mesodesk.domain.records.session import SessionSummary
from mesodesk.domain.records.stock import LotRecord, LotState
from mesodesk.domain.records.today import PlannedSession
from mesodesk.ui.numbers import (
    format_date,
    format_day,
    format_moment,
    format_quantity,
    relative_day,
)
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
    overdue = record.due_at < now
    closed = record.window_to < now
    if overdue:
        words = late_words(record, now, zone)
        kind = Kind.STOP if closed else Kind.CAUTION
    else:
        words, kind = due_words(record, now, zone), Kind.INFO
    chip = Chip(kind, words, icon_name="" if overdue else "phone-outline")
    unknown = _tr("restricted record") if record.restricted else _tr("no phone")
    phone = Label(record.patient_phone or unknown, Role.BODY, "muted")
    phone.setFixedWidth(_PHONE_WIDTH)
    row = Row(
        record.patient_name,
        _tr("session {number} · {check} · {window}").format(
            number=record.session_number,
            check=check_title(record, language),
            window=window_words(record, now, zone),
        ),
        object_name=f"follow_up_{record.id}",
        trailing=(phone, _InColumn(chip)),
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
    day = format_day(planned.planned_on, today)
    words = _tr("session {number} · {day}").format(number=planned.next_number, day=day)
    row = Row(
        planned.patient_name,
        words if when == format_date(planned.planned_on) else f"{words} · {when}",
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

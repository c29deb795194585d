"""The rows of the Today page, ready to be put into its lists."""

from datetime import date, datetime, timedelta
from typing import Final

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.records.plan import Glance
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
from mesodesk.ui.plan_words import glance_kind, glance_words
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.rows import Row

UNSIGNED_LONG: Final = timedelta(hours=24)
"""After so long whoever treated is reminded that a session is not signed."""


def draft_row(draft: SessionSummary, zone: str, now: datetime, stands: Glance | None = None) -> Row:
    """Return the row of a session that is not signed yet; after a day it says whose it is to do."""
    facts = [
        _tr("session {number}").format(number=draft.number),
        _tr("begun {when}").format(when=format_moment(draft.started_at, zone)),
    ]
    late = False
    if draft.amends_id is not None:
        facts[1] = _tr("amendment, not signed yet")
    elif now - draft.started_at > UNSIGNED_LONG:
        late = True
        facts.insert(0, _tr("not signed yet: {name} signs").format(name=draft.therapist))
    if draft.points:
        facts.append(_plural(draft.points, _tr("1 point"), _tr("{n} points")))
    return Row(
        draft.patient_name,
        " · ".join(facts),
        object_name=f"draft_{draft.id}",
        leading=IconLabel("pencil-outline", _tone(late) if late else "accent"),
        trailing=(*_plan_chip(stands, at_work=True), IconLabel("chevron-right")),
    )


def planned_row(planned: PlannedSession, today: date, stands: Glance | None = None) -> Row:
    """Return the row of a session that was agreed on."""
    late = planned.planned_on < today
    when = relative_day(planned.planned_on, today)
    day = format_day(planned.planned_on, today)
    words = _tr("session {number} · {day}").format(number=planned.next_number, day=day)
    row = Row(
        planned.patient_name,
        words if when == format_date(planned.planned_on) else f"{words} · {when}",
        object_name=f"planned_{planned.after_session_id}",
        leading=IconLabel("lock-outline", "muted")
        if planned.restricted
        else IconLabel("calendar-alert" if late else "calendar-clock", _tone(late)),
        trailing=(*_plan_chip(stands, on=planned.planned_on), IconLabel("chevron-right")),
    )
    if late:
        row.subtitle.set_tone(Kind.CAUTION)
    return row


def _plan_chip(
    stands: Glance | None, *, at_work: bool = False, on: date | None = None
) -> tuple[Chip, ...]:
    """Return where the plan of a session stands: `3 of 6 · day 9 of 14`.

    A session that is planned for a day (`on`) on which it keeps the interval is no caution.
    """
    if stands is None:
        return ()
    kind = glance_kind(stands, at_work=at_work)
    kept = on is not None and stands.earliest_on is not None and stands.earliest_on <= on
    if kept and stands.over_maximum is None:
        kind = Kind.NEUTRAL
    icon = "calendar-clock" if kind is Kind.NEUTRAL else ""
    return (Chip(kind, glance_words(stands), icon_name=icon),)


def expiring_row(lot: LotRecord, today: date) -> Row:
    """Return the row of a lot that expires soon or has expired lately."""
    expired = lot.state in (LotState.EXPIRED, LotState.PAST_USE)
    words = _tr("expired {when}") if expired else _tr("expires {when}")
    day = lot.fields.expires_on
    if lot.state is LotState.PAST_USE and lot.opening is not None:
        words, day = _tr("opened container, good until {when}"), lot.opening.use_by
    left = [format_quantity(lot.left_ml, "mL")] if lot.left_ml is not None else []
    return Row(
        lot.product.fields.name,
        " · ".join(
            [
                _tr("lot {number}").format(number=lot.fields.number),
                words.format(when=relative_day(day, today)),
                *(_tr("{quantity} left").format(quantity=each) for each in left),
            ]
        ),
        object_name=f"expiring_{lot.id}",
        leading=IconLabel(
            "alert-octagon" if expired else "calendar-clock", "stop" if expired else "caution"
        ),
        trailing=(IconLabel("chevron-right"),),
    )


def _tone(late: bool) -> str:
    return Kind.CAUTION.value if late else "muted"


def _plural(number: int, one: str, many: str) -> str:
    return one if number == 1 else many.format(n=number)


def _tr(text: str) -> str:
    return QCoreApplication.translate("today", text)

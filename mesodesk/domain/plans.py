"""The arithmetic of plans: when the next session may be, and whether this one is too soon. Pure."""

import calendar
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from mesodesk.domain.records.plan import Glance, Interval, IntervalUnit, PlanFields

MOST_SESSIONS: Final = 100
LONGEST: Final = {IntervalUnit.DAYS: 730, IntervalUnit.WEEKS: 104, IntervalUnit.MONTHS: 24}
"""Ranges that catch slips of the hand, no clinical limits."""

_DAYS_IN_WEEK: Final = 7
_MONTHS_IN_YEAR: Final = 12


def earliest_after(last: date, interval: Interval) -> date:
    """Return the first day on which a session keeps an interval.

    A month after the 31st is the last day of a shorter month.
    """
    if interval.unit is IntervalUnit.DAYS:
        return last + timedelta(days=interval.count)
    if interval.unit is IntervalUnit.WEEKS:
        return last + timedelta(days=interval.count * _DAYS_IN_WEEK)
    years, month = divmod(last.month - 1 + interval.count, _MONTHS_IN_YEAR)
    year = last.year + years
    longest = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(last.day, longest))


def glance(
    plan_id: UUID, fields: PlanFields, *, number: int, done: int, last_on: date | None, today: date
) -> Glance:
    """Return where a plan stands.

    Args:
        plan_id: of the plan.
        fields: of the plan.
        number: of the session that is open or comes next.
        done: sessions that were signed before it and stand.
        last_on: the day of the session that the interval is measured from.
        today: the day of the session, or of whoever looks.
    """
    earliest = None
    if last_on is not None and fields.interval is not None:
        earliest = earliest_after(last_on, fields.interval)
    over = fields.max_sessions is not None and done + 1 > fields.max_sessions
    return Glance(
        plan_id=plan_id,
        indication=fields.indication,
        number=number,
        of=fields.planned_sessions,
        last_on=last_on,
        day=None if last_on is None else (today - last_on).days,
        earliest_on=earliest,
        of_days=None if earliest is None or last_on is None else (earliest - last_on).days,
        over_maximum=fields.max_sessions if over else None,
    )

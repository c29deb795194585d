"""Plans in words: where one stands, its interval, what a protocol holds."""

from datetime import date

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.protocols import ProtocolContent
from mesodesk.domain.records.plan import Glance, Interval, IntervalUnit
from mesodesk.ui.numbers import format_day
from mesodesk.ui.tokens import Kind


def glance_words(stands: Glance) -> str:
    """Return where a plan stands in short: `3 of 6 · day 9 of 14`."""
    parts = [count_words(stands)]
    if stands.day is not None:
        day = _tr("day {day}").format(day=stands.day)
        if stands.of_days is not None and stands.too_soon:
            day = _tr("day {day} of {of}").format(day=stands.day, of=stands.of_days)
        parts.append(day)
    if stands.over_maximum is not None:
        parts.append(_tr("over the maximum of {most}").format(most=stands.over_maximum))
    return " · ".join(parts)


def count_words(stands: Glance) -> str:
    """Return which session comes: `3 of 6`; `session 3` where no number of them is planned."""
    if stands.of is None:
        return _tr("session {number}").format(number=stands.number)
    if stands.number > stands.of:
        return _tr("session {number}, {of} planned").format(number=stands.number, of=stands.of)
    return _tr("{number} of {of}").format(number=stands.number, of=stands.of)


def glance_kind(stands: Glance, *, at_work: bool = False) -> Kind:
    """Return how loud that is said; `at_work`: the session is open, so that it is a stop."""
    if stands.too_soon or stands.over_maximum is not None:
        return Kind.STOP if at_work else Kind.CAUTION
    return Kind.NEUTRAL


def next_words(stands: Glance, today: date) -> str:
    """Return from when the next session keeps the interval, or that it does today."""
    if stands.earliest_on is None:
        return ""
    if stands.too_soon:
        day = format_day(stands.earliest_on, today)
        return _tr("too soon until {day}").format(day=day)
    return _tr("the interval has passed")


def interval_words(interval: Interval) -> str:
    """Return an interval: `14 days`, `1 month`."""
    one, many = {
        IntervalUnit.DAYS: (_tr("1 day"), _tr("{n} days")),
        IntervalUnit.WEEKS: (_tr("1 week"), _tr("{n} weeks")),
        IntervalUnit.MONTHS: (_tr("1 month"), _tr("{n} months")),
    }[interval.unit]
    return one if interval.count == 1 else many.format(n=interval.count)


def rule_words(interval: Interval | None, most: int | None) -> str:
    """Return what a plan asks for: `at least 14 days apart · at most 8 sessions`."""
    parts = []
    if interval is not None:
        parts.append(_tr("at least {interval} apart").format(interval=interval_words(interval)))
    if most is not None:
        one, many = _tr("at most 1 session"), _tr("at most {n} sessions")
        parts.append(one if most == 1 else many.format(n=most))
    return " · ".join(parts)


def held_words(content: ProtocolContent) -> str:
    """Return what a protocol holds besides its numbers: `2 mixtures · 3 fields · aftercare`."""
    parts = []
    if content.mixtures:
        one, many = _tr("1 mixture"), _tr("{n} mixtures")
        parts.append(one if content.mixtures == 1 else many.format(n=content.mixtures))
    if content.fields:
        one, many = _tr("1 field"), _tr("{n} fields")
        parts.append(one if content.fields == 1 else many.format(n=content.fields))
    if content.aftercare_id:
        parts.append(_tr("aftercare"))
    if content.checks is not None:
        one, many = _tr("1 check"), _tr("{n} checks")
        parts.append(one if len(content.checks) == 1 else many.format(n=len(content.checks)))
    return " · ".join(parts)


def _tr(text: str) -> str:
    return QCoreApplication.translate("plans", text)

"""Where things stand on a progress chart: axes with round ticks, never a forecast, never a target.

Plain numbers; exact decimals end here, where a picture begins.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from mesodesk.domain.progress import (
    PointFrom,
    Series,
    SeriesPoint,
    Substance,
    amount_of,
    given_before,
)
from mesodesk.domain.records.progress import ProgressSession

_LEAST_BANDS: Final = 5
"""An axis shows at least so many bands: noise must not fill the picture."""
_AIR: Final = 0.12
_STEPS: Final = (1, 2, 5, 10)
_MONTH_STEPS: Final = (1, 2, 3, 6, 12, 24, 60)
_FEW_DAYS: Final = 75


@dataclass(frozen=True, slots=True)
class Axis:
    """A range with its ticks; `is_broken` if it does not begin at zero."""

    low: float
    high: float
    ticks: tuple[float, ...]
    is_broken: bool = False

    def share(self, value: float) -> float:
        """Return where a value stands, 0 at the low end and 1 at the high end."""
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class PlotPoint:
    """A reading on the chart, with the reading itself."""

    x: float
    y: float
    point: SeriesPoint

    @property
    def is_joined(self) -> bool:
        return self.point.told_by.is_joined


@dataclass(frozen=True, slots=True)
class SessionMark:
    """Where a session stands on the x axis."""

    x: float
    number: int
    id: UUID


@dataclass(frozen=True, slots=True)
class Plot:
    """One chart. `band` are the limits within which a difference may be error alone.

    `left_out` counts readings that have no place on the x axis, since a dose is unknown.
    """

    series: Series
    x: Axis
    y: Axis
    points: tuple[PlotPoint, ...]
    marks: tuple[SessionMark, ...]
    band: tuple[float, float] | None
    by_date: bool
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class PlotRange:
    """The days that all charts of a patient share, so that they can be read one below another."""

    first: date
    last: date


def shared_range(every: Sequence[Series], sessions: Sequence[ProgressSession]) -> PlotRange | None:
    """Return the days from the first reading or session to the last; None of nothing."""
    days = [point.on for series in every for point in series.points]
    days += [session.on for session in sessions]
    return PlotRange(min(days), max(days)) if days else None


def plot_by_date(
    series: Series,
    sessions: Sequence[ProgressSession],
    days: PlotRange,
    shown: Callable[[Decimal], Decimal],
    *,
    from_zero: bool = False,
) -> Plot:
    """Return a chart over time.

    Args:
        series: what is drawn.
        sessions: to be marked.
        days: the first and the last day of the axis.
        shown: turns a value of the record into the unit that is shown.
        from_zero: whether the y axis begins at zero.
    """
    points = tuple(
        PlotPoint(float(each.on.toordinal()), float(shown(each.value)), each)
        for each in series.points
    )
    marks = tuple(
        SessionMark(float(each.on.toordinal()), each.number, each.id) for each in sessions
    )
    band = _band(series, shown)
    y = _value_axis(series, [each.y for each in points], band, from_zero=from_zero)
    return Plot(series, _day_axis(days), y, points, marks, band, by_date=True)


def plot_by_dose(
    series: Series,
    sessions: Sequence[ProgressSession],
    substance: Substance | None,
    shown: Callable[[Decimal], Decimal],
    *,
    from_zero: bool = False,
) -> Plot:
    """Return a chart over what was given before each reading, in mL or the unit of an active."""
    points, left_out = [], 0
    for each in series.points:
        dose = given_before(sessions, substance, each.on)
        if dose is None:
            left_out += 1
        else:
            points.append(PlotPoint(float(dose), float(shown(each.value)), each))
    marks, total = [], Decimal(0)
    for session in sessions:
        amount = amount_of(session, substance)
        if amount is None:
            break
        total += amount
        marks.append(SessionMark(float(total), session.number, session.id))
    band = _band(series, shown)
    furthest = max([each.x for each in points] + [mark.x for mark in marks], default=0.0)
    return Plot(
        series,
        _number_axis(0.0, furthest or 1.0),
        _value_axis(series, [each.y for each in points], band, from_zero=from_zero),
        tuple(points),
        tuple(marks),
        band,
        by_date=False,
        left_out=left_out,
    )


def _band(series: Series, shown: Callable[[Decimal], Decimal]) -> tuple[float, float] | None:
    """Return the limits around the first reading beyond which a difference is more than error."""
    first, band = series.first, series.measure.band
    if first is None or band is None:
        return None
    return float(shown(first.value - band.value)), float(shown(first.value + band.value))


def _value_axis(
    series: Series,
    values: Sequence[float],
    band: tuple[float, float] | None,
    *,
    from_zero: bool,
) -> Axis:
    if series.measure.items:
        lowest, highest = series.measure.scale
        return _whole_axis(lowest, highest)
    everything = [*values, *(band or ())]
    low, high = min(everything, default=0.0), max(everything, default=1.0)
    least = (band[1] - band[0]) / 2 * _LEAST_BANDS if band is not None else abs(high) * 0.1
    missing = max(0.0, (least or 1.0) - (high - low)) / 2
    air = (high - low + 2 * missing) * _AIR
    low, high = low - missing - air, high + missing + air
    return _number_axis(0.0 if from_zero or low <= 0 else low, high)


def _whole_axis(lowest: int, highest: int) -> Axis:
    """Return the axis of a scale: all of it, whatever was found."""
    step = next(each for each in _STEPS if (highest - lowest) / each <= 5)
    ticks = tuple(float(each) for each in range(lowest, highest + 1, step))
    air = (highest - lowest) * _AIR / 2
    return Axis(lowest - air, highest + air, ticks)


def _number_axis(low: float, high: float) -> Axis:
    """Return an axis whose ends and ticks are round numbers."""
    step = _round_step((high - low) / 4)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = max(last, first + 1)
    ticks = tuple(at * step for at in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks, is_broken=ticks[0] > 0)


def _round_step(wanted: float) -> float:
    """Return the next number of 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(each * power for each in _STEPS if each * power >= wanted * 0.999)


def _day_axis(days: PlotRange) -> Axis:
    low, high = days.first.toordinal(), days.last.toordinal()
    air = max(2.0, (high - low) * 0.03)
    ticks = _days(days) if high - low <= _FEW_DAYS else _months(days)
    inside = tuple(float(each) for each in ticks if low - air <= each <= high + air)
    return Axis(low - air, high + air, inside)


def _days(days: PlotRange) -> list[int]:
    """Return at most five days, in steps of whole weeks where there are many."""
    span = max(1, (days.last - days.first).days)
    step = max(1, math.ceil(span / 4))
    if step > 3:
        step = 7 * math.ceil(step / 7)
    return list(range(days.first.toordinal(), days.last.toordinal() + 1, step))


def _months(days: PlotRange) -> list[int]:
    """Return first days of months, at most six."""
    months = (days.last.year - days.first.year) * 12 + days.last.month - days.first.month
    step = next((each for each in _MONTH_STEPS if months / each <= 5), _MONTH_STEPS[-1])
    found = []
    month = days.first.replace(day=1)
    while month <= days.last + timedelta(31):
        if (month.year * 12 + month.month - 1) % step == 0:
            found.append(month.toordinal())
        month = (month + timedelta(32)).replace(day=1)
    return found


def nearest(plot: Plot, x_share: float, y_share: float) -> PlotPoint | None:
    """Return the point nearest to a place on the chart; None if none is near."""

    def distance(each: PlotPoint) -> float:
        return math.hypot(plot.x.share(each.x) - x_share, plot.y.share(each.y) - y_share)

    found = min(plot.points, key=distance, default=None)
    return found if found is not None and distance(found) < 0.12 else None


__all__ = [
    "Axis",
    "Plot",
    "PlotPoint",
    "PlotRange",
    "PointFrom",
    "SessionMark",
    "nearest",
    "plot_by_date",
    "plot_by_dose",
    "shared_range",
]

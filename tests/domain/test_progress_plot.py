"""Charts: everything inside its axes, round ticks, an axis that does not begin at zero says so."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from mesodesk.domain.ids import new_id
from mesodesk.domain.measures import load_measures
from mesodesk.domain.progress import PointFrom, Series, SeriesPoint, Substance
from mesodesk.domain.progress_plot import (
    nearest,
    plot_by_date,
    plot_by_dose,
    shared_range,
)
from mesodesk.domain.records.measurement import SeriesKey
from mesodesk.domain.records.progress import Given, ProgressSession

DAY = date(2026, 3, 1)
WAIST, HEXSEL = (load_measures()[name] for name in ("waist", "hexsel"))


def same(value):
    return value


def series(*readings, measure=WAIST):
    points = tuple(
        SeriesPoint(DAY + timedelta(days), Decimal(value), PointFrom.CLINIC)
        for days, value in readings
    )
    return Series(SeriesKey(measure.id), measure, points)


def session(number, days, volume, **given):
    amounts = {
        (name, "mg"): Given(name, "mg", None if mass is None else Decimal(mass))
        for name, mass in given.items()
    }
    return ProgressSession(new_id(), number, DAY + timedelta(days), Decimal(volume), amounts)


readings = st.lists(
    st.tuples(st.integers(0, 1500), st.decimals(40, 250, places=1)), min_size=1, max_size=12
)


@given(readings, st.booleans(), st.booleans())
def test_every_reading_and_tick_lies_inside_the_axes(found, from_zero, by_dose):
    drawn = series(*sorted(found))
    sessions = (session(1, 3, "4.5"), session(2, 400, "0.05"))
    if by_dose:
        plot = plot_by_dose(drawn, sessions, None, same, from_zero=from_zero)
    else:
        days = shared_range([drawn], sessions)
        plot = plot_by_date(drawn, sessions, days, same, from_zero=from_zero)
    for axis, places in (
        (plot.x, [each.x for each in plot.points]),
        (plot.y, [each.y for each in plot.points]),
    ):
        assert axis.low < axis.high
        assert 1 <= len(axis.ticks) <= 7
        assert list(axis.ticks) == sorted(set(axis.ticks))
        assert all(0 <= axis.share(each) <= 1 for each in (*places, *axis.ticks))
    assert all(0 <= plot.x.share(mark.x) <= 1 for mark in plot.marks)
    assert len(plot.points) == len(drawn.points)
    assert plot.y.is_broken is (plot.y.low > 0)
    assert not (from_zero and plot.y.is_broken)
    # What may be error alone never fills the picture.
    low, high = plot.band
    assert (high - low) / (plot.y.high - plot.y.low) < 0.5


def test_the_band_lies_around_the_first_reading_and_a_scale_is_shown_whole():
    drawn = series((0, "90"), (20, "86"))
    plot = plot_by_date(drawn, (), shared_range([drawn], ()), same)
    assert plot.band == (88.0, 92.0)
    rated = series((0, 4), measure=HEXSEL)
    plot = plot_by_date(rated, (), shared_range([rated], ()), same)
    assert (plot.band, plot.y.ticks, plot.y.is_broken) == (None, (0, 5, 10, 15), False)
    assert shared_range([], ()) is None


def test_over_a_dose_readings_of_which_it_is_not_known_are_left_out_and_counted():
    caffeine = Substance("caffeine", "mg", "caffeine")
    sessions = (session(1, 0, "4", caffeine="40"), session(2, 14, "4", caffeine=None))
    drawn = series((0, "90"), (10, "89"), (20, "88"))
    plot = plot_by_dose(drawn, sessions, caffeine, same)
    assert ([each.x for each in plot.points], plot.left_out) == ([0, 40], 1)
    assert [mark.x for mark in plot.marks] == [40]
    plot = plot_by_dose(drawn, sessions, None, same)
    assert ([each.x for each in plot.points], plot.left_out) == ([0, 4, 8], 0)


def test_the_point_under_the_hand_is_found_and_none_far_from_it():
    drawn = series((0, "90"), (20, "86"))
    plot = plot_by_date(drawn, (), shared_range([drawn], ()), same)
    last = plot.points[1]
    assert nearest(plot, plot.x.share(last.x), plot.y.share(last.y) + 0.05) is last
    assert nearest(plot, 0.5, 0.0) is None

"""What a chart shows is probed pixel by pixel: line, ring, band, sessions, the broken axis."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from mesodesk.domain.ids import new_id
from mesodesk.domain.measures import load_measures
from mesodesk.domain.progress import PointFrom, Series, SeriesPoint
from mesodesk.domain.progress_plot import plot_by_date, shared_range
from mesodesk.domain.records.measurement import SeriesKey
from mesodesk.domain.records.progress import ProgressSession
from mesodesk.ui.numbers import format_date
from mesodesk.ui.progress.picture import Sheet, SheetChart, draw_page, sheet_image
from mesodesk.ui.progress.plot_paint import PlotPainter, PlotStyle, number_labels
from mesodesk.ui.tokens import DARK, LIGHT

DAY = date(2026, 3, 1)
SESSION = ProgressSession(new_id(), 1, DAY + timedelta(20), Decimal(4))


def plot(*readings, from_zero=False):
    points = tuple(
        SeriesPoint(DAY + timedelta(days), Decimal(value), told_by)
        for days, value, told_by in readings
    )
    series = Series(SeriesKey("waist", "midpoint"), load_measures()["waist"], points)
    days = shared_range([series], (SESSION,))
    return plot_by_date(series, (SESSION,), days, lambda value: value, from_zero=from_zero)


READINGS = (
    (0, "90", PointFrom.CLINIC),
    (40, "86", PointFrom.CLINIC),
    (60, "84", PointFrom.HOME),
)


def painted(drawn, scheme, scale=1.0):
    image = QImage(round(400 * scale), round(240 * scale), QImage.Format.Format_RGB32)
    image.fill(QColor(scheme.surface))
    painter = QPainter(image)
    style = PlotStyle(scheme, format_date, scale=scale)
    made = PlotPainter(drawn, QRectF(image.rect()), style)
    made.paint(painter)
    painter.end()
    return image, made


def colours(image, at, reach=1):
    """Return the colours around a place."""
    return {
        image.pixelColor(round(at.x()) + dx, round(at.y()) + dy).name().upper()
        for dx in range(-reach, reach + 1)
        for dy in range(-reach, reach + 1)
    }


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_a_chart_draws_what_was_measured_and_nothing_ahead(qapp, scheme, scale):
    drawn = plot(*READINGS)
    image, made = painted(drawn, scheme, scale)
    first, last, home = drawn.points
    accent = scheme.accent.upper()
    for each in (first, last):
        assert accent in colours(image, made.place(each.x, each.y))
    assert colours(image, made.place(home.x, home.y), 0) == {scheme.surface.upper()}  # a ring
    between = made.place((first.x + last.x) / 2, (first.y + last.y) / 2)
    assert accent in colours(image, between)
    towards_home = made.place((last.x + home.x) / 2, (last.y + home.y) / 2)
    assert accent not in colours(image, towards_home, 2)
    beyond = made.place(home.x + 1, 2 * last.y - first.y)
    assert accent not in colours(image, beyond, 2)
    in_band = made.place(home.x, 91)
    assert scheme.accent_soft.upper() in colours(image, in_band)
    under_band = made.place(home.x - 4, 87.3)
    assert scheme.accent_soft.upper() not in colours(image, under_band)


@pytest.mark.parametrize("from_zero", [True, False])
def test_an_axis_that_does_not_begin_at_zero_is_drawn_broken(qapp, from_zero):
    image, made = painted(plot(*READINGS, from_zero=from_zero), LIGHT)
    # Beside the foot of the axis, where the zigzag goes.
    x, bottom = round(made.inner.left()), round(made.inner.bottom())
    beside = [image.pixelColor(x - 2, y).lightness() for y in range(bottom - 19, bottom - 3)]
    assert (min(beside) < 200) is not from_zero


def test_numbers_of_an_axis_have_as_many_decimals_as_they_need():
    assert number_labels((0.0, 0.2, 0.4)) == ["0.0", "0.2", "0.4"]
    assert number_labels((80.0, 90.0, 100.0)) == ["80", "90", "100"]
    assert number_labels((1000.0, 2000.0)) == ["1000", "2000"]


@pytest.mark.parametrize("count", [1, 2, 7, 14])
def test_all_charts_stand_on_one_sheet_with_the_name(qapp, count):
    chart = SheetChart(plot(*READINGS), "Waist, midpoint", "-4.0 cm, more than error", "cm")
    sheet = Sheet(("Somebody", "Clinic"), [chart] * count, "What the marks mean", format_date)
    copied = sheet_image(sheet)
    assert copied.pixelColor(copied.width() - 1, copied.height() - 1) == QColor("#FFFFFF")
    page = QImage(1240, 1754, QImage.Format.Format_RGB32)
    page.fill(QColor("#FFFFFF"))
    painter = QPainter(page)
    draw_page(painter, QRectF(page.rect()), sheet)
    painter.end()
    ink = QColor(LIGHT.accent)
    rows = {
        y
        for y in range(0, page.height(), 2)
        if any(page.pixelColor(x, y) == ink for x in range(0, page.width(), 3))
    }
    assert rows
    assert max(rows) < page.height() - 40  # above the words at the foot

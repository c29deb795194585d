"""Details of the chart's parts that show only in use: tooltips, scrolling, resizing."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip

from .conftest import BELLY, LEFT_THIGH, RIGHT_THIGH, syringe


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_a_row_of_the_totals_is_told_in_words(chart):
    chart.click(BELLY)
    table = chart.panel.totals.table
    place = QPoint(20, 24 * 3 + 8)
    QApplication.sendEvent(table, QHelpEvent(QEvent.Type.ToolTip, place, table.mapToGlobal(place)))
    assert QToolTip.text() == "Caffeine: Left – mg, Right – mg, Mid 1.25 mg, All 1.25 mg"  # noqa: RUF001
    QToolTip.hideText()


def test_an_ordinary_wheel_scrolls_the_views_sideways(chart):
    strip = chart.panel.view.strip
    chart.panel.resize(900, 640)
    bar = strip.horizontalScrollBar()
    chart.qtbot.waitUntil(lambda: bar.maximum() > 0)
    place = QPointF(40, 40)
    event = QWheelEvent(
        place,
        strip.viewport().mapToGlobal(place),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(strip.viewport(), event)
    assert bar.value() == 120


def test_the_question_of_a_small_syringe_stays_in_sight(make_chart):
    chart = make_chart(given=(syringe(1, "0.12", "Caffeine", "50"),))
    for share in (BELLY, LEFT_THIGH, RIGHT_THIGH):
        chart.click(share)
    bar = chart.panel.view.shortage
    for size in ((1100, 560), (1280, 700)):
        chart.panel.resize(*size)
        chart.qtbot.waitUntil(lambda: chart.canvas.rect().contains(bar.geometry()))
        assert abs(bar.geometry().center().x() - chart.canvas.rect().center().x()) <= 1


def test_a_zoomed_view_keeps_its_magnification_in_another_window(chart):
    chart.canvas.zoom_at(3.0, chart.canvas.middle())
    zoom = chart.canvas.viewport.zoom
    width = chart.canvas.width()
    chart.panel.resize(1400, 760)
    chart.qtbot.waitUntil(lambda: chart.canvas.width() > width)
    assert abs(chart.canvas.viewport.zoom - zoom) < 0.01
    assert chart.canvas.viewport.canvas.toSize() == chart.canvas.size()


@pytest.mark.parametrize(("width", "wraps"), [(1600, False), (660, True)])
def test_a_long_sentence_is_whole_in_a_narrow_canvas(chart, width, wraps):
    chart.panel.resize(width, 560)
    QApplication.processEvents()
    chart.type("l")
    chart.press(Qt.Key.Key_Return)
    chart.press(Qt.Key.Key_Return)
    hint, label = chart.canvas.hint, chart.canvas.hint.label
    QApplication.processEvents()
    assert hint.isVisible()
    assert chart.canvas.rect().contains(hint.geometry())
    assert "Backspace takes one back" in label.text()
    one_line = label.fontMetrics().horizontalAdvance(label.text())
    lines = round(label.height() / label.fontMetrics().height())
    assert label.width() * lines >= one_line
    assert label.heightForWidth(label.width()) <= label.height() or not wraps
    assert label.wordWrap() is wraps
    chart.press(Qt.Key.Key_Escape)
    chart.canvas.say("Short.")
    assert not label.wordWrap()
    assert hint.height() < 50

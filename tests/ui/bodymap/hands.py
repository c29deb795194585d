"""What hands do to areas of the chart, in the words of several tests."""

import math

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def click(chart, share, modifier=NONE):
    chart.qtbot.mouseClick(chart.canvas, LEFT, modifier, chart.at(share))


def click_in_window(chart, widget, place=None):
    """Click as the system does: whatever lies on top there gets it. In the middle of a widget."""
    window = chart.panel.window()
    at = widget.mapTo(window, widget.rect().center() if place is None else place)
    QTest.mouseClick(window.windowHandle(), LEFT, NONE, at)


def double_click(chart, widget, place=None):
    """Click twice as the system does: the second press goes to what lies there by then."""
    window = chart.panel.window()
    at = widget.mapTo(window, widget.rect().center() if place is None else place)
    QTest.mouseDClick(window.windowHandle(), LEFT, NONE, at)


def circle(middle, radius, count=24):
    """Return places around a middle, as shares of the picture; the last is the first."""
    return [
        (
            middle[0] + radius * math.cos(2 * math.pi * step / count),
            middle[1] + radius * math.sin(2 * math.pi * step / count),
        )
        for step in range(count + 1)
    ]


def draw(chart, shares, modifier=NONE, *, release=True):
    """Drag through places, with keys held from the press to the release."""
    places = [chart.at(share) for share in shares]
    chart.qtbot.mousePress(chart.canvas, LEFT, modifier, places[0])
    for place in places[1:]:
        chart.qtbot.mouseMove(chart.canvas, place)
    if release:
        chart.qtbot.mouseRelease(chart.canvas, LEFT, modifier, places[-1])


def hover(chart, share):
    """Move the pointer to a place, from beside it: a move to where it is tells nobody."""
    chart.qtbot.mouseMove(chart.canvas, chart.at(share, 9))
    chart.qtbot.mouseMove(chart.canvas, chart.at(share))


def wheel(chart, share, notches):
    place = QPointF(chart.at(share))
    event = QWheelEvent(
        place,
        chart.canvas.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(chart.canvas, event)


def fields(chart):
    return list(chart.document.fields.values())


def area_cm2(chart, field):
    laying = chart.model.field_model.laying
    return laying.cm2(laying.area_of(field))


def steps(chart, key, count, modifier=NONE):
    for _ in range(count):
        chart.press(key, modifier)


def hinted(chart):
    """Return what is said on the canvas now."""
    return chart.canvas.hint.label.text() if chart.canvas.hint.isVisible() else ""

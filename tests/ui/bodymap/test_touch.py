"""Fingers on the canvas."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice, QTouchEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from .conftest import BELLY, LEFT_SHIN, LEFT_THIGH


@pytest.fixture
def screen():
    return QTest.createTouchDevice()


def touch(chart, screen):
    return QTest.touchEvent(chart.canvas, screen)


def tap(chart, screen, place):
    touch(chart, screen).press(0, place, chart.canvas).commit()
    touch(chart, screen).release(0, place, chart.canvas).commit()


def two(chart, screen, verb, first, second):
    event = touch(chart, screen)
    getattr(event, verb)(0, first, chart.canvas)
    getattr(event, verb)(1, second, chart.canvas)
    event.commit()


def test_a_tap_places_a_point(chart, screen):
    assert isinstance(screen, QPointingDevice)
    tap(chart, screen, chart.at(LEFT_THIGH))
    assert len(chart.points()) == 1
    assert chart.region().startswith("thigh")


def test_a_finger_drags_a_point(chart, screen):
    tap(chart, screen, chart.at(LEFT_THIGH))
    start, end = chart.on_canvas(), chart.at(LEFT_SHIN)
    touch(chart, screen).press(0, start, chart.canvas).commit()
    touch(chart, screen).move(0, (start + end) / 2, chart.canvas).commit()
    touch(chart, screen).move(0, end, chart.canvas).commit()
    touch(chart, screen).release(0, end, chart.canvas).commit()
    assert (chart.on_canvas() - end).manhattanLength() <= 2
    assert [edit.label for edit, _ in chart.edits] == ["place", "move"]


def test_two_fingers_zoom_where_they_are_and_place_nothing(chart, screen):
    middle = chart.at(BELLY)
    skin = chart.canvas.pick(QPointF(middle))
    apart = QPoint(30, 0)
    two(chart, screen, "press", middle - apart, middle + apart)
    two(chart, screen, "move", middle - apart * 2, middle + apart * 2)
    two(chart, screen, "release", middle - apart * 2, middle + apart * 2)
    assert chart.canvas.viewport.zoom == pytest.approx(2, rel=0.01)
    xy = chart.canvas.view.project([skin.triangle], [skin.u], [skin.v])[0][0]
    assert (chart.canvas.viewport.to_canvas(*xy).toPoint() - middle).manhattanLength() <= 2
    assert chart.points() == []


def test_two_fingers_pan(chart, screen):
    chart.canvas.zoom_at(3.0, chart.canvas.middle())
    first, second, step = QPoint(200, 200), QPoint(280, 200), QPoint(40, 25)
    before = chart.at(BELLY)
    two(chart, screen, "press", first, second)
    two(chart, screen, "move", first + step, second + step)
    two(chart, screen, "release", first + step, second + step)
    assert (chart.at(BELLY) - before - step).manhattanLength() <= 2


def test_a_second_finger_ends_what_the_first_began(chart, screen):
    tap(chart, screen, chart.at(LEFT_THIGH))
    before, start = chart.points(), chart.on_canvas()
    touch(chart, screen).press(0, start, chart.canvas).commit()
    touch(chart, screen).move(0, start + QPoint(40, 0), chart.canvas).commit()
    assert chart.canvas.busy
    event = touch(chart, screen)
    event.stationary(0).press(1, start + QPoint(90, 0), chart.canvas)
    event.commit()
    two(chart, screen, "release", start + QPoint(40, 0), start + QPoint(90, 0))
    assert not chart.canvas.busy
    assert chart.points() == before


def test_a_touch_that_the_system_takes_away_leaves_everything(chart, screen):
    tap(chart, screen, chart.at(LEFT_THIGH))
    before, start = chart.points(), chart.on_canvas()
    touch(chart, screen).press(0, start, chart.canvas).commit()
    touch(chart, screen).move(0, start + QPoint(40, 0), chart.canvas).commit()
    chart.canvas.event(QTouchEvent(QEvent.Type.TouchCancel, screen))
    assert not chart.canvas.busy
    assert chart.points() == before


def test_a_pinch_on_a_touch_pad_zooms_at_the_pointer(chart):
    place = QPointF(chart.at(BELLY))
    for kind, value in (
        (Qt.NativeGestureType.BeginNativeGesture, 0.0),
        (Qt.NativeGestureType.ZoomNativeGesture, 0.5),
    ):
        event = QNativeGestureEvent(
            kind,
            QPointingDevice.primaryPointingDevice(),
            2,
            place,
            place,
            chart.canvas.mapToGlobal(place),
            value,
            QPointF(),
        )
        QApplication.sendEvent(chart.canvas, event)
    assert chart.canvas.viewport.zoom == pytest.approx(1.5)
    assert (chart.at(BELLY) - place.toPoint()).manhattanLength() <= 1


def test_two_fingers_on_a_touch_pad_pan(chart):
    chart.canvas.zoom_at(3.0, chart.canvas.middle())
    before, zoom = chart.at(BELLY), chart.canvas.viewport.zoom
    place = QPointF(200, 200)
    event = QWheelEvent(
        place,
        chart.canvas.mapToGlobal(place),
        QPoint(25, -15),
        QPoint(25, -15),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.ScrollUpdate,
        False,
    )
    QApplication.sendEvent(chart.canvas, event)
    assert (chart.at(BELLY) - before - QPoint(25, -15)).manhattanLength() <= 2
    assert chart.canvas.viewport.zoom == zoom

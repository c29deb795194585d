"""Gestures that are cut short: by another page, another button, a lost release, an event."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QTouchEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from .conftest import BELLY, LEFT_SHIN, LEFT_THIGH, RIGHT_THIGH, syringe
from .hands import LEFT, NONE, circle, double_click, draw, fields, wheel

MIDDLE = Qt.MouseButton.MiddleButton


@pytest.fixture
def chart(make_chart):
    return make_chart(given=(syringe(1, "4000", "Caffeine", "10"),))


def hold(chart, key, text, *, repeats=4):
    """Hold a key down where the keyboard is; yields after each press that comes of it."""
    for again in [False] + [True] * repeats:
        event = QKeyEvent(QEvent.Type.KeyPress, key, NONE, text, again, 1)
        QApplication.sendEvent(QApplication.focusWidget(), event)
        yield


def test_what_is_half_drawn_is_not_charted_behind_another_page(chart):
    chart.type("l")
    draw(chart, circle(LEFT_THIGH, 0.04)[:16], release=False)
    assert chart.canvas.busy
    chart.canvas.hide()
    assert not chart.canvas.busy
    chart.qtbot.mouseRelease(chart.canvas, LEFT, pos=chart.at(LEFT_THIGH))
    chart.canvas.show()
    chart.qtbot.mouseRelease(chart.canvas, LEFT, pos=chart.at(LEFT_THIGH))
    assert fields(chart) == []


def test_a_point_in_the_hand_is_put_back_behind_another_page(chart):
    chart.click(LEFT_THIGH)
    before = chart.points()
    chart.drag(chart.on_canvas(), chart.at(LEFT_SHIN), release=False)
    chart.canvas.hide()
    assert chart.canvas.stage.lifted is None
    assert chart.points() == before


def test_the_space_bar_is_let_go_behind_another_page(chart):
    chart.qtbot.keyPress(chart.canvas, Qt.Key.Key_Space)
    chart.canvas.clearFocus()
    chart.canvas.hold_space(held=True)
    chart.canvas.hide()
    assert not chart.canvas.space_held


def test_a_change_of_the_chart_ends_what_is_in_the_hand(chart):
    chart.click(LEFT_THIGH)
    chart.click(RIGHT_THIGH)
    chart.drag(chart.on_canvas(), chart.at(LEFT_SHIN), release=False)
    chart.model.undo()
    assert not chart.canvas.busy
    assert chart.canvas.stage.lifted is None
    chart.qtbot.mouseRelease(chart.canvas, LEFT, pos=chart.at(LEFT_SHIN))
    assert [edit.label for edit, _ in chart.edits] == ["place", "place"]


def test_a_press_after_a_lost_release_puts_the_point_back(chart):
    chart.click(LEFT_THIGH)
    chart.drag(chart.on_canvas(), chart.at(LEFT_SHIN), release=False)
    assert chart.canvas.stage.lifted is not None
    chart.qtbot.mousePress(chart.canvas, LEFT, pos=chart.at(BELLY))
    assert chart.canvas.stage.lifted is None


def test_a_press_leaves_what_keys_were_drawing(chart):
    chart.type("l")
    chart.canvas.show_crosshair(QPointF(chart.at(LEFT_THIGH)))
    chart.press(Qt.Key.Key_Return)
    for _ in range(2):
        chart.press(Qt.Key.Key_Right)
    assert chart.canvas.gesture.by_keys
    told = chart.canvas.hover_label.text
    assert "Enter" in told
    chart.qtbot.mousePress(chart.canvas, LEFT, pos=chart.at(BELLY))
    assert not chart.canvas.gesture.by_keys
    assert chart.canvas.hover_label.text == ""


def test_a_press_while_another_button_pans_does_nothing(chart):
    wheel(chart, BELLY, 4)
    start = chart.at(BELLY)
    chart.drag(start, start + QPoint(20, 0), MIDDLE, release=False)
    chart.qtbot.mousePress(chart.canvas, LEFT, pos=start + QPoint(20, 0))
    chart.qtbot.mouseRelease(chart.canvas, MIDDLE, pos=start + QPoint(20, 0))
    chart.qtbot.mouseRelease(chart.canvas, LEFT, pos=start + QPoint(20, 0))
    assert chart.points() == []
    assert (chart.at(BELLY) - start - QPoint(20, 0)).manhattanLength() <= 2
    chart.click(BELLY)
    assert len(chart.points()) == 1


def test_escape_takes_a_pan_back_and_leaves_the_zoom(chart):
    wheel(chart, BELLY, 3)
    zoom, start = chart.canvas.viewport.zoom, chart.at(BELLY)
    chart.drag(start, start + QPoint(40, 30), release=False)
    wheel(chart, BELLY, 2)
    chart.press(Qt.Key.Key_Escape)
    assert chart.canvas.viewport.zoom == pytest.approx(zoom * 1.2**2)
    assert (chart.at(BELLY) - start).manhattanLength() <= 2


def test_a_held_letter_is_one_wish(chart):
    asked = []
    chart.canvas.copy_asked.connect(lambda: asked.append("c"))
    chart.canvas.setFocus()
    for _ in hold(chart, Qt.Key.Key_C, "c"):
        assert asked == ["c"]


def test_a_held_step_goes_on(chart):
    dose = chart.model.settings.dose_ml
    list(hold(chart, Qt.Key.Key_BracketRight, "]"))
    assert chart.model.settings.dose_ml > dose * 2 - dose / 2


# Double clicks


def near(chart):
    """Fill the canvas with skin, so that nothing is clicked beside the body."""
    chart.canvas.zoom_at(6, QPointF(chart.at(BELLY)))
    chart.canvas.settle()


def test_a_double_click_on_delete_charts_nothing_beneath(chart):
    chart.panel.resize(1280, 900)
    chart.qtbot.waitUntil(lambda: chart.panel.height() == 900)
    near(chart)
    chart.qtbot.mouseClick(chart.canvas, LEFT, pos=QPoint(300, 120))
    chart.click_point()
    beneath = chart.popover.delete.mapTo(chart.panel, chart.popover.delete.rect().center())
    assert chart.canvas.pick(QPointF(chart.canvas.mapFrom(chart.panel, beneath))) is not None
    double_click(chart, chart.popover.delete)
    assert chart.points() == []
    assert len(chart.edits) == 2


def test_a_double_click_on_an_answer_charts_nothing_beneath(make_chart):
    chart = make_chart(given=(syringe(1, "0.02", "Caffeine", "10"),))
    near(chart)
    chart.qtbot.mouseClick(chart.canvas, LEFT, pos=chart.canvas.middle().toPoint())
    bar = chart.panel.view.shortage
    assert bar.isVisible()
    double_click(chart, bar.go_on)
    assert len(chart.points()) == 1


def test_a_double_click_on_the_body_is_two_clicks(chart):
    near(chart)
    chart.type("r")
    double_click(chart, chart.canvas, chart.canvas.middle().toPoint())
    assert len(fields(chart)) == 1
    assert chart.model.field_model.question is not None


# Fingers


@pytest.fixture
def screen():
    return QTest.createTouchDevice()


def on_field(chart):
    """Select nothing, come near a field, and return a place on it with no point near."""
    chart.type("r")
    chart.click(LEFT_THIGH)
    chart.type("v")
    chart.model.field_model.select(None)
    chart.canvas.zoom_at(5.0, QPointF(chart.at(LEFT_THIGH)))
    area = chart.model.field_model.laying.area_of(fields(chart)[0])
    around = [QPoint(dx, dy) for dx in range(-60, 60, 3) for dy in range(-60, 60, 3)]
    places = [QPointF(chart.at(LEFT_THIGH) + step) for step in around]
    return next(
        place.toPoint()
        for place in places
        if chart.canvas.stage.hit(place, 12.5) is None and area.contains(chart.canvas.pick(place))
    )


@pytest.mark.parametrize("taken_away", [False, True])
def test_a_touch_that_the_system_takes_away_opens_nothing(chart, screen, taken_away):
    place = on_field(chart)
    chart.model.field_model.select(fields(chart)[0].id)
    QTest.touchEvent(chart.canvas, screen).press(0, place, chart.canvas).commit()
    if taken_away:
        # As Qt tells of it: without any point.
        QApplication.sendEvent(chart.canvas, QTouchEvent(QEvent.Type.TouchCancel, screen))
        assert not chart.canvas.busy
    QTest.touchEvent(chart.canvas, screen).release(0, place, chart.canvas).commit()
    chart.qtbot.wait(10)
    assert chart.panel.view.field_opening.popover.isVisible() is not taken_away


def test_a_tap_during_which_the_chart_changes_opens_nothing(chart, screen):
    place = on_field(chart)
    chart.model.field_model.select(fields(chart)[0].id)
    QTest.touchEvent(chart.canvas, screen).press(0, place, chart.canvas).commit()
    chart.model.field_model.set_dose(chart.model.settings.dose_ml * 2)
    QTest.touchEvent(chart.canvas, screen).release(0, place, chart.canvas).commit()
    chart.qtbot.wait(10)
    assert chart.model.field_model.selected is not None
    assert not chart.panel.view.field_opening.popover.isVisible()

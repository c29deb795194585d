"""What is said and offered is what a click, a drag or a key would do now."""

from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from mesodesk.ui.bodymap.field_words import Joining

from .conftest import BELLY, BESIDE, LEFT_THIGH, RIGHT_THIGH, syringe
from .hands import ALT, CONTROL, NONE, SHIFT, circle, click, draw, fields, hinted, hover, steps

PRESS, RELEASE = QEvent.Type.KeyPress, QEvent.Type.KeyRelease


@pytest.fixture
def chart(make_chart):
    return make_chart(given=(syringe(1, "600", "Caffeine", "50"),))


def fill(chart, share):
    chart.type("r")
    click(chart, share)
    return fields(chart)[-1]


# The choice of cutting out


def choose_cut(chart):
    chart.type("jj")
    assert chart.canvas.joining.now is Joining.CUT


def test_a_missed_cut_leaves_the_choice(chart):
    laid = fill(chart, LEFT_THIGH)
    choose_cut(chart)
    click(chart, RIGHT_THIGH)
    assert chart.canvas.joining.now is Joining.CUT
    click(chart, BESIDE)
    assert chart.canvas.joining.now is Joining.CUT
    click(chart, LEFT_THIGH)
    assert fields(chart) == [laid]
    # Nothing would be left of it: that was no cut either.
    assert chart.canvas.joining.now is Joining.CUT


def test_a_missed_lasso_leaves_the_choice_and_a_cut_uses_it(chart):
    fill(chart, LEFT_THIGH)
    chart.type("l")
    choose_cut(chart)
    draw(chart, circle(RIGHT_THIGH, 0.03))
    assert len(fields(chart)) == 1
    assert chart.canvas.joining.now is Joining.CUT
    draw(chart, circle(LEFT_THIGH, 0.03))
    assert chart.document.undo_label == "outline"
    assert chart.canvas.joining.now is Joining.NEW


def test_a_cut_that_is_asked_about_uses_the_choice(chart):
    fill(chart, LEFT_THIGH)
    chart.type("v")
    chart.drag(chart.on_canvas(3), chart.on_canvas(3) + chart.at(BELLY, 9) - chart.at(BELLY))
    chart.type("l")
    choose_cut(chart)
    draw(chart, circle(LEFT_THIGH, 0.03))
    assert chart.model.field_model.question is not None
    assert chart.canvas.joining.now is Joining.NEW


# The handle of the selected field


def test_a_drag_beside_the_handle_is_the_tool_s(chart):
    laid = fill(chart, LEFT_THIGH)
    handle = chart.canvas.areas._handle().toPoint()
    beside = handle + chart.at(BELLY, 10, 6) - chart.at(BELLY)
    chart.type("t")
    chart.drag(beside, beside + chart.at(BELLY, 40, 40) - chart.at(BELLY))
    assert laid in fields(chart)
    # What is seen of it is pulled with every tool.
    chart.model.field_model.select(laid.id)
    chart.drag(handle, handle + chart.at(BELLY, 30) - chart.at(BELLY))
    assert chart.document.undo_label == "spacing"


def test_a_finger_s_width_around_the_handle_pulls_it_where_nothing_is_drawn(chart):
    laid = fill(chart, LEFT_THIGH)
    chart.type("v")
    start = chart.canvas.areas._handle().toPoint() + chart.at(BELLY, 10, 6) - chart.at(BELLY)
    chart.drag(start, start + chart.at(BELLY, 30) - chart.at(BELLY))
    assert fields(chart)[0].spacing_mm > laid.spacing_mm


# What is told beforehand


def test_the_label_under_the_pointer_follows_the_settings(chart):
    chart.type("r")
    hover(chart, LEFT_THIGH)
    before = chart.canvas.hover_label.text
    chart.type("..")
    wider = chart.canvas.hover_label.text
    chart.type("]")
    told = chart.canvas.hover_label.text
    assert len({before, wider, told}) == 3
    click(chart, LEFT_THIGH)
    (field,) = fields(chart)
    words = told.split()
    about = int(words[words.index("about") + 1])
    assert about == pytest.approx(len(field.points), rel=0.1)
    assert f"{Decimal('0.06') * about:.2f}" in told


# Steps and their names


def test_steps_of_a_field_s_dose_are_one_undo(chart):
    laid = fill(chart, LEFT_THIGH)
    chart.type("]" * 6)
    assert fields(chart)[0].dose_per_point_ml == Decimal("0.11")
    chart.press(Qt.Key.Key_Z, CONTROL)
    assert fields(chart) == [laid]


def test_steps_on_two_fields_are_two_undos(chart):
    one = fill(chart, LEFT_THIGH)
    chart.type("]]")
    other = fill(chart, RIGHT_THIGH)
    chart.type("]]")
    chart.press(Qt.Key.Key_Z, CONTROL)
    assert fields(chart)[1] == other
    assert fields(chart)[0].dose_per_point_ml != one.dose_per_point_ml


def test_undo_names_the_field_that_was_removed(chart):
    fill(chart, LEFT_THIGH)
    chart.press(Qt.Key.Key_Delete)
    assert fields(chart) == []
    assert chart.panel.view.toolbar.undo.toolTip().startswith("Undo: remove field")


def test_the_spacing_of_an_image_is_taken_over_for_the_next_field(chart):
    fill(chart, LEFT_THIGH)
    chart.type("m")
    image = fields(chart)[1]
    assert image.mirror_of is not None
    chart.model.field_model.select(image.id)
    chart.type(".")
    wider = image.spacing_mm + 1
    assert fields(chart)[1].spacing_mm == wider
    assert chart.model.field_model.settings.spacing_mm == wider


# Sentences


def test_a_stamp_over_the_edge_tells_of_an_overlap_as_well(chart):
    canvas = chart.canvas
    canvas.show_view("hand_dorsum_left")
    tip = finger_tip(canvas.view)
    chart.type("r")
    click(chart, tip)
    # Where its needles find no skin, and the others lie in the field.
    chart.type("s")
    chart.model.stamping.choose("grid_9")
    click(chart, (tip[0], tip[1] + 25 / canvas.view.height_px))
    assert len(fields(chart)) == 2
    said = hinted(chart)
    assert "find no skin" in said
    assert "another field of today" in said


def finger_tip(view):
    """Return a place on the skin that is highest in a picture."""
    for y in range(0, view.height_px, 4):
        for x in range(0, view.width_px, 4):
            if view.pick(x, y) is not None and view.pick(x, y + 50) is not None:
                return x / view.width_px, (y + 25) / view.height_px
    return pytest.fail("no skin in this view")


# What is held


def send(chart, kind, key, held=NONE):
    """Send one event of a key alone: what presses keys for tests presses Shift with them anew."""
    QApplication.sendEvent(chart.canvas, QKeyEvent(kind, key, held))


def test_shift_makes_drawing_by_keys_fast_and_joins_nothing(chart):
    fill(chart, LEFT_THIGH)
    chart.type("t")
    for _ in range(2):
        chart.press(Qt.Key.Key_Return)
    send(chart, PRESS, Qt.Key.Key_Shift, SHIFT)
    send(chart, PRESS, Qt.Key.Key_Right, SHIFT)
    send(chart, RELEASE, Qt.Key.Key_Right, SHIFT)
    assert chart.canvas.gesture is not None
    assert chart.canvas.joining.now is Joining.NEW
    send(chart, RELEASE, Qt.Key.Key_Shift)
    assert chart.canvas.joining.now is Joining.NEW


def test_shift_that_was_held_before_drawing_by_keys_ends_with_its_release(chart):
    fill(chart, LEFT_THIGH)
    chart.type("t")
    chart.press(Qt.Key.Key_Return)
    send(chart, PRESS, Qt.Key.Key_Shift, SHIFT)
    assert chart.canvas.joining.now is Joining.ADD
    send(chart, PRESS, Qt.Key.Key_Return, SHIFT)
    assert chart.canvas.gesture is not None
    send(chart, RELEASE, Qt.Key.Key_Shift)
    assert chart.canvas.joining.now is Joining.NEW


def test_keys_held_during_a_drag_show_at_once(chart):
    fill(chart, LEFT_THIGH)
    chart.type("l")
    draw(chart, circle(RIGHT_THIGH, 0.03)[:12], release=False)
    chart.qtbot.keyPress(chart.canvas, Qt.Key.Key_Shift)
    assert chart.canvas.joining.now is Joining.ADD
    assert "adds about" in chart.canvas.hover_label.text
    chart.qtbot.keyRelease(chart.canvas, Qt.Key.Key_Shift, SHIFT)
    chart.qtbot.keyPress(chart.canvas, Qt.Key.Key_Alt)
    assert chart.canvas.joining.now is Joining.CUT
    chart.qtbot.keyRelease(chart.canvas, Qt.Key.Key_Alt, ALT)
    assert "adds" not in chart.canvas.hover_label.text


def test_a_stamp_that_is_left_shows_no_needles(chart):
    chart.type("s")
    start = chart.at(BELLY)
    chart.drag(start, start + chart.at(BELLY, 40) - chart.at(BELLY), release=False)
    hand = chart.canvas.areas.stamps
    chart.qtbot.waitUntil(lambda: hand.shown is not None)
    chart.press(Qt.Key.Key_Escape)
    assert hand.shown is None
    assert chart.canvas.hover_label.text == ""
    chart.qtbot.wait(20)
    assert hand.shown is None
    assert fields(chart) == []
    steps(chart, Qt.Key.Key_Escape, 1)

"""The keyboard stays where it was left: with the body, a number, a row."""

import itertools
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from mesodesk.ui.bodymap.field_words import Joining

from .conftest import BELLY, LEFT_THIGH, RIGHT_THIGH, syringe
from .hands import LEFT, click, fields, steps

DELETE, SPACE, RETURN = Qt.Key.Key_Delete, Qt.Key.Key_Space, Qt.Key.Key_Return


@pytest.fixture
def chart(make_chart):
    return make_chart(given=(syringe(1, "60", "Caffeine", "50"),))


def fill(chart, share):
    chart.type("r")
    click(chart, share)
    return fields(chart)[-1]


def focused():
    return QApplication.focusWidget()


def reach(row):
    """Bring the keyboard to a row as soon as it is laid out."""
    QApplication.processEvents()
    row.setFocus(Qt.FocusReason.TabFocusReason)
    assert row.hasFocus()


# The list of fields


def test_delete_removes_the_field_of_the_row_that_has_the_keyboard(chart):
    fill(chart, LEFT_THIGH)
    other = fill(chart, RIGHT_THIGH)
    assert chart.model.field_model.selected == other
    row = chart.panel.fields.list.rows()[0]
    reach(row)
    chart.press(DELETE, widget=row)
    assert fields(chart) == [other]


def test_delete_on_a_row_of_single_points_removes_nothing(chart):
    laid = fill(chart, LEFT_THIGH)
    chart.type("p")
    chart.click(BELLY)
    chart.model.field_model.select(laid.id)
    row = chart.panel.fields.list.rows()[-1]
    reach(row)
    before = fields(chart)
    chart.press(DELETE, widget=row)
    assert fields(chart) == before


def test_delete_on_a_row_only_takes_a_question_away(chart):
    laid = fill(chart, LEFT_THIGH)
    click(chart, LEFT_THIGH)
    assert chart.model.field_model.question is not None
    row = chart.panel.fields.list.rows()[0]
    reach(row)
    chart.press(DELETE, widget=row)
    assert chart.model.field_model.question is None
    assert fields(chart) == [laid]


@pytest.mark.parametrize("key", [DELETE, Qt.Key.Key_Backspace])
def test_delete_on_the_choice_over_the_body_removes_nothing(chart, key):
    laid = fill(chart, LEFT_THIGH)
    button = chart.panel.view.joining_bar.buttons[Joining.ADD]
    button.setFocus(Qt.FocusReason.TabFocusReason)
    chart.press(key, widget=button)
    assert fields(chart) == [laid]


# A number that is being typed


def test_a_question_that_goes_leaves_the_keyboard_with_a_number(chart):
    fill(chart, LEFT_THIGH)
    click(chart, LEFT_THIGH)
    assert chart.panel.view.question.isVisible()
    number = chart.panel.settings.dose_ml.field.input
    chart.qtbot.mouseClick(number, LEFT)
    assert number.hasFocus()
    chart.model.field_model.set_spacing(Decimal(20))
    assert not chart.panel.view.question.isVisible()
    assert number.hasFocus()


def test_a_shortage_that_goes_leaves_the_keyboard_with_a_number(chart):
    fill(chart, LEFT_THIGH)
    chart.model.field_model.set_dose(Decimal(5))
    assert chart.panel.view.shortage.isVisible()
    number = chart.panel.settings.depth_mm.field.input
    chart.qtbot.mouseClick(number, LEFT)
    chart.model.drop_pending()
    assert not chart.panel.view.shortage.isVisible()
    assert number.hasFocus()


def test_an_answer_in_the_bar_gives_the_keyboard_back(chart):
    fill(chart, LEFT_THIGH)
    click(chart, LEFT_THIGH)
    chart.qtbot.mouseClick(chart.panel.view.question.stay, LEFT)
    assert chart.canvas.hasFocus()


# Tools, undo and zoom


@pytest.mark.parametrize("key", [SPACE, RETURN])
def test_after_undo_was_clicked_the_keys_are_the_body_s(chart, key):
    one = fill(chart, LEFT_THIGH)
    fill(chart, RIGHT_THIGH)
    chart.qtbot.mouseClick(chart.panel.view.toolbar.undo, LEFT)
    assert fields(chart) == [one]
    chart.press(key, widget=focused())
    assert fields(chart) == [one]


def test_arrows_after_a_tool_was_clicked_take_no_other(chart):
    chart.qtbot.mouseClick(chart.panel.view.toolbar.tool("region"), LEFT)
    chart.press(Qt.Key.Key_Left, widget=focused())
    assert chart.canvas.tool.value == "region"
    assert chart.canvas.crosshair is not None


def test_a_button_that_the_keyboard_came_to_keeps_it(chart):
    fill(chart, LEFT_THIGH)
    fill(chart, RIGHT_THIGH)
    undo = chart.panel.view.toolbar.undo
    assert undo.focusPolicy() & Qt.FocusPolicy.TabFocus
    undo.setFocus(Qt.FocusReason.TabFocusReason)
    chart.press(SPACE, widget=focused())
    assert undo.hasFocus()
    chart.press(SPACE, widget=focused())
    assert fields(chart) == []


# The crosshair


def test_enter_first_brings_the_crosshair_into_sight(chart):
    chart.type("p")
    chart.press(RETURN)
    at = chart.canvas.crosshair
    chart.canvas.zoom_at(6.0, chart.canvas.rect().topLeft().toPointF())
    assert not seen(chart, at)
    chart.press(RETURN)
    assert chart.points() == []
    assert seen(chart, at)
    assert chart.canvas.crosshair == at
    chart.press(RETURN)
    assert len(chart.points()) == 1


def seen(chart, place):
    at = chart.canvas.viewport.to_canvas(place.x(), place.y()).toPoint()
    return chart.canvas.rect().contains(at)


def test_what_keys_draw_is_neither_ended_nor_led_out_of_sight(chart):
    chart.type("t")
    chart.press(RETURN)
    chart.press(RETURN)
    steps(chart, Qt.Key.Key_Down, 4)
    steps(chart, Qt.Key.Key_Right, 4)
    end = chart.canvas.gesture.end
    zoom_away = QPoint(2, 2).toPointF()
    chart.canvas.zoom_at(6.0, zoom_away)
    assert not seen(chart, end)
    chart.press(RETURN)
    assert fields(chart) == []
    assert chart.canvas.gesture.end == end
    assert seen(chart, end)
    chart.canvas.zoom_at(2.0, zoom_away)
    assert not seen(chart, end)
    chart.press(Qt.Key.Key_Right)
    away = chart.canvas.gesture.end - end
    per_mm = chart.canvas.view.mm_per_px(168.0)
    assert (away.x() * per_mm, away.y()) == (pytest.approx(5), pytest.approx(0))


# A question that a button beside the body has brought up


@pytest.mark.parametrize(("key", "each"), [(RETURN, "0.05"), (Qt.Key.Key_Escape, "0.05")])
def test_keys_answer_what_a_button_beside_the_body_has_asked(make_chart, key, each):
    chart = make_chart(given=(syringe(1, "5.6", "Caffeine", "50"),))
    fill(chart, LEFT_THIGH)
    more = chart.panel.settings.dose_ml.more
    more.setFocus()
    chart.qtbot.mouseClick(more, LEFT)
    assert chart.model.pending is not None
    chart.press(key, widget=focused())
    assert chart.model.pending is None
    assert fields(chart)[0].dose_per_point_ml == Decimal(each)
    assert chart.panel.settings.dose_ml.value() == Decimal(each)


def test_the_buttons_of_the_number_of_points_never_stick(chart):
    fill(chart, LEFT_THIGH)
    number = chart.panel.settings.points
    for button, sign in ((number.more, 1), (number.less, -1)):
        counts = [len(fields(chart)[0].points)]
        for _ in range(4):
            chart.qtbot.mouseClick(button, LEFT)
            counts.append(len(fields(chart)[0].points))
        assert all((b - a) * sign > 0 for a, b in itertools.pairwise(counts)), counts
        assert number.value() == counts[-1]

"""A gesture that waits for an answer is made as it was asked about, or not at all."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication

from mesodesk.domain.bodymap.stamps import load_stamps

from .conftest import BELLY, LEFT_THIGH, RIGHT_THIGH, syringe
from .hands import LEFT, click, fields


@pytest.fixture
def chart(make_chart):
    """A syringe with plenty, and two that are soon empty."""
    return make_chart(
        given=(
            syringe(1, "60", "Caffeine", "50"),
            syringe(2, "1", "Silicium", "10"),
            syringe(3, "0.02", "Procaine", "20"),
        )
    )


def retype(chart, number, text):
    chart.qtbot.mouseClick(number.input, LEFT)
    number.input.selectAll()
    chart.type(text, widget=number.input)


def enter(chart):
    chart.press(Qt.Key.Key_Return, widget=QApplication.focusWidget())


def asked(chart):
    return chart.model.pending is not None and chart.panel.view.shortage.isVisible()


def too_much(chart):
    """Ask for a point that syringe 3 does not hold."""
    chart.type("3")
    chart.click(BELLY)
    assert asked(chart)


def test_another_syringe_in_hand_takes_the_question_away(chart):
    too_much(chart)
    chart.type("1")
    assert not asked(chart)
    chart.press(Qt.Key.Key_Return)
    assert chart.points() == []


def test_the_same_syringes_once_more_leave_the_question(chart):
    too_much(chart)
    chart.panel.set_syringes(chart.syringes)
    assert asked(chart)


def test_another_dose_in_hand_takes_the_question_away(chart):
    chart.type("2r")
    click(chart, LEFT_THIGH)
    assert asked(chart)
    retype(chart, chart.panel.settings.dose_ml.field, "0.005")
    enter(chart)
    assert not asked(chart)
    enter(chart)
    assert fields(chart) == []


def test_another_spacing_in_hand_takes_the_question_away(chart):
    chart.type("2r")
    click(chart, LEFT_THIGH)
    chart.type(".")
    assert not asked(chart)
    assert fields(chart) == []


def test_another_footprint_takes_the_question_away(chart):
    chart.type("3s")
    click(chart, BELLY)
    assert asked(chart)
    stamping = chart.model.stamping
    stamping.choose(next(one.id for one in load_stamps() if one.id != stamping.stamp.id))
    assert not asked(chart)
    click(chart, BELLY)
    assert asked(chart)
    stamping.step_turn(1)
    assert not asked(chart)
    assert fields(chart) == []


def test_enter_gives_the_loud_answer(chart):
    too_much(chart)
    chart.press(Qt.Key.Key_Return)
    (field,) = fields(chart)
    assert field.syringe_id == chart.syringes[0].id


def test_a_second_enter_overdraws_no_syringe(make_chart):
    chart = make_chart(given=(syringe(1, "6", "Caffeine", "50"),))
    chart.type("r")
    click(chart, LEFT_THIGH)
    before = fields(chart)
    retype(chart, chart.panel.settings.dose_ml.field, "0.5")
    enter(chart)
    assert asked(chart)
    enter(chart)
    assert not asked(chart)
    assert fields(chart) == before


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_delete_only_takes_the_question_away(chart, key):
    chart.type("r")
    click(chart, LEFT_THIGH)
    (laid,) = fields(chart)
    chart.type("3")
    click(chart, BELLY)
    assert asked(chart)
    chart.press(key)
    assert not asked(chart)
    assert fields(chart) == [laid]
    chart.press(key)
    assert fields(chart) == []


def test_delete_takes_the_question_about_a_point_away(chart):
    chart.click(BELLY)
    chart.press(Qt.Key.Key_Tab)
    chart.model.set_dose(chart.model.selection, Decimal(61))
    assert asked(chart)
    chart.press(Qt.Key.Key_Delete)
    assert not asked(chart)
    assert len(chart.points()) == 1


# Steps of the dose


def test_less_is_never_more_for_the_next_point_nor_for_a_point(chart):
    retype(chart, chart.panel.settings.dose_ml.field, "0.005")
    enter(chart)
    chart.type("[")
    assert chart.model.settings.dose_ml == Decimal("0.005")
    chart.click(BELLY)
    chart.press(Qt.Key.Key_Tab)
    chart.type("[")
    assert chart.points()[0].volume_ml == Decimal("0.005")
    chart.type("]")
    assert chart.points()[0].volume_ml == Decimal("0.01")


def test_less_is_never_more_for_a_shared_volume(chart):
    chart.type("r")
    retype(chart, chart.panel.settings.total_ml, "0.5")
    enter(chart)
    click(chart, LEFT_THIGH)
    (shared,) = fields(chart)
    assert shared.volume_ml == Decimal("0.5")
    chart.type("[")
    assert fields(chart) == [shared]
    chart.type("]")
    assert fields(chart)[0].volume_ml == Decimal("0.01") * len(shared.points)


# The point that is selected


def fill_and_select(chart, number):
    chart.type("r")
    click(chart, RIGHT_THIGH)
    chart.type("v")
    chart.model.select(chart.ref(number))


def test_the_selection_stays_with_its_point(chart):
    fill_and_select(chart, 2)
    chart.press(Qt.Key.Key_Delete)
    chart.model.select(chart.ref(40))
    chosen = chart.model.point(chart.model.selection)
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert chart.model.selection.index == 41
    assert chart.model.point(chart.model.selection) == chosen
    chart.press(Qt.Key.Key_Delete)
    assert chosen not in chart.points()


def test_the_popover_never_shows_another_point(chart):
    fill_and_select(chart, 2)
    chart.press(Qt.Key.Key_Delete)
    chart.click_point(40)
    assert chart.popover.isVisible()
    chosen = chart.model.point(chart.model.selection)
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    # It would dose what now has the index that it was opened on.
    assert not chart.popover.isVisible()
    assert chart.model.point(chart.model.selection) == chosen


def test_a_point_of_a_field_that_is_laid_anew_is_selected_no_more(chart):
    fill_and_select(chart, 50)
    field = fields(chart)[0]
    chart.model.field_model.select(field.id)
    chart.type(".")
    assert fields(chart)[0].spacing_mm == field.spacing_mm + 1
    assert chart.model.selection is None


def test_a_point_that_is_moved_stays_selected_through_undo_and_redo(chart):
    fill_and_select(chart, 5)
    for key, modifier in (
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier),
    ):
        chart.press(key, modifier)
        assert chart.model.selection == chart.ref(5)


def test_the_walk_goes_on_with_the_point_that_was_reached(chart):
    fill_and_select(chart, 2)
    chart.press(Qt.Key.Key_Delete)
    for _ in range(3):
        chart.press(Qt.Key.Key_Tab)
    reached = chart.model.point(chart.model.selection)
    # A click beside the body leaves the point, and the walk can be taken up again.
    chart.model.select(None)
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    chart.press(Qt.Key.Key_Tab)
    assert chart.model.point(chart.model.selection) == reached


def test_the_walk_goes_on_behind_a_point_that_was_removed(chart):
    fill_and_select(chart, 0)
    for _ in range(3):
        chart.press(Qt.Key.Key_Tab)
    at = chart.model.selection.index
    following = chart.points()[at + 1]
    chart.press(Qt.Key.Key_Delete)
    chart.press(Qt.Key.Key_Tab)
    assert chart.model.point(chart.model.selection) == following


def agree(chart):
    chart.qtbot.mouseClick(chart.panel.view.shortage.go_on, LEFT)


def test_an_answer_does_not_hold_for_much_more(chart):
    too_much(chart)
    agree(chart)
    assert len(chart.points()) == 1
    chart.click(BELLY, dy=-25)
    assert not asked(chart)
    assert len(chart.points()) == 2
    chart.type("r")
    click(chart, LEFT_THIGH)
    assert asked(chart)
    assert len(chart.points()) == 2


def test_an_answer_that_was_taken_back_does_not_hold(chart):
    chart.type("3r")
    click(chart, LEFT_THIGH)
    assert asked(chart)
    agree(chart)
    assert len(fields(chart)) == 1
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert fields(chart) == []
    click(chart, RIGHT_THIGH)
    assert asked(chart)
    assert fields(chart) == []
    agree(chart)
    assert len(fields(chart)) == 1


def test_enter_answers_what_a_key_in_the_list_has_brought_up(make_chart):
    chart = make_chart(
        given=(syringe(1, "6", "Caffeine", "50"), syringe(2, "30", "Silicium", "10"))
    )
    chart.type("r")
    click(chart, LEFT_THIGH)
    (row,) = chart.panel.fields.list.findChildren(QAbstractButton)
    row.setFocus()
    chart.type("m", widget=row)
    assert asked(chart)
    enter(chart)
    assert not asked(chart)
    assert [field.syringe_id for field in fields(chart)] == [one.id for one in chart.syringes]


def test_an_answer_holds_for_no_more_than_what_is_left_of_it(chart):
    chart.type("3r")
    click(chart, LEFT_THIGH)
    agree(chart)
    model = chart.model.field_model
    model.set_total(Decimal("0.12"))
    assert not asked(chart)
    model.set_total(Decimal(9))
    assert asked(chart)
    assert fields(chart)[0].volume_ml == Decimal("0.12")


def test_a_number_of_points_that_waits_for_an_answer_is_not_told_as_laid(make_chart):
    chart = make_chart(given=(syringe(1, "6", "Caffeine", "50"),))
    chart.type("r")
    click(chart, LEFT_THIGH)
    chart.model.field_model.set_count(203)
    assert asked(chart)
    assert "cannot be had" not in chart.canvas.hint.label.text()

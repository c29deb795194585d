"""What a field is asked about or refused, so that no dose doubles and no work is lost unseen."""

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from mesodesk.domain.bodymap.edits import Edit
from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.ui.bodymap import field_questions
from mesodesk.ui.bodymap.field_questions import MANY

from .conftest import BELLY, LEFT_THIGH, RIGHT_THIGH, syringe
from .hands import double_click
from .test_fields import ALT, SHIFT, circle, click, draw, fields


@pytest.fixture
def chart(make_chart):
    """One syringe with plenty in it, one with little."""
    made = make_chart(given=(syringe(1, "60", "Caffeine", "50"), syringe(2, "4", "Silicium", "10")))
    made.canvas.setFocus()
    return made


def said(chart):
    return chart.canvas.hint.label.text() if chart.canvas.hint.isVisible() else ""


def asked(chart):
    question = chart.model.field_model.question
    return "" if question is None else f"{question.headline} {question.text}"


def fill(chart, share=LEFT_THIGH):
    chart.type("r")
    click(chart, share)
    return fields(chart)[-1]


def answer(chart):
    chart.qtbot.mouseClick(chart.panel.view.question.go_on, Qt.MouseButton.LeftButton)


def delete_point(chart, number):
    chart.type("v")
    chart.click_point(number)
    chart.press(Qt.Key.Key_Delete)


def set_dose(chart, dose):
    chart.model.set_settings(replace(chart.model.settings, dose_ml=Decimal(dose)))


def select_field(chart, field):
    chart.model.select(None)
    chart.model.field_model.select(field.id)


def test_delete_lets_a_question_be_and_says_what_it_removed(chart):
    field = fill(chart)
    click(chart, LEFT_THIGH)
    assert asked(chart)
    chart.press(Qt.Key.Key_Delete)
    assert not asked(chart)
    assert fields(chart) == [field]
    chart.press(Qt.Key.Key_Delete)
    assert not fields(chart)
    assert said(chart).startswith(f"The field was removed with its {len(field.points)} points.")


def test_a_key_held_down_counts_once(chart):
    field = fill(chart)
    chart.model.field_model.set_spacing(Decimal("2.5"))
    assert asked(chart)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Delete):
        held = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, autorep=True)
        QApplication.sendEvent(chart.canvas, held)
    assert asked(chart)
    assert fields(chart) == [field]


def test_enter_does_not_double_a_dose(chart):
    fill(chart)
    click(chart, LEFT_THIGH)
    assert asked(chart)
    chart.press(Qt.Key.Key_Return)
    assert not asked(chart)
    assert len(fields(chart)) == 1


def test_enter_answers_what_needs_no_care(chart):
    field = fill(chart)
    chart.model.field_model.set_spacing(Decimal("2.5"))
    set_dose(chart, "0.01")
    chart.model.field_model.set_dose(Decimal("0.01"))
    chart.model.field_model.set_spacing(Decimal("2.5"))
    assert asked(chart)
    chart.press(Qt.Key.Key_Return)
    assert len(chart.model.fields[field.id].points) > MANY


def test_a_tool_lets_go_of_a_point(chart):
    """Its keys are the tool's: Enter begins a shape, the arrows lead it, the point stays."""
    field = fill(chart)
    chart.type("v")
    chart.press(Qt.Key.Key_Tab)
    assert chart.model.selection is not None
    chart.type("l")
    assert chart.model.selection is None
    chart.press(Qt.Key.Key_Return)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down):
        chart.press(key)
    chart.press(Qt.Key.Key_Escape)
    assert chart.model.fields[field.id] == field


def test_a_cut_beside_the_field_is_no_edit(chart):
    field = fill(chart)
    made = len(chart.edits)
    chart.type("l")
    draw(chart, circle(BELLY, 0.03), ALT)
    assert fields(chart) == [field]
    assert len(chart.edits) == made
    assert said(chart) == "Nothing was cut out: the area lies beside the field."


def test_sides_do_not_part_in_silence(chart):
    field = fill(chart)
    chart.type("m")
    image = fields(chart)[-1]
    delete_point(chart, list(chart.model.fields).index(field.id) + 5)
    assert chart.model.fields[image.id].mirror_of is None
    assert said(chart) == "The fields of the two sides do not follow one another any more."


def test_points_taken_out_come_back_only_if_that_is_wanted(chart):
    field = fill(chart)
    for number in (5, 9):
        delete_point(chart, number)
    left = chart.model.fields[field.id]
    assert (len(left.points), left.removed) == (len(field.points) - 2, 2)
    select_field(chart, field)
    chart.model.field_model.set_spacing(Decimal(18))
    assert chart.model.fields[field.id] == left
    assert "2 points taken out by hand would come back" in asked(chart)
    answer(chart)
    anew = chart.model.fields[field.id]
    assert (anew.spacing_mm, anew.removed) == (Decimal(18), 0)


def test_a_second_delete_leaves_the_field(chart):
    field = fill(chart)
    delete_point(chart, 5)
    for _ in range(3):
        chart.press(Qt.Key.Key_Delete)
    assert len(chart.model.fields[field.id].points) == len(field.points) - 1


def test_a_double_click_asks_before_it_doubles_the_dose(chart):
    chart.type("r")
    double_click(chart, chart.canvas, chart.at(LEFT_THIGH))
    assert len(fields(chart)) == 1
    assert "already" in asked(chart)
    answer(chart)
    assert len(fields(chart)) == 2


def test_a_stamp_pressed_twice_on_one_place_asks(chart):
    place = chart.canvas.pick(QPointF(chart.at(LEFT_THIGH)))
    for _ in range(2):
        chart.model.stamping.press(place)
    assert len(fields(chart)) == 1
    assert "already" in asked(chart)


def test_an_image_is_not_mirrored_back_onto_its_field(chart):
    fill(chart)
    chart.type("m")
    image = fields(chart)[-1]
    select_field(chart, image)
    chart.type("m")
    assert len(fields(chart)) == 2
    assert said(chart) == "This field is on both sides already."


def test_a_freed_image_is_asked_about_before_a_second_one(chart):
    field = fill(chart)
    chart.type("m")
    image = fields(chart)[-1]
    delete_point(chart, 3)
    assert chart.model.fields[image.id].mirror_of is None
    select_field(chart, field)
    chart.type("m")
    assert len(fields(chart)) == 2
    assert "already" in asked(chart)


def test_a_point_moved_twice_leaves_the_image_alone_both_times(chart):
    field = fill(chart)
    chart.type("v")
    for _ in range(2):
        start = chart.on_canvas(7)
        chart.drag(start, start + (chart.at(LEFT_THIGH, 6, 4) - chart.at(LEFT_THIGH)))
        chart.press(Qt.Key.Key_Escape)
        chart.model.select(None)
        if len(fields(chart)) == 1:
            select_field(chart, field)
            chart.type("m")
            before = fields(chart)[-1].points
    image = fields(chart)[-1]
    assert image.points == before
    assert image.mirror_of is None


def test_a_field_and_its_image_are_measured_together(chart):
    """An image follows the dose of its field: what both take then must be there."""
    chart.type("2")
    set_dose(chart, "0.015")
    field = fill(chart)
    chart.type("m")
    number = len(field.points)
    assert 2 * number * Decimal("0.015") < 4 < 2 * number * Decimal("0.02")
    chart.model.field_model.set_dose(Decimal("0.02"))
    assert chart.model.pending.shortage.asked_ml == 2 * number * Decimal("0.005")
    assert chart.model.totals.whole.volume_ml == 2 * field.volume_ml
    chart.model.shortages.go_on()
    assert chart.model.totals.whole.volume_ml == 2 * number * Decimal("0.02")


def test_going_on_with_one_syringe_asks_about_the_next(chart):
    """A field from the first syringe, its image from the second: neither holds the new dose."""
    set_dose(chart, "0.015")
    fill(chart)
    chart.type("m")
    first, second = fields(chart)
    # As with a copy of fields that came from two syringes: it stays an image.
    other = replace(second, syringe_id=chart.syringes[1].id)
    chart.document.apply(Edit("syringe", ((second.id, second, other),)))
    select_field(chart, first)
    chart.model.field_model.set_dose(Decimal("0.6"))
    assert chart.model.pending.shortage.syringe_id == chart.syringes[0].id
    chart.model.shortages.go_on()
    assert chart.model.pending.shortage.syringe_id == chart.syringes[1].id
    assert chart.model.fields[first.id] == first
    chart.model.shortages.go_on()
    assert chart.model.fields[first.id].dose_per_point_ml == Decimal("0.6")
    assert chart.model.pending is None


def test_a_question_goes_when_what_it_is_about_changes(chart):
    def ask():
        fill_again = (LEFT_THIGH, LEFT_THIGH)
        for share in fill_again:
            click(chart, share)
        assert asked(chart)

    chart.type("r")
    ask()
    chart.type("2")
    assert not asked(chart)
    chart.type("1")
    click(chart, LEFT_THIGH)
    assert asked(chart)
    chart.model.field_model.select(None)
    assert not asked(chart)
    click(chart, LEFT_THIGH)
    assert asked(chart)
    set_dose(chart, "0.1")
    assert not asked(chart)
    click(chart, LEFT_THIGH)
    chart.model.set_read_only(read_only=True)
    assert not asked(chart)
    assert len(fields(chart)) == 1


def test_what_waits_for_a_syringe_goes_with_it(chart):
    chart.type("2")
    fill(chart, BELLY)
    fill(chart, LEFT_THIGH)
    if chart.model.pending is None:
        pytest.fail("the small syringe should not hold both")
    chart.model.set_syringes(chart.syringes[:1])
    assert chart.model.pending is None
    assert not chart.panel.view.shortage.isVisible()


def test_spacing_stays_within_two_and_forty(chart):
    set_dose(chart, "0.001")
    field = fill(chart)
    chart.model.field_model.set_spacing(Decimal(55))
    assert chart.model.fields[field.id].spacing_mm == Decimal(40)
    select_field(chart, fields(chart)[0])
    chart.model.field_model.set_spacing(Decimal(1))
    answer(chart)
    assert chart.model.fields[field.id].spacing_mm == Decimal(2)


def test_a_stamp_does_not_become_the_next_pattern(chart):
    chart.canvas.set_tool(type(chart.canvas.tool).STAMP)
    chart.click(LEFT_THIGH)
    chart.model.field_model.set_spacing(Decimal(9))
    assert chart.model.field_model.settings.pattern is Pattern.STAGGERED
    field = fill(chart, RIGHT_THIGH)
    assert field.pattern is Pattern.STAGGERED


def test_a_refused_change_does_not_become_the_next_field(chart):
    field = fill(chart)
    delete_point(chart, 3)
    select_field(chart, field)
    chart.model.field_model.set_spacing(Decimal(20))
    chart.panel.view.question.leave()
    assert chart.model.field_model.settings.spacing_mm == Decimal(15)
    chart.model.field_model.set_spacing(Decimal(20))
    answer(chart)
    assert chart.model.field_model.settings.spacing_mm == Decimal(20)


def test_many_points_are_asked_about_when_a_field_is_laid_anew_too(chart):
    set_dose(chart, "0.01")
    field = fill(chart)
    chart.model.field_model.set_spacing(Decimal("2.5"))
    assert len(fields(chart)[0].points) == len(field.points)
    assert "This would be about" in asked(chart)
    answer(chart)
    assert len(fields(chart)[0].points) > MANY


def test_more_points_than_a_field_can_hold_are_refused(chart, monkeypatch):
    field = fill(chart)
    monkeypatch.setattr(field_questions, "MOST", 100)
    assert field.spacing_mm == Decimal(15)
    chart.model.field_model.set_spacing(Decimal(4))
    assert fields(chart) == [field]
    assert "A field holds 100 points: choose a wider spacing." in said(chart)
    assert not asked(chart)


def test_a_mirrored_field_that_reaches_over_the_midline_tells_what_it_shares(chart):
    chart.type("l")
    draw(chart, circle((0.54, 0.40), 0.06))
    assert "share" not in said(chart)
    chart.type("m")
    assert len(fields(chart)) == 2
    assert "share" in said(chart)


def test_a_field_that_grows_over_another_tells_what_it_shares(chart):
    chart.type("l")
    draw(chart, circle((0.45, 0.40), 0.04))
    draw(chart, circle((0.56, 0.40), 0.04))
    assert len(fields(chart)) == 2
    assert "share" not in said(chart)
    draw(chart, circle((0.50, 0.40), 0.05), SHIFT)
    assert len(fields(chart)) == 2
    assert "share" in said(chart)


def test_small_fields_are_told_of_too(chart):
    chart.type("l")
    chart.model.field_model.set_spacing(Decimal(5))
    draw(chart, circle((0.500, 0.40), 0.014))
    draw(chart, circle((0.512, 0.40), 0.014))
    assert len(fields(chart)) == 2
    assert fields(chart)[0].volume_ml
    assert "share" in said(chart)


def test_a_line_within_a_field_is_told(chart):
    fill(chart)
    chart.canvas.set_tool(type(chart.canvas.tool).LINE)
    draw(chart, [(LEFT_THIGH[0], LEFT_THIGH[1] + 0.004 * step) for step in range(-5, 6)])
    assert len(fields(chart)) == 2
    assert "Within another field of today" in said(chart)


def test_what_stands_in_the_document_is_recorded_though_showing_it_failed(chart):
    def fails(_changed):
        raise RuntimeError("a widget made a mistake")

    chart.document.observe(fails)
    with pytest.raises(RuntimeError):
        chart.model.field_model.fill_region("thigh_front_upper.left")
    assert len(fields(chart)) == len(chart.edits) == 1


def test_an_area_that_lies_in_the_field_adds_nothing_and_says_so(chart):
    field = fill(chart)
    made = len(chart.edits)
    chart.type("l")
    draw(chart, circle(LEFT_THIGH, 0.012), SHIFT)
    assert fields(chart) == [field]
    assert len(chart.edits) == made
    assert said(chart) == "Nothing was added: the area lies in the field already."


def test_a_region_that_is_in_the_field_adds_nothing_and_says_so(chart):
    field = fill(chart)
    made = len(chart.edits)
    chart.type("r")
    click(chart, LEFT_THIGH, SHIFT)
    assert fields(chart) == [field]
    assert len(chart.edits) == made
    assert said(chart) == "Nothing was added: the area lies in the field already."

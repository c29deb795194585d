"""The card beside the body: it shows what is on the chart, whatever was asked for and refused."""

from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication

from mesodesk.domain.bodymap.fields import Pattern

from .conftest import BELLY, LEFT_THIGH, syringe

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def chart(make_chart):
    """A syringe with room for a field, and little more."""
    return make_chart(given=(syringe(1, "6", "Caffeine", "50"),))


@pytest.fixture
def card(chart):
    return chart.panel.settings


def fill(chart, share=LEFT_THIGH):
    chart.type("r")
    chart.click(share)
    return chart.model.field_model.selected


def put_in(chart, number_field, text, *, enter=True):
    """Type into a number field in place of what is there."""
    number_field.input.setFocus()
    number_field.input.selectAll()
    chart.press(Qt.Key.Key_Backspace, widget=number_field.input)
    chart.type(text, widget=number_field.input)
    if enter:
        chart.press(Qt.Key.Key_Return, widget=number_field.input)


def chart_now(chart):
    (field,) = chart.document.fields.values()
    return field


# A total


@pytest.mark.parametrize("text", ["abc", "1.2.3", "500", "0.0004", "-3"])
def test_a_total_that_cannot_be_read_changes_nothing_and_says_so(chart, card, text):
    fill(chart)
    put_in(chart, card.total_ml, "3")
    shared = chart_now(chart)
    assert shared.dose_per_point_ml is None
    put_in(chart, card.total_ml, text)
    assert chart_now(chart) == shared
    problem = card.total_ml.error()
    assert problem
    assert card.total_ml.input.text() == text
    # What is laid next is laid with the number in force, so that is what then stands there.
    chart.canvas.setFocus()
    assert chart_now(chart) == shared
    assert card.total_ml.input.text() == "3"
    assert not card.total_ml.error()
    assert chart.canvas.hint.label.text() == f"{problem} 3 stays."
    assert len(chart.edits) == 2


def test_a_total_of_the_next_field_stands_in_place_of_the_dose_of_each_point(chart, card):
    chart.type("r")
    assert card.dose_ml.field.input.text() == "0.05"
    put_in(chart, card.total_ml, "3")
    assert card.dose_ml.field.input.text() == ""
    assert card.dose_ml.field.input.placeholderText() == "\u2013"
    # Left empty, it changes nothing; a point by itself has its dose.
    put_in(chart, card.dose_ml.field, "")
    assert chart.model.field_model.settings.total_ml == Decimal(3)
    assert card.dose_ml.field.input.text() == ""
    chart.type("p")
    assert card.dose_ml.field.input.text() == "0.05"
    chart.type("r")
    assert card.dose_ml.field.input.text() == ""
    # Whoever types it, even as it was before, wants it and no total.
    put_in(chart, card.dose_ml.field, "0.05")
    assert chart.model.field_model.settings.total_ml is None
    assert card.dose_ml.field.input.text() == "0.05"
    assert card.total_ml.input.text() == ""
    put_in(chart, card.total_ml, "3")
    chart.qtbot.mouseClick(card.dose_ml.more, LEFT)
    assert chart.model.field_model.settings.total_ml is None
    assert card.dose_ml.value() == Decimal("0.06")


def test_a_spacing_that_cannot_be_is_not_shown_while_another_is_laid(chart, card):
    chart.type("r")
    put_in(chart, card.spacing_mm.field, "1")
    assert card.spacing_mm.field.error()
    chart.click(LEFT_THIGH)
    assert card.spacing_mm.field.input.text() == "15"
    QApplication.processEvents()
    chart.click(LEFT_THIGH)
    assert chart_now(chart).spacing_mm == Decimal(15)
    assert card.spacing_mm.field.input.text() == "15"
    assert not card.spacing_mm.field.error()


def test_a_press_that_leaves_a_number_that_cannot_be_only_leaves_it(chart, card):
    chart.type("p")
    put_in(chart, card.dose_ml.field, "99", enter=False)
    chart.click(BELLY)
    assert chart.points() == []
    assert chart.canvas.hint.isVisible()
    assert chart.canvas.hint.label.text().endswith("0.05 stays.")
    QApplication.processEvents()
    chart.click(BELLY)
    assert len(chart.points()) == 1


def test_a_press_that_brings_up_a_question_does_not_answer_it(chart, card):
    fill(chart)
    put_in(chart, card.total_ml, "50", enter=False)
    chart.click(BELLY)
    assert chart.model.pending is not None
    assert chart.panel.view.shortage.isVisible()
    assert len(chart.document.fields) == 1


def test_a_number_that_cannot_be_waits_for_whoever_looks_into_another_window(chart, card):
    chart.type("r")
    put_in(chart, card.spacing_mm.field, "1")
    away = QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason)
    QApplication.sendEvent(card.spacing_mm.field.input, away)
    assert card.spacing_mm.field.input.text() == "1"
    assert card.spacing_mm.field.error()


def test_a_number_of_points_is_asked_for_in_the_card(chart, card):
    assert not card.points.isVisible()
    before = fill(chart)
    assert card.points.value() == len(before.points)
    put_in(chart, card.points.field, "60")
    assert abs(len(chart_now(chart).points) - 60) <= 2
    assert card.points.value() == len(chart_now(chart).points)
    chart.model.field_model.set_pattern(Pattern.ZONE)
    assert not card.points.isVisible()


def test_an_unreadable_total_is_no_total_of_the_next_field_taken_back(chart, card):
    chart.type("r")
    put_in(chart, card.total_ml, "3")
    put_in(chart, card.total_ml, "3.x")
    assert chart.model.field_model.settings.total_ml == Decimal(3)
    put_in(chart, card.total_ml, "")
    assert chart.model.field_model.settings.total_ml is None


def test_an_emptied_total_gives_every_point_the_usual_dose(chart, card):
    field = fill(chart)
    put_in(chart, card.total_ml, "3")
    put_in(chart, card.total_ml, "")
    usual = chart_now(chart).dose_per_point_ml
    assert usual == Decimal(round(3000 / len(field.points))).scaleb(-3)
    assert card.dose_ml.value() == usual


def test_passing_the_total_changes_nothing(chart, card):
    fill(chart)
    put_in(chart, card.total_ml, "3")
    told = len(chart.edits)
    for _ in range(2):
        card.total_ml.input.setFocus()
        chart.press(Qt.Key.Key_Return, widget=card.total_ml.input)
        chart.canvas.setFocus()
    assert len(chart.edits) == told


def test_the_emptied_total_of_a_zone_is_charted_and_counted(chart, card):
    chart.model.field_model.set_pattern(Pattern.ZONE)
    zone = fill(chart)
    put_in(chart, card.total_ml, "3.001")
    put_in(chart, card.total_ml, "")
    emptied = chart_now(chart)
    assert emptied.volume_ml == emptied.dose_per_point_ml * zone.punctures
    assert emptied.volume_ml == pytest.approx(Decimal(3), rel=Decimal("0.05"))
    assert chart.model.totals.whole.volume_ml == emptied.volume_ml
    assert [edit.label for edit, _ in chart.edits] == ["fill", "dose", "dose"]


# What was refused, or left


@pytest.mark.parametrize("leave", ["button", "Esc"])
def test_a_dose_that_was_left_is_not_shown_any_more(chart, card, leave):
    fill(chart)
    put_in(chart, card.dose_ml.field, "0.2")
    bar = chart.panel.view.shortage
    assert bar.isVisible()
    assert card.dose_ml.value() == Decimal("0.2")
    if leave == "button":
        chart.qtbot.mouseClick(bar.stay, LEFT)
    else:
        chart.press(Qt.Key.Key_Escape)
    assert chart_now(chart).dose_per_point_ml == Decimal("0.05")
    assert card.dose_ml.value() == Decimal("0.05")
    assert card.dose_ml.field.input.text() == "0.05"


def test_a_dose_that_is_charted_all_the_same_is_shown(chart, card):
    fill(chart)
    put_in(chart, card.dose_ml.field, "0.2")
    chart.qtbot.mouseClick(chart.panel.view.shortage.go_on, LEFT)
    assert chart_now(chart).dose_per_point_ml == Decimal("0.2")
    assert card.dose_ml.field.input.text() == "0.2"


def test_while_a_shortage_stands_the_dose_goes_on_by_steps(chart, card):
    fill(chart)
    put_in(chart, card.dose_ml.field, "0.2")
    for wanted in ("0.25", "0.30"):
        chart.qtbot.mouseClick(card.dose_ml.more, LEFT)
        assert card.dose_ml.value() == Decimal(wanted)
        assert chart.model.pending is not None
    chart.qtbot.mouseClick(chart.panel.view.shortage.stay, LEFT)
    assert card.dose_ml.value() == Decimal("0.05")


@pytest.mark.parametrize("total", ["0.002", "50"])
def test_a_total_that_was_refused_or_left_is_not_shown_any_more(chart, card, total):
    fill(chart)
    put_in(chart, card.total_ml, "3")
    put_in(chart, card.total_ml, total)
    if chart.model.pending is not None:
        assert card.total_ml.value() == Decimal(total)
        chart.model.drop_pending()
    else:
        # It is taken back, and the canvas, which says why, has the keyboard.
        assert chart.canvas.hasFocus()
    assert chart_now(chart).volume_ml == Decimal(3)
    assert card.total_ml.input.text() == "3"


def test_a_total_left_by_the_cursor_is_shown_as_charted(chart, card):
    fill(chart)
    put_in(chart, card.total_ml, "3")
    put_in(chart, card.total_ml, "0.002", enter=False)
    chart.canvas.setFocus()
    assert card.total_ml.input.text() == "3"
    card.total_ml.input.setFocus()
    chart.model.undo()
    chart.canvas.setFocus()
    assert card.total_ml.value() is None
    assert card.total_ml.input.text() == ""


def test_a_spacing_that_was_asked_about_and_left_is_not_shown_any_more(chart, card):
    fill(chart)
    chart.type("v")
    start = chart.on_canvas(3)
    chart.drag(start, start + QPoint(9, 0))
    put_in(chart, card.spacing_mm.field, "20")
    assert chart.panel.view.question.isVisible()
    assert card.spacing_mm.value() == Decimal(20)
    chart.qtbot.mouseClick(chart.panel.view.question.stay, LEFT)
    assert chart_now(chart).spacing_mm == Decimal(15)
    assert card.spacing_mm.value() == Decimal(15)


def test_a_spacing_too_wide_for_the_area_is_not_shown_any_more(chart, card):
    chart.type("o")
    middle = chart.at(BELLY)
    chart.drag(middle, middle + QPoint(5, 0))
    field = chart.model.field_model.selected
    put_in(chart, card.spacing_mm.field, "40")
    assert "too small" in chart.canvas.hint.label.text()
    assert chart_now(chart) == field
    assert card.spacing_mm.value() == field.spacing_mm


def test_what_was_being_typed_for_one_field_is_not_kept_for_another(make_chart):
    chart = make_chart(given=(syringe(1, "30", "Caffeine", "50"),))
    card = chart.panel.settings
    first = fill(chart)
    second = fill(chart, BELLY)
    put_in(chart, card.total_ml, "7", enter=False)
    # A finger takes another field without taking the cursor.
    chart.model.field_model.select(first.id)
    assert card.total_ml.input.text() == ""
    put_in(chart, card.dose_ml.field, "0.07", enter=False)
    chart.model.field_model.select(second.id)
    assert card.dose_ml.field.input.text() == "0.05"
    chart.canvas.setFocus()
    assert {field.volume_ml for field in chart.document.fields.values()} == {
        first.volume_ml,
        second.volume_ml,
    }


# Limits of steps


def test_steps_end_at_the_limits_of_the_spacing(chart, card):
    fill(chart)
    stepper = card.spacing_mm
    for start, button, end in (("39", stepper.more, 40), ("3", stepper.less, 2)):
        chart.model.field_model.select(None)
        put_in(chart, stepper.field, start)
        for _ in range(3):
            chart.qtbot.mouseClick(button, LEFT)
            assert Decimal(2) <= chart.model.field_model.settings.spacing_mm <= Decimal(40)
        assert stepper.value() == chart.model.field_model.settings.spacing_mm == Decimal(end)


def test_a_band_may_be_wider_than_a_spacing(chart, card):
    chart.type("b")
    put_in(chart, card.band_mm.field, "199")
    for _ in range(3):
        chart.qtbot.mouseClick(card.band_mm.more, LEFT)
    assert chart.model.field_model.band_mm == Decimal(200)


def test_a_step_at_the_limit_is_no_edit(chart, card):
    fill(chart)
    put_in(chart, card.depth_mm.field, "0.6")
    told = []
    card.depth_mm.edited.connect(told.append)
    for _ in range(3):
        chart.qtbot.mouseClick(card.depth_mm.less, LEFT)
    assert told == [Decimal("0.5")]


def test_less_never_makes_it_more(chart, card):
    put_in(chart, card.dose_ml.field, "0.005")
    chart.qtbot.mouseClick(card.dose_ml.less, LEFT)
    assert card.dose_ml.value() == chart.model.settings.dose_ml == Decimal("0.005")
    chart.qtbot.mouseClick(card.dose_ml.more, LEFT)
    assert chart.model.settings.dose_ml == Decimal("0.01")

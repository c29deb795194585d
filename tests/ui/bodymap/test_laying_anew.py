"""A number of points after some were taken out, and what undo means for the next field."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.ui.bodymap.field_laying import Laying

from .conftest import RIGHT_THIGH, syringe
from .hands import CONTROL, SHIFT, fields
from .test_field_care import answer, asked, delete_point, fill, said, select_field


@pytest.fixture
def chart(make_chart):
    return make_chart(given=(syringe(1, "60", "Caffeine", "50"),))


@pytest.fixture
def thinned(chart):
    """A selected field from which a hand took one point."""
    field = fill(chart)
    delete_point(chart, 3)
    select_field(chart, field)
    assert len(fields(chart)[0].points) == len(field.points) - 1
    return chart


def type_number(chart, number, stepper):
    box = stepper.field.input
    box.setFocus()
    box.selectAll()
    chart.type(str(number), widget=box)
    chart.press(Qt.Key.Key_Return, widget=box)


def by_card(chart):
    return chart.panel.settings.points


def by_popover(chart):
    chart.canvas.setFocus()
    chart.press(Qt.Key.Key_Return)
    shown = chart.panel.view.field_opening.popover
    assert shown.isVisible()
    return shown.points


@pytest.mark.parametrize("stepper_of", [by_card, by_popover])
def test_the_number_before_a_point_was_taken_out_can_be_typed(thinned, stepper_of):
    chart, stepper = thinned, stepper_of(thinned)
    wanted = len(fields(chart)[0].points) + 1
    type_number(chart, wanted, stepper)
    assert "1 point taken out by hand would come back." in asked(chart)
    assert len(fields(chart)[0].points) == wanted - 1
    answer(chart)
    assert len(fields(chart)[0].points) == wanted
    assert fields(chart)[0].removed == 0
    assert by_card(chart).value() == wanted


@pytest.fixture
def whole_rows(monkeypatch):
    """No point is left out of a row."""
    monkeypatch.setattr(Laying, "spacing_to_thin", lambda *_asked: None)


def test_the_very_number_is_laid_where_rows_have_a_few_more(chart):
    field = fill(chart)
    chart.type("m")
    laying = chart.model.field_model.laying
    wanted = next(
        count for count in range(len(field.points), 2, -1)
        if laying.spacing_for(field, count)[1] != count
        and laying.spacing_to_thin(field, count) is not None
    )  # fmt: skip
    spacing_mm, fuller = laying.spacing_to_thin(field, wanted)
    type_number(chart, wanted, by_card(chart))
    now, image = fields(chart)
    assert len(now.points) == len(image.points) == wanted
    assert now.spacing_mm == spacing_mm
    assert now.removed == 0
    assert said(chart) == (
        f"{wanted} points: the rows have {fuller - wanted} more, left out at the corners."
    )
    # The total stays exact, and nobody is asked about points that no hand took out.
    assert now.volume_ml == wanted * Decimal("0.05")
    model = chart.model.field_model
    model.set_spacing(now.spacing_mm + 1)
    assert not asked(chart)
    assert fields(chart)[0].spacing_mm == now.spacing_mm + 1


def test_a_number_that_rows_do_not_give_is_told_with_what_comes_back(thinned, whole_rows):
    chart = thinned
    now = fields(chart)[0]
    wanted, found = next(
        (count, found)
        for count in range(len(now.points) + 2, 2 * len(now.points))
        if (found := chart.model.field_model.laying.spacing_for(now, count)[1]) != count
        and abs(found - count) < count - len(now.points)
    )
    type_number(chart, wanted, by_card(chart))
    told = f"{found} points: {wanted} cannot be had here, they lie in rows."
    assert "would come back" in asked(chart)
    assert told in asked(chart)
    answer(chart)
    assert len(fields(chart)[0].points) == found
    assert told in said(chart)


def test_what_is_as_near_as_rows_come_stays_and_is_said(thinned, whole_rows):
    chart = thinned
    now = fields(chart)[0]
    model = chart.model.field_model
    laying = model.laying
    wanted = next(
        count
        for count in range(len(now.points) - 1, 1, -1)
        if abs(laying.spacing_for(now, count)[1] - count) >= len(now.points) - count
    )
    type_number(chart, wanted, by_card(chart))
    assert not asked(chart)
    assert fields(chart)[0] == now
    assert said(chart) == (
        f"{len(now.points)} points: {wanted} cannot be had here, they lie in rows."
    )
    assert by_card(chart).value() == len(now.points)


def test_the_next_step_up_brings_the_point_back(thinned):
    chart = thinned
    before = len(fields(chart)[0].points)
    chart.qtbot.mouseClick(by_card(chart).more, Qt.MouseButton.LeftButton)
    answer(chart)
    assert len(fields(chart)[0].points) == before + 1


def test_a_spacing_that_was_undone_is_not_that_of_the_next_field(chart):
    model = chart.model.field_model
    field = fill(chart)
    model.set_spacing(Decimal(12))
    model.set_spacing(Decimal(10))
    model.set_pattern(Pattern.SQUARE)
    chart.press(Qt.Key.Key_Z, CONTROL)
    assert (model.settings.spacing_mm, model.settings.pattern) == (Decimal(10), Pattern.STAGGERED)
    chart.press(Qt.Key.Key_Z, CONTROL)
    assert model.settings.spacing_mm == Decimal(12)
    chart.press(Qt.Key.Key_Z, CONTROL)
    assert fields(chart) == [field]
    assert fill(chart, RIGHT_THIGH).spacing_mm == Decimal(15)


def test_a_spacing_made_again_is_that_of_the_next_field_again(chart):
    model = chart.model.field_model
    fill(chart)
    model.set_spacing(Decimal(12))
    chart.press(Qt.Key.Key_Z, CONTROL)
    chart.press(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert fields(chart)[0].spacing_mm == Decimal(12)
    assert fill(chart, RIGHT_THIGH).spacing_mm == Decimal(12)


def test_a_spacing_chosen_since_outlasts_the_undo_of_another(chart):
    model = chart.model.field_model
    fill(chart)
    model.set_spacing(Decimal(12))
    model.select(None)
    model.set_spacing(Decimal(20))
    chart.press(Qt.Key.Key_Z, CONTROL)
    assert fill(chart, RIGHT_THIGH).spacing_mm == Decimal(20)


def test_another_edit_in_the_place_of_an_undone_one_takes_nothing_back(chart):
    model = chart.model.field_model
    fill(chart)
    model.set_spacing(Decimal(12))
    chart.press(Qt.Key.Key_Z, CONTROL)
    model.set_dose(Decimal("0.2"))
    model.select(None)
    model.set_spacing(Decimal(12))
    chart.press(Qt.Key.Key_Z, CONTROL)
    assert fill(chart, RIGHT_THIGH).spacing_mm == Decimal(12)

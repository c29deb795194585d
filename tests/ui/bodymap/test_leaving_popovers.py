"""How the popovers of the chart are left: what counts of what was being typed, and what closes."""

from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mesodesk.ui.widgets.text import Heading

from .conftest import BELLY, LEFT_THIGH, syringe
from .hands import LEFT, NONE, click_in_window, fields, hinted, wheel


@pytest.fixture
def chart(make_chart):
    """A field over the left thigh, selected, and the select tool in hand."""
    made = make_chart(given=(syringe(1, "4000", "Caffeine", "10"),))
    made.type("r")
    made.click(LEFT_THIGH)
    made.type("v")
    return made


@pytest.fixture
def screen():
    return QTest.createTouchDevice()


def opened(chart, which):
    if which == "point":
        chart.model.select(chart.ref(5))
    chart.press(Qt.Key.Key_Return)
    shown = chart.popover if which == "point" else chart.panel.view.field_opening.popover
    assert shown.isVisible()
    return shown


def type_dose(chart, shown, text):
    box = shown.dose_ml.field.input
    box.setFocus()
    box.selectAll()
    chart.type(text, widget=box)
    return box


def doses(chart):
    return {point.volume_ml for point in chart.points()}


def close_by(chart, shown, way):
    if way == "Esc":
        chart.press(Qt.Key.Key_Escape, widget=shown.dose_ml.field.input)
    elif way == "button":
        chart.qtbot.mouseClick(shown.close_button, LEFT)
    elif way == "wheel":
        wheel(chart, BELLY, 1)
    elif way == "view":
        chart.panel.view.strip.chosen.emit(chart.model.atlas.views[1].view_id)
    elif way == "window":
        chart.panel.window().resize(chart.panel.window().size() - QSize(40, 0))
    else:
        chart.canvas.hide()


@pytest.mark.parametrize("which", ["point", "field"])
@pytest.mark.parametrize("way", ["button", "wheel", "view", "window"])
def test_what_was_being_typed_counts_however_it_is_left(chart, which, way):
    shown = opened(chart, which)
    type_dose(chart, shown, "0.5")
    close_by(chart, shown, way)
    assert not shown.isVisible()
    assert Decimal("0.5") in doses(chart)
    assert len(doses(chart)) == (1 if which == "field" else 2)
    chart.panel.view.undo()
    assert doses(chart) == {Decimal("0.05")}


@pytest.mark.parametrize("which", ["point", "field"])
@pytest.mark.parametrize("text", ["25", "0", ""])
def test_a_number_that_cannot_be_taken_changes_nothing(chart, which, text):
    shown = opened(chart, which)
    box = type_dose(chart, shown, text)
    if not text:
        box.clear()
    told = len(chart.edits)
    close_by(chart, shown, "button")
    assert not shown.isVisible()
    assert len(chart.edits) == told
    assert doses(chart) == {Decimal("0.05")}


@pytest.mark.parametrize("which", ["point", "field"])
@pytest.mark.parametrize("way", ["Esc", "another page"])
def test_what_was_being_typed_is_dropped(chart, which, way):
    shown = opened(chart, which)
    type_dose(chart, shown, "0.5")
    told = len(chart.edits)
    close_by(chart, shown, way)
    assert not shown.isVisible()
    assert len(chart.edits) == told
    assert doses(chart) == {Decimal("0.05")}
    assert shown.dose_ml.field.input.text() == "0.05"


@pytest.mark.parametrize("which", ["point", "field"])
def test_a_click_beside_takes_what_was_being_typed(chart, which):
    shown = opened(chart, which)
    type_dose(chart, shown, "0.5")
    click_in_window(chart, chart.panel.syringes)
    assert not shown.isVisible()
    assert Decimal("0.5") in doses(chart)


@pytest.mark.parametrize("text", ["25", "0"])
@pytest.mark.parametrize("which", ["point", "field"])
def test_enter_stays_with_a_number_that_cannot_be_taken(chart, which, text):
    shown = opened(chart, which)
    box = type_dose(chart, shown, text)
    chart.press(Qt.Key.Key_Return, widget=box)
    assert shown.isVisible()
    assert shown.dose_ml.field.message.isVisible()
    assert box.text() == text
    assert doses(chart) == {Decimal("0.05")}
    box.selectAll()
    chart.type("0.08", widget=box)
    chart.press(Qt.Key.Key_Return, widget=box)
    assert not shown.isVisible()
    assert Decimal("0.08") in doses(chart)


@pytest.mark.parametrize("which", ["point", "field"])
def test_a_click_that_misses_a_button_closes_nothing(chart, which):
    shown = opened(chart, which)
    type_dose(chart, shown, "0.5")
    click_in_window(chart, shown.region)
    click_in_window(chart, shown, QPoint(4, shown.height() // 2))
    click_in_window(chart, shown, QPoint(20, shown.height() // 2))
    assert shown.isVisible()
    assert doses(chart) == {Decimal("0.05")}


def test_a_click_on_their_words_leaves_finder_and_keys_open(chart):
    chart.type("f")
    finder = chart.panel.view.region_finder
    click_in_window(chart, finder.hint)
    assert finder.isVisible()
    chart.press(Qt.Key.Key_Escape, widget=finder.search.input)
    chart.panel.view.show_keys()
    keys = chart.panel.view.keys_card
    click_in_window(chart, keys.findChild(Heading))
    assert keys.isVisible()


def test_choosing_from_a_list_leaves_the_popover_open(chart):
    shown = opened(chart, "point")
    click_in_window(chart, shown.needle.input)
    rows = shown.needle.list.view
    assert rows.isVisible()
    at = rows.visualRect(rows.model().index(0, 0)).center()
    click_in_window(chart, rows.viewport(), at)
    assert fields(chart)[0].needle == shown.needle._options[0].value
    assert shown.isVisible()


def test_a_finger_beside_them_closes_choice_and_finder(chart, screen):
    shapes = chart.panel.view.toolbar.shapes
    chart.qtbot.mouseClick(shapes, LEFT)
    chart.canvas.setFocus()
    for shown in (shapes.choice, chart.panel.view.region_finder):
        if shown is not shapes.choice:
            chart.type("f")
        assert shown.isVisible()
        QTest.touchEvent(chart.canvas, screen).press(0, chart.at(BELLY), chart.canvas).commit()
        assert not shown.isVisible()
        QTest.touchEvent(chart.canvas, screen).release(0, chart.at(BELLY), chart.canvas).commit()


def test_an_enter_that_is_held_opens_the_field_and_leaves_it_open(chart):
    shown = chart.panel.view.field_opening.popover
    for again in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, NONE, "\r", again, 1)
        QApplication.sendEvent(QApplication.focusWidget(), event)
        assert shown.isVisible()


@pytest.mark.parametrize("which", ["point", "field", "finder", "shapes"])
def test_signing_closes_what_is_open_for_changes(chart, which):
    if which == "finder":
        chart.type("f")
        shown = chart.panel.view.region_finder
    elif which == "shapes":
        chart.qtbot.mouseClick(chart.panel.view.toolbar.shapes, LEFT)
        shown = chart.panel.view.toolbar.shapes.choice
    else:
        shown = opened(chart, which)
        type_dose(chart, shown, "0.5")
    chart.model.set_read_only(read_only=True)
    assert not shown.isVisible()
    assert doses(chart) == {Decimal("0.05")}


def test_a_signed_chart_has_no_other_tool(chart):
    chart.model.set_read_only(read_only=True)
    for key in "rlpsn":
        chart.type(key)
        assert chart.canvas.tool == "select"
        assert "is signed" in hinted(chart)
    chart.click_point(3)
    assert chart.model.selection == chart.ref(3)
    assert chart.popover.isVisible()


def test_the_popover_of_a_point_says_what_is_the_whole_field_s(chart):
    shown = opened(chart, "point")
    assert shown.whole.isVisible()
    assert shown.whole.text() == f"Whole field, {len(fields(chart)[0].points)} points"
    top = shown.whole.mapTo(shown, QPoint(0, 0)).y()
    for own in (shown.dose_ml, shown.depth_mm):
        assert own.mapTo(shown, QPoint(0, 0)).y() < top
    for whole in (shown.technique, shown.needle, shown.syringe):
        assert whole.mapTo(shown, QPoint(0, 0)).y() > top
    chart.press(Qt.Key.Key_Escape)
    chart.type("p")
    chart.click(BELLY)
    chart.click_point(len(chart.points()) - 1)
    assert shown.isVisible()
    assert not shown.whole.isVisible()


def test_the_popover_of_a_field_goes_when_something_is_asked(chart):
    shown = opened(chart, "field")
    chart.model.set_dose(chart.ref(3), Decimal("0.2"))
    chart.model.field_model.select(fields(chart)[0].id)
    assert shown.isVisible()
    chart.model.field_model.set_spacing(Decimal(20))
    assert chart.model.field_model.question is not None
    assert not shown.isVisible()

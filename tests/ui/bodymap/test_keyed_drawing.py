"""Areas by the keyboard alone: drawn with the crosshair, joined, cut; regions found by name."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from mesodesk.domain.bodymap.fields import OutlineKind
from mesodesk.ui.bodymap.field_words import Joining
from mesodesk.ui.widgets.text import Label

from .conftest import LEFT_THIGH, syringe
from .hands import ALT, CONTROL, SHIFT, area_cm2, click, fields, hinted, hover, steps, wheel

ENTER, BACK, ESC = Qt.Key.Key_Return, Qt.Key.Key_Backspace, Qt.Key.Key_Escape
UP, DOWN, LEFT, RIGHT = Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right


@pytest.fixture
def chart(make_chart):
    """Plenty in the syringes, and the crosshair on the belly."""
    made = make_chart(
        given=(syringe(1, "30", "Caffeine", "50"), syringe(2, "30", "Silicium", "10"))
    )
    made.press(ENTER)
    steps(made, UP, 5)
    return made


def square(chart, side=12):
    """Lead through three more corners of a square, and end the shape at the last."""
    for key in (RIGHT, DOWN, LEFT):
        steps(chart, key, side)
        chart.press(ENTER)
    chart.press(ENTER)


def test_enter_draws_a_lasso_corner_by_corner(chart):
    chart.type("l")
    chart.press(ENTER)
    assert fields(chart) == []
    square(chart)
    (field,) = fields(chart)
    assert field.outline.kind is OutlineKind.LASSO
    # Sides of 60 mm in the picture; the belly is rounder.
    assert 36 <= area_cm2(chart, field) < 48
    assert len(field.points) > 8
    assert chart.model.field_model.selected == field
    assert chart.canvas.crosshair is not None
    assert not chart.canvas.busy


def test_a_lasso_is_closed_where_it_began_as_well(chart):
    chart.type("l")
    chart.press(ENTER)
    for key in (RIGHT, DOWN, LEFT):
        steps(chart, key, 12)
        chart.press(ENTER)
    steps(chart, UP, 12)
    chart.press(ENTER)
    (field,) = fields(chart)
    assert 36 <= area_cm2(chart, field) < 48


@pytest.mark.parametrize(("key", "kind"), [("t", OutlineKind.RECTANGLE), ("o", OutlineKind.CIRCLE)])
def test_a_shape_of_two_places_ends_with_the_second_enter(chart, key, kind):
    chart.type(key)
    chart.press(ENTER)
    chart.press(ENTER)
    assert chart.canvas.busy
    assert chart.canvas.hover_label.text == "lead on with the arrows"
    steps(chart, RIGHT, 7)
    steps(chart, DOWN, 7)
    chart.press(ENTER)
    (field,) = fields(chart)
    assert field.outline.kind is kind
    wanted = 35 * 35 / 100 if kind is OutlineKind.RECTANGLE else np.pi * 2 * 35 * 35 / 100
    assert area_cm2(chart, field) == pytest.approx(wanted, rel=0.3)


def test_a_band_runs_along_its_corners(chart):
    chart.type("b")
    chart.press(ENTER)
    steps(chart, RIGHT, 8)
    chart.press(ENTER)
    steps(chart, DOWN, 8)
    chart.press(ENTER)
    assert fields(chart) == []
    chart.press(ENTER)
    (field,) = fields(chart)
    assert field.outline.kind is OutlineKind.BAND
    assert area_cm2(chart, field) == pytest.approx((80 * 30 + 700) / 100, rel=0.2)


def test_a_line_goes_through_its_corners(chart):
    chart.type("n")
    chart.press(ENTER)
    start = QPointF(chart.canvas.crosshair)
    steps(chart, RIGHT, 6)
    chart.press(ENTER)
    corner = QPointF(chart.canvas.crosshair)
    steps(chart, DOWN, 6)
    assert len(chart.canvas.areas.preview.laid) >= 4
    chart.press(ENTER)
    chart.press(ENTER)
    (field,) = fields(chart)
    assert field.outline.kind is OutlineKind.LINE
    (ring,) = field.outline.rings
    xy, _ = chart.canvas.view.project(
        *(np.array([getattr(place, name) for place in ring]) for name in ("triangle", "u", "v"))
    )
    for place in (start, corner):
        away = np.linalg.norm(xy - (place.x(), place.y()), axis=1).min()
        assert away * chart.canvas.mm_per_px() * chart.canvas.viewport.scale < 2


def test_it_is_told_what_the_shape_would_be_while_it_grows(chart):
    chart.type("l")
    chart.press(ENTER)
    assert "Enter sets a corner" in hinted(chart)
    said = chart.canvas.hover_label
    assert said.text == "lead on with the arrows"
    steps(chart, RIGHT, 12)
    assert said.text == "Enter sets a corner"
    chart.press(ENTER)
    steps(chart, DOWN, 12)
    chart.press(ENTER)
    half = said.text
    steps(chart, LEFT, 12)
    whole = said.text
    chart.press(ENTER)
    assert "about" in half
    assert "points" in half
    assert "mL" in half
    assert points_of(whole) > 1.4 * points_of(half)
    assert said.text.endswith("Enter ends it")
    chart.press(ENTER)
    assert said.text == ""
    (field,) = fields(chart)
    assert points_of(whole) == pytest.approx(len(field.points), rel=0.35)


def points_of(text):
    words = text.split()
    return int(words[words.index("about") + 1])


def test_backspace_takes_the_last_corner_back_and_at_last_the_shape(chart):
    chart.type("l")
    chart.press(ENTER)
    steps(chart, RIGHT, 12)
    chart.press(ENTER)
    steps(chart, UP, 12)
    chart.press(ENTER)
    chart.press(BACK)
    steps(chart, DOWN, 24)
    chart.press(ENTER)
    steps(chart, LEFT, 12)
    chart.press(ENTER)
    chart.press(ENTER)
    (field,) = fields(chart)
    # Without the corner above, which would have given 36 square centimetres or more by itself.
    assert 36 <= area_cm2(chart, field) < 48
    steps(chart, RIGHT, 3)
    chart.press(ENTER)
    steps(chart, RIGHT, 3)
    chart.press(ENTER)
    chart.press(BACK)
    assert chart.canvas.busy
    chart.press(BACK)
    assert not chart.canvas.busy
    assert fields(chart) == [field]


def test_escape_leaves_the_shape(chart):
    chart.type("l")
    chart.press(ENTER)
    steps(chart, RIGHT, 12)
    chart.press(ENTER)
    chart.press(ESC)
    assert not chart.canvas.busy
    assert chart.canvas.hover_label.text == ""
    assert fields(chart) == []
    chart.press(ENTER)
    assert chart.canvas.busy


def test_two_corners_are_no_lasso(chart):
    chart.type("l")
    chart.press(ENTER)
    steps(chart, RIGHT, 12)
    chart.press(ENTER)
    chart.press(ENTER)
    chart.press(ENTER)
    assert chart.canvas.busy
    assert fields(chart) == []


def test_shift_makes_the_arrows_fast_and_alt_and_enter_cut(chart):
    chart.type("t")
    chart.press(ENTER)
    steps(chart, RIGHT, 4, SHIFT)
    steps(chart, DOWN, 3, SHIFT)
    chart.press(ENTER)
    (whole,) = fields(chart)
    before = area_cm2(chart, whole)
    chart.press(ENTER)
    steps(chart, LEFT, 2, SHIFT)
    steps(chart, UP, 2, SHIFT)
    chart.press(ENTER, ALT)
    (cut,) = fields(chart)
    assert cut.id == whole.id
    assert area_cm2(chart, cut) < 0.8 * before
    steps(chart, LEFT, 1, SHIFT)
    chart.press(ENTER)
    steps(chart, RIGHT, 2, SHIFT)
    steps(chart, DOWN, 1, SHIFT)
    chart.press(ENTER, SHIFT)
    (grown,) = fields(chart)
    assert grown.id == whole.id
    assert area_cm2(chart, grown) > area_cm2(chart, cut) + 5
    assert [edit.label for edit, _ in chart.edits] == ["fill", "outline", "outline"]


def test_what_is_held_while_a_shape_is_drawn_counts_with_its_end_only(chart):
    chart.type("t")
    chart.press(ENTER)
    steps(chart, RIGHT, 4, SHIFT)
    steps(chart, DOWN, 3, SHIFT)
    chart.press(ENTER)
    chart.type("l")
    bar = chart.panel.view.joining_bar

    def corner():
        chart.qtbot.keyPress(chart.canvas, Qt.Key.Key_Shift)
        chart.press(ENTER, SHIFT)
        chart.qtbot.keyRelease(chart.canvas, Qt.Key.Key_Shift, SHIFT)

    corner()
    for key in (LEFT, UP, RIGHT):
        steps(chart, key, 3, SHIFT)
        corner()
        assert chart.canvas.joining.now is Joining.NEW
        assert bar.buttons[Joining.NEW].isChecked()
    assert "adds" not in chart.canvas.hover_label.text
    chart.press(ENTER)
    assert len(fields(chart)) == 2


def test_enter_shift_and_alt_fill_join_and_cut_the_region_at_the_crosshair(chart):
    chart.type("r")
    steps(chart, UP, 1)
    first = chart.canvas.hover_label.text
    assert "about" in first
    assert "points" in first
    chart.press(ENTER)
    (field,) = fields(chart)
    assert len(field.outline.regions) == 1
    steps(chart, UP, 4, SHIFT)
    chart.press(ENTER, SHIFT)
    (both,) = fields(chart)
    assert len(both.outline.regions) == 2
    chart.press(ENTER, ALT)
    (left,) = fields(chart)
    assert area_cm2(chart, left) == pytest.approx(area_cm2(chart, field), rel=0.05)


def test_looking_about_is_not_blocked_while_a_shape_is_drawn_by_keys(chart):
    chart.type("l")
    chart.press(ENTER)
    steps(chart, RIGHT, 12)
    chart.press(ENTER)
    chart.type("+")
    assert chart.canvas.viewport.zoom > 1.2
    chart.press(LEFT, CONTROL)
    wheel(chart, LEFT_THIGH, 1)
    chart.type("0")
    steps(chart, DOWN, 12)
    chart.press(ENTER)
    steps(chart, LEFT, 12)
    chart.press(ENTER)
    chart.press(ENTER)
    (field,) = fields(chart)
    assert 36 <= area_cm2(chart, field) < 48


def test_other_keys_and_the_pointer_leave_a_shape_drawn_by_keys_alone(chart):
    chart.type("l")
    chart.press(ENTER)
    steps(chart, RIGHT, 12)
    chart.type("2vm")
    chart.press(Qt.Key.Key_PageDown)
    chart.press(Qt.Key.Key_Tab)
    hover(chart, LEFT_THIGH)
    assert chart.canvas.busy
    assert chart.canvas.hasFocus()
    assert chart.canvas.tool.value == "lasso"
    assert chart.model.active == chart.syringes[0]
    click(chart, LEFT_THIGH)
    assert not chart.canvas.busy
    assert fields(chart) == []


def test_a_tool_of_the_toolbar_ends_the_shape(chart):
    chart.type("l")
    chart.press(ENTER)
    steps(chart, RIGHT, 12)
    chart.qtbot.mouseClick(chart.panel.view.toolbar.tool("point"), Qt.MouseButton.LeftButton)
    assert not chart.canvas.busy
    assert chart.canvas.tool.value == "point"


def test_a_signed_chart_takes_no_shape(make_chart):
    chart = make_chart(read_only=True)
    chart.type("l")
    chart.press(ENTER)
    chart.press(ENTER)
    assert not chart.canvas.busy


def find(chart, name, modifier=Qt.KeyboardModifier.NoModifier):
    chart.type("f")
    finder = chart.panel.view.region_finder
    chart.type(name, widget=finder.search.input)
    chart.press(ENTER, modifier, widget=finder.search.input)
    return finder


def test_the_finder_fills_joins_and_cuts(chart):
    chart.type("r")
    finder = find(chart, "left buttock")
    assert "Shift and Enter" in finder.hint.text()
    (first,) = fields(chart)
    find(chart, "right buttock", SHIFT)
    (both,) = fields(chart)
    assert both.id == first.id
    assert set(both.outline.regions) == {"buttock.left", "buttock.right"}
    chart.type("jf")
    assert finder.hint.text().startswith("Enter adds it")
    chart.press(ESC, widget=finder.search.input)
    chart.type("jj")
    find(chart, "right buttock", ALT)
    (cut,) = fields(chart)
    assert area_cm2(chart, cut) == pytest.approx(area_cm2(chart, first), rel=0.05)
    assert chart.canvas.joining.now.value == "new"


def test_the_finder_joins_nothing_without_a_selected_field(chart):
    chart.type("r")
    find(chart, "left buttock", SHIFT)
    assert fields(chart) == []
    assert hinted(chart) == "Select a field first: the area is added to it."


def test_the_finder_says_that_it_only_goes_there_with_other_tools(chart):
    finder = find(chart, "left buttock")
    assert finder.hint.text().startswith("Enter goes there")
    assert fields(chart) == []


def test_the_card_of_keys_tells_how_to_draw(chart):
    chart.type("?")
    texts = [label.text() for label in chart.panel.view.keys_card.findChildren(Label)]
    assert any("set a corner" in text for text in texts)
    assert any("cut it out" in text for text in texts)

"""Adding to a field and cutting out of it: by the choice over the body, by Shift and Alt."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.ui.bodymap.field_words import Joining
from mesodesk.ui.tokens import TARGET

from .conftest import BELLY, LEFT_THIGH, RIGHT_THIGH, syringe
from .hands import ALT, LEFT, SHIFT, area_cm2, circle, click, draw, fields, hinted, hover

LOWER = (LEFT_THIGH[0], LEFT_THIGH[1] + 0.075)
ONE, OTHER = circle((0.46, 0.4), 0.05), circle((0.54, 0.4), 0.05)


@pytest.fixture
def chart(make_chart):
    made = make_chart(
        given=(syringe(1, "30", "Caffeine", "50"), syringe(2, "30", "Silicium", "10"))
    )
    made.canvas.setFocus()
    return made


@pytest.fixture
def screen(chart):
    # The platform of the tests knows no touch beyond its screen of 800 by 800.
    chart.panel.resize(780, 620)
    QApplication.processEvents()
    return QTest.createTouchDevice()


def bar(chart):
    return chart.panel.view.joining_bar


def chosen(chart):
    """Return which of the three is shown as chosen; None if there is no choice."""
    shown = [joining for joining, button in bar(chart).buttons.items() if button.isChecked()]
    return shown[0] if bar(chart).isVisible() else None


def choose(chart, joining):
    chart.qtbot.mouseClick(bar(chart).buttons[joining], LEFT)


def tap(chart, screen, widget, place):
    QTest.touchEvent(widget, screen).press(0, place, widget).commit()
    QTest.touchEvent(widget, screen).release(0, place, widget).commit()


def swipe(chart, screen, shares):
    places = [chart.at(share) for share in shares]
    QTest.touchEvent(chart.canvas, screen).press(0, places[0], chart.canvas).commit()
    for place in places[1:]:
        QTest.touchEvent(chart.canvas, screen).move(0, place, chart.canvas).commit()
    QTest.touchEvent(chart.canvas, screen).release(0, places[-1], chart.canvas).commit()


# The choice over the body


def test_the_choice_is_there_while_there_is_one(chart):
    assert chosen(chart) is None
    chart.type("l")
    assert chosen(chart) is None
    draw(chart, ONE)
    assert chosen(chart) is Joining.NEW
    for key, there in (("n", False), ("r", True), ("s", False), ("v", False), ("b", True)):
        chart.type(key)
        assert bar(chart).isVisible() is there, key
    chart.press(Qt.Key.Key_Escape)
    assert chosen(chart) is None


def test_the_mouse_chooses_and_what_is_drawn_then_is_joined_and_cut(chart):
    chart.type("l")
    draw(chart, ONE)
    (first,) = fields(chart)
    choose(chart, Joining.ADD)
    assert chosen(chart) is Joining.ADD
    assert chart.canvas.hasFocus()
    draw(chart, OTHER)
    (both,) = fields(chart)
    assert both.id == first.id
    assert area_cm2(chart, both) > 1.5 * area_cm2(chart, first)
    choose(chart, Joining.CUT)
    draw(chart, circle((0.54, 0.4), 0.06))
    (cut,) = fields(chart)
    assert area_cm2(chart, cut) < 1.02 * area_cm2(chart, first)
    choose(chart, Joining.NEW)
    draw(chart, OTHER)
    assert len(fields(chart)) == 2


def test_a_finger_chooses_and_joins(chart, screen):
    chart.type("l")
    swipe(chart, screen, ONE)
    (first,) = fields(chart)
    add = bar(chart).buttons[Joining.ADD]
    assert min(add.width(), add.height()) >= TARGET
    tap(chart, screen, add, add.rect().center())
    assert chosen(chart) is Joining.ADD
    swipe(chart, screen, OTHER)
    (both,) = fields(chart)
    assert both.id == first.id
    assert area_cm2(chart, both) > 1.5 * area_cm2(chart, first)


def test_a_finger_on_what_lies_over_the_body_does_nothing_to_the_body(chart, screen):
    chart.type("r")
    click(chart, LEFT_THIGH)
    chip = chart.panel.view.hidden_chip
    chart.canvas.show_view("back")
    assert chip.isVisible()
    before = fields(chart)
    tap(chart, screen, chip, chip.rect().center())
    assert fields(chart) == before
    assert chart.canvas.view.view_id != "back"


def test_a_key_goes_through_the_three(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    chart.type("j")
    assert chosen(chart) is Joining.ADD
    click(chart, LOWER)
    (both,) = fields(chart)
    assert len(both.outline.regions) == 2
    chart.type("j")
    assert chosen(chart) is Joining.CUT
    click(chart, LOWER)
    (cut,) = fields(chart)
    assert area_cm2(chart, cut) < 0.8 * area_cm2(chart, both)
    # One area only: the next would be cut out unawares.
    assert chosen(chart) is Joining.NEW
    chart.type("jjj")
    assert chosen(chart) is Joining.NEW


def test_the_keyboard_reaches_the_three_by_tab_as_well(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    bar(chart).buttons[Joining.CUT].setFocus(Qt.FocusReason.TabFocusReason)
    chart.press(Qt.Key.Key_Space, widget=bar(chart).buttons[Joining.CUT])
    assert chosen(chart) is Joining.CUT
    # What takes the choice away must not take the keyboard with it.
    chart.press(Qt.Key.Key_Escape, widget=bar(chart).buttons[Joining.CUT])
    assert chosen(chart) is None
    assert chart.canvas.hasFocus()


def test_the_key_says_what_is_missing(chart):
    chart.type("rj")
    assert hinted(chart).startswith("Select a field first:")
    click(chart, LEFT_THIGH)
    chart.type("nj")
    assert hinted(chart).startswith("Take a tool for areas first")


def test_a_choice_is_not_carried_over_to_another_field(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    click(chart, RIGHT_THIGH)
    chart.type("j")
    one, _ = fields(chart)
    chart.panel.view.show_field(one.id)
    assert chosen(chart) is Joining.NEW
    chart.type("j")
    chart.press(Qt.Key.Key_Escape)
    click(chart, BELLY)
    assert len(fields(chart)) == 3
    assert chosen(chart) is Joining.NEW


def test_the_choice_goes_when_the_chart_is_signed(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    chart.model.set_read_only(read_only=True)
    assert chosen(chart) is None


@pytest.mark.parametrize("size", [(660, 420), (960, 560), (1280, 640)])
def test_the_choice_lies_inside_the_canvas_clear_of_what_else_is_there(chart, size):
    chart.panel.resize(*size)
    QApplication.processEvents()
    chart.type("r")
    click(chart, LEFT_THIGH)
    shown = bar(chart).geometry()
    assert chart.canvas.rect().contains(shown)
    chart.canvas.show_view("back")
    for other in (chart.panel.view.hidden_chip, chart.canvas.hover_label):
        assert not other.isVisible() or not shown.intersects(other.geometry())


# Shift and Alt


def test_held_keys_show_on_the_choice_and_go_with_their_release(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    chart.qtbot.keyPress(chart.canvas, Qt.Key.Key_Shift)
    assert chosen(chart) is Joining.ADD
    chart.qtbot.keyRelease(chart.canvas, Qt.Key.Key_Shift, SHIFT)
    assert chosen(chart) is Joining.NEW
    chart.qtbot.keyPress(chart.canvas, Qt.Key.Key_Alt)
    assert chosen(chart) is Joining.CUT
    chart.panel.syringes.cards()[0].setFocus()
    assert chosen(chart) is Joining.NEW


def test_what_was_held_does_not_stay_when_the_pointer_leaves(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    click(chart, LOWER, SHIFT)
    assert chosen(chart) is Joining.ADD
    QApplication.sendEvent(chart.canvas, QEvent(QEvent.Type.Leave))
    assert chosen(chart) is Joining.NEW


@pytest.mark.parametrize(
    ("modifier", "sentence"),
    [
        (SHIFT, "Select a field first: the area is added to it."),
        (ALT, "Select a field first: the area is cut out of it."),
    ],
)
def test_without_a_selected_field_nothing_is_charted(chart, modifier, sentence):
    chart.type("r")
    click(chart, LEFT_THIGH, modifier)
    assert (fields(chart), hinted(chart)) == ([], sentence)
    chart.type("l")
    assert hinted(chart) == sentence
    chart.canvas.hint.dismiss()
    draw(chart, ONE, modifier)
    assert (fields(chart), hinted(chart)) == ([], sentence)
    chart.type("o")
    draw(chart, [BELLY, (0.53, 0.4), (0.56, 0.4)], modifier)
    assert fields(chart) == []


def test_the_preview_says_so_as_well(chart):
    chart.type("r")
    hover(chart, LEFT_THIGH)
    assert "about" in chart.canvas.hover_label.text
    chart.qtbot.keyPress(chart.canvas, Qt.Key.Key_Alt)
    assert chart.canvas.hover_label.text.endswith("select a field first")
    chart.qtbot.keyRelease(chart.canvas, Qt.Key.Key_Alt, ALT)
    assert "about" in chart.canvas.hover_label.text


def test_what_was_held_with_the_mouse_does_not_count_for_keys(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    click(chart, LOWER, SHIFT)
    chart.press(Qt.Key.Key_Return)
    chart.press(Qt.Key.Key_Return)
    assert len(fields(chart)) == 2


def test_what_was_held_with_the_mouse_does_not_count_for_fingers(chart, screen):
    chart.type("r")
    click(chart, LEFT_THIGH)
    click(chart, LOWER, SHIFT)
    tap(chart, screen, chart.canvas, chart.at(BELLY))
    assert len(fields(chart)) == 2


def test_what_is_held_at_the_release_counts(chart):
    chart.type("l")
    draw(chart, ONE)
    draw(chart, OTHER, release=False)
    chart.qtbot.mouseRelease(chart.canvas, LEFT, SHIFT, chart.at(OTHER[-1]))
    assert len(fields(chart)) == 1


def test_brackets_written_with_ctrl_and_alt_cut_nothing(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    chart.qtbot.keyPress(chart.canvas, "]", Qt.KeyboardModifier.ControlModifier | ALT)
    assert chosen(chart) is Joining.NEW


# The preview


def count_in(text):
    words = text.split()
    return int(words[words.index("about") + 1])


def test_the_preview_of_a_region_tells_what_is_added_or_cut(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    (first,) = fields(chart)
    said = chart.canvas.hover_label
    hover(chart, LOWER)
    plain = said.text
    chart.qtbot.keyPress(chart.canvas, Qt.Key.Key_Shift)
    assert ": adds about" in said.text
    told = count_in(said.text)
    chart.qtbot.keyRelease(chart.canvas, Qt.Key.Key_Shift, SHIFT)
    assert said.text == plain
    chart.qtbot.keyPress(chart.canvas, Qt.Key.Key_Alt)
    assert said.text.endswith("nothing of the field lies here")
    chart.qtbot.keyRelease(chart.canvas, Qt.Key.Key_Alt, ALT)
    click(chart, LOWER, SHIFT)
    (both,) = fields(chart)
    assert len(both.points) - len(first.points) == pytest.approx(told, rel=0.25)
    chart.type("j")
    hover(chart, LOWER)
    assert said.text.endswith(": in the field already")
    chart.type("j")
    hover(chart, LOWER)
    assert ": takes away about" in said.text
    assert count_in(said.text) == pytest.approx(told, abs=2)


def test_the_preview_of_a_lasso_tells_what_is_added_or_cut(chart):
    chart.type("l")
    draw(chart, circle((0.46, 0.4), 0.07))
    (first,) = fields(chart)
    choose(chart, Joining.ADD)
    half_over = circle((0.53, 0.4), 0.07)
    draw(chart, half_over, release=False)
    told = chart.canvas.hover_label.text
    assert told.startswith("adds about")
    chart.qtbot.mouseRelease(chart.canvas, LEFT, pos=chart.at(half_over[-1]))
    (both,) = fields(chart)
    assert len(both.points) - len(first.points) == pytest.approx(count_in(told), rel=0.4, abs=2)
    choose(chart, Joining.CUT)
    draw(chart, half_over, release=False)
    told = chart.canvas.hover_label.text
    assert told.startswith("takes away about")
    chart.qtbot.mouseRelease(chart.canvas, LEFT, pos=chart.at(half_over[-1]))
    (cut,) = fields(chart)
    assert len(both.points) - len(cut.points) == pytest.approx(count_in(told), rel=0.4, abs=2)


def test_a_shared_volume_stays_as_it_is(chart):
    total = chart.panel.settings.total_ml
    chart.type("r")
    total.input.setFocus()
    chart.type("3", widget=total.input)
    chart.press(Qt.Key.Key_Return, widget=total.input)
    chart.canvas.setFocus()
    click(chart, LEFT_THIGH)
    chart.type("j")
    hover(chart, LOWER)
    assert "3.00 mL in all as before" in chart.canvas.hover_label.text


def test_the_preview_of_a_zone_counts_punctures(chart):
    chart.model.field_model.set_pattern(Pattern.ZONE)
    chart.type("r")
    hover(chart, LEFT_THIGH)
    assert "punctures" in chart.canvas.hover_label.text
    assert "points" not in chart.canvas.hover_label.text
    click(chart, LEFT_THIGH)
    chart.type("j")
    hover(chart, LOWER)
    assert "adds about" in chart.canvas.hover_label.text
    assert "punctures" in chart.canvas.hover_label.text
    handle = chart.canvas.areas._handle().toPoint()
    chart.drag(handle, handle + handle * 0 + (chart.at(BELLY, 30) - chart.at(BELLY)), release=False)
    assert "punctures" in chart.canvas.hover_label.text
    chart.press(Qt.Key.Key_Escape)

"""The keyboard alone charts a session."""

from decimal import Decimal

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from mesodesk.ui.bodymap.keys_card import chart_keys
from mesodesk.ui.widgets.text import Label

from .conftest import BELLY, LEFT_SHIN, LEFT_THIGH, RIGHT_THIGH

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def travelled_mm(chart, before, number=0):
    """Return how far a point is from where it was on the canvas, in mm on the patient."""
    away = QPointF(chart.canvas.stage.on_canvas(chart.ref(number))[0]) - before
    return (away.x() ** 2 + away.y() ** 2) ** 0.5 * chart.canvas.mm_per_px()


def test_arrows_lead_a_crosshair_and_enter_places(chart):
    chart.press(Qt.Key.Key_Return)
    assert chart.canvas.crosshair is not None
    assert chart.points() == []
    for _ in range(4):
        chart.press(Qt.Key.Key_Up)
    named = chart.canvas.hover_label.text
    chart.press(Qt.Key.Key_Return)
    (point,) = chart.points()
    assert point.volume_ml == Decimal("0.05")
    assert chart.model.region_of(chart.ref()).name() == named
    chart.press(Qt.Key.Key_Left, SHIFT)
    chart.press(Qt.Key.Key_Return)
    assert len(chart.points()) == 2


def test_the_crosshair_walks_in_centimetres_of_the_patient(chart):
    chart.press(Qt.Key.Key_Up)
    start = QPointF(chart.canvas.crosshair)
    chart.press(Qt.Key.Key_Up)
    chart.press(Qt.Key.Key_Up, SHIFT)
    px = start.y() - chart.canvas.crosshair.y()
    assert px * chart.canvas.view.mm_per_px(168.0) == pytest.approx(30)


def test_the_crosshair_stays_on_the_canvas_and_says_where_no_skin_is(chart):
    for _ in range(60):
        chart.press(Qt.Key.Key_Left, SHIFT)
    at = chart.canvas.viewport.to_canvas(chart.canvas.crosshair.x(), chart.canvas.crosshair.y())
    assert chart.canvas.rect().contains(at.toPoint())
    chart.press(Qt.Key.Key_Return)
    assert chart.points() == []
    assert chart.canvas.hint.isVisible()


def test_the_mouse_puts_the_crosshair_away(chart):
    chart.press(Qt.Key.Key_Up)
    # From beside it: a move to where an earlier test left the pointer tells nobody.
    chart.qtbot.mouseMove(chart.canvas, chart.at(BELLY, 30))
    chart.qtbot.mouseMove(chart.canvas, chart.at(BELLY))
    assert chart.canvas.crosshair is None


def test_tab_walks_through_the_points_and_leaves_at_the_end(chart):
    for share in (BELLY, LEFT_THIGH, RIGHT_THIGH):
        chart.click(share)
    walked = []
    for _ in range(3):
        chart.press(Qt.Key.Key_Tab)
        walked.append(chart.model.selection)
    assert walked == list(chart.document.refs())
    chart.press(Qt.Key.Key_Backtab, SHIFT)
    assert chart.model.selection == chart.ref(1)
    chart.press(Qt.Key.Key_Tab)
    assert chart.canvas.hasFocus()
    chart.press(Qt.Key.Key_Tab)
    assert not chart.canvas.hasFocus()
    assert chart.model.selection is None


def test_escape_then_tab_leaves_at_once(chart):
    chart.click(BELLY)
    chart.press(Qt.Key.Key_Tab)
    chart.press(Qt.Key.Key_Escape)
    assert chart.model.selection is None
    chart.press(Qt.Key.Key_Tab)
    assert not chart.canvas.hasFocus()


def test_tab_on_an_empty_chart_leaves(chart):
    chart.press(Qt.Key.Key_Tab)
    assert not chart.canvas.hasFocus()


def test_walking_goes_to_the_view_that_shows_the_point(chart):
    chart.click(BELLY)
    chart.canvas.show_view("back")
    chart.press(Qt.Key.Key_Tab)
    assert chart.canvas.stage.on_canvas(chart.ref())[1]


def test_the_selected_point_is_read_out(chart):
    chart.click(BELLY)
    chart.press(Qt.Key.Key_Tab)
    assert "0.05\u00a0mL" in chart.canvas.accessibleDescription()


def test_arrows_nudge_the_selected_point_by_a_millimetre(chart):
    chart.click(BELLY)
    chart.press(Qt.Key.Key_Tab)
    before = QPointF(chart.canvas.stage.on_canvas(chart.ref())[0])
    chart.press(Qt.Key.Key_Down)
    assert travelled_mm(chart, before) == pytest.approx(1, abs=0.15)
    chart.press(Qt.Key.Key_Down, SHIFT)
    assert travelled_mm(chart, before) == pytest.approx(6, abs=0.3)


def test_a_series_of_nudges_is_undone_at_once(chart):
    chart.click(BELLY)
    before = chart.points()
    chart.press(Qt.Key.Key_Tab)
    for _ in range(4):
        chart.press(Qt.Key.Key_Right)
    assert [edit.label for edit, _ in chart.edits] == ["place", *["move"] * 4]
    chart.press(Qt.Key.Key_Z, CONTROL)
    assert chart.points() == before
    assert chart.document.cursor == 1


def test_a_point_cannot_be_nudged_off_the_body(chart):
    chart.click(LEFT_SHIN)
    chart.press(Qt.Key.Key_Tab)
    for _ in range(30):
        chart.press(Qt.Key.Key_Right, SHIFT)
    assert chart.canvas.stage.on_canvas(chart.ref())[1]
    assert chart.canvas.hint.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_delete_removes_one_point_and_never_a_second(chart, key):
    chart.click(BELLY)
    chart.click(LEFT_THIGH)
    chart.press(Qt.Key.Key_Tab)
    chart.press(key)
    chart.press(key)
    assert len(chart.points()) == 1
    assert chart.region().startswith("thigh")


def test_fifty_steps_back_and_forth(chart):
    chart.canvas.zoom_at(4.0, QPointF(chart.at(BELLY)))
    for number in range(50):
        chart.click(BELLY, dx=(number % 7 - 3) * 16, dy=(number // 7 - 4) * 16)
    whole = chart.points()
    assert len(whole) == 50
    for _ in range(50):
        chart.press(Qt.Key.Key_Z, CONTROL)
    assert chart.points() == []
    for number in range(50):
        keys = (Qt.Key.Key_Y, CONTROL) if number % 2 else (Qt.Key.Key_Z, CONTROL | SHIFT)
        chart.press(*keys)
    assert chart.points() == whole


def test_the_walk_goes_on_where_it_was_left(chart):
    for share in (BELLY, LEFT_THIGH, RIGHT_THIGH):
        chart.click(share)
    chart.press(Qt.Key.Key_Tab)
    chart.press(Qt.Key.Key_Tab)
    chart.press(Qt.Key.Key_Escape)
    chart.press(Qt.Key.Key_Up)
    at = chart.canvas.viewport.to_canvas(chart.canvas.crosshair.x(), chart.canvas.crosshair.y())
    assert (at.toPoint() - chart.on_canvas(1)).manhattanLength() <= 1
    chart.press(Qt.Key.Key_Tab)
    assert chart.model.selection == chart.ref(1)


def test_digits_take_syringes(chart):
    chart.type("2")
    assert chart.model.active == chart.syringes[1]
    chart.click(BELLY)
    assert next(iter(chart.document.fields.values())).syringe_id == chart.syringes[1].id
    chart.type("7")
    assert chart.canvas.hint.label.text() == "There is no syringe 7."
    assert chart.model.active == chart.syringes[1]


def test_brackets_change_the_next_dose_or_the_selected_one(chart):
    chart.type("]]")
    assert chart.model.settings.dose_ml == Decimal("0.07")
    chart.click(BELLY)
    chart.press(Qt.Key.Key_Tab)
    chart.type("[[[")
    assert chart.points()[0].volume_ml == Decimal("0.04")
    assert chart.model.settings.dose_ml == Decimal("0.07")
    chart.press(Qt.Key.Key_Z, CONTROL)
    assert chart.points()[0].volume_ml == Decimal("0.07")


def test_zoom_keys(chart):
    chart.type("++")
    assert chart.canvas.viewport.zoom == pytest.approx(1.25**2)
    chart.type("-")
    assert chart.canvas.viewport.zoom == pytest.approx(1.25)
    x = chart.canvas.viewport.x
    chart.press(Qt.Key.Key_Right, CONTROL)
    assert chart.canvas.viewport.x == pytest.approx(x - 60)
    chart.type("0")
    assert chart.canvas.viewport.zoom == pytest.approx(1)


def test_page_keys_turn_the_body(chart):
    chart.press(Qt.Key.Key_PageDown)
    assert chart.canvas.view.view_id == chart.model.atlas.views[1].view_id
    chart.press(Qt.Key.Key_PageUp)
    chart.press(Qt.Key.Key_PageUp)
    assert chart.canvas.view.view_id == chart.model.atlas.views[-1].view_id


def test_letters_take_tools(chart):
    chart.type("v")
    assert chart.panel.view.toolbar.tool("select").isChecked()
    chart.click(BELLY)
    chart.type("p")
    chart.click(BELLY)
    assert len(chart.points()) == 1


def test_digits_work_while_the_focus_is_beside_the_body(chart):
    card = chart.panel.syringes.cards()[0]
    card.setFocus()
    chart.type("2", widget=card)
    assert chart.model.active == chart.syringes[1]
    chart.type("]", widget=card)
    assert chart.model.settings.dose_ml == Decimal("0.06")
    chart.press(Qt.Key.Key_F, widget=card)


def test_undo_works_while_the_focus_is_beside_the_body(chart):
    chart.click(BELLY)
    card = chart.panel.syringes.cards()[0]
    card.setFocus()
    chart.press(Qt.Key.Key_Z, CONTROL, widget=card)
    assert chart.points() == []


def test_a_question_mark_shows_the_keys(chart):
    chart.type("?")
    card = chart.panel.view.keys_card
    assert card.isVisible()
    chart.press(Qt.Key.Key_Escape)
    assert not card.isVisible()


@pytest.mark.parametrize(("size", "columns"), [((1240, 640), 2), ((960, 560), 1), ((683, 384), 1)])
def test_every_key_can_be_read_in_any_window(chart, size, columns):
    chart.panel.resize(*size)
    QApplication.processEvents()
    chart.type("?")
    card = chart.panel.view.keys_card
    assert chart.panel.rect().contains(card.geometry())
    told = {text for _, text in chart_keys()}
    texts = [label for label in card.findChildren(Label) if label.text() in told]
    assert len(texts) == len(chart_keys())
    lefts = {label.x() for label in texts}
    assert len(lefts) == columns
    bar = card.area.verticalScrollBar()
    assert card.area.viewport().width() >= card.area.widget().width()
    for _ in range(60):
        chart.press(Qt.Key.Key_Down, widget=QApplication.focusWidget())
    assert bar.value() == bar.maximum()
    assert (bar.maximum() > 0) == (columns == 1)
    chart.press(Qt.Key.Key_Escape, widget=QApplication.focusWidget())
    assert not card.isVisible()
    assert chart.canvas.hasFocus()


def test_space_alone_places_nothing(chart):
    chart.qtbot.keyPress(chart.canvas, Qt.Key.Key_Space)
    assert chart.canvas.space_held
    chart.qtbot.keyRelease(chart.canvas, Qt.Key.Key_Space)
    assert not chart.canvas.space_held
    assert chart.points() == []


def test_a_space_bar_let_go_elsewhere_is_not_held_for_ever(chart):
    chart.qtbot.keyPress(chart.canvas, Qt.Key.Key_Space)
    chart.panel.syringes.cards()[0].setFocus()
    assert QApplication.focusWidget() is not chart.canvas
    assert not chart.canvas.space_held


def test_the_canvas_without_a_chart_takes_no_keys(qtbot):
    from mesodesk.ui.bodymap.chart_panel import ChartPanel

    panel = ChartPanel()
    qtbot.addWidget(panel)
    panel.show()
    qtbot.keyClicks(panel.view.canvas, "1+p")
    qtbot.keyClick(panel.view.canvas, Qt.Key.Key_Up)
    qtbot.mouseClick(panel.view.canvas, Qt.MouseButton.LeftButton)
    assert not panel.view.canvas.has_stage

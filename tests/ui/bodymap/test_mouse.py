"""The mouse on the canvas: placing, moving, panning, zooming."""

from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from mesodesk.ui.bodymap.vocabulary import DEFAULT_SETTINGS

from .conftest import BELLY, BESIDE, LEFT_SHIN, LEFT_THIGH, RIGHT_THIGH

MIDDLE = Qt.MouseButton.MiddleButton


def wheel(chart, share, notches, modifiers=Qt.KeyboardModifier.NoModifier):
    place = QPointF(chart.at(share))
    event = QWheelEvent(
        place,
        chart.canvas.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(chart.canvas, event)


def test_a_click_places_a_point_with_what_is_in_hand(chart):
    chart.click(LEFT_THIGH)
    (field,) = chart.document.fields.values()
    assert field.syringe_id == chart.syringes[0].id
    assert (field.technique, field.needle) == (DEFAULT_SETTINGS.technique, DEFAULT_SETTINGS.needle)
    (point,) = field.points
    assert (point.volume_ml, point.depth_mm) == (Decimal("0.05"), Decimal(4))
    assert chart.region().endswith(".left")
    assert chart.region().startswith("thigh")
    ((edit, before),) = chart.edits
    assert (edit.label, before) == ("place", 0)
    assert chart.model.selection is None


def test_the_point_shows_where_the_click_was(chart):
    chart.click(BELLY)
    assert (chart.on_canvas() - chart.at(BELLY)).manhattanLength() <= 1


def test_a_click_beside_the_body_says_so_there_and_places_nothing(chart):
    chart.click(BESIDE)
    hint = chart.canvas.hint
    assert hint.isVisible()
    assert hint.label.text() == "There is no skin here: no point was placed."
    assert chart.canvas.rect().contains(hint.geometry())
    assert chart.edits == []
    chart.click(BELLY)
    assert not hint.isVisible()
    assert len(chart.points()) == 1


def test_the_select_tool_places_nothing(chart):
    chart.qtbot.mouseClick(chart.panel.view.toolbar.tool("select"), Qt.MouseButton.LeftButton)
    chart.click(BELLY)
    assert chart.points() == []
    chart.qtbot.mouseClick(chart.panel.view.toolbar.tool("point"), Qt.MouseButton.LeftButton)
    chart.click(BELLY)
    assert len(chart.points()) == 1


def test_a_trembling_hand_still_clicks(chart):
    start = chart.at(BELLY)
    chart.drag(start, start + QPoint(2, 1))
    assert len(chart.points()) == 1


def test_a_drag_moves_a_point_in_one_edit(chart):
    chart.click(LEFT_THIGH)
    chart.drag(chart.on_canvas(), chart.at(LEFT_SHIN))
    assert [edit.label for edit, _ in chart.edits] == ["place", "move"]
    assert (chart.on_canvas() - chart.at(LEFT_SHIN)).manhattanLength() <= 2
    assert not chart.popover.isVisible()


def test_a_point_is_moved_by_where_it_was_gripped(chart):
    chart.click(BELLY)
    before = chart.on_canvas()
    chart.drag(before + QPoint(3, 2), before + QPoint(33, 22))
    moved = chart.on_canvas() - before
    assert (moved - QPoint(30, 20)).manhattanLength() <= 2


def test_escape_ends_a_drag_and_leaves_the_point(chart):
    chart.click(LEFT_THIGH)
    before = chart.points()
    chart.drag(chart.on_canvas(), chart.at(LEFT_SHIN), release=False)
    assert chart.canvas.busy
    chart.press(Qt.Key.Key_Escape)
    chart.qtbot.mouseRelease(chart.canvas, Qt.MouseButton.LeftButton, pos=chart.at(LEFT_SHIN))
    assert chart.points() == before
    assert len(chart.edits) == 1


def test_a_point_dropped_beside_the_body_stays_where_it_was(chart):
    chart.click(LEFT_THIGH)
    before = chart.points()
    chart.drag(chart.on_canvas(), chart.at(BESIDE))
    assert chart.points() == before
    assert chart.canvas.hint.label.text() == (
        "There is no skin here: the point stays where it was."
    )


def test_undo_redo_and_delete_wait_while_a_point_is_in_the_hand(chart):
    chart.click(LEFT_THIGH)
    chart.click(RIGHT_THIGH)
    chart.drag(chart.on_canvas(), chart.at(LEFT_SHIN), release=False)
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    chart.press(Qt.Key.Key_Delete)
    assert len(chart.points()) == 2
    chart.qtbot.mouseRelease(chart.canvas, Qt.MouseButton.LeftButton, pos=chart.at(LEFT_SHIN))
    assert [edit.label for edit, _ in chart.edits] == ["place", "place", "move"]


def test_a_drag_from_empty_skin_pans_and_places_nothing(chart):
    wheel(chart, BELLY, 5)
    before = chart.at(BELLY)
    chart.drag(before, before + QPoint(60, 40))
    assert (chart.at(BELLY) - before - QPoint(60, 40)).manhattanLength() <= 2
    assert chart.points() == []


@pytest.mark.parametrize("way", ["middle", "space"])
def test_panning_is_never_blocked_by_a_point(chart, way):
    chart.click(BELLY)
    wheel(chart, BELLY, 5)
    before, start = chart.points(), chart.on_canvas()
    if way == "middle":
        chart.drag(start, start + QPoint(50, 30), MIDDLE)
    else:
        chart.qtbot.keyPress(chart.canvas, Qt.Key.Key_Space)
        chart.drag(start, start + QPoint(50, 30))
        chart.qtbot.keyRelease(chart.canvas, Qt.Key.Key_Space)
    assert chart.points() == before
    assert (chart.on_canvas() - start - QPoint(50, 30)).manhattanLength() <= 2
    assert not chart.canvas.space_held


def test_the_wheel_zooms_where_the_pointer_is(chart):
    place = chart.at(LEFT_SHIN)
    skin = chart.canvas.pick(QPointF(place))
    wheel(chart, LEFT_SHIN, 4)
    assert chart.canvas.viewport.zoom == pytest.approx(1.2**4)
    again = chart.canvas.view.project([skin.triangle], [skin.u], [skin.v])[0][0]
    assert (chart.canvas.viewport.to_canvas(*again).toPoint() - place).manhattanLength() <= 1
    wheel(chart, LEFT_SHIN, -20)
    assert chart.canvas.viewport.zoom == pytest.approx(1)


def test_zooming_turns_sharp_when_the_hand_rests(chart):
    chart.click(BELLY)
    wheel(chart, BELLY, 6)
    moving = chart.canvas.grab().toImage()
    chart.qtbot.waitUntil(lambda: not chart.canvas._rest.isActive())
    assert chart.canvas.grab().toImage() != moving


def test_the_buttons_zoom_and_fit(chart):
    toolbar = chart.panel.view.toolbar
    for _ in range(3):
        chart.qtbot.mouseClick(toolbar.zoom_in, Qt.MouseButton.LeftButton)
    assert chart.canvas.viewport.zoom == pytest.approx(1.25**3)
    chart.qtbot.mouseClick(toolbar.zoom_out, Qt.MouseButton.LeftButton)
    assert chart.canvas.viewport.zoom == pytest.approx(1.25**2)
    chart.qtbot.mouseClick(toolbar.fit, Qt.MouseButton.LeftButton)
    assert chart.canvas.viewport.zoom == pytest.approx(1)


def test_hovering_names_the_skin_and_the_point(chart):
    chart.qtbot.mouseMove(chart.canvas, chart.at(LEFT_THIGH))
    assert chart.canvas.hover_label.text.startswith("Left front thigh")
    chart.click(LEFT_THIGH)
    chart.qtbot.mouseMove(chart.canvas, chart.at(LEFT_THIGH, 1, 1))
    assert "syringe 1 · 0.05\u00a0mL · 4\u00a0mm" in chart.canvas.hover_label.text
    chart.qtbot.mouseMove(chart.canvas, chart.at(BESIDE))
    assert not chart.canvas.hover_label.isVisible()


def test_what_is_said_of_a_hovered_point_follows_its_changes(chart):
    chart.click(LEFT_THIGH)
    chart.qtbot.mouseMove(chart.canvas, chart.at(LEFT_THIGH, 1, 1))
    chart.click_point()
    chart.model.set_dose(chart.ref(), Decimal("0.1"))
    assert "0.1\u00a0mL" in chart.canvas.hover_label.text
    assert "0.1\u00a0mL" in chart.canvas.accessibleDescription()
    chart.model.undo()
    assert "0.05\u00a0mL" in chart.canvas.hover_label.text
    assert "0.05\u00a0mL" in chart.canvas.accessibleDescription()
    chart.model.delete(chart.ref())
    assert "mL" not in chart.canvas.hover_label.text
    assert chart.canvas.hover_label.text.startswith("Left front thigh")
    assert chart.canvas.hovered is None
    assert chart.canvas.cursor().shape() is Qt.CursorShape.CrossCursor


def test_each_view_keeps_its_own_magnification(chart):
    wheel(chart, BELLY, 5)
    zoom = chart.canvas.viewport.zoom
    chart.panel.view.strip._buttons[1].click()
    assert chart.canvas.view.view_id == "back"
    assert chart.canvas.viewport.zoom == pytest.approx(1)
    chart.panel.view.strip._buttons[0].click()
    assert chart.canvas.viewport.zoom == pytest.approx(zoom)


def test_points_of_the_other_side_are_counted_and_can_be_reached(chart):
    chart.click(BELLY)
    chart.click(LEFT_THIGH)
    chip = chart.panel.view.hidden_chip
    assert not chip.isVisible()
    chart.canvas.show_view("back")
    assert chip.isVisible()
    assert chip.text() == "2 points on other views"
    assert chart.canvas.stage.hit(QPointF(chart.canvas.middle()), 400.0) is None
    chart.qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert chart.canvas.stage.on_canvas(chart.ref())[1]


def test_undo_and_redo_tell_how_many_edits_are_in_force(chart):
    undone, redone = [], []
    chart.panel.undo_made.connect(lambda before, after: undone.append((before, after)))
    chart.panel.redo_made.connect(lambda before, after: redone.append((before, after)))
    toolbar = chart.panel.view.toolbar
    assert not toolbar.undo.isEnabled()
    chart.click(BELLY)
    assert toolbar.undo.toolTip() == "Undo: place point  (Ctrl+Z)"
    chart.qtbot.mouseClick(toolbar.undo, Qt.MouseButton.LeftButton)
    assert chart.points() == []
    chart.qtbot.mouseClick(toolbar.redo, Qt.MouseButton.LeftButton)
    assert len(chart.points()) == 1
    assert (undone, redone) == ([(1, 0)], [(0, 1)])

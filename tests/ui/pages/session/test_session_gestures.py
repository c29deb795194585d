"""A gesture on the chart that is under way when another page or the lock comes before it."""

import pytest
from added import add_patient
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from .conftest import BELLY, Desk, begun_session

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def much_drawn(desk, _clock):
    return begun_session(desk, add_patient(desk), drawn="40")


@pytest.fixture
def desk(prepared):
    """A draft with enough in its syringe for a field: nothing is asked before it is charted."""
    return Desk(*prepared(much_drawn))


@pytest.mark.parametrize("comes", ["lock", "station"])
def test_what_is_half_drawn_is_not_charted_behind_what_comes_before_it(desk, comes):
    desk.station("chart")
    desk.canvas.setFocus()
    desk.qtbot.keyClicks(desk.canvas, "l")
    view, window = desk.canvas.view, desk.place.window
    middle = desk.canvas.viewport.to_canvas(BELLY[0] * view.width_px, BELLY[1] * view.height_px)
    start = desk.canvas.mapTo(window, middle.toPoint())
    # As the system does: Qt gives the release to whatever got the press.
    QTest.mousePress(window.windowHandle(), LEFT, NONE, start)
    for step in ((10, 10), (30, 30), (60, 20), (70, -10), (40, -30)):
        QTest.mouseMove(window.windowHandle(), start + QPoint(*step))
    assert desk.canvas.busy
    if comes == "lock":
        window.show_cover(QLabel("locked"))
    else:
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
        desk.place.settle()
    assert not desk.canvas.isVisible()
    QTest.mouseRelease(window.windowHandle(), LEFT, NONE, start)
    desk.place.settle()
    assert desk.panel.model.fields == {}
    assert len(desk.stored_chart().fields) == 0

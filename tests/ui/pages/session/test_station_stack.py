"""A station on its way into sight, and a window that does not wait for it."""

import gc

import pytest
from PySide6.QtCore import QTimer

from mesodesk.ui.turns import Turns


@pytest.mark.parametrize("station", ["chart", "finish"])
@pytest.mark.parametrize("turns", range(5))
def test_a_window_may_be_deleted_while_a_station_is_made(desk, monkeypatch, station, turns):
    unraisable = []
    monkeypatch.setattr("sys.unraisablehook", lambda found: unraisable.append(found.exc_value))
    desk.place.click(f"step_{station}")
    stack = desk.page.stack
    next_turn = stack.findChild(Turns).findChild(QTimer)
    for _ in range(turns):
        next_turn.timeout.emit()
    assert stack.is_bringing() == (station not in stack._stations)
    del stack, next_turn
    desk.page = None
    desk.place.close(gently=False)
    gc.collect()
    assert unraisable == []

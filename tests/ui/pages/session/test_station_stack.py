"""A station on its way into sight, and a window that does not wait for it."""

import gc

import pytest
from added import add_patient
from PySide6.QtCore import QTimer

from mesodesk.ui.pages.session import SessionPage
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


def test_a_page_that_was_left_while_its_first_station_was_made_is_not_blank(desk, qtbot):
    place = desk.place
    other = place.run(lambda one: one.sessions.start(add_patient(one, "Bea", "Second").id))
    place.close()
    place.open()
    page = place.add(SessionPage, "patient", "patients", "followup")
    with qtbot.waitSignal(page.state.opened):
        place.window.open("session", session_id=desk.session.id)
    assert page.stack.is_bringing()
    for session in (other, desk.session):
        place.window.open("session", session_id=session.id)
    place.settle()
    assert page.state.record.id == desk.session.id
    assert page.stack.current
    assert page.stack.station(page.stack.current).isVisible()

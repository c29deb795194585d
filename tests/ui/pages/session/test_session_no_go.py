"""Zones to keep out of in the real session: computed beside the window, told for stored points."""

from PySide6.QtCore import Qt


def test_the_zones_are_computed_beside_the_window_and_drawn(desk):
    desk.station("chart")
    no_go = desk.panel.view.no_go
    desk.canvas.show_view("face_front")
    desk.canvas.setFocus()
    desk.place.press(Qt.Key.Key_X)
    assert no_go.shown
    desk.qtbot.waitUntil(lambda: no_go._marks is not None)
    assert not no_go._marks.is_empty
    desk.place.press(Qt.Key.Key_X)
    assert no_go._marks is None

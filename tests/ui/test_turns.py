"""Work taken in turns: the window answers in between, and no key goes to the wrong page."""

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from mesodesk.ui.turns import HeldKeys, Turns


@pytest.fixture
def place(qtbot):
    """A window with two fields and a holder of keys, in front."""
    window = QWidget()
    qtbot.addWidget(window)
    window.before, window.other, window.held = (
        QLineEdit(),
        QLineEdit(),
        HeldKeys(window, lambda: window.target),
    )
    column = QVBoxLayout(window)
    column.addWidget(window.before)
    column.addWidget(window.other)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.before.setFocus()
    window.target = window.before
    return window


def counting(done, steps=3):
    for number in range(steps):
        done.append(number)
        yield


def test_the_first_step_is_taken_at_once_the_others_in_turns(qtbot, place):
    turns, done = Turns(place), []
    turns.run(counting(done))
    assert (done, turns.is_running()) == ([0], True)
    qtbot.waitUntil(lambda: not turns.is_running())
    assert done == [0, 1, 2]


def test_what_falls_due_during_a_step_comes_before_the_next(qtbot, place):
    turns, done = Turns(place), []

    def steps():
        QTimer.singleShot(0, lambda: done.append("the window"))
        yield
        done.append("a step")

    turns.run(steps())
    qtbot.waitUntil(lambda: not turns.is_running())
    assert done == ["the window", "a step"]


def test_another_task_takes_the_place_of_the_one_under_way(qtbot, place):
    turns, first, second = Turns(place), [], []
    turns.run(counting(first))
    turns.run(counting(second))
    qtbot.waitUntil(lambda: not turns.is_running())
    assert (first, second) == ([0], [0, 1, 2])


def test_a_task_taken_at_once_ends_the_one_under_way(qtbot, place):
    turns, first, second = Turns(place), [], []
    turns.run(counting(first))
    turns.run_at_once(counting(second))
    assert (second, turns.is_running()) == ([0, 1, 2], False)
    others = Turns(place)
    others.run(counting([], steps=4))
    qtbot.waitUntil(lambda: not others.is_running())
    assert first == [0]


def test_a_step_may_begin_another_task(qtbot, place):
    turns, second = Turns(place), []

    def steps():
        yield
        turns.run(counting(second))

    turns.run(steps())
    qtbot.waitUntil(lambda: not turns.is_running())
    assert second == [0, 1, 2]


def test_stopped_means_stopped(qtbot, place):
    turns, done = Turns(place), []
    turns.run(counting(done))
    turns.stop()
    others = Turns(place)
    others.run(counting([], steps=4))  # takes more turns than the stopped one would have
    qtbot.waitUntil(lambda: not others.is_running())
    assert (done, turns.is_running()) == ([0], False)


def test_a_task_is_closed_when_another_takes_its_place_or_it_is_stopped(place):
    turns, ends = Turns(place), []

    def steps(name):
        try:
            yield
            yield
        finally:
            ends.append(name)

    turns.run(steps("first"))
    turns.run(steps("second"))
    assert ends == ["first"]
    turns.stop()
    assert ends == ["first", "second"]


def test_a_step_that_fails_ends_the_task_and_is_told(qtbot, place):
    turns = Turns(place)

    def steps():
        yield
        raise ZeroDivisionError
        yield

    with qtbot.captureExceptions() as told:
        turns.run(steps())
        qtbot.waitUntil(lambda: not turns.is_running())
    assert [kind for kind, _, _ in told] == [ZeroDivisionError]


def test_keys_go_to_the_page_that_was_asked_for(qtbot, place):
    place.held.hold()
    for key in "ab":
        qtbot.keyClicks(QApplication.focusWidget(), key)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    qtbot.keyClicks(QApplication.focusWidget(), "c")
    assert place.before.text() == ""
    place.held.release()
    assert (place.before.text(), place.other.text()) == ("ab", "c")
    assert place.other.hasFocus()


def test_who_clicks_elsewhere_stays_there(qtbot, place):
    place.held.hold()
    qtbot.keyClicks(QApplication.focusWidget(), "a")
    qtbot.mouseClick(place.other, Qt.MouseButton.LeftButton)
    place.held.release()
    assert place.other.hasFocus()
    assert (place.before.text(), place.other.text()) == ("", "")


def test_keys_for_a_page_that_never_came_do_not_go_to_the_next(qtbot, place):
    place.held.hold()
    qtbot.keyClicks(QApplication.focusWidget(), "a")
    place.held.hold()
    qtbot.keyClicks(QApplication.focusWidget(), "b")
    place.target = place.other
    place.held.release()
    assert place.other.text() == "b"


def test_keys_are_let_go_with_the_page_that_does_not_come(qtbot, place):
    place.held.hold()
    qtbot.keyClicks(QApplication.focusWidget(), "a")
    place.held.drop()
    assert place.before.hasFocus()
    assert place.before.text() == ""


@pytest.mark.parametrize("gone", ["none", "hidden", "disabled"])
def test_the_focus_never_stays_where_keys_are_held(qtbot, place, gone):
    place.held.hold()
    place.target = None if gone == "none" else place.before
    if gone == "hidden":
        place.before.hide()
    place.before.setEnabled(gone != "disabled")
    place.held.release()
    assert not place.held.hasFocus()
    assert QApplication.focusWidget() in (place.before, place.other)


def test_a_focus_given_back_late_is_passed_on(qtbot, place):
    """As by a lock that remembered who had the focus when it came."""
    place.held.hold()
    place.other.setFocus()
    place.held.release()
    place.held.setFocus()
    qtbot.waitUntil(place.before.hasFocus)

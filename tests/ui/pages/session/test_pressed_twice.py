"""Ctrl+Return that comes too early: before the record, or the session, has arrived."""

import pytest
from PySide6.QtCore import Qt

from .test_read_ahead import Two, two_begun

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def two(prepared):
    return Two(*prepared(two_begun))


def test_the_second_press_does_not_go_on_in_the_session_before(two):
    two.station("check")
    assert two.page._at[two.session.id] == "check"
    two.look_at_other()
    two.place.press(Qt.Key.Key_Return, CTRL)
    two.place.press(Qt.Key.Key_Return, CTRL)
    two.place.settle()
    assert two.state.record.id == two.other.id
    assert two.page._at[two.session.id] == "check"
    assert two.page.stack.current == "chart"


@pytest.mark.parametrize("told", [True, False])
def test_a_press_while_the_record_is_read_is_not_lost(two, told):
    two.place.window.open("patients")
    two.place.settle()
    two.place.window.open("patient", patient_id=two.other.patient_id)
    two.place.press(Qt.Key.Key_Return, CTRL)
    if not told:
        two.place.window.open("patient", patient_id=two.session.patient_id)
    two.place.settle()
    two.qtbot.wait(200)
    if told:
        assert two.state.record.id == two.other.id
        assert two.page.isVisible()
    else:  # whoever went on to another patient did not ask for that one's
        assert two.state.record.id == two.session.id
        assert not two.page.isVisible()


def test_whoever_went_elsewhere_is_not_led_into_the_session(two):
    two.place.window.open("patient", patient_id=two.other.patient_id)
    two.place.press(Qt.Key.Key_Return, CTRL)
    two.place.window.open("patients")
    two.place.settle()
    two.qtbot.wait(200)
    assert two.state.record.id == two.session.id
    assert two.place.window.current_page() is two.place.window.page("patients")

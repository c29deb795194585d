"""Scenes of a day at the desk, for the scripts that work in the real window."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from benchmarks.probes.player import Hand, Steps, Wait

ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
NOTE = "well borne no complaint"
_POINTS = 24


def find_patient(hand: Hand, typed: str) -> Steps:
    """Search for a patient as one types, and open the record."""
    hand.doing = "go to the patients"
    hand.key(Qt.Key.Key_2, ALT)
    yield hand.until("patient_search")
    yield 0.15
    hand.doing = "search"
    hand.control(Qt.Key.Key_A)
    yield from hand.write(typed)
    yield 0.3
    hand.doing = "open the patient"
    hand.key(Qt.Key.Key_Return)
    yield hand.until("page_patient")
    yield Wait("the patient's record", lambda: hand.sees("start_session"))
    yield 0.4


def visit(hand: Hand) -> Steps:
    """A whole visit of the patient with most sessions, in the session that is open."""
    yield from find_patient(hand, "00001")
    hand.doing = "open the session"
    hand.control(Qt.Key.Key_Return)
    yield hand.until("page_session")
    yield hand.until("step_check")
    yield 0.6
    hand.doing = "check"
    hand.control(Qt.Key.Key_1)
    yield hand.until("check_station")
    yield 0.4
    for name in ("anything_changed_no", "emergency_kit_yes"):
        hand.click(name)
        yield 0.5
    yield from chart(hand)
    yield from finish(hand)
    hand.doing = "back to today"
    hand.key(Qt.Key.Key_1, ALT)
    yield hand.until("page_today")
    yield 0.8


def chart(hand: Hand) -> Steps:
    """Place points by clicks, magnify, and take some back."""
    hand.doing = "open the chart"
    hand.control(Qt.Key.Key_3)
    yield hand.until("chart_canvas")
    canvas = hand.find("chart_canvas")
    yield Wait("the body", lambda: getattr(canvas, "has_stage", False))
    yield 0.6
    hand.doing = "place a point"
    for number in range(_POINTS):
        hand.click("chart_canvas", _on_the_body(canvas, number))
        yield 0.12
    hand.doing = "magnify"
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_0):
        hand.key(key)
        yield 0.25
    hand.doing = "take back"
    for _ in range(_POINTS):
        hand.control(Qt.Key.Key_Z)
        yield 0.08
    yield 0.3


def _on_the_body(canvas: QWidget, number: int) -> QPoint:
    """Return a place on the trunk of a body shown whole: some rows around the middle."""
    middle = canvas.rect().center()
    row, column = divmod(number, 4)
    return middle + QPoint(8 * column - 12, 10 * row - 60)


def finish(hand: Hand) -> Steps:
    """Rate the pain and type a note."""
    hand.doing = "finish"
    hand.control(Qt.Key.Key_4)
    yield hand.until("finish_station")
    yield 0.4
    hand.click("pain_2")
    yield 0.5
    hand.doing = "type a note"
    hand.find("session_note").setFocus()
    yield 0.1
    yield from hand.write(NOTE)
    yield 0.8

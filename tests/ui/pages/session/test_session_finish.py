"""The last station: what is typed, what is missing, and what cannot be accepted."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.session import SessionState
from mesodesk.ui.pages.session_parts.signing import MissingRow

PASSWORD = "plain tea in the morning"
BELLY = (0.50, 0.40)


def test_what_is_missing_leads_to_its_place(desk):
    desk.station("finish")
    rows = {row.objectName(): row for row in desk.page.findChildren(MissingRow)}
    assert "missing_body_map" in rows
    assert rows["missing_body_map"].sentence.text() == "The chart is empty: place the points."
    pain = rows["missing_pain"]
    desk.qtbot.mouseClick(pain, Qt.MouseButton.LeftButton)
    desk.qtbot.waitUntil(lambda: desk.place.find("pain_0").hasFocus())
    desk.qtbot.mouseClick(rows["missing_body_map"], Qt.MouseButton.LeftButton)
    assert desk.page.stack.current == "chart"
    desk.qtbot.waitUntil(desk.canvas.hasFocus)


def test_each_missing_thing_of_the_finish_is_found_by_its_name(desk):
    desk.station("chart")
    desk.place_points(2)
    station = desk.station("finish")
    desk.kept()
    wanted = [each for each in desk.state.missing if each.station == "finish"]
    assert {each.code for each in wanted} >= {
        "pain_not_recorded",
        "rest_untold",
        "reaction_not_asked",
        "observation_not_recorded",
        "aftercare_not_asked",
        "next_session_open",
    }
    for each in wanted:
        assert station.reveal(each.place), each
        focused = QApplication.focusWidget()
        names = []
        while focused is not None and focused is not station:
            names.append(focused.objectName())
            focused = focused.parentWidget()
        assert {each.place, f"{each.place}_field"} & set(names), (each.place, names)


def test_the_list_of_what_is_missing_follows_what_is_typed(desk):
    desk.station("finish")
    assert "pain_not_recorded" in desk.missing_codes()
    desk.place.click("pain_0")
    desk.qtbot.waitUntil(lambda: "pain_not_recorded" not in desk.missing_codes())
    assert (
        desk.page.findChild(MissingRow, "missing_pain") is None
        or not desk.page.findChild(MissingRow, "missing_pain").isVisible()
    )


def test_asked_all_none_leaves_what_was_answered_alone(desk):
    desk.station("finish")
    desk.place.click("reaction_faint_yes")
    desk.place.click("reactions_none")
    desk.place.settle()
    answers = desk.stored().fields.reactions
    assert answers["faint"] is Answer.YES
    assert {answer for key, answer in answers.items() if key != "faint"} == {Answer.NO}
    assert desk.place.find("reaction_note").isVisible()


def test_the_rest_of_a_syringe_is_accounted_for(desk):
    desk.station("chart")
    desk.place_points(4)
    desk.station("finish")
    assert desk.place.find("difference_1", QLabel).text() == "0.80 mL not accounted for"
    desk.place.type("left_1", "0,5")
    assert desk.place.find("difference_1", QLabel).text() == "0.30 mL not accounted for"
    desk.place.click("discard_rest_1")
    desk.place.settle()
    assert desk.place.find("difference_1", QLabel).text() == "adds up"
    syringe = desk.stored().syringes[0]
    assert (syringe.wasted_ml, syringe.left_ml) == (Decimal("0.3"), Decimal("0.5"))


def test_what_is_missing_within_the_tolerance_is_said_and_can_be_discarded(desk):
    desk.station("chart")
    desk.place_points(4)
    desk.station("finish")
    desk.place.type("wasted_1", "0.75")
    words = desk.place.find("difference_1", QLabel)
    assert words.text() == "0.05 mL not accounted for, within 0.10 mL"
    desk.kept()
    assert not {"not_balanced", "rest_untold"} & set(desk.missing_codes())
    desk.place.click("discard_rest_1")
    assert words.text() == "adds up"


def test_more_than_was_drawn_is_said_in_words(desk):
    desk.station("chart")
    desk.place_points(4)
    desk.station("finish")
    desk.place.type("wasted_1", "1.2")
    assert desk.place.find("difference_1", QLabel).text() == "0.40 mL more than was drawn"
    desk.kept()
    assert "not_balanced" in desk.missing_codes()


def test_no_next_session_and_a_day_exclude_each_other(desk):
    desk.station("finish")
    desk.place.click("next_plus_21")
    desk.place.settle()
    assert desk.stored().fields.next_session_on == date(2026, 3, 31)
    desk.place.click("no_next_session")
    desk.place.settle()
    fields = desk.stored().fields
    assert (fields.next_session_on, fields.no_next_session) == (None, True)
    desk.place.click("next_plus_7")
    desk.place.settle()
    fields = desk.stored().fields
    assert (fields.next_session_on, fields.no_next_session) == (date(2026, 3, 17), False)


@pytest.mark.parametrize(
    ("pressed", "kept"),
    [("next_plus_21", (date(2026, 3, 31), False)), ("no_next_session", (None, True))],
)
def test_what_is_pressed_does_not_wait_for_more_to_be_typed(desk, pressed, kept):
    """The pauses in typing would outlast the test."""
    desk.station("finish")
    desk.kept()
    for pause in (desk.state.keeper._pause, desk.state.keeper._latest):
        pause.setInterval(600_000)
    desk.place.click(pressed)
    desk.qtbot.waitUntil(lambda: not desk.state.keeper.is_pending())
    fields = desk.stored().fields
    assert (fields.next_session_on, fields.no_next_session) == kept


def test_a_day_that_is_not_accepted_is_said_at_the_field_and_blocks_signing(desk):
    desk.station("finish")
    desk.place.type("next_session_on", "1 March 2026")
    desk.place.press(Qt.Key.Key_Tab)
    desk.place.settle()
    field = desk.page.stack.station("finish").next_session.day
    assert "not after the present session" in field.error()
    desk.place.click("pain_2")
    desk.place.settle()
    assert desk.stored().fields.pain == 2
    desk.sign()
    assert desk.stored().state is SessionState.DRAFT
    assert "not accepted" in desk.place.find("sign_message").accessibleName()


def test_what_was_typed_here_wins_over_a_newer_record(desk):
    desk.station("finish")

    def elsewhere(one):
        record = one.sessions.get(desk.session.id)
        one.sessions.save(record.id, record.version, replace(record.fields, note="from elsewhere"))

    desk.place.run(elsewhere)
    desk.place.click("pain_6")
    desk.place.settle()
    desk.place.settle()
    fields = desk.stored().fields
    assert (fields.pain, fields.note) == (6, "from elsewhere")
    assert not desk.place.window.status.unkept()
    assert desk.place.find("session_note").toPlainText() == "from elsewhere"


def test_a_text_that_is_too_long_stays_to_be_shortened(desk):
    station = desk.station("finish")
    station.note.input.setPlainText("x" * 4_001)
    assert station.note.error()
    desk.place.click("pain_1")
    desk.place.settle()
    assert len(station.note.value()) == 4_001
    assert station.note.error()
    assert desk.stored().fields.note == ""


@pytest.mark.parametrize("width", [960, 1366, 1920])
def test_the_finish_fits_every_window(desk, width):
    station = desk.station("finish")
    desk.place.window.resize(width, 720)
    wanted = {960: "STACKED", 1366: "BESIDE", 1920: "WIDE"}[width]
    desk.qtbot.waitUntil(lambda: station._arrangement.name == wanted)
    desk.qtbot.waitUntil(
        lambda: station.reactions.height() <= station.reactions.sizeHint().height() + 4
    )
    for card in (station.tolerance, station.reactions, station.balance, station.sign):
        desk.qtbot.waitUntil(card.isVisible)
        # Each card arranges itself a turn of the event loop after it was laid out.
        desk.qtbot.waitUntil(lambda card=card: card.minimumSizeHint().width() <= card.width())


def test_nothing_typed_for_one_patient_stays_in_the_session_of_another(desk):
    station = desk.station("finish")
    station.note.input.setPlainText("x" * 4_001)
    desk.place.type("observation_min", "5000")
    desk.place.press(Qt.Key.Key_Tab)
    desk.place.type("sign_password", "secret")
    other = desk.place.patient("Rossi", "Ilaria")
    session = desk.place.run(lambda one: one.sessions.start(other.id))
    desk.open(session.id, station="finish")
    assert station.note.value() == ""
    assert station.tolerance.observation.input.text() == ""
    assert station.sign.proof.password.value() == ""
    assert not station.note.error()
    assert not station.tolerance.observation.error()
    assert "Rossi" in desk.place.find("patient_name").text()


def test_the_chart_of_one_patient_is_never_shown_for_another(desk):
    desk.station("chart")
    desk.place_points(2)
    other = desk.place.patient("Rossi", "Ilaria")
    session = desk.place.run(lambda one: one.sessions.start(other.id))
    desk.open(session.id, station="chart")
    desk.qtbot.waitUntil(desk.panel.isVisible)
    assert len(desk.panel.model.fields) == 0
    assert desk.panel.model.syringes == ()
    desk.open(desk.session.id)
    desk.qtbot.waitUntil(desk.panel.isVisible)
    assert len(desk.panel.model.fields) == 2


def test_what_waits_of_one_session_is_still_written_when_another_is_opened(desk):
    station = desk.station("finish")
    other = desk.place.patient("Rossi", "Ilaria")
    session = desk.place.run(lambda one: one.sessions.start(other.id))
    desk.place.click("pain_7")
    desk.place.type("session_note", "Left in haste")
    desk.place.click("no_next_session")
    desk.open(session.id, station="finish")
    fields = desk.stored().fields
    assert (fields.pain, fields.note, fields.no_next_session) == (7, "Left in haste", True)
    assert desk.state.record.id == session.id
    assert desk.state.record.fields.pain is None
    assert station.note.value() == ""
    desk.place.click("pain_1")
    desk.place.settle()
    assert desk.place.run(lambda one: one.sessions.get(session.id)).fields.pain == 1
    assert not desk.place.window.status.unkept()


def _focused_names():
    focused, names = QApplication.focusWidget(), set()
    while focused is not None:
        names.add(focused.objectName())
        focused = focused.parentWidget()
    return names


def _press_f8(desk, name):
    """Press the key for the next missing thing; it must lead to that widget."""
    desk.place.press(Qt.Key.Key_F8)
    desk.qtbot.waitUntil(lambda: bool({name, f"{name}_field"} & _focused_names()))


def test_one_key_leads_through_all_that_is_missing(desk):
    desk.station("chart")
    desk.place_points(4)
    desk.station("finish")
    desk.place.press(Qt.Key.Key_2)
    _press_f8(desk, "observation_min")
    desk.qtbot.keyClicks(QApplication.focusWidget(), "15")
    _press_f8(desk, "reactions_none")
    desk.place.press(Qt.Key.Key_Space)
    _press_f8(desk, "discard_rest_1")
    desk.place.press(Qt.Key.Key_Space)
    _press_f8(desk, "aftercare_given")
    desk.place.press(Qt.Key.Key_Y)
    _press_f8(desk, "next_session_on")
    # Nothing is passed over for good: the round begins anew with what was left out.
    desk.place.settle()
    desk.kept()
    desk.qtbot.waitUntil(lambda: [each.place for each in desk.state.missing] == ["next_session_on"])
    desk.place.click("next_plus_14")
    desk.qtbot.waitUntil(lambda: not desk.state.missing)
    _press_f8(desk, "sign_password")


def test_the_key_leads_to_other_stations_when_nothing_is_missing_here(desk):
    desk.station("prepare")
    assert not [each for each in desk.state.missing if each.station == "prepare"]
    desk.place.press(Qt.Key.Key_F8)
    desk.qtbot.waitUntil(lambda: desk.page.stack.current == "chart")
    desk.qtbot.waitUntil(desk.canvas.hasFocus)


def test_a_pin_signs_and_the_password_stays_a_touch_away(desk):
    desk.station("chart")
    desk.place_points(2)
    desk.finish_by_hand()
    desk.place.run(lambda one: one.access.set_pin(PASSWORD, "902817"))
    desk.place.context.came_back.emit()
    desk.kept()
    station = desk.station("finish")
    desk.place.type("sign_pin", "739150")
    desk.place.press(Qt.Key.Key_Return)
    desk.place.settle()
    assert "2 tries are left" in station.sign.message.text.text()
    assert desk.stored().state is SessionState.DRAFT
    desk.place.click("sign_use_password")
    assert station.sign.proof.password_row.isVisible()
    desk.place.click("sign_use_pin")
    desk.place.type("sign_pin", "902817")
    desk.place.press(Qt.Key.Key_Return)
    desk.place.settle()
    assert desk.stored().state is SessionState.SIGNED

"""Several people at one desk: each at their own place, and nothing of one before another."""

import gc
import shutil
import time

import pytest
from at_the_desk import MARKERS, OLGAS, all_words
from colleagues import PASSWORD as MARCS
from figures import BLANK_MS, PIN_MS, SWITCH_MS
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from mesodesk.domain.records.clinic import Role
from mesodesk.services.desk import open_desk
from mesodesk.services.visit import VisitOverError
from mesodesk.ui.lock.lock_page import LockPage
from mesodesk.ui.widgets.cards import Notice
from mesodesk.vault.attempts import MANY
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.vault import open_vault

PIN = "902817"
WRONG = "739150"


def said(window):
    """What the lock says below its fields."""
    return window.cover_widget.content().message.headline.text()


def test_somebody_else_comes_in_and_sees_nothing_of_who_was_there(hands, clinic, qtbot):
    hands.open_patient(clinic)
    hands.switch_to(clinic.marc, MARCS)
    words = all_words()
    assert not [marker for marker in MARKERS if marker in words]
    assert hands.window.current_page().page_id == "today"
    assert hands.program.desk_window.context.user.name == "Marc Oliveras"
    assert hands.window.findChild(QWidget, "person").accessibleDescription() == "Marc Oliveras"
    assert ("desk.switch", "Marc Oliveras") in hands.actions()
    # No lock that was left open waits behind the pages.
    qtbot.waitUntil(lambda: not hands.window.findChildren(LockPage))


def test_each_finds_their_own_place_again(hands, clinic):
    hands.open_patient(clinic, "intake")
    hands.switch_to(clinic.marc, MARCS)
    hands.window.open("stock")
    hands.settle()
    hands.switch_to(clinic.olga, OLGAS)
    assert hands.window.current_page().page_id == "patient"
    assert hands.window.current_page().place() == {"patient_id": clinic.patient, "tab": "intake"}
    hands.window.back()
    hands.settle()
    assert hands.window.current_page().page_id == "today"
    hands.switch_to(clinic.marc, MARCS)
    assert hands.window.current_page().page_id == "stock"


def test_a_draft_is_offered_to_its_author_alone(hands, clinic, qtbot):
    hands.window.open("patients", new=True)
    hands.settle()
    qtbot.keyClicks(hands.window.findChild(QLineEdit, "family_name"), "Ferrandiz")
    # Locked at once: what waited was written before somebody else came in.
    hands.switch_to(clinic.marc, MARCS)
    hands.window.open("patients", new=True)
    hands.settle()
    assert hands.window.findChild(QLineEdit, "family_name").text() == ""
    hands.switch_to(clinic.olga, OLGAS)
    assert hands.window.current_page().page_id == "patients"
    qtbot.waitUntil(
        lambda: hands.window.findChild(QLineEdit, "family_name").text() == "Ferrandiz",
    )


def test_the_same_person_finds_the_very_pages_that_were_there(hands, clinic):
    hands.open_patient(clinic)
    page = hands.window.current_page()
    hands.window.ask_lock()
    hands.settle()
    hands.come_in("unlock_password", OLGAS)
    assert hands.window.current_page() is page
    assert MARKERS[0] in all_words(hands.window)


def test_one_comes_in_by_a_wrong_password_neither_in_one_s_own_nor_in_another_s_place(
    hands, clinic, qtbot
):
    hands.window.ask_switch()
    page = hands.window.cover_widget.content()
    assert page.person().id == clinic.marc  # the first one who is not already in
    hands.type_in("unlock_password", OLGAS)
    qtbot.waitUntil(lambda: "not the password" in said(hands.window))
    assert hands.window.is_covered()
    hands.settle()
    assert hands.program._desk.store.vault.user_id == clinic.olga
    assert hands.actions()[-1] == ("desk.switch_failed", "Olga Owner")


@pytest.mark.long
def test_a_wrong_password_stops_nothing_of_who_was_in(hands, clinic, qtbot):
    stopped = []
    hands.program.desk_window.context.closing.connect(lambda: stopped.append(hands.actions()[-1]))
    hands.window.ask_switch()
    hands.type_in("unlock_password", OLGAS)
    qtbot.waitUntil(lambda: "not the password" in said(hands.window))
    hands.settle()
    assert stopped == []
    page = hands.window.cover_widget.content()
    qtbot.waitUntil(lambda: not page.must_wait())
    hands.come_in("unlock_password", MARCS)
    # It was stopped while Marc was known, and before he was in.
    assert stopped[0] == ("desk.switch_failed", "Olga Owner")


def test_a_pin_set_at_the_lock_leads_back_and_is_on_no_tile_of_others(hands, clinic, qtbot):
    hands.window.ask_lock()
    hands.settle()
    page = hands.window.cover_widget.content()
    qtbot.mouseClick(page.want_pin, Qt.MouseButton.LeftButton)
    page.new_pin.input.setText(PIN)
    hands.come_in("unlock_password", OLGAS)
    hands.window.ask_lock()
    hands.settle()
    again = hands.window.cover_widget.content()
    assert again.pin.isVisible()
    assert not again.password.isVisible()
    hands.choose(clinic.marc)
    assert again.password.isVisible()
    assert not again.pin.isVisible()
    hands.choose(clinic.olga)
    hands.come_in("unlock_pin", PIN)
    assert hands.actions()[-1][0] in {"desk.unlock", "patient.view"}


def test_an_obvious_new_pin_is_refused_in_words_and_the_lock_stays(hands, qtbot):
    hands.window.ask_lock()
    hands.settle()
    page = hands.window.cover_widget.content()
    qtbot.mouseClick(page.want_pin, Qt.MouseButton.LeftButton)
    page.new_pin.input.setText("123456")
    hands.type_in("unlock_password", OLGAS)
    qtbot.waitUntil(lambda: "first that anybody would try" in said(hands.window))
    assert hands.window.is_covered()
    assert page.password.value() == OLGAS


def test_after_three_wrong_pins_the_password_is_asked_for(hands, qtbot):
    hands.program._desk.access.set_pin(OLGAS, PIN)
    hands.window.ask_lock()
    hands.settle()
    hands.window.hide_cover()
    hands.window.ask_lock()
    page = hands.window.cover_widget.content()
    for left in ("2 tries", "One try", "gone now"):
        hands.type_in("unlock_pin", WRONG)
        qtbot.waitUntil(lambda left=left: left in said(hands.window))
    assert page.password.isVisible()
    assert not page.pin.isVisible()
    hands.come_in("unlock_password", OLGAS)


def test_the_pin_is_set_and_given_up_in_settings(hands, qtbot):
    window = hands.window
    window.open("settings")
    hands.settle()
    card = window.findChild(QWidget, "pin_card")
    card.open_button.click()
    card.password.input.setText(OLGAS)
    card.pin.input.setText(PIN)
    card.findChild(QPushButton, "set_pin").click()
    hands.settle()
    assert "The PIN is set" in window.findChild(Notice, "pin_notice").headline.text()
    assert hands.program._desk.access.has_pin()
    assert card.pin.value() == card.password.value() == ""
    card.give_up.click()
    hands.settle()
    assert not hands.program._desk.access.has_pin()


def test_who_may_less_gets_a_window_of_their_own_role(hands, clinic):
    hands.switch_to(clinic.marc, MARCS)
    assert hands.program.desk_window.context.user.role is Role.THERAPIST
    assert len(hands.program._desk.store._subscribers) == 1


@pytest.mark.long
def test_what_a_page_of_who_has_gone_still_asks_is_not_done_in_another_name(hands, clinic):
    before = hands.program.desk_window.context.desk
    hands.switch_to(clinic.marc, MARCS)
    views = [entry for entry in hands.actions() if entry[0] == "patient.view"]
    with pytest.raises(VisitOverError):
        before.patients.get(clinic.patient)
    assert [entry for entry in hands.actions() if entry[0] == "patient.view"] == views
    assert hands.program.desk_window.context.desk.patients.get(clinic.patient)


def test_arrows_move_between_the_people(hands, clinic, qtbot):
    hands.window.ask_lock()
    hands.settle()
    page = hands.window.cover_widget.content()
    tile = page.tiles.findChild(object, f"person_{clinic.olga}")
    tile.setFocus()
    qtbot.keyClick(tile, Qt.Key.Key_Left)
    assert page.person().id == clinic.marc
    qtbot.keyClick(page.tiles.findChild(object, f"person_{clinic.marc}"), Qt.Key.Key_Right)
    assert page.person().id == clinic.olga


@pytest.mark.long
def test_after_a_crash_a_draft_is_offered_to_its_author_alone(hands, clinic, qtbot, tmp_path):
    hands.switch_to(clinic.marc, MARCS)
    hands.window.open("patients", new=True)
    hands.settle()
    qtbot.keyClicks(hands.window.findChild(QLineEdit, "family_name"), "Ferrandiz")
    # Two seconds of typing may be lost, so they pass; then the disk as a kill would leave it.
    qtbot.waitUntil(lambda: not hands.window.status.unkept())
    crashed = shutil.copytree(clinic.folder, tmp_path / "crashed")
    found = {}
    for user_id, password in ((clinic.olga, OLGAS), (clinic.marc, MARCS)):
        desk = open_desk(open_vault(crashed, password=password, user_id=user_id))
        found[user_id] = [draft.payload.get("family_name") for draft in desk.drafts.all_mine()]
        desk.close()
    assert found == {clinic.olga: [], clinic.marc: ["Ferrandiz"]}


def test_how_long_it_takes_is_told(hands, clinic, figure, monkeypatch):
    """Told, not demanded: a busy computer takes longer, and that is no mistake."""
    hands.open_patient(clinic)
    hands.program._desk.access.set_pin(OLGAS, PIN)
    blank = []
    monkeypatch.setattr(
        hands.window.current_page(), "leave", lambda: blank.append(time.perf_counter())
    )
    began = time.perf_counter()
    hands.window.ask_lock()  # asks the page to leave once the cover is painted
    figure(BLANK_MS, round(1000 * (blank[0] - began)))
    hands.settle()
    hands.window.hide_cover()
    hands.window.ask_lock()  # by now the list knows of the PIN
    hands.settle()
    figure(PIN_MS, hands.time_to_come_in("unlock_pin", PIN))
    hands.settle()
    hands.window.ask_switch()
    hands.settle()
    figure(SWITCH_MS, hands.time_to_come_in("unlock_password", MARCS))
    assert hands.program.desk_window.context.user.id == clinic.marc


def test_what_pages_had_read_is_not_kept_in_memory(hands, clinic, qtbot):
    def read_by_pages():
        gc.collect()
        return [one for one in gc.get_objects() if type(one).__name__ == "PatientFile"]

    hands.open_patient(clinic)
    assert read_by_pages()
    hands.switch_to(clinic.marc, MARCS)
    qtbot.waitUntil(lambda: not read_by_pages())


NEW = "an otter reads at dawn"


def give_code(hands, person_id):
    """Have Olga give somebody a code, as on the page People."""
    given = []
    context = hands.program.desk_window.context
    context.run(hands.window, lambda desk: desk.people.give_code(person_id, OLGAS), given.append)
    hands.settle()
    return given[0].code


def choose_password(hands, qtbot):
    """Choose a new password on the page that came up."""
    page = hands.window.cover_widget.content()
    page.step.password.input.setText(NEW)
    page.step.again.input.setText(NEW)
    qtbot.mouseClick(page.button, Qt.MouseButton.LeftButton)


def test_a_code_lets_somebody_in_at_the_lock_and_shows_nothing_before_a_password(
    hands, clinic, qtbot
):
    hands.open_patient(clinic)
    code = give_code(hands, clinic.marc)
    hands.window.ask_lock()
    page = hands.window.cover_widget.content()
    name = f"person_{clinic.marc}"
    qtbot.waitUntil(lambda: any(one.by_code for one in page.people))
    qtbot.waitUntil(lambda: len(page.findChildren(QWidget, name)) == 1)
    hands.choose(clinic.marc)
    assert page.findChild(QWidget, name).accessibleDescription() == "code"
    assert page.key_row.isVisible()
    assert not page.password_row.isVisible()
    hands.type_in("unlock_recovery_key", code)
    qtbot.waitUntil(lambda: hands.field("password_again") is not None)
    assert hands.window.is_covered()
    assert hands.program._desk.store.vault.user_id == clinic.olga
    back = hands.window.cover_widget.content().findChild(QPushButton, "new_password_back")
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert hands.field("unlock_password").isVisible()  # Olga's lock, and nothing was done
    hands.choose(clinic.marc)
    hands.type_in("unlock_recovery_key", code)
    qtbot.waitUntil(lambda: hands.field("password_again") is not None)
    choose_password(hands, qtbot)
    qtbot.waitUntil(lambda: not hands.window.is_covered())
    hands.settle()
    assert hands.program.desk_window.context.user.name == "Marc Oliveras"
    assert not [marker for marker in MARKERS if marker in all_words()]
    hands.switch_to(clinic.olga, OLGAS)
    hands.switch_to(clinic.marc, NEW)


def test_forgotten_says_what_to_do_and_the_recovery_key_leads_back_to_the_very_pages(
    hands, clinic, qtbot
):
    key = RecoveryKey.new()
    context = hands.program.desk_window.context
    context.run(hands.window, lambda desk: desk.people.new_kit(key, key.text, OLGAS))
    hands.open_patient(clinic)
    page_before = hands.window.current_page()
    hands.window.ask_lock()
    hands.settle()
    page = hands.window.cover_widget.content()
    qtbot.mouseClick(page.forgotten, Qt.MouseButton.LeftButton)
    words = page.key_row.help.text()
    assert "Ask an owner for a code" in words
    assert "recovery sheet" in words
    hands.type_in("unlock_recovery_key", key.text)
    qtbot.waitUntil(lambda: hands.field("password_again") is not None)
    choose_password(hands, qtbot)
    qtbot.waitUntil(lambda: not hands.window.is_covered())
    assert hands.window.current_page() is page_before
    hands.settle()
    hands.window.ask_lock()
    hands.come_in("unlock_password", NEW)


def test_many_wrong_passwords_keep_one_person_waiting_and_say_what_else_opens(hands, clinic, qtbot):
    vault = hands.program._desk.store.vault
    for _ in range(MANY - 1):
        vault.attempts.failed(clinic.olga)
    vault.attempts._counts.tries[str(clinic.olga)][-1] -= 61
    hands.window.ask_lock()
    hands.settle()
    page = hands.window.cover_widget.content()
    hands.type_in("unlock_password", "not the password")
    qtbot.waitUntil(page.must_wait)
    assert page.button.text() == "Wait 60 min"
    assert not page.button.isEnabled()
    assert "code from an owner" in page.message.text.text()
    hands.choose(clinic.marc)
    assert page.button.isEnabled()
    assert page.message.isHidden()
    hands.choose(clinic.olga)
    assert not page.button.isEnabled()
    assert "60 minutes" in said(hands.window)
    qtbot.mouseClick(page.forgotten, Qt.MouseButton.LeftButton)
    assert page.button.isEnabled()
    hands.choose(clinic.marc)
    hands.come_in("unlock_password", MARCS)

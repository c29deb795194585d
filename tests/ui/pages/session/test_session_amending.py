"""What is done with a signed session in its page: amended, in error, a change refused."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from tampering import behind_our_back

from mesodesk.domain.records.session import SessionState
from mesodesk.ui.pages.patient_parts.file import read_file
from mesodesk.ui.pages.patient_parts.overview import OverviewTab
from mesodesk.ui.pages.patient_parts.sessions_tab import SessionsTab
from mesodesk.ui.pages.session_parts.session_chip import session_chip
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.chips import Chip

PASSWORD = "plain tea in the morning"


@pytest.fixture
def versions(signed):
    def read():
        return signed.place.run(lambda desk: desk.amending.history(signed.session.id)).versions

    return read


def begin(signed, reason="It hurt more"):
    """Begin an amendment with the keys, and follow to its draft."""
    signed.place.click("amend")
    assert signed.place.window.focusWidget() is signed.place.find("amend_reason")
    assert not signed.place.find("begin_amendment").isEnabled()
    signed.place.type("amend_reason", reason)
    signed.place.find("begin_amendment").setFocus()
    signed.place.press(Qt.Key.Key_Space)
    signed.place.settle()
    draft_id = signed.page.state.session_id
    assert draft_id != signed.session.id
    return draft_id


def changes(signed):
    """Return what the page tells that the amendment changed, without the title."""
    card = signed.place.find("version_changes")
    return [each.text() for each in card.findChildren(QLabel) if each.text()][1:]


def test_from_the_signed_page_to_the_new_version(signed, versions):
    line = signed.place.find("version_line")
    assert not line.isVisible()
    draft_id = begin(signed)
    assert line.isVisible()
    assert line.headline.text() == "This amends session 1 of 10 Mar 2026, signed by Olga Owner"
    assert line.text.text().startswith("It hurt more")
    assert signed.page.steps.isVisible()
    assert signed.state.missing == ()
    signed.station("finish")
    signed.place.click("pain_7")
    signed.kept()
    signed.sign()
    first, second = versions()
    assert (first.state, second.state) == (SessionState.AMENDED, SessionState.SIGNED)
    assert second.session_id == draft_id
    assert line.headline.text().startswith("Version 2, amended by Olga Owner")
    changed = "Pain: 7 of 10, was 3 of 10"
    signed.qtbot.waitUntil(lambda: changes(signed) == [changed, "The chart is as it was."])
    signed.place.click("version_line_action")
    signed.place.settle()
    assert signed.page.state.session_id == signed.session.id
    signed.qtbot.waitUntil(lambda: changes(signed) == [changed, "The chart is as it was."])
    assert line.headline.text() == "Version 1 of session 1 of 10 Mar 2026"
    assert line.headline.font().strikeOut()
    assert line.text.text() == "Amended by Olga Owner, 10 Mar 2026, 10:00: It hurt more"
    assert not signed.place.find("amend").isVisible()
    assert signed.state.record.fields.pain == 3
    signed.place.click("version_line_action")
    signed.place.settle()
    assert signed.page.state.session_id == draft_id
    assert signed.state.record.fields.pain == 7


def test_the_original_leads_to_the_amendment_while_it_is_worked_on(signed):
    draft_id = begin(signed)
    signed.open(signed.session.id)
    line = signed.place.find("version_line")
    assert line.headline.text().startswith("Being amended by Olga Owner")
    assert not signed.place.find("amend").isVisible()
    assert not signed.place.find("to_error").isVisible()
    signed.place.click("version_line_action")
    signed.place.settle()
    assert signed.page.state.session_id == draft_id


def test_entered_in_error_takes_a_reason_and_the_password(signed):
    signed.place.click("to_error")
    button = signed.place.find("enter_in_error")
    assert not button.isEnabled()
    signed.place.type("error_reason", "Another patient's")
    signed.place.type("error_password", "not this one")
    signed.place.press(Qt.Key.Key_Return)
    signed.place.settle()
    assert signed.stored().state is SessionState.SIGNED
    assert signed.place.find("error_form_message").isVisible()
    assert signed.place.find("error_reason").toPlainText() == "Another patient's"
    signed.qtbot.waitUntil(button.isEnabled)
    signed.place.type("error_password", PASSWORD)
    signed.place.press(Qt.Key.Key_Return)
    signed.place.settle()
    signed.qtbot.waitUntil(lambda: signed.stored().state is SessionState.ENTERED_IN_ERROR)
    signed.place.settle()
    line = signed.place.find("version_line")
    assert line.headline.text().startswith("Entered in error, says Olga Owner")
    assert not signed.place.find("after_signing").isVisible()


def test_a_refused_change_stands_beneath_the_session(signed):
    signed.place.click("to_request")
    signed.place.type("request_text", "Say it did not hurt")
    assert not signed.place.find("deny_request").isEnabled()
    signed.place.type("request_reason", "It did")
    with signed.qtbot.waitSignal(signed.state.opened):
        signed.place.click("deny_request")
    signed.place.settle()
    words = signed.place.find("denied_request")
    assert words.text() == "The patient asked: Say it did not hurt\n\nNot changed: It did"
    assert not signed.place.find("request_form").isVisible()


def test_an_accepted_request_begins_an_amendment_that_names_it(signed):
    signed.place.click("to_request")
    signed.place.type("request_text", "Say where it hurt")
    signed.place.type("request_reason", "It was left out")
    signed.place.click("accept_request")
    signed.place.settle()
    line = signed.place.find("version_line")
    assert "It was left out\n\nThe patient asked: Say where it hurt" in line.text.text()


def test_one_form_is_open_at_a_time(signed):
    for opener, form in (
        ("amend", "amend_form"),
        ("to_error", "error_form"),
        ("to_request", "request_form"),
    ):
        signed.place.click(opener)
        forms = ("amend_form", "error_form", "request_form")
        assert [name for name in forms if signed.place.find(name).isVisible()] == [form]


def test_the_copied_text_says_which_version_it_is(signed):
    signed.place.click("signed_text_copy")
    signed.place.settle()
    seal = signed.stored().seal
    text = QGuiApplication.clipboard().text().splitlines()[-1]
    assert text.startswith("Session 1, version 1, signed by Olga Owner, ")
    assert text.endswith(f"seal {seal.sha256[:16]}.")


def test_a_broken_seal_shows_on_the_record_and_blocks_amending_until_it_is_known(signed):
    signed.place.run(lambda desk: behind_our_back(desk, "UPDATE session SET pain = 9"))
    with signed.qtbot.waitSignal(signed.state.opened):
        signed.state.reload()
    signed.place.settle()
    assert session_chip(signed.state, "Europe/Madrid") == (Kind.STOP, "Session 1 · seal broken")
    assert signed.place.find("seal_broken").isVisible()
    assert not signed.place.find("amend").isVisible()
    with signed.qtbot.waitSignal(signed.state.opened):
        signed.place.click("accept_broken")
    signed.place.settle()
    assert not signed.place.find("accept_broken").isVisible()
    assert signed.place.find("amend").isVisible()


@pytest.mark.parametrize("made", [OverviewTab, SessionsTab])
def test_a_broken_seal_is_told_on_the_patients_page(signed, made):
    patient_id = signed.session.patient_id
    signed.place.run(lambda desk: behind_our_back(desk, "UPDATE session SET pain = 9"))
    file = signed.place.run(lambda desk: read_file(desk, patient_id))
    tab = made(signed.place.context)
    signed.qtbot.addWidget(tab)
    with signed.qtbot.waitSignal(tab.broken.found):
        tab.show_file(*((file, ()) if made is OverviewTab else (file,)))
    assert tab.broken.headline.text() == "The seal of session 1 is broken"
    if made is SessionsTab:
        (row,) = tab.list.rows()
        assert "seal broken" in [chip.text() for chip in row.findChildren(Chip)]

"""Signing a session, reading it afterwards, adding to it, discarding a draft."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.session import SessionState
from mesodesk.ui.pages.session_parts.discard import DiscardDialog

PASSWORD = "plain tea in the morning"
BELLY = (0.50, 0.40)


def test_from_the_first_point_to_the_seal(desk):
    desk.station("chart")
    desk.place_points(6)
    assert len(desk.stored_chart().fields) == 6
    desk.place.click("finish_and_sign")
    desk.place.settle()
    assert desk.page.stack.current == "finish"
    desk.finish_by_hand()
    assert desk.state.missing == ()
    assert desk.place.find("nothing_missing").isVisible()
    desk.sign()
    record = desk.stored()
    assert record.state is SessionState.SIGNED
    assert record.seal is not None
    assert record.seal.holds
    assert record.fields.pain == 3
    assert record.fields.observation_min == 20
    assert record.fields.next_session_on == date(2026, 3, 24)
    assert set(record.fields.reactions.values()) == {Answer.NO}
    assert record.fields.aftercare_id == "general"
    assert record.syringes[0].wasted_ml == Decimal("0.7")
    assert desk.page.stack.current == "record"
    assert desk.place.find("seal_words").text() == "Signed and sealed; the seal holds"
    assert not desk.page.steps.isVisible()
    assert desk.page.tabs.isVisible()
    # All that was drawn is accounted for, so nothing is left, though nobody typed that.
    assert record.syringes[0].left_ml is None
    labels = [label for label in desk.page.findChildren(QLabel) if label.isVisible()]
    shown = [label.text().replace("\u00a0", " ") for label in labels]
    assert "left 0.00 mL" in shown
    assert not [text for text in shown if "not told" in text]


def test_the_signed_record_tells_volumes_to_the_microlitre(desk):
    desk.station("chart")
    model = desk.canvas.model
    model.set_settings(replace(model.settings, dose_ml=Decimal("0.033")))
    desk.place_points(3)
    desk.finish_by_hand()
    desk.sign()
    labels = [label for label in desk.page.findChildren(QLabel) if label.isVisible()]
    shown = [label.text().replace("\u00a0", " ") for label in labels]
    assert {"injected 0.099 mL", "drawn 1.00 mL", "wasted 0.901 mL"} <= set(shown)


def test_signing_with_something_missing_says_so_and_signs_nothing(desk):
    desk.station("finish")
    desk.sign()
    assert desk.stored().state is SessionState.DRAFT
    assert "cannot be signed yet" in desk.place.find("sign_message").accessibleName()


def test_what_an_early_try_to_sign_said_follows_the_list(desk):
    desk.station("finish")
    desk.sign()
    message, card = desk.place.find("sign_message"), desk.page.stack.station("finish").missing
    before = len(card.rows.rows())
    assert len(desk.state.missing) > before, "several of a kind make one line"
    assert f": {before} things are missing." in message.text.text()
    desk.place.click("pain_3")
    desk.kept()
    assert len(card.rows.rows()) == before - 1
    assert f": {before - 1} things are missing." in message.text.text()
    desk.station("chart")
    desk.place_points(2)
    desk.finish_by_hand()
    assert desk.place.find("nothing_missing").isVisible()
    assert not message.isVisible()


def test_a_wrong_password_signs_nothing_and_makes_wait(desk, qtbot):
    desk.station("chart")
    desk.place_points(2)
    desk.finish_by_hand()
    desk.sign("not the password")
    assert desk.stored().state is SessionState.DRAFT
    message = desk.place.find("sign_message").accessibleName()
    assert "This is not the password. Nothing was changed." in message
    card = desk.page.stack.station("finish").sign
    assert card.proof.password.value() == ""
    assert not card.button.isEnabled()
    assert card.button.text() == "Wait 1 s"
    assert "in 1 second." in message
    qtbot.waitUntil(card.button.isEnabled)
    said = desk.place.find("sign_message").accessibleName()
    assert said.strip() == "You can type the password again."
    desk.sign()
    assert desk.stored().state is SessionState.SIGNED


def test_signing_by_keyboard_alone(desk):
    desk.station("chart")
    desk.place_points(2)
    desk.place.press(Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    desk.place.settle()
    assert desk.page.stack.current == "finish"
    assert desk.place.find("pain_0").hasFocus()
    desk.qtbot.waitUntil(desk.place.find("wasted_1").isVisible)
    window, qtbot = desk.place.window, desk.qtbot
    answers = {"pain_": "4", "observation_min": "15", "wasted_1": "0.9", "next_session_on": ""}
    seen = set()
    for _ in range(80):
        focused = window.focusWidget()
        name = focused.objectName()
        if name.startswith("pain_") and "pain" not in seen:
            seen.add("pain")
            qtbot.keyClicks(focused, answers["pain_"])
        elif name in ("observation_min", "wasted_1") and name not in seen:
            seen.add(name)
            qtbot.keyClicks(focused, answers[name])
        elif name in ("reactions_none", "next_plus_14") and name not in seen:
            seen.add(name)
            qtbot.keyClick(focused, Qt.Key.Key_Space)
        elif name.startswith("aftercare_given_") and "aftercare" not in seen:
            seen.add("aftercare")
            qtbot.keyClicks(focused, "y")
        elif name == "sign_password":
            break
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert seen == {
        "pain",
        "observation_min",
        "wasted_1",
        "reactions_none",
        "next_plus_14",
        "aftercare",
    }
    desk.kept()
    assert desk.state.missing == ()
    qtbot.keyClicks(window.focusWidget(), PASSWORD)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    desk.place.settle()
    assert desk.stored().state is SessionState.SIGNED


def test_a_signed_chart_is_read_only(signed):
    signed.place.click("signed_chart")
    signed.place.settle()
    assert signed.panel.model.read_only
    assert not signed.place.find("finish_and_sign").isVisible()
    before = signed.stored_chart().cursor
    signed.place_points(2)
    assert signed.stored_chart().cursor == before


def test_right_after_signing_the_chart_looks_as_when_it_is_opened_later(signed):
    def looks():
        signed.place.click("signed_chart")
        signed.place.settle()
        signed.qtbot.waitUntil(lambda: signed.canvas.has_stage and signed.panel.isVisible())
        view = signed.panel.view
        return {
            "point": view.toolbar.tool("point").isEnabled(),
            "tool": view.canvas.tool.value,
            "undo": view.toolbar.undo.isEnabled(),
            "prepare": signed.panel.syringes.prepare.isVisible(),
            "next point": signed.panel.settings.isVisible(),
            "finish": signed.place.find("finish_and_sign").isVisible(),
        }

    at_once = looks()
    assert at_once.pop("tool") == "select"
    assert not any(at_once.values())
    signed.reopen()
    later = looks()
    assert later.pop("tool") == "select"
    assert later == at_once


def test_the_whole_digest_is_shown_on_demand(signed):
    sha256 = signed.stored().seal.sha256
    shown = signed.place.find("seal_digest", QLabel)
    assert sha256 not in shown.text().replace(" ", "")
    signed.place.click("seal_whole")
    assert sha256 in shown.text().replace(" ", "")


def test_an_addendum_is_added_and_its_draft_survives(signed):
    signed.place.type("addendum_text", "Phoned at 18:00: well.")
    signed.reopen()
    assert signed.page.stack.current == "record"
    box = signed.page.stack.station("record").addenda
    assert box.text.value() == "Phoned at 18:00: well."
    signed.place.click("add_addendum")
    signed.place.settle()
    assert [each.text for each in signed.stored().addenda] == ["Phoned at 18:00: well."]
    assert signed.stored().seal.holds
    assert box.text.value() == ""
    shown = [each.text() for each in signed.page.findChildren(QLabel, "addendum")]
    assert "Phoned at 18:00: well." in shown
    draft = signed.place.run(lambda one: one.drafts.get("addendum", str(signed.session.id)))
    assert draft is None


def test_a_broken_seal_is_shown_as_such(signed, monkeypatch):
    record = signed.stored()
    broken = replace(record, seal=replace(record.seal, holds=False))
    signed.page.stack.station("record").seal.show_record(broken)
    assert signed.place.find("seal_words", QLabel).text() == "The seal is broken"
    assert signed.place.find("seal_broken").isVisible()


def test_a_check_that_follows_is_opened_from_the_signed_session(signed):
    rows = signed.page.stack.station("record").follow_ups.rows.rows()
    assert rows
    signed.qtbot.mouseClick(rows[0], Qt.MouseButton.LeftButton)
    first = signed.place.run(lambda one: one.follow_ups.for_session(signed.session.id))[0]
    assert signed.place.window.page("followup").asked == [{"follow_up_id": first.id}]


def test_a_draft_is_discarded_only_with_a_reason(desk):
    desk.place.click("discard_draft")
    dialog = desk.page.findChild(DiscardDialog)
    assert not dialog.confirm.isEnabled()
    desk.qtbot.keyClicks(dialog.reason.input, "Wrong patient")
    desk.qtbot.mouseClick(dialog.confirm, Qt.MouseButton.LeftButton)
    desk.place.settle()
    record = desk.stored()
    assert record.state is SessionState.ENTERED_IN_ERROR
    assert record.discard_reason == "Wrong patient"
    assert desk.place.window.page("patient").asked == [{"patient_id": record.patient_id}]


def test_keeping_a_draft_instead_of_discarding_it(desk):
    desk.place.click("discard_draft")
    dialog = desk.page.findChild(DiscardDialog)
    desk.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    desk.place.settle()
    assert desk.stored().state is SessionState.DRAFT


def test_a_discarded_draft_never_claims_that_screening_found_nothing(desk):
    desk.place.run(
        lambda one: one.sessions.discard_draft(
            desk.session.id, one.sessions.get(desk.session.id).version, "Wrong patient"
        )
    )
    desk.state.reload()
    desk.place.settle()
    assert desk.page.stack.current == "record"
    words = [label.text() for label in desk.place.find("signed_screening").findChildren(QLabel)]
    assert any("discarded unsigned" in text for text in words)
    assert not any("No stop" in text for text in words)


def test_who_may_not_sign_is_told_so_instead_of_asked_for_a_password(desk):
    desk.place.context.user = replace(desk.place.context.user, role=Role.ASSISTANT)
    card = desk.station("finish").sign
    assert "your role does not sign" in card.who.text()
    assert not card.proof.isVisible()
    assert not card.button.isVisible()

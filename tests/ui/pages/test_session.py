"""A session in its workspace: charted, finished, signed and read, by real clicks and keys."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel

from mesodesk.domain.answers import Answer
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.intake import IntakeFields, ItemAnswer
from mesodesk.domain.records.session import ComponentFields, SessionState, SyringeFields
from mesodesk.domain.records.stock import ActiveFields, LotFields, ProductFields
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.domain.vocabulary import load_vocabulary
from mesodesk.ui.pages.session import SessionPage
from mesodesk.ui.pages.session_parts.discard import DiscardDialog
from mesodesk.ui.pages.session_parts.signing import MissingRow

PASSWORD = "plain tea in the morning"
BELLY = (0.50, 0.40)


def complete_intake(desk, patient):
    draft = desk.intakes.start(patient.id)
    answers = {
        item.id: ItemAnswer(Answer.NO)
        for item in load_questionnaire().items
        if item.kind is ItemKind.YES_NO
    }
    typed = IntakeFields(
        answers=answers,
        medicines_asked=True,
        allergies_asked=True,
        height_cm=Decimal(168),
        weight_kg=Decimal(62),
        skin_type=2,
    )
    kept = desk.intakes.save(draft.id, draft.version, typed)
    desk.intakes.complete(kept.id, kept.version)


def begun_session(desk, patient, *, drawn="1"):
    """Return a draft of which Check and Prepare are done: one syringe, nothing charted."""
    complete_intake(desk, patient)
    product = desk.catalogue.add_product(
        ProductFields(
            name="Silicium 1 %",
            product_class="silicon",
            actives=(
                ActiveFields("silicium", "Silicium", Strength(Decimal(1), StrengthUnit.PERCENT)),
            ),
        )
    )
    lot = desk.catalogue.add_lot(product.id, LotFields("S118", date(2027, 1, 31), date(2026, 3, 1)))
    session = desk.sessions.start(patient.id)
    fields = replace(
        session.fields,
        anything_changed=Answer.NO,
        emergency_kit=Answer.YES,
        skin_preparation=load_vocabulary().skin_preparations[0].id,
        aseptic_steps={step.id: Answer.YES for step in load_vocabulary().aseptic_steps},
    )
    session = desk.sessions.save(session.id, session.version, fields)
    session = desk.sessions.put_syringe(
        session.id,
        session.version,
        SyringeFields(1, "Silicium", (ComponentFields(lot.id, Decimal(drawn)),)),
    )
    for finding in desk.sessions.screening(session.id):
        if finding.severity in ("caution", "stop"):
            session = desk.sessions.acknowledge(
                session.id,
                session.version,
                finding.rule_id,
                finding.rule_version,
                "Seen with the patient",
                finding.severity == "stop",
            )
    return session


class Desk:
    """The session page with a draft in it, and short words for what a hand does to it."""

    def __init__(self, workplace, **begun):
        self.place, self.qtbot = workplace, workplace.qtbot
        patient = workplace.patient()
        self.session = workplace.run(lambda desk: begun_session(desk, patient, **begun))
        self.show()

    def show(self):
        self.page = self.place.add(SessionPage, "patient", "patients", "followup")
        self.open(self.session.id)

    def open(self, session_id, **arguments):
        with self.qtbot.waitSignal(self.page.state.opened):
            self.place.window.open("session", session_id=session_id, **arguments)
        self.place.settle()

    def reopen(self, *, gently=True):
        self.place.close(gently=gently)
        self.place.open()
        self.show()

    @property
    def state(self):
        return self.page.state

    @property
    def panel(self):
        return self.page._stations["chart"].panel

    @property
    def canvas(self):
        return self.panel.view.canvas

    def station(self, key):
        self.place.click(f"step_{key}")
        self.place.settle()
        if key == "chart":
            self.qtbot.waitUntil(lambda: self.canvas.has_stage and self.panel.isVisible())
        return self.page._stations[key]

    def place_points(self, count):
        for at in range(count):
            view = self.canvas.view
            spot = self.canvas.viewport.to_canvas(
                BELLY[0] * view.width_px, BELLY[1] * view.height_px
            )
            self.qtbot.mouseClick(
                self.canvas,
                Qt.MouseButton.LeftButton,
                pos=spot.toPoint() + QPoint(40 * (at % 2) - 20, 40 * (at // 2) - 60),
            )
        self.place.settle()

    def stored_chart(self):
        return self.place.run(lambda desk: desk.charts.load(self.session.id))

    def stored(self):
        return self.place.run(lambda desk: desk.sessions.get(self.session.id))

    def kept(self):
        """Wait until everything is durable and what is missing has been asked for again."""
        self.place.settle()
        self.state.refresh()
        self.place.settle()

    def missing_codes(self):
        return {each.code for each in self.state.missing}

    def finish_by_hand(self):
        """Fill in the last station as a therapist would."""
        self.station("finish")
        self.place.click("pain_3")
        self.place.click("reactions_none")
        self.place.type("observation_min", "20")
        self.place.click("discard_rest_1")
        self.place.click("aftercare_given_yes")
        self.place.click("next_plus_14")
        self.kept()

    def sign(self, password=PASSWORD):
        self.place.type("sign_password", password)
        self.place.press(Qt.Key.Key_Return)
        self.place.settle()


@pytest.fixture
def desk(workplace):
    return Desk(workplace)


def test_a_draft_opens_at_the_first_station_with_something_to_do(desk):
    assert desk.page._current == "chart"
    assert desk.page.steps.current() == "chart"
    assert desk.place.window.windowTitle() == "Session - Mesodesk"


def test_from_the_first_point_to_the_seal(desk):
    desk.station("chart")
    desk.place_points(6)
    assert len(desk.stored_chart().fields) == 6
    desk.place.click("finish_and_sign")
    assert desk.page._current == "finish"
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
    assert desk.page._current == "record"
    assert desk.place.find("seal_words").text() == "Signed and sealed; the seal holds"
    assert not desk.page.steps.isVisible()
    assert desk.page.tabs.isVisible()


def test_every_gesture_is_on_record_at_once_with_its_regions(desk):
    desk.station("chart")
    desk.place_points(1)
    stored = desk.stored_chart()
    assert stored.cursor == 1
    assert desk.place.window.status.text().startswith("kept")
    regions = desk.place.run(
        lambda one: one.sessions.for_patient(desk.session.patient_id)[0].regions
    )
    ref = next(iter(desk.panel.model.document.refs()))
    assert regions == (desk.panel.model.region_of(ref).key,)


def test_undo_goes_on_after_the_vault_was_reopened(desk):
    desk.station("chart")
    desk.place_points(3)
    desk.reopen(gently=False)
    desk.station("chart")
    assert len(desk.panel.model.fields) == 3
    desk.canvas.setFocus()
    desk.place.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.place.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.place.settle()
    assert desk.stored_chart().cursor == 1
    assert len(desk.stored_chart().fields) == 1
    desk.place.press(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    desk.place.settle()
    assert desk.stored_chart().cursor == 2


def test_the_view_of_the_chart_stays_over_stations_and_the_lock(desk):
    desk.station("chart")
    desk.place_points(2)
    desk.canvas.zoom_in()
    before = desk.canvas.viewport.scale
    desk.station("finish")
    desk.station("chart")
    assert desk.canvas.viewport.scale == before
    desk.place.window.ask_lock()
    desk.place.settle()
    desk.place.window.hide_cover()
    desk.place.settle()
    assert desk.canvas.viewport.scale == before
    assert desk.page._current == "chart"


def test_what_is_missing_leads_to_its_place(desk):
    desk.station("finish")
    rows = {row.objectName(): row for row in desk.page.findChildren(MissingRow)}
    assert "missing_body_map" in rows
    assert rows["missing_body_map"].sentence.text() == "The chart is empty: place the points."
    pain = rows["missing_pain"]
    desk.qtbot.mouseClick(pain, Qt.MouseButton.LeftButton)
    desk.qtbot.waitUntil(lambda: desk.place.find("pain_0").hasFocus())
    desk.qtbot.mouseClick(rows["missing_body_map"], Qt.MouseButton.LeftButton)
    assert desk.page._current == "chart"
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


def test_a_day_that_is_not_accepted_is_said_at_the_field_and_blocks_signing(desk):
    desk.station("finish")
    desk.place.type("next_session_on", "1 March 2026")
    desk.place.press(Qt.Key.Key_Tab)
    desk.place.settle()
    field = desk.page._stations["finish"].next_session.day
    assert "not after the present session" in field.error()
    desk.place.click("pain_2")
    desk.place.settle()
    assert desk.stored().fields.pain == 2
    desk.sign()
    assert desk.stored().state is SessionState.DRAFT
    assert "not accepted" in desk.place.find("sign_message").accessibleName()


def test_signing_with_something_missing_says_so_and_signs_nothing(desk):
    desk.station("finish")
    desk.sign()
    assert desk.stored().state is SessionState.DRAFT
    assert "cannot be signed yet" in desk.place.find("sign_message").accessibleName()


def test_a_wrong_password_signs_nothing_and_makes_wait(desk, qtbot):
    desk.station("chart")
    desk.place_points(2)
    desk.finish_by_hand()
    desk.sign("not the password")
    assert desk.stored().state is SessionState.DRAFT
    message = desk.place.find("sign_message").accessibleName()
    assert "This is not the password. Nothing was changed." in message
    card = desk.page._stations["finish"].sign
    assert card.password.value() == ""
    assert not card.button.isEnabled()
    assert card.button.text() == "Wait 1 s"
    qtbot.waitUntil(card.button.isEnabled, timeout=3_000)
    desk.sign()
    assert desk.stored().state is SessionState.SIGNED


def test_signing_by_keyboard_alone(desk):
    desk.station("chart")
    desk.place_points(2)
    desk.place.press(Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert desk.page._current == "finish"
    assert desk.place.find("pain_0").hasFocus()
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


@pytest.fixture
def signed(desk):
    desk.station("chart")
    desk.place_points(2)
    desk.finish_by_hand()
    desk.sign()
    assert desk.stored().state is SessionState.SIGNED
    return desk


def test_a_signed_chart_is_read_only(signed):
    signed.place.click("signed_chart")
    signed.place.settle()
    assert signed.panel.model.read_only
    assert not signed.place.find("finish_and_sign").isVisible()
    before = signed.stored_chart().cursor
    signed.place_points(2)
    assert signed.stored_chart().cursor == before


def test_the_whole_digest_is_shown_on_demand(signed):
    sha256 = signed.stored().seal.sha256
    shown = signed.place.find("seal_digest", QLabel)
    assert sha256 not in shown.text().replace(" ", "")
    signed.place.click("seal_whole")
    assert sha256 in shown.text().replace(" ", "")


def test_an_addendum_is_added_and_its_draft_survives(signed):
    signed.place.type("addendum_text", "Phoned at 18:00: well.")
    signed.reopen()
    assert signed.page._current == "record"
    box = signed.page._stations["record"].addenda
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
    signed.page._stations["record"].seal.show_record(broken)
    assert signed.place.find("seal_words", QLabel).text() == "The seal is broken"
    assert signed.place.find("seal_broken").isVisible()


def test_a_check_that_follows_is_opened_from_the_signed_session(signed):
    rows = signed.page._stations["record"].follow_ups.rows.rows()
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


def test_text_typed_into_the_note_survives_a_crash(desk):
    desk.station("finish")
    desk.place.type("session_note", "Prefers mornings")
    desk.qtbot.waitUntil(lambda: desk.place.window.status.text().startswith("kept"), timeout=3_000)
    desk.reopen(gently=False)
    assert desk.stored().fields.note == "Prefers mornings"


def test_a_session_that_is_not_on_record_says_so(desk):
    desk.place.window.open("session", session_id=desk.session.patient_id)
    desk.place.settle()
    assert desk.place.find("session_broken").isVisible()
    assert "not on record" in desk.page._broken.text.text()
    desk.place.click("session_broken_action")
    assert desk.place.window.current_page().page_id == "patients"

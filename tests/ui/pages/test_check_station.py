"""The first station of a session: questions, findings, reasons, by real clicks and keys."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from consenting import cover
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.findings import Evidence, Override, Severity
from mesodesk.domain.ids import new_id
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.followup import Channel, CheckAnswer, FollowUpFields
from mesodesk.domain.records.intake import IntakeFields, IntakeState, ItemAnswer, Medicine
from mesodesk.domain.records.session import ComponentFields, SessionFields, SyringeFields
from mesodesk.domain.records.stock import LotFields, ProductFields
from mesodesk.domain.screening import Finding, FindingKind, acknowledge
from mesodesk.domain.vocabulary import load_vocabulary
from mesodesk.ui.finding_card import evidence_words
from mesodesk.ui.findings_panel import FindingsPanel
from mesodesk.ui.pages.session import SessionPage
from mesodesk.ui.pages.session_parts.acknowledge_form import AcknowledgeForm
from mesodesk.ui.pages.session_parts.last_session import ago, some
from mesodesk.ui.pages.session_parts.question_row import QuestionRow
from mesodesk.ui.pages.session_parts.questions_card import QuestionsCard

PASSWORD = "plain tea in the morning"


def intake(desk, patient, *, leave=(), **yes):
    """Complete an intake: no to everything but `yes` (item: detail), `leave` not asked."""
    draft = desk.intakes.start(patient.id)
    answers = {
        item.id: ItemAnswer(Answer.NO)
        for item in load_questionnaire().items
        if item.kind is ItemKind.YES_NO and item.id not in leave
    }
    answers |= {item: ItemAnswer(Answer.YES, detail) for item, detail in yes.items()}
    typed = IntakeFields(
        answers=answers,
        medicines=(Medicine("Warfarin", "5 mg"),) if "takes_anticoagulant" in yes else (),
        medicines_asked=True,
        allergies_asked=True,
        height_cm=Decimal(168),
        weight_kg=Decimal("64.2"),
        skin_type=3,
    )
    kept = desk.intakes.save(draft.id, draft.version, typed)
    return desk.intakes.complete(kept.id, kept.version)


class CheckDesk:
    """A session page at its first station, for a patient whose intake is as told."""

    def __init__(self, workplace, *, intaken=True, **answers):
        self.place = workplace
        self.qtbot = workplace.qtbot
        self.patient = workplace.patient()
        if intaken:
            workplace.run(lambda desk: intake(desk, self.patient, **answers))

    def begin(self):
        self.session = self.place.run(lambda desk: desk.sessions.start(self.patient.id))
        self.page = self.place.add(SessionPage, "patient", "followup", "settings", "stock")
        self.show()
        return self

    def show(self):
        with self.qtbot.waitSignal(self.page.state.opened):
            self.place.window.open("session", session_id=self.session.id, station="check")
        self.place.settle()

    def settle(self):
        self.place.settle()
        self.page.state.refresh()
        self.place.settle()

    def reopen(self, *, gently=True):
        self.place.close(gently=gently)
        self.place.open()
        self.page = self.place.add(SessionPage, "patient", "followup")
        self.show()

    def click(self, name):
        self.place.click(name)
        self.settle()

    def sees(self, name):
        found = self.place.window.findChild(QWidget, name)
        return found is not None and found.isVisible()

    def banner(self):
        return self.place.find("findings_banner").headline.text()

    def record(self):
        return self.place.run(lambda desk: desk.sessions.get(self.session.id))

    def latest_intake(self):
        return self.place.run(lambda desk: desk.intakes.latest(self.patient.id))

    def elsewhere(self, page_id):
        return self.place.window.findChild(QWidget, f"page_{page_id}").asked


@pytest.fixture
def warned(workplace):
    """A patient on warfarin, everything asked today: one caution beside the emergency kit."""
    return CheckDesk(workplace, takes_anticoagulant="Warfarin 5 mg").begin()


@pytest.fixture
def stopped(workplace):
    """A patient with active cancer, everything asked today: one stop."""
    return CheckDesk(workplace, cancer_active="breast").begin()


def retype_weight(desk, text):
    desk.place.find("weight_today").selectAll()
    desk.place.type("weight_today", text)


class TestQuestions:
    def test_what_changed_is_asked_told_and_kept(self, warned):
        assert not warned.sees("changes")
        warned.click("anything_changed_yes")
        assert warned.place.window.focusWidget().objectName() == "changes"
        warned.qtbot.keyClicks(warned.place.window.focusWidget(), "New: Warfarin since May")
        warned.settle()

        kept = warned.record().fields
        assert kept.anything_changed is Answer.YES
        assert kept.changes == "New: Warfarin since May"

    def test_the_first_session_has_no_last_one_to_react_to(self, warned):
        assert not warned.sees("reaction_to_last")
        assert "first session" in warned.place.find("last_session_when", QLabel).text()

    def test_in_a_small_window_no_question_wraps_into_a_narrow_column(self, warned):
        warned.place.window.resize(1024, 700)
        warned.settle()
        rows = [row for row in warned.page.findChildren(QuestionRow) if row.isVisible()]
        assert len(rows) >= 2
        for row in rows:
            lines = row.label.height() / row.label.fontMetrics().lineSpacing()
            assert lines < 3, row.objectName()
            assert row.tri.geometry().right() <= row.width()
            assert row.label.geometry().bottom() < row.height()
        warned.place.window.resize(1600, 900)
        warned.settle()
        assert all(row.tri.x() > row.label.x() for row in rows)

    def test_a_question_is_answered_by_its_letter(self, warned):
        segment = warned.place.find("emergency_kit_not_asked")
        segment.setFocus()
        warned.place.press(Qt.Key.Key_Y)
        warned.settle()

        assert warned.record().fields.emergency_kit is Answer.YES
        assert not warned.sees("finding_emergency_kit")

    def test_a_key_typed_while_the_next_station_comes_answers_nothing_here(self, warned):
        warned.place.find("emergency_kit_not_asked").setFocus()
        warned.place.press(Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
        warned.place.press(Qt.Key.Key_Y)
        warned.place.press(Qt.Key.Key_3)
        warned.settle()

        assert warned.sees("finish_station")
        assert warned.record().fields.emergency_kit is Answer.NOT_ASKED
        assert warned.record().fields.pain == 3

    def test_the_weight_is_kept_with_a_comma_and_the_last_one_stands_beside_it(self, warned):
        hint = warned.place.find("weight_today_message", QLabel)
        assert "64.2" in hint.text()
        assert "10 Mar 2026" in hint.text()
        # What the intake of the day told is there already, and can be typed over.
        assert warned.record().fields.weight_kg == Decimal("64.2")
        retype_weight(warned, "63,5")
        warned.settle()

        assert warned.record().fields.weight_kg == Decimal("63.5")

    def test_a_weight_far_from_the_last_one_is_asked_about(self, warned):
        retype_weight(warned, "140")
        warned.settle()
        warned.place.press(Qt.Key.Key_Return)
        words = warned.place.find("weight_today_doubt_words", QLabel).text()
        assert "140 lb would be 63.5" in words.replace("\xa0", " ")
        warned.place.click("weight_today_doubt_other")
        warned.settle()

        assert warned.record().fields.weight_kg == Decimal("63.503")
        assert not warned.sees("weight_today_doubt")

    def test_a_weight_that_cannot_be_is_refused_in_its_place_and_not_kept(self, warned):
        retype_weight(warned, "5000")
        warned.settle()

        assert "400" in warned.place.find("weight_today_message", QLabel).text()
        assert warned.record().fields.weight_kg is None

    def test_tab_reaches_reasons_and_questions_in_the_order_they_are_read(self, warned):
        warned.place.find("open_intake").setFocus()
        walked = []
        for _press in range(8):
            warned.place.press(Qt.Key.Key_Tab)
            walked.append(warned.place.window.focusWidget().objectName())
        assert walked == [
            "other_questions",
            "source_anticoagulant",
            "quick_anticoagulant_0",
            "quick_anticoagulant_1",
            "quick_anticoagulant_2",
            "reason_anticoagulant",
            "source_emergency_kit",
            "answer_emergency_kit",
        ]

    def test_what_was_typed_is_there_after_the_power_failed(self, warned):
        warned.click("anything_changed_yes")
        warned.place.type("changes", "Moved house")
        warned.settle()
        warned.reopen(gently=False)

        assert warned.place.find("changes").toPlainText() == "Moved house"
        assert warned.place.find("anything_changed_yes").isChecked()


class TestCautions:
    def test_it_says_what_it_rests_on_and_the_source_on_demand(self, warned):
        evidence = warned.place.find("evidence_anticoagulant", QLabel).text()
        assert "Warfarin in medicines" in evidence
        assert not warned.sees("source_text_anticoagulant")
        warned.click("source_anticoagulant")
        assert warned.sees("source_text_anticoagulant")

    def test_a_ready_reason_acknowledges_at_once_and_folds_the_card(self, warned):
        assert "2 cautions to acknowledge" in warned.banner()
        warned.click("quick_anticoagulant_1")

        [given] = warned.record().acknowledgements
        assert (given.rule_id, given.reason) == ("anticoagulant", "Physician agrees")
        assert not warned.sees("finding_anticoagulant")
        line = warned.place.find("dealt_with_anticoagulant")
        told = " ".join(label.text() for label in line.findChildren(QLabel))
        assert "Olga Owner" in told
        assert "10 Mar 2026, 10:00" in told
        assert "1 caution to acknowledge" in warned.banner()

    def test_a_typed_reason_is_given_with_enter(self, warned):
        warned.place.type("reason_anticoagulant", "INR 2.1 on Monday")
        warned.place.press(Qt.Key.Key_Return)
        assert warned.place.window.focusWidget().objectName() == "reason_emergency_kit"
        warned.settle()

        [given] = warned.record().acknowledgements
        assert given.reason == "INR 2.1 on Monday"

    def test_nothing_is_acknowledged_without_a_reason(self, warned):
        assert not warned.place.find("acknowledge_anticoagulant").isEnabled()
        warned.place.find("reason_anticoagulant").setFocus()
        warned.place.press(Qt.Key.Key_Return)
        warned.settle()

        assert warned.record().acknowledgements == ()

    def test_it_can_be_taken_back(self, warned):
        warned.click("quick_anticoagulant_0")
        warned.click("take_back_anticoagulant")

        assert warned.record().acknowledgements == ()
        assert warned.sees("finding_anticoagulant")
        assert not warned.sees("findings_dealt_with")

    def test_a_half_typed_reason_survives_other_answers_and_a_crash(self, warned):
        warned.place.type("reason_anticoagulant", "Asked the prescr")
        warned.click("emergency_kit_yes")
        assert warned.place.find("reason_anticoagulant").text() == "Asked the prescr"
        warned.reopen(gently=False)

        assert warned.place.find("reason_anticoagulant").text() == "Asked the prescr"

    def test_the_kit_is_answered_where_it_is_asked(self, warned):
        assert warned.place.window.findChild(QWidget, "quick_emergency_kit_0") is None
        warned.click("answer_emergency_kit")

        focused = warned.place.window.focusWidget()
        assert focused.objectName().startswith("emergency_kit_")

    def test_a_reason_too_late_is_refused_in_words(self, warned):
        def somebody_else(desk):
            now = desk.sessions.get(warned.session.id)
            fields = replace(now.fields, emergency_kit=Answer.YES)
            desk.sessions.save(now.id, now.version, fields)

        card = warned.page.stack.station("check").findings.card("emergency_kit")
        warned.place.run(somebody_else)
        form = card.findChild(AcknowledgeForm)
        form.given.emit(card.finding, "In the next room")
        warned.settle()

        assert warned.record().acknowledgements == ()
        assert not warned.sees("finding_emergency_kit")
        assert "does not stand any more" in warned.place.find("check_notice").headline.text()


class TestStops:
    def test_it_is_overridden_with_a_typed_reason_only(self, stopped):
        assert "1 stop" in stopped.banner()
        assert stopped.place.window.findChild(QWidget, "quick_active_cancer_0") is None
        assert not stopped.place.find("override_active_cancer").isEnabled()
        stopped.place.type("reason_active_cancer", "Letter of the oncologist of 3 March")
        stopped.click("override_active_cancer")

        [given] = stopped.record().acknowledgements
        assert given.overridden
        assert "stop" not in stopped.banner()

    @pytest.mark.parametrize(
        ("override", "role", "words"),
        [
            (Override.NEVER, "owner", "Nobody can override"),
            (Override.PRESCRIBER, "therapist", "only a prescriber or the owner"),
        ],
    )
    def test_who_may_not_override_is_told_so_plainly(self, qtbot, override, role, words):
        form = AcknowledgeForm(finding(Severity.STOP, override), role)
        qtbot.addWidget(form)

        told = " ".join(label.text() for label in form.findChildren(QLabel))
        assert words in told
        assert form.reason is None

    def test_a_prescriber_is_offered_the_reason(self, qtbot):
        form = AcknowledgeForm(finding(Severity.STOP, Override.PRESCRIBER), "prescriber")
        qtbot.addWidget(form)

        assert form.reason is not None


class TestQuestionsNotAsked:
    @pytest.fixture
    def returning(self, workplace, clock):
        """A patient whose intake is of an earlier day: some questions are asked each time."""
        desk = CheckDesk(workplace)
        clock.move(days=30)
        return desk.begin()

    def test_questions_of_each_session_stand_here_with_the_last_answer(self, returning):
        assert "questions not asked" in returning.banner()
        row = returning.place.find("item_pregnant_row")
        assert "Last time: no" in [label.text() for label in row.findChildren(QLabel)]
        assert returning.place.find("item_pregnant_not_asked").isChecked()

    def test_an_answer_starts_a_review_and_the_row_stays_to_be_corrected(self, returning):
        returning.click("item_pregnant_no")

        kept = returning.latest_intake()
        assert kept.state is IntakeState.DRAFT
        assert kept.fields.answers["pregnant"] == ItemAnswer(Answer.NO)
        assert not kept.fields.answers["diabetes"].confirmed
        assert returning.sees("item_pregnant_row")
        assert returning.place.find("item_pregnant_no").isChecked()
        assert returning.place.find("open_intake").text() == "Finish the intake review"

    def test_a_yes_stops_and_takes_its_detail(self, returning):
        returning.click("item_site_infection_yes")
        assert returning.sees("finding_site_not_healthy")
        returning.place.type("detail_site_infection", "Boil on the left thigh")
        returning.settle()

        kept = returning.latest_intake().fields.answers["site_infection"]
        assert kept == ItemAnswer(Answer.YES, "Boil on the left thigh")

    def test_all_asked_at_once_is_no_to_those_in_sight_only(self, returning):
        station = returning.page.stack.station("check")
        asked = set(station.findings.asking._open)
        returning.click("asked_all_no")

        answers = returning.latest_intake().fields.answers
        assert {key for key, given in answers.items() if given.confirmed} == asked
        assert all(answers[item].answer is Answer.NO for item in asked)

    def test_what_hangs_on_another_question_waits_for_that_one(self, returning):
        returning.click("item_pregnant_no")

        assert returning.sees("item_bleeding_disorder_row")
        assert returning.place.window.findChild(QWidget, "item_bleeding_disorder_severe") is None
        returning.click("item_bleeding_disorder_yes")
        assert returning.sees("item_bleeding_disorder_severe_row")

    def test_allergies_asked_and_none_is_one_click(self, returning):
        returning.click("item_pregnant_no")
        assert returning.sees("fact_allergies")
        returning.click("no_allergies")

        assert returning.latest_intake().fields.allergies_asked
        assert returning.place.window.findChild(QWidget, "fact_allergies") is None or not (
            returning.sees("fact_allergies")
        )

    def test_a_missing_finding_leads_to_its_question(self, returning):
        station = returning.page.stack.station("check")
        assert station.reveal("finding_pregnant_or_breastfeeding")
        assert returning.place.window.focusWidget().objectName().startswith("item_pregnant_")
        assert not station.reveal("finding_of_nothing")

    def test_a_finding_that_stands_leads_to_its_reason(self, stopped):
        assert stopped.page.stack.station("check").reveal("finding_active_cancer")
        assert stopped.place.window.focusWidget().objectName() == "reason_active_cancer"

    def test_answers_of_the_same_day_stay_answered(self, workplace):
        desk = CheckDesk(workplace, leave=("cancer_active",)).begin()
        assert "1 question not asked" in desk.banner()
        desk.click("item_cancer_active_no")

        kept = desk.latest_intake().fields
        assert all(given.confirmed for given in kept.answers.values())
        assert kept.weight_kg == Decimal("64.2")
        assert "not asked" not in desk.banner()

    def test_other_questions_are_folded_and_answered_too(self, workplace):
        desk = CheckDesk(workplace, leave=("diabetes", "keloid")).begin()
        assert desk.sees("other_questions")
        assert desk.place.window.findChild(QWidget, "item_diabetes") is None
        desk.click("other_questions")
        desk.click("item_diabetes_yes")

        assert desk.latest_intake().fields.answers["diabetes"].answer is Answer.YES

    def test_without_an_intake_everything_can_be_asked_here(self, workplace):
        desk = CheckDesk(workplace, intaken=False).begin()
        assert "the intake to complete" in desk.banner()
        desk.click("item_pregnant_no")

        assert desk.latest_intake().fields.answers == {"pregnant": ItemAnswer(Answer.NO)}
        desk.click("open_intake")
        assert desk.elsewhere("patient") == [{"patient_id": desk.patient.id, "tab": "intake"}]


class TestLastSession:
    @pytest.fixture
    def again(self, workplace, clock):
        """A second session, five weeks after one whose first check found a swelling."""
        desk = CheckDesk(workplace)
        first = workplace.run(lambda services: services.sessions.start(desk.patient.id))
        workplace.run(lambda services: treat(services, first))
        clock.move(days=1)
        workplace.run(lambda services: call(services, first))
        clock.move(days=34)
        return desk.begin()

    def test_it_tells_when_it_was_and_what_its_checks_found(self, again):
        assert again.place.find("last_session_when", QLabel).text() == "Session 1, 5 weeks ago"
        card = again.place.find("last_session")
        told = [label.text() for label in card.findChildren(QLabel)]
        assert "24 hours" in told
        assert any("swelling" in text for text in told)
        assert "pain 3 of 10" in told

    def test_the_reaction_to_it_is_asked(self, again):
        again.click("reaction_to_last_yes")
        again.place.type("reaction_to_last_detail", "Itching for two days")
        again.settle()

        assert again.record().fields.reaction_to_last_detail == "Itching for two days"

    def test_a_check_that_is_due_can_be_worked_from_here(self, again):
        due = [
            button
            for button in again.place.find("last_session").findChildren(QWidget)
            if button.objectName().startswith("open_check_")
        ]
        assert due
        again.qtbot.mouseClick(due[0], Qt.MouseButton.LeftButton)
        again.settle()
        assert "follow_up_id" in again.elsewhere("followup")[0]


def treat(desk, session):
    """Sign a session of one point, and work its first check: a swelling."""
    product = desk.catalogue.add_product(ProductFields(name="Silicium"))
    lot = desk.catalogue.add_lot(product.id, LotFields("N1", date(2027, 1, 31), date(2026, 3, 1)))
    parts = (ComponentFields(lot.id, Decimal("0.5")),)
    session = desk.sessions.put_syringe(session.id, session.version, SyringeFields(1, "", parts))
    field = ChartField(
        id=new_id(),
        syringe_id=session.syringes[0].id,
        technique="papule",
        depth_mm=Decimal(2),
        needle="30g_4mm",
        pattern=Pattern.SINGLE,
        dose_per_point_ml=Decimal("0.5"),
        points=PackedPoints([ChartPoint(10, 0.25, 0.5, 500, 2000)]),
    )
    edit = Edit(EditLabel.PLACE, ((field.id, None, field),))
    desk.charts.append(session.id, 0, edit, {field.id: ("abdomen_upper.left",)})
    session = desk.sessions.save(session.id, session.version, finished_fields())
    for each in desk.sessions.screening(session.id):
        if each.severity is Severity.CAUTION:
            session = desk.sessions.acknowledge(
                session.id, session.version, each.rule_id, each.rule_version, "Seen", False
            )
    cover(desk, session)
    desk.sessions.sign(session.id, session.version, PASSWORD)


def finished_fields():
    words = load_vocabulary()
    return SessionFields(
        anything_changed=Answer.NO,
        emergency_kit=Answer.YES,
        skin_preparation=words.skin_preparations[0].id,
        aseptic_steps={step.id: Answer.YES for step in words.aseptic_steps},
        pain=3,
        reactions={each.id: Answer.NO for each in words.immediate_reactions},
        observation_min=20,
        aftercare_id="general",
        aftercare_version=1,
        aftercare_language="en",
        aftercare_given=Answer.YES,
        no_next_session=True,
    )


def call(desk, session):
    """Work the first check of a session: a swelling, the rest not asked."""
    check = desk.follow_ups.for_session(session.id)[0]
    typed = FollowUpFields(Channel.PHONE, {"swelling": CheckAnswer(Answer.YES)})
    kept = desk.follow_ups.save(check.id, check.version, typed)
    desk.follow_ups.complete(kept.id, kept.version, early=True)


def finding(severity, override=Override.ALLOWED, **others):
    given = {
        "rule_id": "a_rule",
        "rule_version": 1,
        "severity": severity,
        "kind": FindingKind.TRIGGERED,
        "message": "A message",
        "action": "An action",
        "source": "A source (A)",
        "override": override,
        "scope": "all",
        "evidence": (),
        "rule_severity": severity,
    }
    return Finding(**(given | others))


class TestFindingsPanel:
    """The panel as other pages show it: to be read only."""

    @pytest.fixture
    def panel(self, qtbot):
        made = FindingsPanel("en", zone="Europe/Madrid")
        qtbot.addWidget(made)
        made.show()
        return made

    def test_stops_come_first_and_information_is_folded(self, panel):
        caution = finding(Severity.CAUTION, rule_id="second")
        panel.set_findings(
            [finding(Severity.STOP, rule_id="first"), caution, finding(Severity.INFO)]
        )

        assert [card.finding.rule_id for card in panel.cards()] == ["first", "second"]
        assert panel.information.handle.text() == "For information: 1"
        assert not panel.information.is_open()
        assert panel.findChild(AcknowledgeForm) is None

    def test_a_card_that_stays_is_the_same_widget(self, panel):
        one, other = (finding(Severity.CAUTION, rule_id=each) for each in ("one", "other"))
        panel.set_findings([one])
        before = panel.card("one")
        panel.set_findings([other, one])

        assert panel.card("one") is before
        assert [card.finding.rule_id for card in panel.cards()] == ["other", "one"]

    def test_new_evidence_makes_a_new_card(self, panel):
        panel.set_findings([finding(Severity.CAUTION)])
        before = panel.card("a_rule")
        more = (Evidence("medicines", Answer.YES, "Aspirin"),)
        panel.set_findings([finding(Severity.CAUTION, evidence=more)])

        assert panel.card("a_rule") is not before

    def test_what_was_acknowledged_is_a_quiet_line_with_the_clinics_time(self, panel):
        one = finding(Severity.CAUTION)
        at = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
        panel.set_findings([one], [acknowledge(one, "Known", "Ana", at)])

        told = panel.dealt_with.findChildren(QLabel)
        assert "Acknowledged by Ana, 1 Jul 2026, 10:00: Known" in [each.text() for each in told]
        assert panel.cards() == ()
        assert panel.nothing.isVisible()

    def test_what_was_not_asked_is_named(self, panel):
        waiting = finding(
            Severity.STOP,
            kind=FindingKind.UNANSWERED,
            evidence=(Evidence("pregnant", Answer.NOT_ASKED), Evidence("weight", Answer.NOT_ASKED)),
        )
        panel.set_findings([waiting])

        told = " ".join(each.text() for each in panel.findChildren(QLabel))
        assert "Pregnancy; weight" in told
        assert not panel.nothing.isVisible()
        panel.set_findings([])
        assert panel.nothing.isVisible()


@pytest.mark.parametrize(
    ("piece", "words"),
    [
        (Evidence("medicines", Answer.YES, "Warfarin"), ["Warfarin in medicines"]),
        (Evidence("birth_date", Answer.YES, "17"), ["age 17"]),
        (Evidence("last_session", Answer.YES, "2026-03-01"), ["last session: 1 Mar 2026"]),
        (Evidence("emergency_kit", Answer.NO), ["emergency kit: no"]),
        (Evidence("weight", Answer.NOT_ASKED), ["weight: not asked"]),
        (Evidence("lot", Answer.YES, "L1 2026-03-01"), []),
        (Evidence("something_old", Answer.YES), ["something_old: yes"]),
    ],
)
def test_evidence_in_words(qapp, piece, words):
    assert evidence_words(finding(Severity.STOP, evidence=(piece,)), "en") == words


def test_how_long_ago_and_some_of_many(qapp):
    assert ago(date(2026, 3, 7), date(2026, 3, 10)) == "3 days ago"
    assert ago(date(2025, 12, 1), date(2026, 3, 10)) == "14 weeks ago"
    assert some(["a"] * 8) == "a, a, a, a, a, a and 2 more"


class TestBringing:
    """The first time a station is brought takes some turns; much can happen between them."""

    CONTROL = Qt.KeyboardModifier.ControlModifier

    def focused(self, warned):
        widget = warned.place.window.focusWidget()
        return "" if widget is None else widget.objectName()

    def test_a_lock_in_between_leaves_no_dead_keyboard(self, warned):
        window = warned.place.window
        warned.place.press(Qt.Key.Key_4, self.CONTROL)
        window.show_cover()
        warned.settle()
        window.hide_cover()
        warned.qtbot.waitUntil(lambda: self.focused(warned) == "pain_0")

    def test_the_palette_in_between_leaves_no_dead_keyboard(self, warned):
        window = warned.place.window
        warned.place.press(Qt.Key.Key_4, self.CONTROL)
        window.open_palette()
        warned.settle()
        warned.place.press(Qt.Key.Key_Escape)
        warned.qtbot.waitUntil(lambda: self.focused(warned) == "pain_0")

    def test_going_on_twice_goes_two_stations_on(self, warned):
        warned.place.press(Qt.Key.Key_Return, self.CONTROL)
        warned.place.press(Qt.Key.Key_Return, self.CONTROL)
        warned.settle()
        assert warned.sees("chart_station")

    def test_the_body_has_the_focus_once_its_chart_is_read(self, warned, monkeypatch):
        asked, jobs = [], warned.place.jobs
        monkeypatch.setattr(jobs, "run_aside", lambda *job: asked.append(job))
        warned.place.press(Qt.Key.Key_3, self.CONTROL)
        warned.qtbot.waitUntil(lambda: warned.page.stack.current == "chart")
        monkeypatch.undo()
        for job in asked:
            jobs.run_aside(*job)
        warned.settle()
        assert self.focused(warned) == "chart_canvas"

    def test_the_same_key_again_loses_nothing(self, warned):
        warned.place.press(Qt.Key.Key_4, self.CONTROL)
        warned.place.press(Qt.Key.Key_3)
        warned.place.press(Qt.Key.Key_4, self.CONTROL)
        warned.settle()
        assert warned.record().fields.pain == 3

    def test_keys_for_a_station_that_was_given_up_go_nowhere(self, warned):
        warned.place.find("emergency_kit_not_asked").setFocus()
        warned.place.press(Qt.Key.Key_4, self.CONTROL)
        warned.place.press(Qt.Key.Key_Y)
        warned.place.press(Qt.Key.Key_1, self.CONTROL)
        warned.settle()
        fields = warned.record().fields
        assert warned.sees("check_station")
        assert (fields.emergency_kit, fields.anything_changed) == (Answer.NOT_ASKED,) * 2

    def test_a_station_that_fails_leaves_the_one_before(self, warned, monkeypatch, log_book):
        page, make = warned.page, warned.page.stack._make
        monkeypatch.setattr(page.stack, "_make", lambda key: make("check") and 1 / 0)
        with warned.qtbot.captureExceptions() as told:
            warned.place.press(Qt.Key.Key_4, self.CONTROL)
            warned.settle()
        assert [kind for kind, _, _ in told] == [ZeroDivisionError]
        assert page.steps.current() == "check"
        assert self.focused(warned) == "anything_changed_not_asked"
        monkeypatch.undo()
        warned.place.press(Qt.Key.Key_4, self.CONTROL)
        warned.settle()
        assert warned.sees("finish_station")


def test_a_question_that_was_folded_away_stands_in_sight_once_it_blocks(qtbot):
    card = QuestionsCard("en")
    qtbot.addWidget(card)
    card.show_open((), ("bleeding_disorder",), None)
    card.more.set_open(True)
    card.more.set_open(False)
    card.start_afresh()
    card.show_open(("bleeding_disorder",), (), None)
    assert card.row("bleeding_disorder").isVisibleTo(card)


def test_the_same_questions_asked_again_keep_their_rows_but_for_what_was_typed(qtbot):
    card = QuestionsCard("en")
    qtbot.addWidget(card)
    card.show_open(("bleeding_disorder", "pregnant"), (), None)
    row = card.row("bleeding_disorder")
    card.start_afresh()
    card.show_open(("bleeding_disorder", "pregnant"), (), None)
    assert card.row("bleeding_disorder") is row
    row.show_answer(Answer.YES, "typed of somebody else")
    card.start_afresh()
    card.show_open(("bleeding_disorder", "pregnant"), (), None)
    assert card.row("bleeding_disorder") is not row

"""The intake: asked by mouse and by keys, kept as it is typed, screened live, asked again."""

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.intake import (
    Allergy,
    IntakeFields,
    IntakeState,
    ItemAnswer,
    Medicine,
)
from mesodesk.domain.records.patient import BodySex
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.pages.patient_parts.file import facts_with
from mesodesk.ui.pages.patient_parts.intake_progress import items_put, progress_of
from mesodesk.ui.widgets.chips import Chip

YES, NO, NOT_ASKED = Answer.YES, Answer.NO, Answer.NOT_ASKED
QUESTIONS = load_questionnaire()
YES_NO = [item.id for item in QUESTIONS.items if item.kind is ItemKind.YES_NO]


@pytest.fixture
def page(workplace):
    return workplace.add(PatientPage, "session", "followup", "patients")


@pytest.fixture
def patient(workplace):
    made = workplace.patient()
    workplace.settle()
    return made


@pytest.fixture
def intake(workplace, page, patient):
    """The tab with a fresh intake, all its cards made."""
    workplace.window.open("patient", patient_id=patient.id, tab="intake")
    workplace.settle()
    page.tabs.intake.form.finish_building()
    workplace.settle()
    return page.tabs.intake


@pytest.fixture
def on_record(workplace, patient):
    """Returns the fields of the latest intake, once everything is written."""

    def fields():
        workplace.settle()
        return workplace.run(lambda desk: desk.intakes.latest(patient.id)).fields

    return fields


@pytest.fixture
def reviewed(workplace, page, patient):
    """The tab with a re-review of an intake in which one thing was a yes."""

    def answered(desk):
        draft = desk.intakes.start(patient.id)
        answers = {item_id: ItemAnswer(NO) for item_id in YES_NO}
        answers["asthma"] = ItemAnswer(YES, "since childhood")
        typed = IntakeFields(
            answers,
            medicines=(Medicine("Salbutamol", "100 µg", "as needed"),),
            medicines_asked=True,
            allergies_asked=True,
            height_cm=Decimal(168),
            weight_kg=Decimal(64),
            skin_type=3,
        )
        kept = desk.intakes.save(draft.id, draft.version, typed)
        desk.intakes.complete(kept.id, kept.version)

    workplace.run(answered)
    workplace.window.open("patient", patient_id=patient.id, tab="intake")
    workplace.settle()
    workplace.click("start_review")
    workplace.settle()
    page.tabs.intake.form.finish_building()
    workplace.settle()
    return page.tabs.intake


def words(workplace, name):
    return workplace.find(name, QLabel).text()


def plain_words(label):
    return label.text().replace("\xa0", " ").replace("\u202f", " ")


def bmi(intake):
    return intake.form.body.bmi.figure.text().replace("\xa0", " ")


# Asking


def test_looking_at_the_tab_begins_the_intake(workplace, patient, intake):
    started = workplace.run(lambda desk: desk.intakes.latest(patient.id))
    assert started.state is IntakeState.DRAFT
    assert intake.form.isVisible()


def test_every_question_that_concerns_the_patient_is_there(workplace, intake):
    put = items_put(QUESTIONS, "female", 40)
    assert len(put) > 70
    for item in put:
        assert workplace.find(f"item_{item.id}").accessibleName() == item.text.get("en")


def test_a_man_is_not_asked_whether_he_is_pregnant(workplace, page):
    patient = workplace.patient("Fernández", "Luis")
    fields = replace(patient.fields, body_sex=BodySex.MALE)
    workplace.run(lambda desk: desk.patients.update(patient.id, patient.version, fields))
    workplace.settle()
    workplace.window.open("patient", patient_id=patient.id, tab="intake")
    workplace.settle()
    page.tabs.intake.form.finish_building()
    assert page.findChild(QWidget, "item_pregnant") is None
    assert page.findChild(QWidget, "item_asthma") is not None


def test_an_answer_by_mouse_is_kept(workplace, intake, on_record):
    intake.form.area.ensureWidgetVisible(workplace.find("item_asthma"))
    workplace.click("item_asthma_yes")
    assert on_record().answers["asthma"] == ItemAnswer(YES)


def test_a_yes_opens_its_detail_and_the_detail_is_kept(workplace, intake, on_record):
    workplace.find("item_asthma_yes").setFocus()
    workplace.press(Qt.Key.Key_Y)
    assert workplace.window.focusWidget().objectName() == "detail_asthma"
    workplace.qtbot.keyClicks(workplace.window.focusWidget(), "since childhood")
    assert on_record().answers["asthma"] == ItemAnswer(YES, "since childhood")


def test_y_and_n_go_down_the_questions_without_a_mouse(workplace, intake, on_record):
    workplace.find("item_keloid_not_asked").setFocus()
    for _ in range(3):
        workplace.press(Qt.Key.Key_N)
    assert workplace.window.focusWidget().objectName() == "item_psoriasis_not_asked"
    answers = on_record().answers
    assert {item_id: one.answer for item_id, one in answers.items()} == {
        "keloid": NO,
        "pigment_change": NO,
        "herpes_history": NO,
    }


def test_tab_goes_down_the_questions_as_they_are_read(workplace, page, intake):
    workplace.find("item_asthma_yes").click()
    workplace.settle()
    workplace.find("tab_intake").setFocus()
    met = []
    while "complete_intake" not in met:
        workplace.press(Qt.Key.Key_Tab)
        met.append(workplace.window.focusWidget().objectName())
        assert len(met) < 200, " ".join(met)
    wanted = ["item_reason", "intake_height", "skin_type_1", "item_pregnant_not_asked"]
    wanted += ["allergy_asked", "allergy_name_0", "medicine_name_0", "item_asthma_yes"]
    wanted += ["detail_asthma", "rest_no_illnesses", "item_mental_health_not_asked"]
    assert [name for name in met if name in wanted] == wanted
    workplace.press(Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    workplace.press(Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert workplace.window.focusWidget().objectName() == "rest_no_wellbeing"


def test_the_rest_are_no_touches_no_yes(workplace, intake, on_record):
    workplace.find("item_psoriasis_yes").click()
    workplace.find("rest_no_skin").click()
    answers = on_record().answers
    skin = [item.id for item in QUESTIONS.items_of("skin")]
    assert {item_id: answers[item_id].answer for item_id in skin} == {
        item_id: YES if item_id == "psoriasis" else NO for item_id in skin
    }
    assert set(answers) == set(skin)
    assert not workplace.find("rest_no_skin").isVisible()


def test_the_rest_are_no_leaves_what_a_yes_stands_against(workplace, intake, on_record):
    workplace.find("item_allergy_amide_anaesthetic_yes").click()
    workplace.find("rest_no_allergies").click()
    answers = on_record().answers
    assert answers["allergy_amide_anaesthetic"].answer is YES
    assert answers["allergy_soy"].answer is NO
    assert "allergy_medicine" not in answers
    assert not workplace.find("rest_no_allergies").isVisible()


def test_a_question_settled_by_another_is_not_put(workplace, intake):
    insulin = workplace.find("item_diabetes_insulin")
    assert not insulin.isHidden()
    workplace.find("item_diabetes_no").click()
    assert not insulin.isVisible()
    workplace.find("item_diabetes_yes").click()
    assert insulin.isVisible()


def test_text_date_and_choice_are_kept(workplace, intake, on_record):
    workplace.type("item_reason", "Thighs, for the summer")
    workplace.type("item_last_period", "2/3/2026")
    workplace.find("item_weight_trend").setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        workplace.press(key)
    answers = on_record().answers
    assert answers["reason"].value == "Thighs, for the summer"
    assert answers["last_period"].value == "2026-03-02"
    assert answers["weight_trend"].value == "stable"


def test_a_day_in_the_future_is_refused_in_its_place(workplace, intake, on_record):
    workplace.type("item_last_period", "1/4/2026")
    workplace.press(Qt.Key.Key_Tab)
    field = workplace.find("item_last_period_field")
    assert "future" in field.error()
    assert "last_period" not in on_record().answers
    workplace.click("complete_intake")
    workplace.settle()
    assert workplace.find("intake_notice").isVisible()
    assert intake.form.isVisible()


# Body


def test_height_and_weight_give_the_index_and_nothing_unknown_is_hidden(workplace, intake):
    assert bmi(intake) == "unknown: height and weight not asked"
    workplace.type("intake_height", "170")
    assert bmi(intake) == "unknown: weight not asked"
    workplace.type("intake_weight", "65,3")
    assert bmi(intake) == "22.6 kg/m²"


def test_pounds_typed_stay_pounds_and_are_stored_in_kg(workplace, intake, on_record):
    workplace.type("intake_weight", "150 lb")
    assert on_record().weight_kg == Decimal("68.039")
    assert workplace.find("intake_weight").text() == "150 lb"
    assert intake.form.body.weight_kg.measure().symbol == "lb"


def test_an_impossible_weight_is_refused_and_not_kept(workplace, intake, on_record):
    workplace.type("intake_weight", "5000")
    workplace.press(Qt.Key.Key_Tab)
    assert intake.form.body.weight_kg.error()
    assert on_record().weight_kg is None


def test_pounds_that_pass_for_kilograms_are_asked_about(workplace, intake, on_record):
    doubt = intake.form.body.doubt
    workplace.type("intake_height", "165")
    workplace.type("intake_weight", "150")
    assert not doubt.isVisible()  # nothing is asked while it is typed
    workplace.press(Qt.Key.Key_Return)
    assert "150 lb (68.0 kg) is more common" in plain_words(doubt.words)
    workplace.click("intake_weight_doubt_other")
    assert not doubt.isVisible()
    assert on_record().weight_kg == Decimal("68.039")
    assert workplace.find("intake_weight").text() == "150"
    assert intake.form.body.weight_kg.measure().symbol == "lb"
    assert bmi(intake) == "25.0 kg/m²"


def test_a_weight_that_is_so_is_not_asked_about_again(workplace, intake, on_record):
    doubt = intake.form.body.doubt
    workplace.type("intake_height", "165")
    workplace.type("intake_weight", "150")
    workplace.press(Qt.Key.Key_Return)
    workplace.click("intake_weight_doubt_so")
    assert not doubt.isVisible()
    workplace.press(Qt.Key.Key_Return)
    assert not doubt.isVisible()
    assert on_record().weight_kg == Decimal(150)


def test_skin_type_is_picked_and_taken_back(workplace, intake, on_record):
    row = workplace.find("skin_type_4")
    row.setFocus()
    workplace.press(Qt.Key.Key_Space)
    assert on_record().skin_type == 4
    workplace.press(Qt.Key.Key_Space)
    assert on_record().skin_type is None


# Lists


def test_a_review_asks_whether_the_last_weight_is_still_true(
    workplace, page, patient, reviewed, on_record, clock
):
    assert on_record().weight_kg is None
    assert "64.0 kg" in plain_words(reviewed.form.body.last_weight.words)

    def weigh(desk):
        session = desk.sessions.start(patient.id)
        typed = replace(session.fields, weight_kg=Decimal("61.25"))
        desk.sessions.save(session.id, session.version, typed)

    clock.move(days=24)
    workplace.run(weigh)
    workplace.window.open("patients")
    workplace.window.open("patient", patient_id=patient.id, tab="intake")
    workplace.settle()
    assert "61.3 kg, 3 Apr" in plain_words(reviewed.form.body.last_weight.words)
    assert on_record().weight_kg is None
    assert "weight_kg" in reviewed.form.progress().others

    workplace.find("intake_weight").setFocus()
    workplace.press(Qt.Key.Key_Tab)
    assert workplace.window.focusWidget().objectName() == "weight_still_true"
    workplace.press(Qt.Key.Key_Space)
    assert on_record().weight_kg == Decimal("61.25")
    assert not workplace.find("last_weight").isVisible()
    assert "weight_kg" not in reviewed.form.progress().others


def test_a_weight_typed_anew_is_taken_for_the_last_one(workplace, reviewed, on_record):
    workplace.type("intake_weight", "66")
    assert on_record().weight_kg == Decimal(66)
    assert not workplace.find("last_weight").isVisible()


def test_a_first_intake_has_no_weight_to_ask_about(workplace, intake):
    assert not workplace.find("last_weight").isVisible()


def test_medicines_are_typed_one_below_the_other(workplace, intake, on_record):
    workplace.type("medicine_name_0", "Warfarin")
    workplace.type("medicine_detail_0", "5 mg")
    workplace.press(Qt.Key.Key_Return)
    assert workplace.window.focusWidget().objectName() == "medicine_name_1"
    workplace.qtbot.keyClicks(workplace.window.focusWidget(), "Ginkgo")
    kept = on_record()
    assert kept.medicines == (Medicine("Warfarin", "5 mg"), Medicine("Ginkgo"))
    assert kept.medicines_asked
    workplace.find("medicine_remove_0").click()
    assert on_record().medicines == (Medicine("Ginkgo"),)


def test_asked_and_none_is_told_from_not_asked(workplace, intake, on_record):
    assert not on_record().allergies_asked
    workplace.find("allergy_asked").click()
    kept = on_record()
    assert kept.allergies_asked
    assert kept.allergies == ()


def test_a_dose_without_a_name_waits_and_says_so(workplace, intake, on_record):
    workplace.type("medicine_detail_0", "5 mg")
    assert workplace.find("medicine_name_0_field").error()
    assert on_record().medicines == ()
    workplace.click("complete_intake")
    workplace.settle()
    assert workplace.find("intake_notice").isVisible()
    assert intake.form.isVisible()
    workplace.type("medicine_name_0", "Warfarin")
    assert workplace.find("medicine_name_0_field").error() == ""
    assert on_record().medicines == (Medicine("Warfarin", "5 mg"),)


# Screening


def test_screening_speaks_at_once_in_panel_and_header(workplace, page, intake):
    assert intake.side.findings.card("takes_anticoagulant") is None
    before = {chip.text() for chip in page.header.chips.findChildren(Chip)}
    workplace.find("item_takes_anticoagulant_yes").click()
    workplace.settle()
    after = {chip.text() for chip in page.header.chips.findChildren(Chip)}
    assert "Anticoagulant or antiplatelet" in after - before
    texts = [label.text() for label in intake.side.findings.findChildren(QLabel)]
    assert "Takes an anticoagulant or antiplatelet medicine." in texts


def test_what_is_on_the_screen_is_screened_as_what_is_on_record(workplace, patient, intake):
    workplace.find("item_asthma_yes").click()
    workplace.type("allergy_name_0", "Nickel")
    workplace.type("intake_weight", "70")
    workplace.settle()
    recorded = workplace.run(lambda desk: desk.intakes.facts(patient.id))
    shown = facts_with(replace(recorded, answers={}, allergies=(), weight_kg=None), intake._fields)
    assert shown == recorded


# How far it is


def test_progress_counts_what_was_asked(workplace, intake):
    assert words(workplace, "intake_progress").startswith("0 of ")
    workplace.find("item_asthma_no").click()
    workplace.find("medicine_asked").click()
    workplace.settle()
    assert words(workplace, "intake_progress").startswith("2 of ")
    left = intake.form.progress()
    text = workplace.find("complete_intake").text()
    assert text == f"Complete, {left.total - left.asked} not asked"
    assert "never as no" in words(workplace, "intake_unasked_note")


def test_f8_goes_to_what_was_not_asked(workplace, intake):
    workplace.find("item_keloid_not_asked").setFocus()
    workplace.find("item_pigment_change_no").click()
    workplace.find("item_keloid_not_asked").setFocus()
    workplace.press(Qt.Key.Key_F8)
    assert workplace.window.focusWidget().objectName() == "item_herpes_history_not_asked"


def test_f8_from_the_last_question_begins_anew(workplace, intake):
    workplace.find("item_mental_health_not_asked").setFocus()
    workplace.press(Qt.Key.Key_F8)
    assert workplace.window.focusWidget().objectName() == "item_reason"


def test_when_nothing_is_left_f8_goes_to_the_button(workplace, intake):
    for card in intake.form._section_cards():
        card.rest_no.click()
    for name in ("medicine_asked", "allergy_asked", "skin_type_2"):
        workplace.find(name).click()
    for name, text in {
        "item_reason": "Thighs",
        "item_expected_outcome": "Smoother",
        "item_contraception": "coil",
        "item_last_period": "2/3/2026",
        "intake_height": "168",
        "intake_weight": "64",
    }.items():
        workplace.type(name, text)
    workplace.find("item_weight_trend").setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        workplace.press(key)
    workplace.press(Qt.Key.Key_F8)
    assert workplace.window.focusWidget().objectName() == "complete_intake"
    workplace.settle()
    assert workplace.find("complete_intake").text() == "Complete the intake"
    assert words(workplace, "intake_unasked_note") == "Nothing is left to ask."


def test_unasked_counts_in_every_way_it_can():
    items = items_put(QUESTIONS, "female", 40)
    nothing = progress_of(IntakeFields(), items)
    assert nothing.asked == 0
    carried = IntakeFields({"asthma": ItemAnswer(NO, confirmed=False)})
    assert progress_of(carried, items).asked == 0
    assert progress_of(carried, items).carried == 1
    # The two questions that depend on it are not put after a "no".
    asthma = progress_of(IntakeFields({"asthma": ItemAnswer(NO)}), items)
    assert (asthma.asked, asthma.total) == (1, nothing.total - 1)


# Completing


@pytest.mark.parametrize(
    ("name", "text", "called"),
    [
        ("intake_weight", "9000", "Weight today"),
        ("medicine_detail_0", "100 mg", "Medicine"),
        ("item_last_period", "1/1/2099", "When did your last period begin?"),
    ],
)
def test_what_keeps_the_intake_open_is_named_and_gets_the_cursor(
    workplace, intake, name, text, called
):
    workplace.type(name, text)
    workplace.press(Qt.Key.Key_Tab)
    bar = intake.form.area.verticalScrollBar()
    far = workplace.find(name).mapTo(intake.form.area.widget(), QPoint(0, 0)).y()
    bar.setValue(0 if far > bar.maximum() / 2 else bar.maximum())
    workplace.click("complete_intake")
    workplace.settle()
    said = intake.notice.notice.text.text()
    field = workplace.window.focusWidget()
    assert called in said
    assert field.accessibleName() in said
    assert field.objectName() == name.replace("_detail_", "_name_")
    viewport = intake.form.area.viewport()
    assert viewport.rect().contains(field.mapTo(viewport, field.rect().bottomLeft()))
    assert viewport.rect().contains(field.mapTo(viewport, field.rect().topLeft()))


def test_completing_with_gaps_is_allowed_and_leaves_them_unasked(workplace, page, patient, intake):
    workplace.find("item_asthma_no").click()
    workplace.click("complete_intake")
    workplace.settle()
    done = workplace.run(lambda desk: desk.intakes.latest(patient.id))
    assert done.state is IntakeState.COMPLETED
    assert done.fields.answers == {"asthma": ItemAnswer(NO)}
    assert page.strip.current() == "overview"
    workplace.settle()
    page.show_tab("intake")
    assert page.tabs.intake.summary.isVisible()
    told = [label.text() for label in page.tabs.intake.summary.findChildren(QLabel)]
    assert any(text.startswith("Not asked: ") and "pregnancy" in text for text in told)
    assert "No: asthma" in " ".join(told)


def test_what_is_typed_last_is_in_the_completed_intake(workplace, patient, intake):
    workplace.type("item_reason", "Cellulite")
    workplace.find("complete_intake").click()
    workplace.settle()
    done = workplace.run(lambda desk: desk.intakes.latest(patient.id))
    assert done.state is IntakeState.COMPLETED
    assert done.fields.answers["reason"].value == "Cellulite"


# Asked again


def test_a_review_shows_last_time_and_counts_nothing_as_asked(workplace, reviewed):
    row = workplace.find("item_keloid")
    assert row.answer() is NOT_ASKED
    labels = [label.text() for label in row.parentWidget().findChildren(QLabel)]
    assert "Last time: no, 10 Mar 2026" in labels
    assert workplace.find("item_asthma").answer() is YES
    assert reviewed.side.next.isVisible()


def test_still_true_confirms_one_answer_by_a_click(workplace, reviewed, on_record):
    assert not on_record().answers["keloid"].confirmed
    workplace.find("still_true_keloid").click()
    kept = on_record().answers
    assert kept["keloid"] == ItemAnswer(NO)
    assert not kept["psoriasis"].confirmed


def test_enter_says_still_true_and_moves_on(workplace, reviewed, on_record):
    workplace.find("item_asthma_yes").setFocus()
    workplace.press(Qt.Key.Key_Return)
    assert on_record().answers["asthma"] == ItemAnswer(YES, "since childhood")
    assert workplace.window.focusWidget().objectName().startswith("item_asthma_sulfite")


def test_all_still_true_confirms_a_section_with_its_yes(workplace, reviewed, on_record):
    workplace.find("still_true_all_illnesses").click()
    kept = on_record().answers
    illnesses = [item.id for item in QUESTIONS.items_of("illnesses") if item.id in kept]
    assert all(kept[item_id].confirmed for item_id in illnesses)
    assert kept["asthma"] == ItemAnswer(YES, "since childhood")
    assert not kept["keloid"].confirmed


def test_a_list_of_last_time_waits_to_be_asked(workplace, reviewed, on_record):
    assert workplace.find("medicine_name_0").text() == "Salbutamol"
    assert not on_record().medicines_asked
    workplace.find("medicine_asked").click()
    kept = on_record()
    assert kept.medicines_asked
    assert kept.medicines == (Medicine("Salbutamol", "100 µg", "as needed"),)


def test_a_review_asks_the_weight_anew(workplace, reviewed):
    assert reviewed.form.body.weight_kg.value() is None
    assert bmi(reviewed) == "unknown: weight not asked"


# Nothing is lost


def test_what_was_typed_survives_a_power_cut(workplace, page, patient, intake):
    workplace.type("item_reason", "Cellulite")
    workplace.find("item_asthma_yes").click()
    workplace.type("allergy_name_0", "Nickel")
    workplace.qtbot.waitUntil(lambda: not intake._keeper.is_pending())
    workplace.close(gently=False)
    workplace.open()
    kept = workplace.run(lambda desk: desk.intakes.latest(patient.id)).fields
    assert kept.answers["reason"].value == "Cellulite"
    assert kept.answers["asthma"].answer is YES
    assert kept.allergies == (Allergy("Nickel"),)


def test_a_conflict_is_shown_and_what_was_typed_wins_if_wanted(
    workplace, patient, intake, on_record
):
    workplace.find("item_asthma_yes").click()
    draft = workplace.desk.intakes.latest(patient.id)
    theirs = replace(draft.fields, answers={"keloid": ItemAnswer(YES)})
    workplace.desk.intakes.save(draft.id, draft.version, theirs)
    workplace.settle()
    workplace.click("intake_keep_mine")
    assert on_record().answers == {"asthma": ItemAnswer(YES)}


def test_typing_for_one_patient_never_lands_with_another(workplace, page, patient, intake):
    workplace.type("item_reason", "Cellulite")
    other = workplace.patient("Okonkwo", "Ada")
    workplace.window.open("patient", patient_id=other.id, tab="intake")
    workplace.settle()
    assert workplace.find("item_reason").toPlainText() == ""
    first = workplace.run(lambda desk: desk.intakes.latest(patient.id))
    second = workplace.run(lambda desk: desk.intakes.latest(other.id))
    assert first.fields.answers["reason"].value == "Cellulite"
    assert second.fields.answers == {}

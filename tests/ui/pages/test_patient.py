"""One patient's page: what it shows, where it leads, and what is typed into the details."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel

from mesodesk.domain.answers import Answer
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.intake import Allergy, IntakeFields, ItemAnswer
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.rights import Right
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.pages.patient_header import ChipStrip
from mesodesk.ui.pages.patient_parts.tabs import TABS
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.chips import Chip

CTRL = Qt.KeyboardModifier.ControlModifier
YES_NO = [item.id for item in load_questionnaire().items if item.kind is ItemKind.YES_NO]


def complete_intake(desk, patient_id, **others):
    """Answer everything with "no", less what `others` says, and close it."""
    draft = desk.intakes.start(patient_id)
    typed = IntakeFields(
        answers={item_id: ItemAnswer(Answer.NO) for item_id in YES_NO},
        medicines_asked=True,
        allergies_asked=True,
        height_cm=Decimal("168.5"),
        weight_kg=Decimal(64),
        skin_type=3,
    )
    answers = {**typed.answers, **others.pop("answers", {})}
    typed = replace(typed, answers=answers, **others)
    kept = desk.intakes.save(draft.id, draft.version, typed)
    return desk.intakes.complete(kept.id, kept.version)


@pytest.fixture
def page(workplace):
    return workplace.add(PatientPage, "session", "followup", "patients")


@pytest.fixture
def show(workplace, page):
    """Opens a patient and waits until everything is shown."""

    def show_it(patient, **arguments):
        workplace.window.open("patient", patient_id=patient.id, **arguments)
        workplace.settle()
        return page

    return show_it


def asked(workplace, page_id):
    return workplace.window.page(page_id).asked


def words(workplace, name):
    return workplace.find(name, QLabel).text()


def chip_texts(page):
    chips = page.header.chips.findChildren(Chip)
    return [chip.text() for chip in chips if not chip.isHidden()]


# Who it is


def test_a_new_patient_is_led_to_the_intake(workplace, show):
    page = show(workplace.patient())
    assert words(workplace, "patient_name") == "García López, María José"
    assert words(workplace, "patient_facts").split(" · ")[0] == "40 y"
    assert words(workplace, "next_headline") == "Intake"
    assert page.tabs.overview.next.first_focus().objectName() == "next_intake"
    assert page.tabs.overview.facts.bmi.figure.text() == "unknown"
    workplace.click("next_intake")
    assert page.strip.current() == "intake"


def test_header_tells_what_was_measured_in_the_clinics_units(workplace, show):
    patient = workplace.patient()
    workplace.run(lambda desk: complete_intake(desk, patient.id))
    show(patient)
    facts = words(workplace, "patient_facts").replace("\xa0", " ")
    assert facts.endswith("168.5 cm · 64.0 kg · skin type III")


def test_the_tiles_tell_the_last_weight_taken_and_since_when_the_height_is_known(workplace, show):
    patient = workplace.patient()
    workplace.run(lambda desk: complete_intake(desk, patient.id))
    workplace.clock.move(days=30)

    def weigh(desk):
        session = desk.sessions.start(patient.id)
        desk.sessions.save(
            session.id, session.version, replace(session.fields, weight_kg=Decimal(61))
        )

    workplace.run(weigh)
    workplace.clock.move(days=30)
    workplace.run(lambda desk: desk.intakes.start(patient.id))
    tiles = show(patient).tabs.overview.facts
    assert tiles.weight.figure.text().replace("\xa0", " ") == "61.0 kg"
    assert "9 Apr" in tiles.weight.note.text()
    assert tiles.height_.figure.text().replace("\xa0", " ") == "168.5 cm"
    assert "10 Mar" in tiles.height_.note.text()


def test_what_screening_found_stands_in_the_header_and_in_words(workplace, show):
    patient = workplace.patient()
    yes = {"allergy_amide_anaesthetic": ItemAnswer(Answer.YES, "dentist, 2019")}
    workplace.run(
        lambda desk: complete_intake(
            desk, patient.id, answers=yes, allergies=(Allergy("Strawberries", "hives"),)
        )
    )
    page = show(patient)
    assert "Lidocaine allergy" in chip_texts(page)
    assert any("Strawberries" in text for text in chip_texts(page))
    told = [label.text() for label in page.tabs.overview.know.findChildren(QLabel)]
    assert "Allergy: Strawberries" in told
    assert "hives" in told


def test_questions_not_asked_are_never_shown_as_harmless(workplace, show):
    patient = workplace.patient()
    page = show(patient)
    told = [label.text() for label in page.tabs.overview.know.findChildren(QLabel)]
    assert "Nothing has been asked yet" in told
    assert "Nothing stands against what was asked." not in told


@pytest.mark.parametrize(("before", "after"), [(1, 4), (4, 1), (3, 3), (2, 0)])
def test_other_chips_look_as_in_a_new_strip(qtbot, before, after):
    first = [(Kind.STOP, f"Before {at}") for at in range(before)]
    second = [((Kind.CAUTION, Kind.OK)[at % 2], f"A longer word {at}") for at in range(after)]

    def looks(strip):
        chips = sorted(strip.findChildren(Chip), key=lambda chip: chip.objectName())
        seen = [chip for chip in chips if not chip.isHidden()]
        return [(each.objectName(), each.kind, each.text(), each.geometry()) for each in seen]

    strips = ChipStrip(), ChipStrip()
    for strip in strips:
        qtbot.addWidget(strip)
        strip.resize(500, 60)
        strip.show()
    strips[0].set_chips(first)
    strips[0].set_chips(second)
    strips[1].set_chips(second)
    assert looks(strips[0]) == looks(strips[1])
    assert len(looks(strips[0])) == after
    assert strips[0].accessibleDescription() == strips[1].accessibleDescription()


def test_chips_that_do_not_fit_wait_behind_a_number(workplace, show):
    patient = workplace.patient("Wolfeschlegelsteinhausenbergerdorff " * 4)
    allergies = tuple(Allergy(f"Substance number {number}") for number in range(14))
    workplace.run(lambda desk: complete_intake(desk, patient.id, allergies=allergies))
    page = show(patient)
    more = workplace.find("more_chips", Chip)
    shown = len(chip_texts(page)) - 1
    hidden = int(more.text().lstrip("+").split()[0])
    assert shown + hidden == 15  # the allergies, and that no consent stands
    assert page.header.name.elided()
    assert page.header.width() <= page.width()
    workplace.click("more_chips")
    panel = workplace.find("all_chips")
    assert panel.isVisible()
    assert len(panel.findChildren(Chip)) == 15  # the allergies, and that no consent stands
    workplace.press(Qt.Key.Key_Escape)


def test_a_patient_who_is_not_on_record_is_said_so(workplace, page):
    gone = replace(workplace.patient(), id=load_uuid())
    workplace.window.open("patient", patient_id=gone.id)
    workplace.settle()
    empty = workplace.find("patient_none")
    assert empty.isVisible()
    workplace.click("patient_none_action")
    assert asked(workplace, "patients") == [{}]


def load_uuid():
    from mesodesk.domain.ids import new_id

    return new_id()


# Where it leads


@pytest.mark.parametrize("way", ["header", "key", "letter"])
def test_start_leads_to_the_session(workplace, show, way):
    patient = workplace.patient()
    workplace.run(lambda desk: complete_intake(desk, patient.id))
    show(patient)
    if way == "header":
        workplace.click("start_session")
    elif way == "key":
        workplace.press(Qt.Key.Key_Return, CTRL)
    else:
        workplace.press(Qt.Key.Key_S)
    workplace.settle()
    (session,) = workplace.run(lambda desk: desk.sessions.for_patient(patient.id))
    assert asked(workplace, "session") == [{"session_id": session.id}]


def test_an_open_session_is_gone_on_with_and_not_begun_twice(workplace, show):
    patient = workplace.patient()
    session = workplace.run(lambda desk: desk.sessions.start(patient.id))
    workplace.run(lambda desk: complete_intake(desk, patient.id))
    page = show(patient)
    assert page.start.text() == "Continue session"
    assert words(workplace, "next_headline") == "Session 1 is open"
    workplace.click("next_start_session")
    workplace.settle()
    assert asked(workplace, "session") == [{"session_id": session.id}]


def test_sessions_are_listed_and_open(workplace, show):
    patient = workplace.patient()
    session = workplace.run(lambda desk: desk.sessions.start(patient.id))
    page = show(patient, tab="sessions")
    (row,) = page.tabs.sessions.list.rows()
    assert row.title.text() == "Session 1 · 10 Mar 2026"
    row.setFocus()
    workplace.press(Qt.Key.Key_Return)
    assert asked(workplace, "session") == [{"session_id": session.id}]


def test_a_discarded_session_says_so_and_is_not_a_card(workplace, show):
    patient = workplace.patient()
    session = workplace.run(lambda desk: desk.sessions.start(patient.id))
    workplace.run(lambda desk: desk.sessions.discard_draft(session.id, session.version, "wrong"))
    page = show(patient, tab="sessions")
    assert page.tabs.sessions.list.rows() == ()
    assert workplace.find("struck_sessions").text() == "1 entered in error: show"
    workplace.click("struck_sessions")
    workplace.settle()
    row = workplace.find(f"session_1_{SessionState.ENTERED_IN_ERROR}")
    assert row.isVisible()
    assert row.title.font().strikeOut()
    assert row.subtitle.text() == "left out of counts and lists: wrong"
    workplace.click("struck_sessions")
    assert page.tabs.sessions.list.rows() == ()
    page.show_tab("overview")
    assert workplace.find("timeline_empty").isVisible()


def test_ctrl_tab_goes_round_the_tabs(workplace, show):
    page = show(workplace.patient(), tab="details")
    workplace.press(Qt.Key.Key_Tab, CTRL)
    assert page.strip.current() == "overview"
    workplace.press(Qt.Key.Key_Tab, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert page.strip.current() == "details"


def test_what_another_page_writes_is_shown(workplace, show):
    patient = workplace.patient()
    page = show(patient)
    assert page.start.text() == "Start session"
    workplace.run(lambda desk: desk.sessions.start(patient.id))
    workplace.qtbot.waitUntil(lambda: page.start.text() == "Continue session")


def test_looking_is_kept_once_however_often_the_page_is_read(workplace, show):
    patient = workplace.patient()
    workplace.settle()
    page = show(patient)
    before = views(workplace)
    workplace.run(lambda desk: desk.sessions.start(patient.id))
    workplace.qtbot.waitUntil(lambda: page.start.text() == "Continue session")
    assert views(workplace) == before


def views(workplace):
    from sqlalchemy import func, select

    from mesodesk.db.models.audit import AuditEntryRow

    def count(desk):
        with desk.store.read(Right.RECORD_READ) as tx:
            viewed = select(func.count()).where(AuditEntryRow.action == "patient.view")
            return tx.db.scalar(viewed)

    return workplace.run(count)


def test_coming_back_keeps_the_tab_and_shows_what_is_new(workplace, show):
    patient = workplace.patient()
    page = show(patient, tab="sessions")
    assert page.tabs.sessions.list.rows() == ()
    workplace.window.open("patients")
    workplace.desk.sessions.start(patient.id)
    show(patient)
    assert page.strip.current() == "sessions"
    assert len(page.tabs.sessions.list.rows()) == 1


def test_another_patient_is_read_once_whatever_changed_meanwhile(workplace, show):
    first, second = workplace.patient(), workplace.patient("Okonkwo", "Ada")
    page = show(first)
    workplace.window.open("patients")
    workplace.patient("Laine", "Eva")
    workplace.settle()
    before = views(workplace)
    show(second)
    workplace.qtbot.waitUntil(lambda: not page._reload.isActive())
    workplace.settle()
    assert views(workplace) == before + 1


def test_nobody_stands_on_the_page_while_another_record_is_read(workplace, show):
    first, second = workplace.patient(), workplace.patient("Okonkwo", "Ada")
    show(first)
    workplace.window.open("patient", patient_id=second.id)
    assert not workplace.find("patient_name").isVisible()
    workplace.settle()
    assert words(workplace, "patient_name") == "Okonkwo, Ada"


def test_a_session_that_cannot_start_says_why(workplace, show):
    patient = workplace.patient()
    show(patient)
    workplace.desk.patients.archive(patient.id, patient.version)
    workplace.click("start_session")
    workplace.settle()
    notice = workplace.find("patient_notice")
    assert notice.isVisible()
    # Refused, or read anew by then: either says why.
    assert "archived" in notice.headline.text() + notice.text.text()
    assert asked(workplace, "session") == []


# Details


def test_details_are_kept_as_they_are_typed(workplace, show):
    patient = workplace.patient()
    page = show(patient, tab="details")
    workplace.type("phone", "+34 600 111 222")
    workplace.settle()
    on_record = workplace.run(lambda desk: desk.patients.get(patient.id))
    assert on_record.fields.phone == "+34 600 111 222"
    assert page.tabs.details.form.phone.value() == "+34 600 111 222"


def test_a_name_typed_shows_in_the_header(workplace, show):
    patient = workplace.patient()
    show(patient, tab="details")
    workplace.type("family_name", " Ruiz")
    workplace.settle()
    assert words(workplace, "patient_name") == "García López Ruiz, María José"


def test_a_language_on_record_survives_an_edit(workplace, show):
    patient = workplace.patient(language="fr")
    show(patient, tab="details")
    workplace.type("address", "Calle Mayor 1")
    workplace.settle()
    on_record = workplace.run(lambda desk: desk.patients.get(patient.id))
    assert (on_record.fields.language, on_record.fields.address) == ("fr", "Calle Mayor 1")


def test_without_a_name_nothing_is_kept_and_it_says_what_is_needed(workplace, show):
    patient = workplace.patient()
    show(patient, tab="details")
    field = workplace.find("family_name")
    field.setFocus()
    field.selectAll()
    workplace.press(Qt.Key.Key_Delete)
    workplace.settle()
    missing = workplace.find("details_missing", QLabel)
    assert missing.isVisible()
    assert "family name" in missing.text()
    on_record = workplace.run(lambda desk: desk.patients.get(patient.id))
    assert on_record.fields.family_name == "García López"


@pytest.mark.parametrize(
    ("choice", "kept"), [("details_keep_mine", "111"), ("details_take_theirs", "999")]
)
def test_two_windows_on_one_record_are_told_apart(workplace, show, choice, kept):
    patient = workplace.patient()
    page = show(patient, tab="details")
    theirs = replace(patient.fields, phone="999")
    workplace.type("phone", "111")
    # Written by another window: this one has not heard of it.
    workplace.desk.patients.update(patient.id, patient.version, theirs)
    workplace.settle()
    assert workplace.find(choice).isVisible()
    workplace.click(choice)
    workplace.settle()
    on_record = workplace.run(lambda desk: desk.patients.get(patient.id))
    assert on_record.fields.phone == page.tabs.details.form.phone.value() == kept


def test_archive_asks_first_and_restore_undoes_it(workplace, show):
    patient = workplace.patient()
    show(patient, tab="details")
    workplace.click("archive_patient")
    dialog = workplace.window.findChild(QDialog, "archive_dialog")
    assert dialog.isVisible()
    workplace.qtbot.mouseClick(dialog.confirm, Qt.MouseButton.LeftButton)
    workplace.settle()
    assert workplace.run(lambda desk: desk.patients.get(patient.id)).archived_at is not None
    workplace.qtbot.waitUntil(workplace.find("patient_notice").isVisible)
    assert not workplace.find("start_session").isVisible()
    assert not workplace.find("family_name").isEnabled()
    workplace.click("restore_patient")
    workplace.settle()
    workplace.qtbot.waitUntil(workplace.find("start_session").isVisible)
    assert workplace.run(lambda desk: desk.patients.get(patient.id)).archived_at is None


def test_an_archived_patient_is_not_asked_and_not_treated(workplace, show):
    patient = workplace.patient()
    workplace.run(lambda desk: desk.patients.archive(patient.id, patient.version))
    page = show(patient, tab="intake")
    page.start_session()
    workplace.settle()
    assert workplace.run(lambda desk: desk.intakes.latest(patient.id)) is None
    assert workplace.run(lambda desk: desk.sessions.for_patient(patient.id)) == ()
    assert asked(workplace, "session") == []


def test_another_patient_does_not_inherit_what_is_being_typed(workplace, show):
    first, second = workplace.patient(), workplace.patient("Okonkwo", "Ada")
    page = show(first, tab="details")
    workplace.type("phone", "111")
    show(second, tab="details")
    assert page.tabs.details.form.phone.value() == ""
    records = [workplace.run(lambda desk, p=p: desk.patients.get(p.id)) for p in (first, second)]
    assert [record.fields.phone for record in records] == ["111", ""]
    assert date(1985, 4, 12) == records[1].fields.birth_date


def test_coming_back_to_the_details_puts_no_cursor_into_the_name(workplace, show):
    patient = workplace.patient()
    page = show(patient, tab="details")
    workplace.window.open("patients")
    workplace.settle()
    workplace.window.open("patient", patient_id=patient.id)
    workplace.settle()
    assert page.strip.current() == "details"
    for name in ("family_name", "given_names", "phone"):
        assert not workplace.find(name).hasFocus()


def test_a_tab_is_made_when_it_is_first_looked_at(workplace, show):
    page = show(workplace.patient())
    made = [name for name in TABS if page.tabs.is_made(name)]
    assert made == ["overview"]
    page.show_tab("sessions")
    assert page.tabs.is_made("sessions")
    assert not page.tabs.is_made("details")


def test_the_checks_take_the_focus_once_they_are_read(workplace, show, sign):
    patient = workplace.patient()
    sign(patient)
    page = show(patient)
    page.show_tab("follow_ups")
    workplace.settle()
    assert workplace.window.focusWidget() is page.tabs.follow_ups.first_focus()
    assert workplace.window.focusWidget().objectName().startswith("check_1_")

"""Finding patients and making their records, by real keys."""

import logging
import threading
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListView

from mesodesk.services.patients import PatientService
from mesodesk.ui.pages.new_patient import NewPatientPanel
from mesodesk.ui.pages.patients import PatientsPage
from mesodesk.ui.widgets.rows import RowRole


@pytest.fixture
def page(workplace):
    made = workplace.add(PatientsPage, "patient")
    workplace.window.open("patients")
    workplace.settle()
    return made


def titles(page):
    model = page.findChild(QListView, "patient_list").model()
    return [model.index(row).data(RowRole.TITLE) for row in range(model.rowCount())]


def test_search_is_blind_to_case_accents_and_order(workplace, page):
    workplace.patient("López Martínez", "José", phone="555 0142")
    workplace.patient("García", "Ana")
    workplace.type("patient_search", "jose lopez")
    workplace.settle()
    assert titles(page) == ["López Martínez, José"]
    workplace.press(Qt.Key.Key_Escape)
    workplace.qtbot.keyClicks(workplace.find("patient_search"), "GARCIA")
    workplace.settle()
    assert titles(page) == ["García, Ana"]


def test_enter_opens_the_first_and_down_the_next(workplace, page):
    first = workplace.patient("Aubert", "Anna")
    second = workplace.patient("Aubert", "Berta")
    workplace.type("patient_search", "aubert")
    workplace.settle()
    shown = {"Aubert, Anna": first.id, "Aubert, Berta": second.id}
    order = [shown[title] for title in titles(page)]
    workplace.press(Qt.Key.Key_Down)
    workplace.press(Qt.Key.Key_Return)
    workplace.settle()
    assert workplace.window.page("patient").asked == [{"patient_id": order[1]}]


def test_a_record_is_made_by_keyboard_alone(workplace, page):
    workplace.press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    workplace.settle()
    for text in ("Ferrand", "Camille", "12.4.1988"):
        workplace.qtbot.keyClicks(workplace.window.focusWidget(), text)
        workplace.press(Qt.Key.Key_Tab)
    if workplace.window.focusWidget().objectName() == "birth_date_open":
        workplace.press(Qt.Key.Key_Tab)
    workplace.press(Qt.Key.Key_Space)
    workplace.find("create_patient").setFocus()
    workplace.press(Qt.Key.Key_Space)
    workplace.settle()
    found = workplace.run(lambda desk: desk.patients.search("ferrand"))
    assert [(hit.name, hit.birth_date) for hit in found] == [
        ("Ferrand, Camille", date(1988, 4, 12))
    ]
    asked = workplace.window.page("patient").asked
    assert asked == [{"patient_id": found[0].id, "tab": "intake"}]


def test_a_likely_duplicate_shows_before_a_second_record(workplace, page, qtbot):
    known = workplace.patient("López Martínez", "José")
    workplace.click("new_patient")
    workplace.settle()
    workplace.type("family_name", "lopez martinez")
    workplace.type("given_names", "jose")
    qtbot.waitUntil(lambda: workplace.window.findChild(object, "duplicate_0") is not None)
    workplace.click("duplicate_0")
    workplace.settle()
    assert workplace.window.page("patient").asked == [{"patient_id": known.id}]


@pytest.mark.parametrize(
    ("typed", "word"), [("1.1.1850", "before"), ("1.1.2044", "future"), ("31.2.1990", "")]
)
def test_an_impossible_birth_date_is_said_at_its_place(workplace, page, typed, word):
    workplace.click("new_patient")
    workplace.settle()
    workplace.type("family_name", "Ferrand")
    workplace.type("birth_date", typed)
    workplace.press(Qt.Key.Key_Tab)
    error = workplace.find("birth_date_field").error()
    assert error
    assert word in error
    assert not workplace.find("create_patient").isEnabled()


@pytest.mark.parametrize(
    "name",
    ["מזרחי", "Zoë 🌻", "Nguyễn Thị", "O'Brien-D'Arcy"],
    ids=["rtl", "emoji", "viet", "marks"],
)
def test_names_of_every_script_are_kept_as_typed(workplace, page, name):
    workplace.click("new_patient")
    workplace.settle()
    form = page._panel.form
    form.family_name.input.setFocus()
    form.family_name.input.insert(name)
    form.family_name.input.textEdited.emit(form.family_name.input.text())
    workplace.type("birth_date", "3.4.1970")
    workplace.click("body_sex_female")
    workplace.click("create_patient")
    workplace.settle()
    hits = workplace.run(lambda desk: desk.patients.search(""))
    assert [hit.name for hit in hits] == [name]


def test_a_name_of_400_letters_is_refused_where_it_stands(workplace, page):
    workplace.click("new_patient")
    workplace.settle()
    field = workplace.find("family_name_field")
    field.input.insert("a" * 400)
    field.input.textEdited.emit(field.input.text())
    assert "400" in field.error()
    assert not workplace.find("create_patient").isEnabled()


def test_what_was_typed_comes_back_after_the_power_failed(workplace, page):
    workplace.click("new_patient")
    workplace.settle()
    workplace.type("family_name", "Ferrand")
    workplace.type("phone", "555 0199")
    workplace.settle()
    workplace.close(gently=False)
    workplace.open()
    workplace.add(PatientsPage, "patient")
    workplace.window.open("patients", new=True)
    workplace.settle()
    assert workplace.find("family_name").text() == "Ferrand"
    assert workplace.find("phone").text() == "555 0199"
    assert workplace.run(lambda desk: desk.patients.count()) == 0


def test_what_is_typed_while_a_draft_is_read_takes_nothing_from_it(workplace, page):
    left = {"family_name": "Ferrand", "phone": "555 0199", "body_sex": "female"}
    workplace.run(lambda desk: desk.drafts.put("patient", "new", left))
    go_on = threading.Event()
    workplace.context.run(workplace.window, lambda _desk: go_on.wait(30))
    workplace.click("new_patient")
    workplace.type("given_names", "Anne")
    workplace.type("family_name", "Faure")
    go_on.set()
    workplace.settle()
    workplace.qtbot.waitUntil(lambda: workplace.find("phone").text() == "555 0199")
    assert workplace.find("family_name").text() == "Faure"
    workplace.settle()
    kept = workplace.run(lambda desk: desk.drafts.get("patient", "new"))
    wanted = {**left, "family_name": "Faure", "given_names": "Anne"}
    assert {name: kept[name] for name in wanted} == wanted


def test_what_was_typed_before_the_draft_was_in_sight_is_kept_beside_it(
    workplace, page, monkeypatch
):
    left = {"family_name": "Ferrand", "phone": "555 0199"}
    workplace.run(lambda desk: desk.drafts.put("patient", "new", left))
    monkeypatch.setattr(NewPatientPanel, "_show_draft", lambda *_: None)
    workplace.click("new_patient")
    workplace.type("given_names", "Anne")
    workplace.settle()
    kept = workplace.run(lambda desk: desk.drafts.get("patient", "new"))
    assert kept == {**left, "given_names": "Anne"}


def test_esc_closes_the_form_and_keeps_what_was_typed(workplace, page):
    workplace.click("new_patient")
    workplace.settle()
    workplace.type("family_name", "Ferrand")
    workplace.press(Qt.Key.Key_Escape)
    assert not workplace.find("new_patient_panel").isVisible()
    workplace.settle()
    assert workplace.run(lambda desk: desk.drafts.get("patient", "new"))["family_name"] == "Ferrand"


def test_what_cannot_be_counted_is_searched_all_the_same_and_counted_later(
    workplace, page, monkeypatch, log_book
):
    count = PatientService.count

    def fail(_self):
        raise ZeroDivisionError

    monkeypatch.setattr(PatientService, "count", fail)
    with log_book.expects("mesodesk.ui.jobs", logging.ERROR):
        workplace.patient("Nowak", "Anna")
        workplace.type("patient_search", "qqq")
        workplace.settle()
    assert "Nobody found" in [label.text() for label in page._empty.findChildren(QLabel)]
    monkeypatch.setattr(PatientService, "count", count)
    workplace.press(Qt.Key.Key_Escape)
    workplace.settle()
    assert titles(page) == ["Nowak, Anna"]
    assert page.count.text() == "1 on record"

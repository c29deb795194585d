"""A restricted record in the window of somebody who may not see it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListView, QPlainTextEdit, QWidget

from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.rights import Right
from mesodesk.ui.pages.emergencies import EmergenciesPage
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.pages.patients import PatientsPage
from mesodesk.ui.widgets.rows import RowRole


def colleague(desk, role=Role.THERAPIST):
    """Put somebody else on record; return the id."""
    with desk.store.write(Right.PEOPLE) as tx:
        row = UserRow(id=new_id(), name="Other", initials="O", role=role, colour=1)
        tx.db.add(row)
        tx.audit("user.create", "app_user", row.id)
        tx.touch(Topic.CLINIC)
        return row.id


def restrict(desk, patient_id):
    """Let nobody but a colleague see a record."""
    desk.restricted.restrict(patient_id, "At her wish", [colleague(desk)])


def texts(window):
    """Return every text in sight, typed or said."""
    found = [window.windowTitle()]
    for each in window.findChildren(QWidget):
        if each.isVisible():
            found += [each.accessibleName(), each.toolTip(), each.accessibleDescription()]
            if isinstance(each, QLabel | QLineEdit):
                found.append(each.text())
            elif isinstance(each, QPlainTextEdit):
                found.append(each.toPlainText())
    return "\n".join(found)


@pytest.fixture
def restricted(workplace):
    patient = workplace.patient(phone="555 0142")
    workplace.run(lambda desk: restrict(desk, patient.id))
    return patient


def test_the_list_shows_name_and_number_alone(workplace, restricted):
    page = workplace.add(PatientsPage, "patient")
    workplace.window.open("patients")
    workplace.type("patient_search", "garcia")
    workplace.settle()
    row = page.findChild(QListView, "patient_list").model().index(0)
    assert row.data(RowRole.TITLE) == "García López, María José"
    assert row.data(RowRole.SUBTITLE) == "restricted record"
    assert row.data(RowRole.TRAILING) == restricted.record_number
    assert "555" not in row.data(Qt.ItemDataRole.AccessibleTextRole)


def test_a_closed_record_names_whom_to_ask_and_nobody_else(workplace, restricted):
    workplace.add(PatientPage, "patients")
    workplace.window.open("patient", patient_id=restricted.id)
    workplace.settle()
    closed = workplace.find("closed_record")
    assert closed.isVisible()
    assert restricted.record_number in workplace.find("closed_number").text()
    assert "Other" in workplace.find("closed_whom").text()
    assert "García" not in texts(workplace.window)
    assert not workplace.find("open_emergency").isEnabled()


def test_an_emergency_opens_the_record_under_a_red_bar_until_it_is_ended(workplace, restricted):
    page = workplace.add(PatientPage, "patients")
    workplace.window.open("patient", patient_id=restricted.id)
    workplace.settle()
    workplace.type("emergency_reason", "Collapsed")
    workplace.click("open_emergency")
    workplace.settle()
    bar = workplace.find("emergency_bar")
    assert page.header.isVisible()
    assert bar.isVisible()
    assert "60 minutes" in workplace.find("emergency_time_left").text()
    assert workplace.find("restricted_mark").isVisible()
    workplace.click("end_emergency")
    workplace.settle()
    assert workplace.find("closed_record").isVisible()
    assert not bar.isVisible()
    assert "García" not in texts(workplace.window)


def test_what_is_typed_when_the_hour_ends_is_kept_and_the_page_says_so(workplace, restricted):
    page = workplace.add(PatientPage, "patients")
    workplace.window.open("patient", patient_id=restricted.id)
    workplace.settle()
    workplace.type("emergency_reason", "Collapsed")
    workplace.click("open_emergency")
    workplace.settle()
    page.show_tab("details")
    workplace.settle()
    workplace.type("phone", "7")
    page.header.emergency.close_record()  # what the timer calls when the hour is over
    workplace.settle()
    assert workplace.find("closed_record").isVisible()
    workplace.run(lambda desk: desk.restricted.open_emergency(restricted.id, "Again"))
    kept = workplace.run(lambda desk: desk.patients.get(restricted.id))
    assert kept.fields.phone.endswith("7")


def test_whoever_treats_chooses_who_sees_a_record(workplace):
    patient = workplace.patient()
    page = workplace.add(PatientPage, "patients")
    workplace.window.open("patient", patient_id=patient.id, tab="details")
    workplace.settle()
    workplace.click("who_sees_which_some")
    assert workplace.find("person_OO").isChecked()
    assert not workplace.find("restrict_keep").isEnabled()
    workplace.type("restrict_reason", "A relative works here")
    workplace.click("restrict_keep")
    workplace.settle()
    stands = workplace.run(lambda desk: desk.restricted.standing(patient.id))
    assert (stands.reason, len(stands.members)) == ("A relative works here", 1)
    assert page.header.lock.isVisible()
    told = workplace.find("restrict_trouble")
    assert told.headline.text() == "From now on only these people see it."
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.objectName() != "archive_patient", "a second Enter would archive the record"
    workplace.click("who_sees_which_everybody")
    workplace.click("restrict_keep")
    workplace.settle()
    assert workplace.run(lambda desk: desk.restricted.standing(patient.id)) is None
    assert not page.header.lock.isVisible()


def test_the_owner_reads_what_was_done_and_reviews_it(workplace, restricted):
    workplace.run(lambda desk: desk.restricted.open_emergency(restricted.id, "Collapsed"))
    workplace.run(lambda desk: desk.patients.get(restricted.id))
    workplace.add(EmergenciesPage, "today")
    workplace.window.open("emergencies")
    workplace.settle()
    said = texts(workplace.window)
    assert "Collapsed" in said
    assert f"Olga Owner opened record {restricted.record_number}" in said
    assert "Looked at the record" in said
    assert "García" not in said
    # The one owner opened it: the page says so before it is kept.
    assert "You opened this record yourself" in said
    assert "nobody else here who could review it" in said
    workplace.type(f"review_{restricted.record_number}", "It was right")
    workplace.click("keep_review")
    workplace.settle()
    assert workplace.find("emergencies_none").isVisible()
    assert workplace.run(lambda desk: desk.restricted.to_review()) == ()


def test_another_owner_reviews_what_an_owner_opened(workplace, restricted):
    workplace.run(lambda desk: desk.restricted.open_emergency(restricted.id, "Collapsed"))
    workplace.run(lambda desk: colleague(desk, Role.OWNER))
    workplace.add(EmergenciesPage, "today")
    workplace.window.open("emergencies")
    workplace.settle()
    said = texts(workplace.window)
    assert "another owner reviews it" in said
    assert not workplace.find(f"review_{restricted.record_number}").isEnabled()
    assert not workplace.find("keep_review").isEnabled()


def test_a_record_that_is_restricted_while_it_is_shown_is_hidden(workplace):
    patient = workplace.patient(phone="555 0142")
    page = workplace.add(PatientPage, "patients")
    workplace.window.open("patient", patient_id=patient.id)
    workplace.settle()
    assert page.header.isVisible()
    workplace.run(lambda desk: restrict(desk, patient.id))
    workplace.qtbot.waitUntil(lambda: page.findChild(QWidget, "closed_record") is not None)
    workplace.qtbot.waitUntil(workplace.find("closed_record").isVisible)
    assert not page.header.isVisible()
    assert not page.tabs.isVisible()

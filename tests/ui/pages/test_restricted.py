"""A restricted record in the window of somebody who may not see it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListView

from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.rights import Right
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.pages.patients import PatientsPage
from mesodesk.ui.widgets.rows import RowRole


def restrict(desk, patient_id):
    """Let nobody but a colleague see a record."""
    with desk.store.write(Right.PEOPLE) as tx:
        row = UserRow(id=new_id(), name="Other", initials="O", role=Role.THERAPIST, colour=1)
        tx.db.add(row)
        tx.audit("user.create", "app_user", row.id)
        tx.touch(Topic.CLINIC)
        member = row.id
    desk.restricted.restrict(patient_id, "At her wish", [member])


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


def test_the_record_says_why_it_is_not_shown(workplace, restricted):
    workplace.add(PatientPage, "patients")
    workplace.window.open("patient", patient_id=restricted.id)
    workplace.settle()
    nobody = workplace.find("patient_none")
    assert nobody.isVisible()
    said = " ".join(label.text() for label in nobody.findChildren(QLabel))
    assert "This record is restricted" in said


def test_a_record_that_is_restricted_while_it_is_shown_is_hidden(workplace):
    patient = workplace.patient(phone="555 0142")
    page = workplace.add(PatientPage, "patients")
    workplace.window.open("patient", patient_id=patient.id)
    workplace.settle()
    assert page.header.isVisible()
    workplace.run(lambda desk: restrict(desk, patient.id))
    workplace.qtbot.waitUntil(workplace.find("patient_none").isVisible)
    assert not page.header.isVisible()
    assert not page.tabs.isVisible()

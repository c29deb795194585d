"""Who saw a record, on its page: asked for by a press, and read again when it changes."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel
from sqlalchemy import select

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.domain.rights import Right
from mesodesk.ui.pages.patient import PatientPage


@pytest.fixture
def patient(workplace):
    return workplace.patient()


@pytest.fixture
def details(workplace, patient):
    page = workplace.add(PatientPage, "patients", "session")
    workplace.window.open("patient", patient_id=patient.id, tab="details")
    workplace.settle()
    return page


def shown(workplace):
    """Return what is counted, a text a day and person."""
    card = workplace.find("who_saw")
    return [each.text() for each in card.findChildren(QLabel) if "changes " in each.text()]


def change(workplace, patient, phone):
    def work(desk):
        known = desk.patients.get(patient.id)
        desk.patients.update(patient.id, known.version, replace(known.fields, phone=phone))

    workplace.run(work)


def entries(desk):
    with desk.store.read(Right.AUDIT_READ) as tx:
        return tx.db.scalars(select(AuditEntryRow)).all()


def test_nothing_is_read_before_it_is_asked_for(workplace, patient, details):
    change(workplace, patient, "555 0101")
    workplace.settle()
    assert shown(workplace) == []
    seen = workplace.run(lambda desk: [each.action for each in entries(desk)])
    assert "log.view" not in seen


def test_it_is_read_again_after_a_change(workplace, patient, details):
    workplace.click("who_saw_show")
    workplace.settle()
    assert shown(workplace) == ["looks 1 · changes 1"]
    change(workplace, patient, "555 0102")
    workplace.qtbot.waitUntil(lambda: "changes 2" in " ".join(shown(workplace)))


def test_what_was_changed_while_it_was_out_of_sight_is_read_when_it_is_back(
    workplace, patient, details
):
    workplace.click("who_saw_show")
    workplace.settle()
    workplace.window.open("patients")
    workplace.settle()
    change(workplace, patient, "555 0103")
    workplace.settle()
    assert shown(workplace) == ["looks 1 · changes 1"]
    workplace.window.open("patient", patient_id=patient.id, tab="details")
    workplace.settle()
    workplace.qtbot.waitUntil(lambda: "changes 2" in " ".join(shown(workplace)))


def test_of_another_patient_nothing_stays(workplace, patient, details):
    workplace.click("who_saw_show")
    workplace.settle()
    other = workplace.patient("Bosch", "Anna")
    workplace.window.open("patient", patient_id=other.id, tab="details")
    workplace.settle()
    assert shown(workplace) == []
    change(workplace, other, "555 0104")
    workplace.settle()
    assert shown(workplace) == []

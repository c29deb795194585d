"""The strip waits for what a button writes, not only for what is typed."""

from functools import partial
from threading import Event

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from mesodesk.ui.keeper import Keeper
from mesodesk.ui.pages.patients import PatientsPage

PATIENCE_S = 60


class RefusedError(Exception):
    sentence = "The disk is full."


@pytest.fixture
def typed(workplace):
    """A keeper of which something is kept, so that the strip says so."""
    keeper = Keeper(workplace.jobs, workplace.window.status, parent=workplace.window)
    keeper.put("word", lambda _version: None)
    workplace.settle()
    assert workplace.window.status.text().startswith("kept")
    return keeper


def held(gate, result, _desk):
    assert gate.wait(PATIENCE_S)
    return result


def test_the_strip_does_not_say_kept_while_a_record_is_made(workplace, typed, qtbot):
    gate, made = Event(), []
    typed.put("word", lambda _version: None)
    with qtbot.waitSignal(typed.kept):
        typed.flush()
        workplace.context.write(workplace.window, partial(held, gate, "record"), made.append)
    assert workplace.window.status.text() == "keeping…"
    assert workplace.window.status.unkept()
    gate.set()
    workplace.jobs.drain()
    assert made == ["record"]
    assert workplace.window.status.text().startswith("kept")


def test_a_write_that_is_refused_leaves_the_strip_as_it_was(workplace, typed):
    before, told = workplace.window.status.text(), []

    def refuse(_desk):
        raise RefusedError

    workplace.context.write(workplace.window, refuse, failed=told.append)
    assert workplace.window.status.text() == "keeping…"
    workplace.jobs.drain()
    assert [type(error) for error in told] == [RefusedError]
    assert workplace.window.status.text() == before
    assert not workplace.window.status.unkept()


def test_a_refusal_that_nobody_handles_is_told_by_the_window(workplace, qtbot):
    def refuse(_desk):
        raise RefusedError

    with qtbot.waitSignal(workplace.jobs.troubled) as told:
        workplace.context.write(workplace.window, refuse)
    assert told.args == [RefusedError.sentence]


def test_a_write_whose_page_is_gone_is_told_as_kept_all_the_same(workplace, typed):
    owner, answers = QObject(), []
    workplace.context.write(owner, lambda _desk: 1, answers.append)
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(owner, QEvent.Type.DeferredDelete.value)
    workplace.jobs.drain()
    assert answers == []
    assert workplace.window.status.text().startswith("kept")


def test_a_new_record_is_not_called_kept_before_it_is_made(workplace, qtbot, monkeypatch):
    gate = Event()
    create = workplace.desk.patients.create

    def create_later(fields, draft=None):
        assert gate.wait(PATIENCE_S)
        return create(fields, draft=draft)

    monkeypatch.setattr(workplace.desk.patients, "create", create_later)
    type_a_new_patient(workplace)
    workplace.click("create_patient")
    panel = workplace.find("new_patient_panel")
    qtbot.waitUntil(lambda: not panel._keeper._pending)
    assert workplace.window.status.text() == "keeping…"
    gate.set()
    workplace.jobs.drain()
    assert workplace.window.status.text().startswith("kept")
    assert [hit.name for hit in workplace.run(lambda desk: desk.patients.search("kowal"))]


def test_a_draft_still_being_written_does_not_come_back_behind_its_record(workplace):
    type_a_new_patient(workplace)
    # The last letters wait while an earlier state of the draft is being written.
    assert workplace.find("new_patient_panel")._keeper.is_pending()
    workplace.click("create_patient")
    workplace.settle()
    assert [hit.name for hit in workplace.run(lambda desk: desk.patients.search("kowal"))]
    assert workplace.run(lambda desk: desk.drafts.get("patient", "new")) is None


def type_a_new_patient(workplace):
    workplace.add(PatientsPage, "patient")
    workplace.window.open("patients")
    workplace.settle()
    workplace.click("new_patient")
    workplace.settle()
    workplace.type("family_name", "Kowalska")
    workplace.type("given_names", "Ana")
    workplace.type("birth_date", "4.3.1988")
    workplace.click("body_sex_female")

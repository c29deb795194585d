"""The lock: at once, over everything, and back to the same place."""

import json
import logging
import shutil
import sys
import threading
from datetime import date

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QLineEdit, QPushButton

from mesodesk.app import Application
from mesodesk.around import tell_mistakes
from mesodesk.db.errors import StorageTrouble, StorageUnavailable
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.domain.rights import Right
from mesodesk.services.desk import open_desk
from mesodesk.ui.gate.unlock import UnlockPage
from mesodesk.ui.lock import door
from mesodesk.ui.widgets.cards import Notice
from mesodesk.vault import keyfile
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.vault import create_vault, open_vault

PASSWORD = "plain tea in the morning"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk") / "vault"

    def populate(vault):
        fields = ClinicFields(name="Clinic of the tests", zone="Europe/Madrid")
        open_desk(vault).clinic.create(fields, "Olga Owner", "OO", vault.user_id)

    create_vault(
        folder,
        owner=NewOwner("Olga Owner"),
        password=PASSWORD,
        cost=KdfCost.for_tests(),
        recovery_key=RecoveryKey.new(),
        populate=populate,
    ).close()
    return folder


@pytest.fixture
def program(qtbot, template, tmp_path, monkeypatch):
    """The program as it starts, on a vault of its own, opened with its password."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = shutil.copytree(template, tmp_path / "vault")
    made = Application(folder, PASSWORD)
    with qtbot.waitActive(made.window):
        made.show()
        made.window.activateWindow()
    qtbot.waitUntil(lambda: not made.window.is_covered())
    made.jobs.drain()
    yield made
    made.window.close()
    made.jobs.close()
    made.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def type_password(qtbot, program, password):
    field = program.window.findChild(QLineEdit, "unlock_password")
    qtbot.keyClicks(field, password)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_ctrl_l_covers_at_once_and_unlocking_returns_to_the_same_place(qtbot, program):
    window = program.window
    window.open("patients")
    program.jobs.drain()
    search = window.findChild(QLineEdit, "patient_search")
    qtbot.keyClicks(search, "ferr")
    qtbot.keyClick(search, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.is_covered()
    assert not search.isVisible()
    assert window.windowTitle() == "Mesodesk"
    type_password(qtbot, program, PASSWORD)
    qtbot.waitUntil(lambda: not window.is_covered())
    assert window.current_page().page_id == "patients"
    assert search.text() == "ferr"
    assert search.hasFocus()


def test_a_wrong_password_keeps_the_lock_and_is_on_the_audit_chain(qtbot, program):
    window = program.window
    window.ask_lock()
    type_password(qtbot, program, "not this one at all")
    button = window.findChild(QPushButton, "unlock_button")
    qtbot.waitUntil(lambda: button.text().startswith("Wait"))
    assert window.is_covered()
    program.jobs.drain()
    with program._desk.store.read(Right.RECORD_READ) as tx:
        sql = "SELECT action FROM audit_entry ORDER BY seq"
        actions = [row[0] for row in tx.connection.exec_driver_sql(sql)]
    assert actions[-2:] == ["desk.lock", "desk.unlock_failed"]


def test_nobody_there_locks(qtbot, program):
    program.window.idle_watch.set_limit(30)
    qtbot.waitUntil(program.window.is_covered)


def test_what_is_typed_is_kept_while_the_window_is_locked(qtbot, program):
    window = program.window
    window.open("patients", new=True)
    program.jobs.drain()
    qtbot.keyClicks(window.findChild(QLineEdit, "family_name"), "Ferrand")
    window.ask_lock()
    program.jobs.drain()
    assert program._desk.drafts.get("patient", "new")["family_name"] == "Ferrand"
    type_password(qtbot, program, PASSWORD)
    qtbot.waitUntil(lambda: not window.is_covered())
    assert window.findChild(QLineEdit, "family_name").text() == "Ferrand"


def test_a_mistake_in_a_slot_is_told_and_logged_without_its_text(program, monkeypatch, log_book):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    tell_mistakes(program.window)
    error = KeyError("García, born 1985")
    with log_book.expects("mesodesk.ui.jobs", logging.ERROR) as records:
        sys.excepthook(KeyError, error, None)
    assert "García" not in records[0].getMessage()
    shown = program.window.findChild(Notice, "trouble")
    assert "mistake in the program" in shown.text.text()


def test_a_mistake_on_a_thread_is_logged_without_its_text(program, monkeypatch, log_book):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    tell_mistakes(program.window)

    def fail():
        raise KeyError("García, born 1985")

    with log_book.expects("mesodesk.ui.jobs", logging.ERROR) as records:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    assert records[0].getMessage().startswith("KeyError in fail:")


def moved_away(folder):
    folder.rename(folder.with_name("elsewhere"))


def replaced(folder):
    (folder / "clinic.db").rename(folder / "clinic.old")
    (folder / "clinic.db").write_bytes(b"x" * 8192)


def put_back(folder):
    if (folder / "clinic.old").exists():
        (folder / "clinic.old").replace(folder / "clinic.db")
    else:
        folder.with_name("elsewhere").rename(folder)


@pytest.mark.parametrize("harm", [moved_away, replaced])
def test_a_vault_that_goes_while_it_is_open_is_told_and_nothing_called_kept(qtbot, program, harm):
    window, status = program.window, program.window.status
    folder = program.desk_window.context.desk.store.vault.folder
    harm(folder)
    qtbot.waitUntil(lambda: "not in its place" in status.text())
    told = []
    program.desk_window.context.write(window, lambda desk: desk.access.lock(), failed=told.append)
    program.jobs.drain()
    assert [error.trouble for error in told] == [StorageTrouble.MOVED]
    assert status.unkept()
    put_back(folder)
    qtbot.waitUntil(lambda: not status.unkept())
    program.desk_window.context.write(window, lambda desk: desk.access.lock(), failed=told.append)
    program.jobs.drain()
    assert len(told) == 1


def test_a_name_typed_on_the_first_page_finds_the_patient(qtbot, program):
    window, context = program.window, program.desk_window.context
    fields = PatientFields("Montserrat", "Ana", date(1980, 2, 3), BodySex.FEMALE)
    context.run(window, lambda desk: desk.patients.create(fields))
    program.jobs.drain()
    assert window.current_page().page_id == "today"
    for letter in "mont":
        qtbot.keyClick(window.windowHandle(), letter)
    palette = window.palette_overlay()
    assert palette.search.value() == "mont"
    qtbot.waitUntil(lambda: [entry.title for entry in palette.entries()][:1] == ["Montserrat, Ana"])
    qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.current_page().page_id == "patient")
    program.jobs.drain()
    # On a page where letters have their own use, they begin nothing.
    qtbot.keyClick(window.windowHandle(), Qt.Key.Key_X)
    assert not palette.isVisible()


def test_a_reaction_is_recorded_from_anywhere_of_the_patient_that_is_chosen(qtbot, program):
    """By keys alone: Ctrl+K, the patient, the form; never of whoever was open last."""
    window, context = program.window, program.desk_window.context
    made = []
    for family in ("Montserrat", "Ibáñez"):
        fields = PatientFields(family, "Ana", date(1980, 2, 3), BodySex.FEMALE)
        context.run(window, lambda desk, f=fields: desk.patients.create(f), made.append)
    program.jobs.drain()
    context.run(window, lambda desk: desk.sessions.start(made[0].id))
    program.jobs.drain()
    window.open("patient", patient_id=made[1].id)
    program.jobs.drain()
    window.open("today")

    def by_palette():
        window.open_palette()
        for letter in "nodule":
            qtbot.keyClick(window.windowHandle(), letter)
        palette = window.palette_overlay()
        qtbot.waitUntil(lambda: [e.title for e in palette.entries()] == ["Record a reaction"])
        qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Return)

    by_palette()
    qtbot.waitUntil(lambda: window.current_page().page_id == "patients")
    page = window.current_page()
    assert "who reacted" in page.choosing.headline.text()
    page.search.input.setFocus()
    qtbot.keyClicks(page.search.input, "monts")
    qtbot.waitUntil(lambda: page._model.rowCount() == 1)
    qtbot.keyClick(page.search.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.current_page().page_id == "patient")
    patient = window.current_page()
    qtbot.waitUntil(lambda: patient.strip.current() == "reactions")
    entry = patient.tabs.reactions.entry
    qtbot.waitUntil(lambda: entry.is_open() and entry.isVisible())
    assert patient.place()["patient_id"] == made[0].id
    # With a patient in sight it is that one's; chosen otherwise, the list opens records as ever.
    by_palette()
    qtbot.waitUntil(lambda: window.current_page() is patient)
    assert patient.place()["patient_id"] == made[0].id
    window.open("patients")
    assert page.choosing.isHidden()


def test_every_page_and_command_is_found_by_whom_it_is_open_to(qtbot, program, monkeypatch):
    window = program.window
    window.open_palette()
    palette = window.palette_overlay()
    offered = {entry.title for entry in palette.entries()}
    assert {"Safety", "Reports", "People and keys", "New patient", "Lock"} <= offered
    for letter in "coll":  # a colleague: by what it is for, not by its name
        qtbot.keyClick(window.windowHandle(), letter)
    program.jobs.drain()
    assert [entry.title for entry in palette.entries()] == ["People and keys"]
    qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.current_page().page_id == "people")
    window.open_palette()
    qtbot.keyClick(window.windowHandle(), Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert window.current_page().page_id == "patients"
    assert not palette.isVisible()  # or the page would be typed into behind it
    monkeypatch.setattr(program.desk_window.context, "may", lambda _right: False)
    window.open_palette()
    left = {entry.title for entry in palette.entries()}
    assert offered - left == {
        "People and keys", "Restore a backup", "Reports", "Emergencies to review", "New patient",
        "Record a reaction",
    }  # fmt: skip


def test_an_alarm_stays_until_an_owner_has_read_it(qtbot, template, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = shutil.copytree(template, tmp_path / "vault")
    for name in ("keys.json", "keys-copy.json"):  # the list of who can open is another
        body = json.loads((folder / name).read_text())
        del body["slots"][1], body["checksum"]
        body["checksum"] = keyfile._checksum(body)
        (folder / name).write_text(json.dumps(body))
    program = Application(folder, PASSWORD)
    window = program.window
    program.show()
    try:
        qtbot.waitUntil(lambda: not window.is_covered())
        notice = window.findChild(Notice, "vault_alarm")
        assert "outside Mesodesk" in notice.headline.text()
        assert notice.headline.property("tone") == "stop"
        assert not notice.close_button.isVisible()
        qtbot.mouseClick(notice.action, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: window.findChild(Notice, "vault_alarm") is None)
        vault = program._desk.store.vault
        assert vault.findings == ()
        with vault.engine.connect() as db:
            sql = "SELECT details FROM audit_entry WHERE action = 'vault.finding_seen'"
            assert [json.loads(row[0])["area"] for row in db.exec_driver_sql(sql)] == ["keys"]
    finally:
        window.close()
        program.jobs.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_records_that_open_and_cannot_be_read_are_told_and_closed_again(
    qtbot, template, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = shutil.copytree(template, tmp_path / "vault")
    broken = StorageUnavailable(StorageTrouble.DAMAGED)

    def unreadable(_desk):
        raise broken

    monkeypatch.setattr(door, "who_and_where", unreadable)
    program = Application(folder, PASSWORD)
    window = program.window
    program.show()
    try:
        said = "trouble_findings"
        qtbot.waitUntil(lambda: window.findChild(Notice, said) is not None)
        program.jobs.drain()
        assert window.findChild(Notice, said).headline.text() == broken.sentence
        assert window.is_covered()
        open_vault(folder, password=PASSWORD).close()  # nobody holds it any more
        monkeypatch.undo()
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        qtbot.mouseClick(window.findChild(QPushButton, "trouble_again"), Qt.MouseButton.LeftButton)
        page = program.gate._stack.currentWidget()
        assert isinstance(page, UnlockPage)
        qtbot.keyClicks(page.password.input, PASSWORD)
        page.submit()
        qtbot.waitUntil(lambda: not window.is_covered())
    finally:
        window.close()
        program.jobs.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

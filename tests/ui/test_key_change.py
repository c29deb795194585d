"""Changing the vault's key from the window: the desk is closed for it, and unlocked anew."""

import errno
import shutil

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from mesodesk.app import Application
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.services.desk import open_desk
from mesodesk.vault import attempts
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.vault import create_vault, open_vault

PASSWORD = "plain tea in the morning"


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    """Lets no pause follow a wrong password."""
    monkeypatch.setattr(attempts, "pause_after", lambda _failures: 0.0)


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
def folder(template, tmp_path):
    """A vault whose backups go to a folder."""
    made = shutil.copytree(template, tmp_path / "vault")
    (tmp_path / "backups").mkdir()
    desk = open_desk(open_vault(made, password=PASSWORD))
    desk.backups.add_folder(tmp_path / "backups")
    desk.close()
    return made


@pytest.fixture
def program(qtbot, folder, tmp_path, monkeypatch):
    """The program as it starts, with the page of the people in sight."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    made = Application(folder, PASSWORD)
    with qtbot.waitActive(made.window):
        made.show()
        made.window.activateWindow()
    qtbot.waitUntil(lambda: not made.window.is_covered())
    made.jobs.drain()
    made.window.open("people")
    made.jobs.drain()
    yield made
    made.window.close()
    made.jobs.close()
    made.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def change(qtbot, program):
    """Asks for another key with a password, by hand."""

    def ask(password):
        window = program.window
        button = window.findChild(QPushButton, "key_change")
        if button.isVisible():
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.keyClicks(window.findChild(QLineEdit, "key_proof_password"), password)
        qtbot.mouseClick(
            window.findChild(QPushButton, "key_proof_confirm"), Qt.MouseButton.LeftButton
        )

    return ask


def key_of(folder):
    with open_vault(folder, password=PASSWORD) as vault:
        return vault.keys.data_key


def ended(program):
    button = program.window.findChild(QWidget, "key_change_unlock")
    return button is not None and button.isVisible()


def test_the_key_is_changed_and_the_window_begins_anew(qtbot, program, change, folder):
    before = program._desk.store.vault.keys.data_key
    change(PASSWORD)
    assert program.window.is_covered()
    qtbot.waitUntil(lambda: ended(program))
    page = program.window.cover_widget.content()
    assert "new key is in use" in page.notice.headline.text()
    program.window.ask_lock()  # nothing to lock: the vault is closed
    qtbot.mouseClick(page.button, Qt.MouseButton.LeftButton)
    assert program.window.begin_again
    assert not program.window.isVisible()
    assert key_of(folder) != before


def test_the_rail_shows_one_s_own_new_name_at_once(qtbot, program):
    window = program.window
    name = window.findChild(QLineEdit, "person_name")
    name.selectAll()
    qtbot.keyClicks(name, "Olga Novak")
    qtbot.mouseClick(window.findChild(QPushButton, "person_save"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Olga Novak" in window.rail.person.accessibleDescription())


def test_a_wrong_password_leaves_the_desk_as_it_was(qtbot, program, change):
    change("not the password")
    qtbot.waitUntil(lambda: not program.window.is_covered())
    page = program.window.current_page()
    assert page.page_id == "people"
    assert "not the password" in page.key.proof.password.error()
    assert not program._desk.keys.is_over


@pytest.mark.long
def test_what_the_disk_refuses_is_told_and_the_key_of_before_opens(
    qtbot, program, change, folder, monkeypatch
):
    before = program._desk.store.vault.keys.data_key

    def full(*_arguments):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("mesodesk.vault.rotating.copy_into", full)
    change(PASSWORD)
    qtbot.waitUntil(lambda: ended(program))
    page = program.window.cover_widget.content()
    assert "key of before is in use" in page.notice.headline.text()
    assert "full" in page.notice.text.text()
    qtbot.mouseClick(page.button, Qt.MouseButton.LeftButton)
    assert key_of(folder) == before

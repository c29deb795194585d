"""Restoring in the window: at the gate, from nothing; and from the open desk."""

import shutil
from datetime import date

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt

from mesodesk.app import Application
from mesodesk.domain.clock import SystemClock
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.services.desk import open_desk
from mesodesk.services.new_desk import create_desk
from mesodesk.ui import desk_safety
from mesodesk.ui.gate.first_run import FirstRunPage
from mesodesk.ui.gate.gate import Gate
from mesodesk.ui.gate.new_password import NewPasswordPage
from mesodesk.ui.gate.restore import RestorePage
from mesodesk.ui.gate.trouble import TroublePage
from mesodesk.ui.gate.unlock import UnlockPage
from mesodesk.ui.jobs import Jobs
from mesodesk.vault import places
from mesodesk.vault.container import listed
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.places import default_place
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.registry import Registry
from mesodesk.vault.replacing import replaced_beside
from mesodesk.vault.vault import open_vault

PASSWORD = "plain tea in the morning"


def add(desk, name):
    desk.patients.create(PatientFields(name, "Ada", date(1980, 1, 1), BodySex.FEMALE))


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A clinic with one backup of its first patient, and a second patient since; and its kit."""
    home = tmp_path_factory.mktemp("clinic")
    kit = RecoveryKey.new()
    desk = create_desk(
        home / "vault",
        ClinicFields(name="Clinica Luz", jurisdiction="ES", zone="Europe/Madrid"),
        owner=NewOwner("Claire Moreau", "CM"),
        password=PASSWORD,
        recovery_key=kit,
        cost=KdfCost.for_tests(),
    )
    add(desk, "Ferrand")
    desk.backups.back_up_now("asked")
    add(desk, "Weber")
    add(desk, "Roux")
    desk.close()
    return home, kit


@pytest.fixture
def home(template, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(places, "volumes", lambda: ())
    monkeypatch.setattr("mesodesk.vault.finding_backups.volumes", lambda: (tmp_path / "media",))
    copy = shutil.copytree(template[0], tmp_path / "home")
    desk = open_desk(open_vault(copy / "vault", password=PASSWORD))
    (place,) = desk.backups.places()  # that of the template
    desk.backups.leave_place(place.id, place.version)
    desk.backups.add_folder(default_place(copy / "vault"))
    desk.close()
    return copy


@pytest.fixture
def kit(template):
    return template[1]


@pytest.fixture
def jobs(qapp):
    made = Jobs()
    yield made
    made.close()


@pytest.fixture
def gates(qtbot, jobs):
    """Makes gates on a folder; the desks they open are closed at the end."""
    opened = []

    def make(folder):
        gate = Gate(folder, jobs)
        qtbot.addWidget(gate)
        gate.opened.connect(opened.append)
        gate.resize(1000, 800)
        gate.look()
        gate.show()
        qtbot.waitExposed(gate)
        return gate

    yield make
    for desk in opened:
        desk.close()


def page_of(gate):
    return gate._stack.currentWidget()


def restore_page(qtbot, gate, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    page = page_of(gate)
    assert isinstance(page, RestorePage)
    qtbot.waitUntil(lambda: bool(page.found.rows()))
    return page


def go_through(qtbot, page, secret, *, with_key=False):
    """Choose the first backup, type what opens it, and return what is said to be lost."""
    qtbot.keyClick(page.found.rows()[0], Qt.Key.Key_Return)
    if with_key:
        qtbot.mouseClick(page.way, Qt.MouseButton.LeftButton)
    field = page.key if with_key else page.password
    qtbot.keyClicks(field.input, secret)
    qtbot.keyClick(field.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.go_on.text() == "Restore this backup")
    return page.notice.headline.text()


def names(desk):
    return {hit.name.split(",")[0] for hit in desk.patients.search("a", limit=9)}


def unlock(qtbot, gate):
    page = page_of(gate)
    assert isinstance(page, UnlockPage)
    with qtbot.waitSignal(gate.opened) as opened:
        qtbot.keyClicks(page.password.input, PASSWORD)
        qtbot.keyClick(page.password.input, Qt.Key.Key_Return)
    return opened.args[0]


def test_a_new_computer_with_stick_and_kit_alone(qtbot, gates, home, kit, tmp_path):
    stick = tmp_path / "media" / "BLUE"
    stick.mkdir(parents=True)
    (container,) = listed(default_place(home / "vault"))
    shutil.move(container.path, stick)
    shutil.rmtree(home)
    folder = tmp_path / "new" / "vault"
    gate = gates(folder)
    first = page_of(gate)
    assert isinstance(first, FirstRunPage)
    page = restore_page(qtbot, gate, first.restore)
    said = go_through(qtbot, page, kit.text.lower(), with_key=True)
    assert "no other records here" in said
    assert not folder.exists(), "nothing is made before it is asked for"
    qtbot.mouseClick(page.go_on, Qt.MouseButton.LeftButton)
    # The key was typed once: all that is left is to choose a password.
    qtbot.waitUntil(lambda: isinstance(page_of(gate), NewPasswordPage))
    step = page_of(gate).step
    for field in (step.password, step.again):
        qtbot.keyClicks(field.input, "plain bread in the evening")
    with qtbot.waitSignal(gate.opened) as opened:
        qtbot.keyClick(step.again.input, Qt.Key.Key_Return)
    desk = opened.args[0]
    assert names(desk) == {"Ferrand"}
    assert desk.backups.standing().paused_since is not None


def test_a_damaged_vault_is_replaced_and_kept(qtbot, gates, home):
    vault = home / "vault"
    (vault / "clinic.db").write_bytes(b"")
    gate = gates(vault)
    trouble = page_of(gate)
    assert isinstance(trouble, TroublePage)
    page = restore_page(qtbot, gate, trouble.restore)
    said = go_through(qtbot, page, PASSWORD)
    assert "You lose at most" in said
    with qtbot.waitSignal(gate.opened) as opened:  # nothing is typed twice
        qtbot.mouseClick(page.go_on, Qt.MouseButton.LeftButton)
    desk = opened.args[0]
    assert desk.store.vault.folder == vault
    assert names(desk) == {"Ferrand"}
    (kept,) = replaced_beside(vault)
    assert (kept / "clinic.db").read_bytes() == b""
    assert f"{SystemClock().now().astimezone():%Y-%m-%d}" in kept.name


def test_nothing_destructive_is_the_default_and_back_changes_nothing(qtbot, gates, home):
    vault = home / "vault"
    (vault / "clinic.db").write_bytes(b"")
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    gate = gates(vault)
    page = restore_page(qtbot, gate, page_of(gate).restore)
    go_through(qtbot, page, PASSWORD)
    assert page.back.hasFocus()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    qtbot.keyClick(page.back, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.found.rows()) and page.found.isVisible())
    qtbot.mouseClick(page.back, Qt.MouseButton.LeftButton)
    assert isinstance(page_of(gate), TroublePage)
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_a_wrong_password_and_a_damaged_backup_are_told_in_a_sentence(qtbot, gates, home):
    vault = home / "vault"
    (vault / "clinic.db").unlink()
    gate = gates(vault)
    page = restore_page(qtbot, gate, page_of(gate).restore)
    qtbot.mouseClick(page.found.rows()[0], Qt.MouseButton.LeftButton)
    qtbot.keyClicks(page.password.input, "not this one at all")
    qtbot.keyClick(page.password.input, Qt.Key.Key_Return)
    told = page.notice.headline.text
    qtbot.waitUntil(lambda: "not a password of the day" in told())
    qtbot.mouseClick(page.go_on, Qt.MouseButton.LeftButton)
    assert told() == "Type the password."  # an empty field is no try
    (container,) = listed(default_place(vault))
    data = bytearray(container.path.read_bytes())
    data[-9000] ^= 1
    container.path.write_bytes(data)
    qtbot.keyClicks(page.password.input, PASSWORD)
    qtbot.keyClick(page.password.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.go_on.text() == "Restore this backup")
    qtbot.mouseClick(page.go_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "damaged" in page.notice.headline.text())
    assert not list(home.glob("*restored*"))
    assert not replaced_beside(vault)


def test_a_bad_copy_made_by_hand_is_not_among_the_whole_ones(qtbot, gates, home):
    vault = home / "vault"
    backups = default_place(vault)
    (whole,) = listed(backups)
    cut = backups / "mesodesk-000000999-20990101T000000Z.mesobackup"
    cut.write_bytes(whole.path.read_bytes()[:-4096])
    (vault / "clinic.db").unlink()
    gate = gates(vault)
    page = restore_page(qtbot, gate, page_of(gate).restore)
    told = [row.accessibleName() for row in page.found.rows()]
    assert len(told) == 2
    assert ["cannot be read whole" in one for one in told].count(True) == 1


def test_a_stick_that_is_plugged_in_later_is_found_by_looking_again(qtbot, gates, home):
    vault = home / "vault"
    backups = default_place(vault)
    away = home / "in the drawer"
    backups.rename(away)
    (vault / "clinic.db").unlink()
    gate = gates(vault)
    qtbot.mouseClick(page_of(gate).restore, Qt.MouseButton.LeftButton)
    page = page_of(gate)
    qtbot.waitUntil(lambda: "No backup was found" in page.lead.text())
    assert page.again.text() in page.lead.text()
    away.rename(backups)
    qtbot.mouseClick(page.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(page.found.rows()) == 1)
    assert page_of(gate) is page


def test_places_are_known_though_the_vault_does_not_open(home, tmp_path):
    registry = Registry(tmp_path / "config" / "vaults.json")
    registry.remember_backups(home / "vault", [tmp_path / "one", tmp_path / "two"])
    registry.remember(home / "vault", new_id())
    assert registry.backups_of(home / "vault") == (tmp_path / "one", tmp_path / "two")
    assert registry.backups_of(tmp_path) == ()


def prove(qtbot, here):
    """Say with one's own password that these records are to be given up; a wrong one does not."""
    qtbot.waitUntil(lambda: here._proof is not None)
    page, typed = here._proof, here._proof.proof.password.input
    qtbot.keyClicks(typed, "not this one at all")
    qtbot.keyClick(typed, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "not the password" in page.message.headline.text())
    assert here._panel is None
    qtbot.waitUntil(page.confirm.isEnabled)  # once the pause is over
    qtbot.keyClicks(typed, PASSWORD)
    qtbot.keyClick(typed, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: here._panel is not None)


def test_from_the_open_desk_the_other_records_take_its_place(qtbot, home, monkeypatch):
    monkeypatch.setattr(desk_safety, "START_MS", 0)
    vault = home / "vault"
    program = Application(vault, PASSWORD)
    window = program.window
    try:
        with qtbot.waitActive(window):
            program.show()
            window.activateWindow()
        qtbot.waitUntil(lambda: program.locking.desk_window is not None)
        qtbot.waitUntil(lambda: not window.is_covered())
        window.open("restore")
        here = window.current_page()
        prove(qtbot, here)
        qtbot.waitUntil(lambda: here._panel is not None and bool(here._panel.found.rows()))
        said = go_through(qtbot, here._panel, PASSWORD)
        assert said.startswith("You lose 3 changes"), "the wrong password is one"
        with qtbot.waitSignal(window.closing):
            qtbot.mouseClick(here._panel.go_on, Qt.MouseButton.LeftButton)
        assert window.begin_again
    finally:
        window.may_close = None
        window.close()
        program.jobs.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    (kept,) = replaced_beside(vault)
    for folder, there in ((vault, {"Ferrand"}), (kept, {"Ferrand", "Weber", "Roux"})):
        opened = open_vault(folder, password=PASSWORD)
        desk = open_desk(opened)
        assert names(desk) == there
        desk.close()
    assert len(listed(default_place(vault))) == 2, "what is given up was backed up first"


def test_records_that_did_not_take_their_place_are_told_at_the_next_start(qtbot, home):
    program = Application(home / "vault", None, "The restored records are elsewhere.")
    try:
        program.show()
        page = page_of(program.gate)
        qtbot.waitUntil(lambda: page.message.isVisible())
        assert page.message.headline.text() == "The restored records are elsewhere."
    finally:
        program.window.close()
        program.jobs.close()
        program.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

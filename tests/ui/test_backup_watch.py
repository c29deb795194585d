"""Backups that make themselves, in the real window: after changes, on closing, from a stick."""

import shutil
import threading
from datetime import date, timedelta
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from mesodesk.app import Application
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.services import backup_work
from mesodesk.services.desk import open_desk
from mesodesk.ui import backup_watch, desk_safety
from mesodesk.ui.widgets.cards import Notice
from mesodesk.vault import backing_up, places
from mesodesk.vault.backup_errors import BackupTargetError
from mesodesk.vault.container import listed
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

    kit = RecoveryKey.new()
    create_vault(
        folder,
        owner=NewOwner("Olga Owner"),
        password=PASSWORD,
        cost=KdfCost.for_tests(),
        recovery_key=kit,
        populate=populate,
    ).close()
    return folder, kit


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


@pytest.fixture
def program(qtbot, template, tmp_path, place, monkeypatch):
    """The program on a vault whose backups go to `place`; nothing happens by the clock alone."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(desk_safety, "START_MS", 0)
    monkeypatch.setattr(places, "volumes", lambda: ())
    folder = shutil.copytree(template[0], tmp_path / "vault")
    with open_vault(folder, password=PASSWORD) as vault:
        open_desk(vault).backups.add_folder(place, "Office")
    made = Application(folder, PASSWORD)
    with qtbot.waitActive(made.window):
        made.show()
        made.window.activateWindow()
    qtbot.waitUntil(lambda: not made.window.is_covered())
    qtbot.waitUntil(lambda: watch_of(made).standing is not None)
    made.jobs.drain()
    yield made
    made.window.may_close = None
    made.window.close()
    made.jobs.close()
    made.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def watch_of(program):
    shown = program.locking.desk_window
    return Nothing if shown is None else shown.safety.watch


class Nothing:
    standing = None


def change(program, name="Ferrand"):
    fields = PatientFields(name, "Ada", date(1980, 1, 1), BodySex.FEMALE)
    program.desk_window.context.run(program.window, lambda desk: desk.patients.create(fields))
    program.jobs.drain()


def at_rest(program):
    program.jobs.drain()
    return not watch_of(program).running


def open_safety(qtbot, program):
    program.window.open("safety")
    program.jobs.drain()
    page = program.window.current_page()
    qtbot.waitUntil(lambda: page.backups.now.isEnabled())
    return page


def test_after_a_change_one_is_made_by_itself_and_the_strip_says_so(
    qtbot, program, place, monkeypatch
):
    watch = watch_of(program)
    change(program)
    assert watch._after_changes.isActive()
    assert watch._after_changes.interval() <= backup_watch.AFTER_CHANGES_MS
    with qtbot.waitSignal(watch.ended) as ended:
        watch._after_changes.start(1)
    assert len(ended.args[0].made) == 1
    qtbot.waitUntil(lambda: program.window.status.note.text().startswith("backup "))
    assert len(listed(place)) == 1
    assert not watch.wanted_at_closing


def test_neither_a_save_nor_the_window_waits_for_it(qtbot, program, place, monkeypatch):
    """The copying is held up on purpose: whatever waits for it would wait for ever."""
    let_go, inside, let_gone = threading.Event(), threading.Event(), []
    real = backup_work.make_backup

    def held(*given, **named):
        inside.set()
        let_gone.append(let_go.wait(60))
        return real(*given, **named)

    monkeypatch.setattr(backup_work, "make_backup", held)
    watch = watch_of(program)
    try:
        watch.back_up("asked")
        qtbot.waitUntil(inside.is_set)
        change(program)
        program.jobs.drain()
        assert watch.running
        program.window.open("patients")
        program.jobs.drain()
    finally:
        let_go.set()
    qtbot.waitUntil(lambda: at_rest(program))
    assert let_gone == [True]
    assert len(listed(place)) == 1
    assert watch.standing is not None


def test_closing_makes_the_last_one_first(qtbot, program, place):
    change(program)
    window = program.window
    with qtbot.waitSignal(window.closing):
        window.close()
        assert window.isVisible()
        assert window.is_covered()
        assert window.findChild(QPushButton, "closing_skip").hasFocus()
    assert len(listed(place)) == 1
    assert not window.isVisible()


def test_whoever_is_in_a_hurry_closes_without_it(qtbot, program, place, monkeypatch):
    def waits(_source, _target, *, stop, **_named):
        stop.wait(60)
        raise backing_up.BackupStoppedError

    monkeypatch.setattr(backup_work, "make_backup", waits)
    change(program)
    window = program.window
    with qtbot.waitSignal(window.closing):
        window.close()
        skip = window.findChild(QPushButton, "closing_skip")
        qtbot.keyClick(skip, Qt.Key.Key_Return)
    assert listed(place) == ()


def test_nothing_changed_nothing_waits_at_closing(qtbot, program, place):
    watch = watch_of(program)
    with qtbot.waitSignal(watch.stands):
        watch.back_up("asked")
        qtbot.waitUntil(lambda: at_rest(program))
    program.jobs.drain()
    program.window.close()
    assert not program.window.isVisible()


def test_closing_the_vault_gives_up_a_copy_that_is_under_way(qtbot, program, place, monkeypatch):
    """As when the desk is locked hard: nothing may go on copying without the vault's lock."""
    inside, given_up = threading.Event(), threading.Event()

    def waits(_source, _target, *, stop, **_named):
        inside.set()
        stop.wait(60)
        given_up.set()
        raise backing_up.BackupStoppedError

    monkeypatch.setattr(backup_work, "make_backup", waits)
    watch_of(program).back_up("asked")
    qtbot.waitUntil(inside.is_set)
    program.jobs.run(program.window, program._desk.close)
    program.jobs.drain()
    assert given_up.is_set()
    folder = program._desk.store.vault.folder
    open_vault(folder, password=PASSWORD).close()


def test_a_stick_that_is_plugged_in_gets_one_and_may_be_pulled_out(
    qtbot, program, tmp_path, monkeypatch
):
    stick = tmp_path / "media" / "BLUE"
    stick.mkdir(parents=True)
    context = program.desk_window.context
    context.run(program.window, lambda desk: desk.backups.add_stick(stick, "Blue"))
    program.jobs.drain()
    aside = tmp_path / "pocket"
    stick.rename(aside)
    watch = watch_of(program)
    with qtbot.waitSignal(watch.stands):
        watch.ask()
    watch._look_for_sticks()
    qtbot.wait(50)
    assert not watch.running
    other = tmp_path / "media" / "RED"
    aside.rename(other)
    monkeypatch.setattr(places, "volumes", lambda: (other,))
    with qtbot.waitSignal(watch.ended):
        watch._look_for_sticks()
    assert len(listed(other)) == 1
    notice = program.window.findChild(Notice, "pull_out")
    assert "stick Blue is whole" in notice.headline.text()
    assert "Pull it out now" in notice.text.text()


def test_a_place_that_refuses_is_told_in_words_and_tried_again(qtbot, program, monkeypatch):
    def refuses(*_given, **_named):
        raise BackupTargetError("the disk or stick is full")

    monkeypatch.setattr(backup_work, "make_backup", refuses)
    page = open_safety(qtbot, program)
    watch = watch_of(program)
    with qtbot.waitSignal(watch.ended):
        qtbot.mouseClick(page.backups.now, Qt.MouseButton.LeftButton)
    assert "No backup was made" in page.backups.result.headline.text()
    assert "is full" in page.backups.result.text.text()
    assert watch._after_changes.isActive()


def test_a_trial_from_the_page_is_on_record_and_can_be_saved(qtbot, program, tmp_path):
    page = open_safety(qtbot, program)
    watch = watch_of(program)
    with qtbot.waitSignal(watch.ended):
        qtbot.keyClick(page.backups.now, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not program.jobs.is_busy() and page.drill.try_it.isEnabled())
    qtbot.keyClicks(page.drill.password.input, PASSWORD)
    qtbot.keyClick(page.drill.password.input, Qt.Key.Key_Return)
    qtbot.waitUntil(page.drill.print_it.isVisible)
    assert "passed in" in page.drill.result.headline.text()
    qtbot.waitUntil(lambda: "passed" in page.drill.words.text())
    page.drill.save_to(str(tmp_path / "record.pdf"))
    assert (tmp_path / "record.pdf").read_bytes().startswith(b"%PDF")
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_the_kit_is_proved_and_nothing_else_happens(qtbot, program, template):
    page = open_safety(qtbot, program)
    before = (program._desk.store.vault.folder / "keys.json").read_bytes()
    qtbot.keyClicks(page.kit.typed.input, "AAAA")
    qtbot.keyClick(page.kit.typed.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.kit.typed.error()))
    page.kit.typed.set_value(RecoveryKey.new().text)
    qtbot.mouseClick(page.kit.try_it, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "does not open" in page.kit.result.headline.text())
    page.kit.typed.set_value(template[1].text)
    qtbot.mouseClick(page.kit.try_it, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "It works" in page.kit.result.headline.text())
    assert page.kit.typed.value() == ""
    assert (program._desk.store.vault.folder / "keys.json").read_bytes() == before


def test_the_examination_is_asked_for_and_on_record(qtbot, program):
    page = open_safety(qtbot, program)
    with qtbot.waitSignal(program.desk_window.safety.check.finished) as found:
        qtbot.mouseClick(page.check.start, Qt.MouseButton.LeftButton)
    assert found.args == [(), 0]
    assert "as it was written" in page.check.result.headline.text()
    program.jobs.drain()
    qtbot.waitUntil(lambda: page.check.words.text().startswith("Examined"))


def test_it_is_done_by_itself_in_a_quiet_moment_once_a_week_is_over(qtbot, program):
    check = program.desk_window.safety.check
    check.set_due(due=False)
    check._begin_if_due()
    assert not check.running
    check.set_due(due=True)
    with qtbot.waitSignal(check.finished):
        check._quiet.start(1)


def test_today_says_that_backups_are_missing_and_leads_to_the_page(
    qtbot, program, place, monkeypatch
):
    today = program.window.page("today")
    clock = program.desk_window.context.clock
    now = clock.now()
    for days, said in ((3, "last 3 days"), (8, "last 8 days")):
        monkeypatch.setattr(
            type(clock), "now", lambda _self, d=days: now + timedelta(days=d, minutes=5)
        )
        today.shown()
        program.jobs.drain()
        assert said in today.safety.headline.text()
    assert today.safety.isVisible()
    qtbot.mouseClick(today.safety.action, Qt.MouseButton.LeftButton)
    assert program.window.current_page().page_id == "safety"


def test_everything_on_the_page_has_a_name(qtbot, program):
    page = open_safety(qtbot, program)
    for button in page.findChildren(QPushButton):
        assert button.objectName()
        assert button.accessibleName() or button.isHidden()
    assert page.findChild(QLabel, "computer_encryption") is not None
    assert page.findChild(QWidget, "safety_head").isVisible()


def test_the_keys_of_a_job_that_nobody_receives_are_wiped():
    def job():
        return SimpleNamespace(source=SimpleNamespace(keys=Mock()))

    on_its_way, late, taken = job(), job(), job()
    unreceived = backup_watch._Unreceived()
    for one in (on_its_way, taken):
        unreceived.sent(one)
    unreceived.received(taken)
    unreceived.give_up()
    unreceived.sent(late)
    assert on_its_way.source.keys.wipe.called
    assert late.source.keys.wipe.called
    assert not taken.source.keys.wipe.called


def test_a_place_is_given_up_only_when_it_is_asked_for_twice(qtbot, program):
    page = open_safety(qtbot, program)
    (place,) = watch_of(program).standing.places
    leave = page.findChild(QPushButton, f"leave_{place.place.id}")
    qtbot.mouseClick(leave, Qt.MouseButton.LeftButton)
    program.jobs.drain()
    assert "Make no more backups to Office?" in page.backups.result.headline.text()
    line = f"place_{place.place.id}"  # made anew meanwhile
    qtbot.waitUntil(lambda: any(one.isVisible() for one in page.findChildren(QWidget, line)))
    qtbot.mouseClick(page.backups.result.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.backups.now.isEnabled())
    assert "No more backups go there" in page.backups.result.headline.text()

"""Backups as a service: places, what is due, what is on record, and what goes again."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from mesodesk.domain.records.backup import PlaceKind, RunKind, Urgency
from mesodesk.services import backup_work, backups
from mesodesk.services.backup_work import PlaceDone, carry_out, clean_up
from mesodesk.services.backups import BackupService
from mesodesk.services.desk import Desk
from mesodesk.services.errors import RefusedError
from mesodesk.vault import backing_up, places
from mesodesk.vault.backing_up import make_backup
from mesodesk.vault.backup_errors import (
    BackupStoppedError,
    BackupTargetError,
    InsideVaultError,
    NotVerifiedError,
)
from mesodesk.vault.container import listed
from mesodesk.vault.keys import password_secret
from mesodesk.vault.opening import Credential
from mesodesk.vault.places import MARKER_FILE
from mesodesk.vault.restoring import restore
from mesodesk.vault.vault import open_vault

PASSWORD = "plain tea in the morning"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "backups"
    made.mkdir()
    return made


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    made = tmp_path / "media" / "ONE" / "clinic"
    made.mkdir(parents=True)
    return made


def change(desk: Desk, typed_patient: Callable[..., object], name: str = "Ferrand") -> None:
    desk.patients.create(typed_patient(family_name=name))  # type: ignore[arg-type]


def run(desk: Desk, reason: str = "changes", **how: object) -> tuple[PlaceDone, ...]:
    """Do what the window does, on one thread."""
    job = desk.backups.plan(reason, **how)  # type: ignore[arg-type]
    came = carry_out(job, desk.store.clock, Event())
    for cleanup in desk.backups.keep(job, came):
        clean_up(cleanup, desk.store.clock)
    return came


def actions(desk: Desk) -> list[str]:
    with desk.store.vault.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT action FROM audit_entry ORDER BY seq")
        return [row[0] for row in rows]


# Places


def test_places_are_added_once_left_and_taken_up_again(desk, folder, stick):
    local = desk.backups.add_folder(folder, " Office disk ")
    away = desk.backups.add_stick(stick)
    assert [(each.kind, each.label) for each in desk.backups.places()] == [
        (PlaceKind.FOLDER, "Office disk"),
        (PlaceKind.STICK, ""),
    ]
    for again in (
        lambda: desk.backups.add_folder(folder),
        lambda: desk.backups.add_stick(stick),
    ):
        with pytest.raises(RefusedError, match="already"):
            again()
    desk.backups.leave_place(local.id, local.version)
    assert [each.id for each in desk.backups.places()] == [away.id]
    assert desk.backups.add_folder(folder).id == local.id
    assert actions(desk)[-4:] == [
        "backup.place_add",
        "backup.place_add",
        "backup.place_leave",
        "backup.place_add",
    ]


def test_a_stick_says_nothing_of_the_clinic(desk, stick):
    desk.backups.add_stick(stick, "Blue")
    said = (stick / MARKER_FILE).read_text("ascii")
    assert "Clinic of the tests" not in said
    assert str(desk.store.vault.vault_id) not in said


def test_no_place_lies_in_a_vault_or_nowhere(desk, vault_folder, tmp_path):
    (vault_folder / "backups").mkdir()
    for inside in (vault_folder, vault_folder / "backups"):
        with pytest.raises(InsideVaultError):
            desk.backups.add_folder(inside)
    with pytest.raises(BackupTargetError, match="no folder"):
        desk.backups.add_folder(tmp_path / "nowhere")
    assert desk.backups.places() == ()


def test_a_stick_is_found_wherever_it_is_plugged_in(desk, stick, tmp_path, monkeypatch):
    place = desk.backups.add_stick(stick)
    media = tmp_path / "media"
    (media / "ONE").rename(media / "TWO")
    monkeypatch.setattr(places, "volumes", lambda: tuple(media.iterdir()))
    (came,) = run(desk)
    assert came.folder == media / "TWO" / "clinic"
    assert came.made is not None
    assert desk.backups.places()[0].path == came.folder
    assert desk.backups.places()[0].marker == place.marker


def test_another_stick_of_the_same_name_is_not_taken_for_it(desk, stick, tmp_path, monkeypatch):
    desk.backups.add_stick(stick)
    (stick / MARKER_FILE).unlink()
    monkeypatch.setattr(places, "volumes", lambda: (tmp_path / "media" / "ONE",))
    (came,) = run(desk)
    assert came.folder is None
    assert list(stick.iterdir()) == []


# Runs


def test_a_backup_is_on_record_with_what_was_changed_since(desk, folder, typed_patient, clock):
    desk.backups.add_folder(folder)
    change(desk, typed_patient)
    standing = desk.backups.standing()
    assert standing.newest is None
    assert standing.changes == 4  # the clinic, its owner, the starter catalogue, the patient
    clock.move(minutes=20)
    (came,) = run(desk)
    (file,) = listed(folder)
    standing = desk.backups.standing()
    assert came.made is not None
    assert standing.newest is not None
    assert standing.newest.name == came.made.name == file.path.name
    assert standing.newest.verified_at == clock.now()
    assert (standing.changes, standing.changed_since) == (0, None)
    desk.access.lock()
    assert desk.backups.standing().changes == 0
    clock.move(minutes=1)
    change(desk, typed_patient, "Moreau")
    standing = desk.backups.standing()
    assert (standing.changes, standing.changed_since) == (1, clock.now())


def test_one_place_that_fails_does_not_stop_the_next(
    desk, folder, stick, typed_patient, monkeypatch
):
    bad = desk.backups.add_folder(folder)
    desk.backups.add_stick(stick)
    real = make_backup

    def fails_there(source, target, **named):
        if target.folder == folder:
            raise BackupTargetError("the disk or stick is full")
        return real(source, target, **named)

    monkeypatch.setattr(backup_work, "make_backup", fails_there)
    for _ in range(2):
        change(desk, typed_patient)
        first, second = run(desk)
        assert "is full" in first.trouble
        assert second.made is not None
    by_place = {each.place.id: each for each in desk.backups.standing().places}
    assert "is full" in by_place[bad.id].trouble
    assert by_place[bad.id].changes == 5
    failed = [each for each in desk.backups.runs() if not each.verified]
    assert len(failed) == 1, "one row tells of a trouble that lasts"
    monkeypatch.setattr(backup_work, "make_backup", real)
    run(desk)
    assert not any(each.trouble for each in desk.backups.standing().places)


def test_a_place_that_is_away_is_said_and_counts_as_nothing(desk, folder):
    desk.backups.add_folder(folder)
    folder.rmdir()
    (came,) = run(desk)
    assert came.folder is None
    assert desk.backups.runs() == ()
    with pytest.raises(RefusedError, match="No place"):
        desk.backups.back_up_now("restore")


def test_a_backup_before_what_cannot_be_taken_back(desk, folder, monkeypatch):
    desk.backups.add_folder(folder)
    (came,) = desk.backups.back_up_now("rotation")
    assert came.made is not None
    assert desk.backups.runs()[0].reason == "rotation"
    monkeypatch.setattr(backing_up, "verify", _found_cut)
    with pytest.raises(RefusedError, match="could not be read back whole"):
        desk.backups.back_up_now("rotation")


def _found_cut(*_any: object) -> None:
    raise NotVerifiedError("cut")


def test_stopped_nothing_is_left_and_nothing_on_record(desk, folder):
    desk.backups.add_folder(folder)
    stop = Event()
    stop.set()
    with pytest.raises(BackupStoppedError):
        carry_out(desk.backups.plan("asked"), desk.store.clock, stop)
    assert list(folder.iterdir()) == []
    assert desk.backups.runs() == ()


def test_stopped_while_it_is_read_back_nothing_is_left(desk, folder, monkeypatch):
    desk.backups.add_folder(folder)
    stop = Event()
    real = backing_up.verify

    def stopped(*given):
        stop.set()
        return real(*given)

    monkeypatch.setattr(backing_up, "verify", stopped)
    with pytest.raises(BackupStoppedError):
        carry_out(desk.backups.plan("asked"), desk.store.clock, stop)
    assert list(folder.iterdir()) == []
    assert list(desk.store.vault.folder.glob(".copying-*")) == []


def test_a_backup_that_stands_without_being_on_record_is_taken_up(
    desk, folder, typed_patient, clock
):
    desk.backups.add_folder(folder)
    lost = desk.backups.plan("changes")
    carry_out(lost, clock, Event())  # and then the database refused to keep it
    assert desk.backups.runs() == ()
    clock.move(minutes=1)
    change(desk, typed_patient)
    run(desk)
    assert {each.name for each in desk.backups.runs()} == {
        each.path.name for each in listed(folder)
    }
    assert all(each.kind is RunKind.BACKUP and each.verified for each in desk.backups.runs())
    clock.move(minutes=1)
    assert [len(each.done) for each in run(desk, make=False)] == [0]


def test_a_month_later_each_is_read_back_and_damage_is_told(desk, folder, clock):
    desk.backups.add_folder(folder)
    run(desk)
    clock.move(days=29)
    assert run(desk, make=False)[0].done == ()
    clock.move(days=2)
    (again,) = run(desk, make=False)[0].done
    assert (again.readback, again.trouble) == (True, "")
    assert run(desk, make=False)[0].done == (), "not again before another month"
    (file,) = listed(folder)
    data = bytearray(file.path.read_bytes())
    data[-5000] ^= 1
    file.path.write_bytes(data)
    clock.move(days=31)
    run(desk, make=False)
    (standing,) = desk.backups.standing().places
    assert standing.lost == (file.path.name,)
    assert standing.last is None, "what cannot be read back is no backup"


def test_a_much_smaller_backup_is_an_alarm(desk, folder, clock, monkeypatch):
    desk.backups.add_folder(folder)
    run(desk)
    clock.move(minutes=1)
    assert not desk.backups.standing().places[0].much_smaller
    real = make_backup

    def shrunk(source, target, **named):
        made = real(source, target, **named)
        return replace(made, size=made.size // 2)

    monkeypatch.setattr(backup_work, "make_backup", shrunk)
    desk.access.lock()
    run(desk)
    assert desk.backups.standing().places[0].much_smaller


@pytest.mark.long
def test_old_ones_go_but_never_below_three_nor_in_a_run_that_failed(
    desk, folder, clock, monkeypatch
):
    desk.backups.add_folder(folder)
    for _ in range(4):
        desk.access.lock()
        run(desk)
        clock.move(minutes=30)
    assert len(listed(folder)) == 4
    clock.move(days=4)
    desk.access.lock()
    with monkeypatch.context() as broken:
        broken.setattr(backing_up, "verify", _found_cut)
        run(desk)
    assert len(listed(folder)) == 4
    run(desk)
    left = listed(folder)
    assert len(left) == 3
    standing = desk.backups.standing()
    assert standing.newest is not None
    assert left[-1].path.name == standing.newest.name


# How pressing it is


def test_it_becomes_pressing_with_the_days_only_if_something_changed(
    desk, folder, typed_patient, clock
):
    desk.backups.add_folder(folder)
    run(desk)
    clock.move(days=30)
    assert desk.backups.standing().urgency(clock.now()) is Urgency.CALM
    change(desk, typed_patient)
    urgency = desk.backups.standing().urgency
    made = clock.now()
    assert urgency(made + timedelta(days=2, hours=23)) is Urgency.CALM
    assert urgency(made + timedelta(days=3)) is Urgency.SOON
    assert urgency(made + timedelta(days=7)) is Urgency.NOW
    assert desk.backups.standing().lacks_stick(clock.now())


def test_a_week_without_a_stick_is_said_until_one_was_used(desk, stick, clock):
    standing = desk.backups.standing()
    assert not standing.lacks_stick(clock.now() + timedelta(days=6))
    assert standing.lacks_stick(clock.now() + timedelta(days=7))
    desk.backups.add_stick(stick)
    clock.move(days=8)
    assert desk.backups.standing().lacks_stick(clock.now())
    run(desk)
    assert not desk.backups.standing().lacks_stick(clock.now())


def test_a_stick_that_stays_in_the_drawer_is_said_whatever_this_computer_holds(
    desk, folder, stick, typed_patient, clock
):
    desk.backups.add_folder(folder)
    desk.backups.add_stick(stick)
    run(desk)
    clock.move(days=90)
    assert desk.backups.standing().stick_urgency(clock.now()) is Urgency.CALM
    change(desk, typed_patient)
    made = clock.now()
    shutil.rmtree(stick)  # pulled out
    clock.move(minutes=16)
    run(desk)
    standing = desk.backups.standing()
    urgency = standing.stick_urgency
    assert standing.urgency(made + timedelta(days=60)) is Urgency.CALM  # this computer has all
    assert urgency(made + timedelta(days=6, hours=23)) is Urgency.CALM
    assert urgency(made + timedelta(days=7)) is Urgency.SOON
    assert urgency(made + timedelta(days=28)) is Urgency.NOW
    assert standing.stick_days(made + timedelta(days=28)) == 28


def test_backups_on_this_computer_alone_are_told_from_the_first_day(desk, folder, stick):
    desk.backups.add_folder(folder)
    assert not desk.backups.standing().is_all_here  # there are none
    run(desk)
    assert desk.backups.standing().is_all_here
    desk.backups.add_stick(stick)
    run(desk)
    assert not desk.backups.standing().is_all_here


# After a restore


def test_a_restored_vault_makes_none_until_somebody_says_it_is_right(
    desk, folder, tmp_path, clock, typed_patient
):
    desk.backups.add_folder(folder)
    run(desk)
    assert desk.backups.standing().paused_since is None
    change(desk, typed_patient)
    clock.move(minutes=1)
    run(desk)
    first = listed(folder)[0]
    clock.move(hours=1)
    by = Credential(password_secret(PASSWORD), is_recovery=False)
    restored = restore(first.path, tmp_path / "restored", by, clock=clock)
    other = backups_of(open_vault(restored.folder, password=PASSWORD, clock=clock), clock)
    try:
        assert other.backups.standing().paused_since is not None
        # What was made of the history that was given up is no backup of this one.
        run(other, make=False)
        newest = other.backups.standing().newest
        assert newest is None or newest.name == first.path.name
        other.backups.confirm_restored()
        assert other.backups.standing().paused_since is None
    finally:
        other.close()


def test_on_another_computer_a_place_there_takes_that_of_the_lost_one(
    desk, folder, tmp_path, clock
):
    backups.first_place(desk.store, tmp_path / "lost")
    desk.backups.add_folder(folder, "Office")
    run(desk)
    (first,) = listed(folder)
    by = Credential(password_secret(PASSWORD), is_recovery=False)
    restored = restore(first.path, tmp_path / "new" / "vault", by, clock=clock)
    for gone in (tmp_path / "lost", folder):
        shutil.rmtree(gone)
    other = backups_of(open_vault(restored.folder, password=PASSWORD, clock=clock), clock)
    try:
        other.backups.confirm_restored()
        assert [(each.label, each.path) for each in other.backups.places()] == [
            ("Office", folder),
            ("This computer", tmp_path / "new" / "vault-backups"),
        ]
    finally:
        other.close()


def backups_of(vault, clock):
    from mesodesk.services.desk import open_desk

    return open_desk(vault, clock)


def test_the_service_is_made_once(desk):
    assert desk.backups is desk.backups
    assert isinstance(desk.backups, BackupService)
    assert backups.folder_of is backup_work.folder_of

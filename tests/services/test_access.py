"""Changing the password at the desk: the old one is proved first."""

import errno
from pathlib import Path

import pytest

from mesodesk.domain.changes import Topic
from mesodesk.vault.errors import (
    DiskFullError,
    PasswordLengthError,
    TooSoonError,
    WrongPasswordError,
)
from mesodesk.vault.examining import opened
from mesodesk.vault.vault import open_vault

OLD = "plain tea in the morning"
NEW = "a heron stands in shallow water"


def actions(desk):
    vault = desk.store.vault
    with opened(vault.paths, vault.keys) as raw:
        return [row[0] for row in raw.execute("SELECT action FROM audit_entry ORDER BY seq")]


def outcomes(desk, action):
    vault = desk.store.vault
    with opened(vault.paths, vault.keys) as raw:
        found = "SELECT outcome FROM audit_entry WHERE action = ? ORDER BY seq"
        return [row[0] for row in raw.execute(found, (action,))]


def test_the_new_password_opens_and_the_old_one_no_longer(desk, vault_folder):
    desk.access.change_password(OLD, NEW)
    assert actions(desk)[-1] == "user.password_change"
    desk.close()
    with pytest.raises(WrongPasswordError):
        open_vault(vault_folder, password=OLD)


def test_the_new_password_opens(desk, vault_folder):
    desk.access.change_password(OLD, NEW)
    desk.close()
    open_vault(vault_folder, password=NEW).close()


def test_a_wrong_old_password_changes_nothing_and_is_audited(desk, vault_folder):
    before = desk.store.vault.key_file
    with pytest.raises(WrongPasswordError):
        desk.access.change_password("not this one at all", NEW)
    assert actions(desk)[-1] == "user.password_change_failed"
    assert desk.store.vault.key_file == before


def test_wrong_ones_must_wait_like_at_the_door(desk):
    for _ in range(20):
        try:
            desk.access.change_password("not this one at all", NEW)
        except TooSoonError:
            return
        except WrongPasswordError:
            continue
    pytest.fail("nobody had to wait")


@pytest.mark.parametrize("new", ["short", "x" * 129])
def test_a_new_one_of_the_wrong_length_costs_no_attempt(desk, new):
    before = desk.store.vault.attempts.total
    with pytest.raises(PasswordLengthError):
        desk.access.change_password(OLD, new)
    assert desk.store.vault.attempts.total == before
    desk.access.unlock(OLD)


def test_work_goes_on_after_the_change(desk, typed_patient):
    told = []
    desk.subscribe(told.append)
    desk.access.change_password(OLD, NEW)
    desk.patients.create(typed_patient())
    assert told == [Topic.PATIENTS]


@pytest.fixture
def full_disk(monkeypatch):
    """Lets no small file of the vault be replaced any more."""

    def full(_path, _target):
        raise OSError(errno.ENOSPC, "full")

    def fill():
        monkeypatch.setattr(Path, "replace", full)

    yield fill
    monkeypatch.undo()


def test_a_full_disk_is_told_in_words_and_the_old_password_stays(desk, full_disk):
    full_disk()
    with pytest.raises(DiskFullError, match="full"):
        desk.access.change_password(OLD, NEW)
    assert outcomes(desk, "user.password_change") == ["failed"]
    desk.access.unlock(OLD)


def test_a_full_disk_keeps_nobody_from_locking(desk, full_disk):
    full_disk()
    desk.access.lock()
    assert actions(desk)[-1] == "desk.lock"

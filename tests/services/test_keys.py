"""Changing the vault's key at the desk: who may, the backup first, and what opens afterwards."""

import shutil

import pytest

from mesodesk.domain.records.backup import RunKind
from mesodesk.services.desk import open_desk
from mesodesk.services.errors import RefusedError
from mesodesk.vault import attempts
from mesodesk.vault.check import check_vault
from mesodesk.vault.errors import DiskFullError, WrongPasswordError
from mesodesk.vault.vault import open_vault

PASSWORD = "plain tea in the morning"


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    """Lets no pause follow a wrong password."""
    monkeypatch.setattr(attempts, "pause_after", lambda _failures: 0.0)


@pytest.fixture
def place(desk, tmp_path):
    """A folder that backups go to."""
    folder = tmp_path / "backups"
    folder.mkdir()
    desk.backups.add_folder(folder)
    return folder


def test_everybody_keeps_their_password_and_the_record_is_whole(
    desk, place, patient, vault_folder, open_again
):
    before = desk.store.vault.keys.data_key
    desk.keys.back_up_first(PASSWORD)
    desk.keys.change(PASSWORD)
    assert desk.keys.is_over
    again = open_again()
    assert again.store.vault.keys.data_key != before
    assert again.store.vault.findings == ()
    assert again.patients.get(patient.id).fields == patient.fields
    assert [run.reason for run in again.backups.runs() if run.kind is RunKind.BACKUP] == ["key"]
    again.close()
    with open_vault(vault_folder, password=PASSWORD) as vault:
        assert not check_vault(vault)


def test_no_key_is_changed_without_a_backup(desk):
    with pytest.raises(RefusedError, match="No place for backups"):
        desk.keys.back_up_first(PASSWORD)
    with pytest.raises(RefusedError, match="no backup was made"):
        desk.keys.change(PASSWORD)
    assert not desk.keys.is_over


def test_one_backup_is_for_one_change(desk, place, monkeypatch, vault_folder, clock):
    desk.keys.back_up_first(PASSWORD)
    with pytest.raises(WrongPasswordError):
        desk.keys.change("not the password")
    assert not desk.keys.is_over
    desk.keys.change(PASSWORD)
    again = open_desk(open_vault(vault_folder, password=PASSWORD, clock=clock), clock)
    with pytest.raises(RefusedError, match="no backup was made"):
        again.keys.change(PASSWORD)
    again.close()


def test_a_full_disk_leaves_the_key_of_before(desk, place, monkeypatch, open_again):
    before = desk.store.vault.keys.data_key
    desk.keys.back_up_first(PASSWORD)
    with monkeypatch.context() as patched:
        patched.setattr("mesodesk.vault.rotating.copy_into", _full)
        with pytest.raises(DiskFullError):
            desk.keys.change(PASSWORD)
    assert desk.keys.is_over
    assert open_again().store.vault.keys.data_key == before


def _full(*_arguments):
    import errno

    raise OSError(errno.ENOSPC, "full")


def test_a_backup_of_before_opens_with_the_password_of_then(
    desk, place, vault_folder, tmp_path, clock
):
    from mesodesk.vault.keys import password_secret
    from mesodesk.vault.opening import Credential
    from mesodesk.vault.restoring import restore

    desk.keys.back_up_first(PASSWORD)
    desk.keys.change(PASSWORD)
    shutil.rmtree(vault_folder)
    (backup,) = place.glob("*.mesobackup")
    by = Credential(password_secret(PASSWORD), is_recovery=False)
    restore(backup, vault_folder, by, clock=clock)
    open_vault(vault_folder, password=PASSWORD, clock=clock).close()

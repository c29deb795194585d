"""The anchor outside the vault folder: it tells of a whole folder that was put back."""

import shutil

import pytest

from mesodesk.domain.clock import SystemClock
from mesodesk.vault.audit import AuditFact
from mesodesk.vault.backing_up import FolderTarget, back_up
from mesodesk.vault.keys import password_secret
from mesodesk.vault.opening import Credential
from mesodesk.vault.restoring import restore
from mesodesk.vault.vault import open_vault

PASSWORD = "seven quiet herons at noon"


@pytest.fixture
def settings(tmp_path):
    return tmp_path / "settings" / "anchors"


def work(made, settings, times: int = 1):
    """Open, do something, close; return what was told."""
    with made.open() as vault:
        vault.anchor_far(settings)
        for _ in range(times):
            with vault.engine.begin() as connection:
                fact = AuditFact(vault.user_id, "Ana", "patient.update", "patient")
                vault.audit.append(connection, fact)
        return vault.findings


def test_what_goes_on_raises_no_alarm(made, settings):
    for _ in range(3):
        assert work(made, settings) == ()


def test_a_whole_folder_put_back_is_told_and_by_which_anchor(made, settings, tmp_path):
    work(made, settings)
    shutil.copytree(made.folder, tmp_path / "older")
    work(made, settings, 5)
    shutil.rmtree(made.folder)
    shutil.copytree(tmp_path / "older", made.folder)
    (finding,) = work(made, settings)
    assert finding.area == "history"
    assert "outside the vault folder" in finding.sentence
    assert "saves are missing" in finding.sentence
    assert len(list(settings.glob("*-alarm-*.json"))) == 1
    with made.open() as vault, vault.engine.connect() as connection:
        told = "SELECT count(*) FROM audit_entry WHERE action = 'vault.finding'"
        assert connection.exec_driver_sql(told).scalar() == 1
    assert work(made, settings) == ()  # told once, not for ever


def test_without_it_nothing_would_have_been_noticed(made, tmp_path):
    """The control: the anchor in the folder goes back with the folder."""
    made.open().close()
    shutil.copytree(made.folder, tmp_path / "older")
    made.open().close()
    shutil.rmtree(made.folder)
    shutil.copytree(tmp_path / "older", made.folder)
    with made.open() as vault:
        assert vault.findings == ()


def test_a_restored_vault_raises_no_alarm(made, settings, tmp_path):
    work(made, settings)
    (tmp_path / "stick").mkdir()
    with made.open() as vault:
        target = FolderTarget(tmp_path / "stick")
        backup = back_up(vault, target, reason="test", clock=SystemClock()).path
    work(made, settings, 20)
    by = Credential(password_secret(PASSWORD), is_recovery=False)
    restored = restore(backup, tmp_path / "new", by, clock=SystemClock()).folder
    for folder in (restored, made.folder, restored):
        with open_vault(folder, password=PASSWORD) as vault:
            vault.anchor_far(settings)
            assert vault.findings == ()


def test_a_changed_key_raises_no_alarm(made, settings):
    work(made, settings)
    with made.open() as vault:
        vault.change_key()
    assert work(made, settings) == ()
    assert work(made, settings) == ()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"lineages": {"x": {}}}'])
def test_a_damaged_one_is_said_and_made_anew(made, settings, content):
    work(made, settings)
    (path,) = settings.glob("*.json")
    path.write_bytes(content)
    (finding,) = work(made, settings)
    assert finding.area == "anchor"
    assert work(made, settings) == ()


def test_one_that_somebody_wrote_without_the_key_is_said(made, settings):
    work(made, settings)
    (path,) = settings.glob("*.json")
    path.write_text(path.read_text().replace('"seq": ', '"seq": 1'))
    (finding,) = work(made, settings)
    assert "damaged or changed" in finding.sentence


def test_settings_that_cannot_be_written_keep_nobody_out(made, tmp_path):
    (tmp_path / "a file").write_text("")
    assert work(made, tmp_path / "a file" / "anchors") == ()


def test_it_names_nobody(made, settings):
    work(made, settings)
    (path,) = settings.glob("*.json")
    assert "Ana" not in path.read_text()

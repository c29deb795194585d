"""A drill restores for a trial, tells what it found, and leaves nothing behind."""

import hashlib
from pathlib import Path

import pytest

from mesodesk.domain.clock import SystemClock
from mesodesk.vault import drilling
from mesodesk.vault.audit import AuditFact
from mesodesk.vault.backing_up import FolderTarget, back_up
from mesodesk.vault.backup_errors import WrongBackupPasswordError
from mesodesk.vault.drilling import drill, record_lines
from mesodesk.vault.errors import AlreadyOpenError
from mesodesk.vault.keys import password_secret
from mesodesk.vault.lock import VaultLock
from mesodesk.vault.opening import Credential

PASSWORD = "seven quiet herons at noon"
BY_PASSWORD = Credential(password_secret(PASSWORD), is_recovery=False)


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def backup(made, tmp_path):
    place = tmp_path / "stick"
    place.mkdir()
    with made.open() as vault:
        path = back_up(vault, FolderTarget(place), reason="asked", clock=SystemClock()).path
        with vault.engine.begin() as connection:
            fact = AuditFact(vault.user_id, "A", "patient.update", "patient")
            vault.audit.append(connection, fact)
    return path


def test_a_drill_passes_says_so_and_leaves_nothing(made, backup, tmp_path):
    before = hashes(tmp_path)
    moments = iter((10.0, 13.5))
    found = drill(
        backup,
        tmp_path,
        BY_PASSWORD,
        clock=SystemClock(),
        current=made.folder,
        seconds=lambda: next(moments),
    )
    assert found.passed
    assert found.loss.changes == 1
    assert hashes(tmp_path) == before
    page = "\n".join(record_lines(found))
    assert "passed" in page
    assert "3.5 s" in page
    assert "You lose 1 change " in page
    assert backup.name in page
    assert "Ana" not in page


def test_the_kit_is_drilled_too(made, backup, tmp_path):
    by_kit = Credential(made.recovery_key.secret, is_recovery=True)
    assert drill(backup, tmp_path, by_kit, clock=SystemClock()).passed


def test_a_damaged_backup_fails_the_drill_and_leaves_nothing(backup, tmp_path):
    data = bytearray(backup.read_bytes())
    data[len(data) // 2] ^= 1
    backup.write_bytes(data)
    before = hashes(tmp_path)
    found = drill(backup, tmp_path, BY_PASSWORD, clock=SystemClock())
    assert not found.passed
    assert hashes(tmp_path) == before
    page = "\n".join(record_lines(found))
    assert "Result             NOT PASSED" in page
    assert "is damaged" in page
    assert f"Made at            {found.manifest.made_at.astimezone():%Y-%m-%d}" in page


def test_a_backup_without_a_manifest_fails_the_drill_with_a_page_too(backup, tmp_path):
    backup.write_bytes(backup.read_bytes()[:5000])
    page = "\n".join(record_lines(drill(backup, tmp_path, BY_PASSWORD, clock=SystemClock())))
    assert "Made at            cannot be read" in page
    assert "NOT PASSED" in page


def test_a_wrong_password_is_no_drill_at_all(backup, tmp_path):
    wrong = Credential(password_secret("not this one at all"), is_recovery=False)
    with pytest.raises(WrongBackupPasswordError):
        drill(backup, tmp_path, wrong, clock=SystemClock())


def test_rows_that_did_not_come_back_fail_the_drill(backup, tmp_path, monkeypatch):
    from dataclasses import replace

    real = drilling.facts_of

    def fewer(path, keys):
        facts = real(path, keys)
        return replace(facts, counts={**facts.counts, "signing_key": 0})

    monkeypatch.setattr(drilling, "facts_of", fewer)
    found = drill(backup, tmp_path, BY_PASSWORD, clock=SystemClock())
    assert not found.passed
    assert "NOT PASSED" in "\n".join(record_lines(found))
    assert "signing_key has 0 rows instead of 1" in found.troubles[0]


def test_the_trial_of_a_killed_drill_goes_with_the_next_and_one_at_work_stays(backup, tmp_path):
    killed, at_work, strange = (tmp_path / f".drill-{name}" for name in ("killed", "on", "other"))
    for folder in (killed, at_work, strange):
        (folder / "vault").mkdir(parents=True)
        (folder / "vault" / "clinic.db").write_bytes(b"encrypted")
    (killed / "drill.lock").touch()
    lock = VaultLock(at_work / "drill.lock")
    try:
        drill(backup, tmp_path, BY_PASSWORD, clock=SystemClock())
    finally:
        lock.release()
    assert not killed.exists()
    assert (at_work / "vault" / "clinic.db").exists()
    assert (strange / "vault" / "clinic.db").exists()


def test_a_drill_at_work_is_known_by_its_lock(backup, tmp_path, monkeypatch):
    real = drilling.restore_with_keys

    def meanwhile(path, folder, *arguments, **named):
        with pytest.raises(AlreadyOpenError):
            VaultLock(folder.parent / "drill.lock")
        return real(path, folder, *arguments, **named)

    monkeypatch.setattr(drilling, "restore_with_keys", meanwhile)
    assert drill(backup, tmp_path, BY_PASSWORD, clock=SystemClock()).passed

"""A backup becomes a vault again: in a new folder, whole or not at all, and says what it lacks."""

import errno
import hashlib
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from kept_schemas import EACH_OLDER

from mesodesk.db.engine import connect
from mesodesk.db.upgrade import head_revision
from mesodesk.domain.clock import SystemClock
from mesodesk.vault import backing_up, keyfile, restoring, verifying, zip_layout
from mesodesk.vault.audit import AuditFact
from mesodesk.vault.backing_up import FolderTarget, Source, back_up, make_backup
from mesodesk.vault.backup_errors import (
    DamagedBackupError,
    InsideVaultError,
    NewerBackupError,
    UnreadableBackupError,
    WrongBackupPasswordError,
    WrongBackupRecoveryKeyError,
)
from mesodesk.vault.check import check_vault
from mesodesk.vault.container import listed, opened
from mesodesk.vault.copying import facts_of
from mesodesk.vault.errors import AlreadyOpenError, FolderNameError, VaultExistsError
from mesodesk.vault.keys import KdfCost, VaultKeys, password_secret
from mesodesk.vault.opening import Credential
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.restoring import foresee, restore
from mesodesk.vault.vault import open_vault

PASSWORD = "seven quiet herons at noon"
BY_PASSWORD = Credential(password_secret(PASSWORD), is_recovery=False)


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def backup(made, tmp_path) -> Path:
    """A backup of the vault, which is closed again."""
    place = tmp_path / "stick"
    place.mkdir()
    with made.open() as vault:
        return back_up(vault, FolderTarget(place), reason="asked", clock=SystemClock()).path


def keys_of(vault) -> VaultKeys:
    return VaultKeys(vault.vault_id, vault.keys.data_key, vault.keys.salt)


def change(vault, times: int = 1, action: str = "patient.update") -> None:
    for _ in range(times):
        with vault.engine.begin() as connection:
            vault.audit.append(connection, AuditFact(vault.user_id, "A", action, "patient"))


def test_a_restored_vault_holds_what_the_backup_holds(made, backup, tmp_path):
    restored = restore(backup, tmp_path / "new", BY_PASSWORD, clock=SystemClock())
    assert restored.folder == tmp_path / "new"
    assert restored.upgraded_from is None
    with open_vault(restored.folder, password=PASSWORD) as vault:
        assert vault.findings == ()
        assert check_vault(vault) == []
        before = facts_of(vault.paths.database, vault.keys)
        assert vault.vault_id == made.vault_id
        with vault.engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT seq, action, details FROM audit_entry ORDER BY seq"
            ).all()
        assert rows[restored.manifest.seq][1] == "vault.restore"
        assert before.lineage != restored.manifest.lineage == str(made.vault_id)


def test_the_kit_alone_restores_and_opens(made, backup, tmp_path):
    """Everything else is gone: the vault, its folder, every password."""
    shutil.rmtree(made.folder)
    by_kit = Credential(made.recovery_key.secret, is_recovery=True)
    restored = restore(backup, tmp_path / "new", by_kit, clock=SystemClock())
    with open_vault(restored.folder, recovery_key=made.recovery_key) as vault:
        assert vault.findings == ()
        vault.change_password("a new password for all", KdfCost.for_tests())
    with open_vault(restored.folder, password="a new password for all") as vault:
        assert check_vault(vault) == []


def test_a_password_of_that_day_opens_and_a_later_one_does_not(made, backup, tmp_path):
    with made.open() as vault:
        vault.change_password("a later password", KdfCost.for_tests())
    later = Credential(password_secret("a later password"), is_recovery=False)
    before = hashes(tmp_path)
    with pytest.raises(WrongBackupPasswordError):
        restore(backup, tmp_path / "new", later, clock=SystemClock())
    strange = Credential(RecoveryKey.new().secret, is_recovery=True)
    with pytest.raises(WrongBackupRecoveryKeyError):
        restore(backup, tmp_path / "new", strange, clock=SystemClock())
    assert hashes(tmp_path) == before
    assert not (tmp_path / "new").exists()
    restore(backup, tmp_path / "new", BY_PASSWORD, clock=SystemClock())


def test_nothing_else_is_touched(made, backup, tmp_path):
    before = hashes(made.folder), hashes(backup.parent)
    restore(backup, tmp_path / "new", BY_PASSWORD, clock=SystemClock(), current=made.folder)
    assert (hashes(made.folder), hashes(backup.parent)) == before
    assert {path.name for path in tmp_path.iterdir()} == {"vault", "stick", "new"}


def test_a_folder_that_holds_anything_is_refused(made, backup, tmp_path):
    before = hashes(tmp_path)
    for folder in (made.folder, backup.parent, backup):
        with pytest.raises(VaultExistsError):
            restore(backup, folder, BY_PASSWORD, clock=SystemClock())
    assert hashes(tmp_path) == before


def test_a_folder_inside_another_vault_is_refused_and_nothing_is_made_there(made, backup, tmp_path):
    before = hashes(made.folder)
    link = tmp_path / "link"
    link.symlink_to(made.folder, target_is_directory=True)
    for inside in (made.folder / "new", made.folder / "a" / "new", link / "new"):
        with pytest.raises(InsideVaultError):
            restore(backup, inside, BY_PASSWORD, clock=SystemClock())
    assert hashes(made.folder) == before
    assert not (made.folder / "a").exists()


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.ENODEV])
@pytest.mark.parametrize("at", ["opening", "reading"])
def test_a_stick_that_gives_no_file_is_told_as_such(backup, tmp_path, monkeypatch, number, at):
    def refuse(*_arguments, **_named):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        if at == "opening":
            patched.setattr(Path, "open", refuse)
        else:
            patched.setattr(zip_layout, "scan", refuse)
        with pytest.raises(UnreadableBackupError, match="cannot be read") as caught:
            restore(backup, tmp_path / "new", BY_PASSWORD, clock=SystemClock())
    assert "take another backup" in caught.value.sentence
    assert not (tmp_path / "new").exists()


def test_a_damaged_backup_is_refused_and_nothing_is_made(made, backup, tmp_path):
    data = backup.read_bytes()
    for at in (40, 3000, len(data) // 2, len(data) - 30):
        changed = bytearray(data)
        changed[at] ^= 2
        backup.write_bytes(changed)
        with pytest.raises(DamagedBackupError):
            restore(backup, tmp_path / "new", BY_PASSWORD, clock=SystemClock())
    assert {path.name for path in tmp_path.iterdir()} == {"vault", "stick"}


def verify_here(path, keys, _expected, into):
    """As the new process does; without it, as starting forty takes its time."""
    return verifying.read_whole(path, keys, into)[1]


def test_a_restoring_cut_at_any_step_leaves_no_vault_or_a_whole_one(
    made, backup, tmp_path, faults, monkeypatch
):
    before = hashes(made.folder), hashes(backup.parent)
    monkeypatch.setattr(restoring, "verify", verify_here)
    steps = 0
    while True:
        steps += 1
        try:
            with faults.failing_at(steps, faults.Cut):
                restore(backup, tmp_path / "new", BY_PASSWORD, clock=SystemClock())
        except faults.Cut:
            if (tmp_path / "new").exists():
                break
        else:
            break
    assert steps > 8
    assert (hashes(made.folder), hashes(backup.parent)) == before
    with open_vault(tmp_path / "new", password=PASSWORD) as vault:
        assert check_vault(vault) == []


# What is lost


def test_changes_since_the_backup_are_counted_and_views_are_not(made, backup, tmp_path):
    def lost(name):
        return restore(
            backup, tmp_path / name, BY_PASSWORD, clock=SystemClock(), current=made.folder
        ).loss

    assert lost("none").changes == 0
    assert "you lose nothing" in lost("again").sentence
    with made.open() as vault:
        change(vault, 4, "patient.view")
        change(vault, 37)
    found = lost("some")
    assert (found.changes, found.about) == (37, False)
    assert found.sentence.startswith("You lose 37 changes made since the backup of 2")
    assert found.since == max(one.made_at for one in listed(backup.parent)) + (
        found.since - found.since.replace(microsecond=0)
    )


def test_openings_of_a_vault_that_is_open_are_not_counted_as_lost(made, backup, tmp_path):
    for _ in range(3):
        made.open().close()
    with made.open() as vault:
        change(vault, 2)
        vault.write_anchor()
        seen, found = foresee(backup, BY_PASSWORD, made.folder)
        change(vault)
        vault.write_anchor()
        again = restore(
            backup, tmp_path / "new", BY_PASSWORD, clock=SystemClock(), current=made.folder
        ).loss
    assert seen.vault_id == made.vault_id
    assert (found.changes, found.about) == (2, False)
    assert (again.changes, again.about) == (3, False)


@pytest.mark.parametrize("length", [240, 300])
def test_a_folder_whose_name_is_too_long_is_told_in_a_sentence(backup, tmp_path, length):
    with pytest.raises(FolderNameError, match="too long"):
        restore(backup, tmp_path / ("n" * length), BY_PASSWORD, clock=SystemClock())
    assert {path.name for path in tmp_path.iterdir()} == {"vault", "stick"}


def test_without_its_database_the_anchor_is_counted_from(made, backup, tmp_path):
    with made.open() as vault:
        change(vault, 5)
    made.database.write_bytes(b"\0" * 8192)
    found = restore(
        backup, tmp_path / "new", BY_PASSWORD, clock=SystemClock(), current=made.folder
    ).loss
    assert found.about
    assert found.changes >= 5
    assert "at most" in found.sentence


@pytest.mark.parametrize("harm", ["no vault", "no anchor", "other vault", "older"])
def test_what_cannot_be_told_is_said_to_be_untold(made, another, backup, tmp_path, harm):
    current = made.folder
    if harm == "no vault":
        current = tmp_path / "nowhere"
    elif harm == "no anchor":
        (made.folder / "anchor.json").unlink()
    elif harm == "other vault":
        current = another.folder
    found = None
    if harm == "older":
        copy = shutil.copytree(made.folder, tmp_path / "older")
        with made.open() as vault:
            change(vault, 2)
            place = tmp_path / "second"
            place.mkdir()
            backup = back_up(vault, FolderTarget(place), reason="asked", clock=SystemClock()).path
        current = copy
    found = restore(
        backup, tmp_path / "new", BY_PASSWORD, clock=SystemClock(), current=current
    ).loss
    assert found.changes is None
    assert "is not in it" in found.sentence


@pytest.mark.long
def test_another_history_under_the_same_numbers_is_not_counted(made, backup, tmp_path):
    fork = shutil.copytree(made.folder, tmp_path / "fork")
    with opened(backup) as packed:
        seq = packed.manifest.seq
    first = restore(backup, tmp_path / "first", BY_PASSWORD, clock=SystemClock())
    for folder, times in ((fork, 4), (first.folder, 6)):
        with open_vault(folder, password=PASSWORD) as vault:
            change(vault, times)
    with open_vault(first.folder, password=PASSWORD) as vault:
        place = tmp_path / "second"
        place.mkdir()
        later = back_up(vault, FolderTarget(place), reason="asked", clock=SystemClock())
    assert later.manifest.seq > seq
    with open_vault(fork, password=PASSWORD) as vault:
        change(vault, 20)
    found = restore(
        later.path, tmp_path / "new", BY_PASSWORD, clock=SystemClock(), current=fork
    ).loss
    assert found.changes is None


# Older and newer schemas


@pytest.fixture(params=EACH_OLDER)
def old_backup(request, golden, tmp_path):
    """A backup of a vault of each earlier schema, made without opening the vault."""
    vault = golden(request.param)
    loaded = keyfile.load(vault.folder).key_file
    keys = VaultKeys(loaded.vault_id, vault.data_key, vault.salt)
    place = tmp_path / "stick"
    place.mkdir()
    source = Source(vault.folder, keys, loaded)
    made = make_backup(source, FolderTarget(place), reason="asked", clock=SystemClock())
    return vault, made


def test_an_older_schema_is_brought_up_to_date_in_the_new_folder(old_backup, tmp_path):
    vault, made = old_backup
    before = hashes(vault.folder), hashes(made.path.parent)
    by_password = Credential(password_secret(vault.password), is_recovery=False)
    restored = restore(made.path, tmp_path / "new", by_password, clock=SystemClock())
    assert restored.upgraded_from == vault.revision
    assert (hashes(vault.folder), hashes(made.path.parent)) == before
    with open_vault(restored.folder, password=vault.password) as again:
        assert check_vault(again) == []
        facts = facts_of(again.paths.database, again.keys)
        assert facts.schema == head_revision()
        grown = {
            table: facts.counts[table] - rows
            for table, rows in made.manifest.counts.items()
            if facts.counts[table] != rows
        }
        with again.engine.connect() as connection:
            told = connection.exec_driver_sql(
                "SELECT count(*) FROM audit_entry WHERE action = 'vault.restore' AND seq > ?",
                (made.manifest.seq,),
            ).scalar()
    # Of restoring and opening the log alone tells, and whoever came in signs for what was unsigned.
    assert set(grown) <= {"audit_entry", "audit_span"}
    assert min(grown.values()) > 0
    assert told == 1


@pytest.mark.parametrize(
    "newer",
    ["PRAGMA user_version=2", "UPDATE alembic_version SET version_num = '9999'"],
    ids=["format", "schema"],
)
def test_a_newer_backup_is_refused_and_nothing_is_changed(
    made, backup, tmp_path, newer, monkeypatch
):
    with made.open() as vault:
        keys, key_file = keys_of(vault), vault.key_file
    raw = connect(made.database, keys.data_key, keys.salt, guarded=False)
    raw.execute(newer)
    raw.close()
    place = tmp_path / "newer"
    place.mkdir()
    # The newer program, which knows its own schema, had no reason to refuse it.
    monkeypatch.setattr(backing_up, "verify", lambda *_arguments: ())
    source = Source(made.folder, keys, key_file)
    packed = make_backup(source, FolderTarget(place), reason="asked", clock=SystemClock())
    before = hashes(tmp_path)
    with pytest.raises(NewerBackupError):
        restore(packed.path, tmp_path / "new", BY_PASSWORD, clock=SystemClock())
    assert hashes(tmp_path) == before


def test_a_vault_that_is_open_meanwhile_may_be_restored_beside(made, backup, tmp_path):
    with made.open() as vault:
        change(vault, 3)
        restored = restore(
            backup, tmp_path / "new", BY_PASSWORD, clock=SystemClock(), current=made.folder
        )
        assert (restored.loss.changes, restored.loss.about) == (3, False)
        with pytest.raises(AlreadyOpenError):
            made.open()
        change(vault)


class Moved:
    """A clock that stands years away from the backup's."""

    def __init__(self, days: int) -> None:
        self.days = days

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=self.days)


@pytest.mark.long
@pytest.mark.parametrize("days", [-7300, -1, 365])
def test_the_clock_does_not_matter(backup, tmp_path, days):
    restored = restore(backup, tmp_path / "new", BY_PASSWORD, clock=Moved(days))
    with open_vault(restored.folder, password=PASSWORD) as vault:
        # That the clock is behind what it was at the restore is said, and nothing else.
        assert [one.area for one in check_vault(vault)] == ["clock"] * (days > 0)

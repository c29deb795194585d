"""A vault of an earlier schema is upgraded on a copy: the old or the new stands, always."""

import hashlib
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from figures import UPGRADE_KILLS
from kept_schemas import EACH_OLDER, NEWEST_OLD, OLDER
from sqlalchemy import event

from mesodesk.db import upgrade as upgrading
from mesodesk.db.engine import connect
from mesodesk.domain.clock import SystemClock
from mesodesk.vault import backing_up, keyfile, migrating
from mesodesk.vault.backing_up import Source, still_whole
from mesodesk.vault.backup_errors import NotVerifiedError, UpgradeFailedError
from mesodesk.vault.check import check_vault
from mesodesk.vault.container import listed, opened
from mesodesk.vault.copying import examine_copy, facts_of
from mesodesk.vault.errors import TooNewError
from mesodesk.vault.keys import VaultKeys, password_secret
from mesodesk.vault.migrating import own_backups, upgrade_through_copy
from mesodesk.vault.opening import Credential
from mesodesk.vault.restoring import restore
from mesodesk.vault.vault import open_vault

SEED = 20260301


@pytest.fixture
def old(golden):
    """A vault of the newest of the earlier schemas."""
    return golden(NEWEST_OLD)


@pytest.fixture(params=EACH_OLDER)
def each_old(request, golden):
    """A vault of each earlier schema."""
    return golden(request.param)


def source_of(old) -> Source:
    key_file = keyfile.load(old.folder).key_file
    keys = VaultKeys(key_file.vault_id, old.data_key, old.salt)
    return Source(old.folder, keys, key_file)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): digest(path)
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


def stands(old, before) -> str:
    """Return which schema stands there, having made sure that it is whole and holds every row."""
    source = source_of(old)
    examined = examine_copy(old.database, source.keys)
    assert examined.troubles == ()
    now = examined.facts
    assert (now.seq, now.head) == (before.seq, before.head)
    assert {table: now.counts[table] for table in before.counts} == dict(before.counts)
    assert not old.database.with_name("clinic.db-wal").exists()
    return now.schema


def facts(old):
    return facts_of(old.database, source_of(old).keys)


@pytest.fixture
def no_backup(monkeypatch):
    """Leave out the backup before, which takes its second; that it is made is tested too."""
    monkeypatch.setattr(migrating, "_back_up_before", lambda *_arguments: None)


def test_opening_upgrades_and_keeps_a_backup_of_what_was(each_old, tmp_path):
    old, before = each_old, facts(each_old)
    was = digest(old.database)
    with open_vault(old.folder, password=old.password) as vault:
        assert vault.findings == ()
        assert check_vault(vault) == []
    (kept,) = listed(own_backups(old.folder))
    with opened(kept.path) as container:
        assert container.manifest.schema == old.revision
        assert container.manifest.reason == "migration"
        assert container.manifest.signed is not None
        assert dict(container.manifest.counts) == dict(before.counts)
    assert digest(old.database) != was
    assert not list(old.folder.glob("clinic.db.upgrading*"))
    credential = Credential(password_secret(old.password), is_recovery=False)
    restored = restore(kept.path, tmp_path / "new", credential, clock=SystemClock())
    assert restored.upgraded_from == old.revision


def test_an_upgraded_vault_is_opened_again_without_another_backup(old):
    for _ in range(2):
        open_vault(old.folder, password=old.password).close()
    assert len(listed(own_backups(old.folder))) == 1


def counting(stop_at, stop):
    """Return an engine for upgrading that stops at a statement, and the count of statements."""
    passed = [0]
    real = upgrading.open_upgrade_engine

    def open_upgrade_engine(*arguments):
        engine = real(*arguments)

        def look(*_arguments):
            passed[0] += 1
            if passed[0] == stop_at:
                raise stop

        event.listen(engine, "before_cursor_execute", look)
        return engine

    return open_upgrade_engine, passed


def test_stopped_at_any_statement_the_old_file_is_as_it_was(
    each_old, faults, monkeypatch, no_backup
):
    old, before = each_old, facts(each_old)
    was = hashes(old.folder)
    at = 0
    while True:
        at += 1
        stopping, passed = counting(at, faults.Cut)
        with monkeypatch.context() as patched:
            patched.setattr(upgrading, "open_upgrade_engine", stopping)
            try:
                upgrade_through_copy(source_of(old), SystemClock())
            except faults.Cut:
                assert hashes(old.folder) == was, f"statement {at}"
                continue
        break
    assert passed[0] > 10
    assert at > passed[0]
    assert stands(old, before) == upgrading.head_revision()


@pytest.mark.parametrize("error", ["cut", 5, 28])
def test_stopped_at_any_call_to_the_disk_the_old_or_the_new_stands(
    each_old, faults, no_backup, error
):
    old, before = each_old, facts(each_old)
    was = digest(old.database)
    at, schemas = 0, []
    while True:
        at += 1
        try:
            with faults.failing_at(at, faults.Cut if error == "cut" else error) as calls:
                upgrade_through_copy(source_of(old), SystemClock())
        except (faults.Cut, UpgradeFailedError):
            schemas.append(stands(old, before))
            if schemas[-1] == old.revision:
                assert digest(old.database) == was
                continue
            break
        if len(calls) < at:
            break
        break
    assert at > 3
    assert stands(old, before) == upgrading.head_revision()


KILL = """
import os, sys
from pathlib import Path
from sqlalchemy import event
from mesodesk.db import upgrade as upgrading
from mesodesk.vault.vault import open_vault

at, seen = int(sys.argv[3]), 0

def pass_by(*_arguments):
    global seen
    seen += 1
    if seen == at:
        os._exit(9)

def engine_of(*arguments, real=upgrading.open_upgrade_engine):
    engine = real(*arguments)
    event.listen(engine, "before_cursor_execute", pass_by)
    return engine

def counted(real):
    def call(*arguments, **named):
        pass_by()
        return real(*arguments, **named)
    return call

upgrading.open_upgrade_engine = engine_of
os.fsync = counted(os.fsync)
Path.replace = counted(Path.replace)
Path.rename = counted(Path.rename)
Path.unlink = counted(Path.unlink)
open_vault(Path(sys.argv[1]), password=sys.argv[2]).close()
print(seen)
"""


def killed_at(old, at: int) -> subprocess.CompletedProcess[str]:
    """Open the vault in a process that ends itself, as by a pulled plug, at a statement or call."""
    return subprocess.run(
        [sys.executable, "-c", KILL, str(old.folder), old.password, str(at)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def kill_at_each(golden, revision, steps) -> list[str]:
    """Kill an upgrade at each of these steps, a fresh vault each; return what stood there then."""
    found = []
    for at in steps:
        old = golden(revision)
        before = facts(old)
        was = digest(old.database)
        done = killed_at(old, at)
        assert done.returncode == 9, done.stderr
        found.append(revision if digest(old.database) == was else upgrading.head_revision())
        with open_vault(old.folder, password=old.password) as vault:  # as the user would
            assert [one for one in vault.findings if one.area != "history"] == []
            now = facts_of_open(vault)
        for table, rows in before.counts.items():
            assert now[table] == rows or table == "audit_entry", (at, table)
        assert not list(old.folder.glob("clinic.db.upgrading*"))
        shutil.rmtree(old.folder.parent)
    return found


def facts_of_open(vault) -> dict[str, int]:
    from mesodesk.vault.identity import row_counts

    return row_counts(vault.engine)


def all_steps(golden, revision) -> int:
    old = golden(revision)
    done = killed_at(old, 0)
    assert done.returncode == 0, done.stderr
    shutil.rmtree(old.folder.parent)
    return int(done.stdout)


@pytest.mark.long
def test_killed_at_some_moments_the_old_or_the_new_stands(golden):
    drawn = random.Random(SEED)
    kill_at_each(golden, NEWEST_OLD, sorted(drawn.sample(range(1, 40), 4)))


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("revision", OLDER)
def test_killed_at_every_moment_the_old_or_the_new_stands(golden, revision, figure):
    last = all_steps(golden, revision)
    found = kill_at_each(golden, revision, range(1, last + 1))
    print(f"{last} kills: {found.count(revision)} left the old vault, the others the new one")
    ends = {revision, upgrading.head_revision()}
    figure(UPGRADE_KILLS, sum(one not in ends for one in found), of=last)
    assert ends == set(found)


@pytest.fixture
def with_migration(tmp_path, monkeypatch):
    """The program with one more migration, which does what a test wants."""

    def add(statement: str) -> None:
        folder = tmp_path / "migrations"
        head = upgrading.head_revision()
        shutil.copytree(upgrading.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "versions" / "newest.py").write_text(
            f"from alembic import op\nrevision = 'newest'\ndown_revision = {head!r}\n"
            f"def upgrade() -> None:\n    op.execute({statement!r})\n"
        )
        monkeypatch.setattr(upgrading, "MIGRATIONS", folder)
        upgrading.known_revisions.cache_clear()

    yield add
    upgrading.known_revisions.cache_clear()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM favourite", "rows of the table favourite"),
        ("UPDATE favourite SET nothing = 1", "OperationalError"),
        ("DROP TABLE favourite", "rows of the table favourite"),
    ],
    ids=["loses rows", "fails", "drops a table"],
)
def test_an_upgrade_that_fails_or_loses_rows_leaves_the_old_file_byte_for_byte(
    old, with_migration, statement, said
):
    with_migration(statement)
    was = digest(old.database)
    for _ in range(2):
        with pytest.raises(UpgradeFailedError, match=said) as caught:
            open_vault(old.folder, password=old.password)
        assert digest(old.database) == was
        assert not list(old.folder.glob("clinic.db.upgrading*"))
    assert "exactly as they were" in caught.value.sentence
    assert len(listed(own_backups(old.folder))) == 1


def test_an_upgrade_in_place_would_have_lost_those_rows(old, with_migration):
    """The control: one transaction, committed, and the rows are gone."""
    before = facts(old)
    with_migration("DELETE FROM favourite")
    upgrading.upgrade(old.database, old.data_key, old.salt)
    raw = connect(old.database, old.data_key, old.salt)
    assert raw.execute("SELECT count(*) FROM favourite").fetchone() == (0,)
    raw.close()
    assert before.counts["favourite"] > 0


@pytest.mark.long
def test_a_backup_of_an_earlier_try_that_was_damaged_since_is_not_relied_on(old, with_migration):
    with_migration("DELETE FROM favourite")
    with pytest.raises(UpgradeFailedError):
        open_vault(old.folder, password=old.password)
    (kept,) = listed(own_backups(old.folder))
    data = bytearray(kept.path.read_bytes())
    data[len(data) // 2] ^= 1
    kept.path.unlink()
    damaged = kept.path.with_name(f"mesodesk-{kept.seq:09d}-20260101T000000Z.mesobackup")
    damaged.write_bytes(data)
    with pytest.raises(UpgradeFailedError):
        open_vault(old.folder, password=old.password)
    source = source_of(old)
    found = {one.path.name: still_whole(one.path, source) for one in listed(damaged.parent)}
    assert found.pop(damaged.name) is False
    assert list(found.values()) == [True]


def test_without_a_backup_that_can_be_read_back_nothing_is_upgraded(old, monkeypatch):
    was = digest(old.database)
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(NotVerifiedError):
        open_vault(old.folder, password=old.password)
    assert digest(old.database) == was
    assert listed(own_backups(old.folder)) == ()


def test_a_vault_of_a_newer_program_is_refused_and_nothing_is_written(old):
    raw = connect(old.database, old.data_key, old.salt, guarded=False)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    was = hashes(old.folder)
    with pytest.raises(TooNewError):
        open_vault(old.folder, password=old.password)
    assert hashes(old.folder) == was
    assert not own_backups(old.folder).exists()


def test_what_was_wrong_with_the_records_before_stops_no_backup_and_is_said(old, tmp_path):
    raw = connect(old.database, old.data_key, old.salt, guarded=False)
    raw.execute("DROP TRIGGER IF EXISTS audit_entry_no_update")
    triggers = raw.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
    ).fetchall()
    for (name,) in triggers:
        raw.execute(f'DROP TRIGGER "{name}"')
    raw.execute("UPDATE audit_entry SET action = 'patient.hidden' WHERE seq = 2")
    raw.close()
    made = backing_up.make_backup(
        source_of(old), backing_up.FolderTarget(tmp_path), reason="asked", clock=SystemClock()
    )
    changed = "Audit entry 2 was changed after it was written, or was not written by us."
    assert changed in made.troubles

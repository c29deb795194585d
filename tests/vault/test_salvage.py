"""What can be read of a damaged vault is saved into a new one, and what is missing is said."""

import hashlib
import random
import shutil
import sqlite3

import pytest

from mesodesk.db.engine import PAGE_BYTES
from mesodesk.db.reading_on import Reader
from mesodesk.domain.clock import SystemClock
from mesodesk.vault.audit import AuditFact
from mesodesk.vault.check import check_vault
from mesodesk.vault.errors import DamagedError, WrongPasswordError
from mesodesk.vault.keys import password_secret
from mesodesk.vault.opening import Credential
from mesodesk.vault.salvage import _copy_table, salvage
from mesodesk.vault.vault import open_vault

PASSWORD = "seven quiet herons at noon"
BY_PASSWORD = Credential(password_secret(PASSWORD), is_recovery=False)
SEED = 20260611
# Two full pages hold some 42 entries, fewer on a computer that has run for long and has more to
# write of its clock: of 4,000 that would be more than one of a hundred.
ENTRIES = 6000


@pytest.fixture(scope="module")
def long_log(template, tmp_path_factory):
    """A vault with a log of many pages."""
    folder = tmp_path_factory.mktemp("long") / "vault"
    shutil.copytree(template.folder, folder)
    with open_vault(folder, password=PASSWORD) as vault, vault.engine.begin() as connection:
        for at in range(ENTRIES):
            fact = AuditFact(vault.user_id, "A", "patient.update", "patient", details={"at": at})
            vault.audit.append(connection, fact)
    return folder


@pytest.fixture
def damaged(long_log, tmp_path):
    return shutil.copytree(long_log, tmp_path / "vault")


def flip(folder, pages):
    with (folder / "clinic.db").open("r+b") as stream:
        for page in pages:
            stream.seek((page - 1) * PAGE_BYTES + 100)
            byte = stream.read(1)[0]
            stream.seek(-1, 1)
            stream.write(bytes([byte ^ 1]))


def hashes(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.suffix != ".lock"
    }


def count_pages(folder):
    return (folder / "clinic.db").stat().st_size // PAGE_BYTES


def test_a_whole_vault_is_saved_whole(damaged, tmp_path):
    found = salvage(damaged, tmp_path / "new", BY_PASSWORD, clock=SystemClock())
    assert found.incomplete == ()
    with open_vault(tmp_path / "new", password=PASSWORD) as vault:
        assert check_vault(vault) == []
        with vault.engine.connect() as connection:
            last = connection.exec_driver_sql(
                "SELECT action FROM audit_entry ORDER BY seq DESC LIMIT 1 OFFSET 1"
            ).scalar()
    assert last == "vault.salvage"


@pytest.mark.parametrize(
    "number", [0, *(pytest.param(one, marks=pytest.mark.long) for one in (1, 2))]
)
def test_two_bad_pages_cost_less_than_one_row_of_a_hundred(damaged, tmp_path, number):
    dice = random.Random(SEED + number)
    print(f"seed {SEED + number}")
    count = count_pages(damaged)
    flip(damaged, dice.sample(range(count // 2, count), 2))
    before = hashes(damaged)
    found = salvage(damaged, tmp_path / "new", BY_PASSWORD, clock=SystemClock())
    assert hashes(damaged) == before
    total = sum(table.expected or table.saved for table in found.tables)
    print(f"{found.saved} of {total}: {[table.sentence for table in found.incomplete]}")
    assert found.saved >= 0.99 * total
    with open_vault(tmp_path / "new", password=PASSWORD) as vault, vault.engine.connect() as asked:
        rows = asked.exec_driver_sql("SELECT count(*) FROM audit_entry").scalar()
    assert rows >= 0.99 * ENTRIES


@pytest.mark.parametrize(("part", "least"), [(0.95, 5000), (0.5, 500)])
def test_of_a_file_that_was_cut_off_what_is_left_is_saved(damaged, tmp_path, part, least):
    pages = count_pages(damaged)
    with (damaged / "clinic.db").open("r+b") as stream:
        stream.truncate(int(pages * part) * PAGE_BYTES)
    before = hashes(damaged)
    found = salvage(damaged, tmp_path / "new", BY_PASSWORD, clock=SystemClock())
    assert hashes(damaged) == before
    entries = next(table for table in found.tables if table.name == "audit_entry")
    assert entries.saved > least  # the log lies behind all else
    assert entries.missing is not None
    assert entries.saved + entries.missing >= ENTRIES
    with open_vault(tmp_path / "new", password=PASSWORD) as vault:
        assert not [each for each in check_vault(vault) if each.area in {"pages", "structure"}]


@pytest.mark.long
def test_on_a_connection_that_is_kept_less_is_saved(damaged, tmp_path, monkeypatch):
    """The control: a connection that met a bad page takes good ones for bad."""
    count = count_pages(damaged)
    flip(damaged, random.Random(SEED).sample(range(count // 2, count), 20))
    whole = salvage(damaged, tmp_path / "new", BY_PASSWORD, clock=SystemClock())
    monkeypatch.setattr(Reader, "close", lambda _self: None)
    kept = salvage(damaged, tmp_path / "kept", BY_PASSWORD, clock=SystemClock())
    print(whole.saved, kept.saved)
    assert kept.saved < whole.saved


def test_saves_that_are_still_in_the_log_are_saved_too(long_log, tmp_path):
    vault = open_vault(shutil.copytree(long_log, tmp_path / "live"), password=PASSWORD)
    with vault.engine.begin() as connection:
        fact = AuditFact(vault.user_id, "A", "patient.create", "patient", details={"late": True})
        late = vault.audit.append(connection, fact)
    crashed = tmp_path / "vault"
    crashed.mkdir()
    for path in vault.folder.iterdir():
        if path.suffix != ".lock":
            shutil.copyfile(path, crashed / path.name)
    vault.close()
    assert (crashed / "clinic.db-wal").stat().st_size
    flip(crashed, [count_pages(crashed) // 2])
    before = hashes(crashed)
    salvage(crashed, tmp_path / "new", BY_PASSWORD, clock=SystemClock())
    assert hashes(crashed) == before
    with open_vault(tmp_path / "new", password=PASSWORD) as saved, saved.engine.connect() as asked:
        kept = asked.exec_driver_sql(
            "SELECT mac FROM audit_entry WHERE seq = ?", (late.seq,)
        ).scalar()
    assert bytes(kept) == late.mac


def test_what_cannot_be_saved_is_told_and_nothing_is_made(damaged, tmp_path):
    wrong = Credential(password_secret("not this one at all"), is_recovery=False)
    with pytest.raises(WrongPasswordError):
        salvage(damaged, tmp_path / "new", wrong, clock=SystemClock())
    flip(damaged, [1])
    with pytest.raises(DamagedError):
        salvage(damaged, tmp_path / "new", BY_PASSWORD, clock=SystemClock())
    assert {path.name for path in tmp_path.iterdir()} == {"vault"}


class Rows:
    """Stands for a reader: three rows can be read, and two of them bear one name."""

    gaps = ()

    def rows(self, _table, _columns):
        return iter([(1, "Ana"), (2, "Ben"), (3, "Ben")])


@pytest.mark.parametrize(("expected", "missing"), [({"person": 3}, 1), ({"person": 5}, 3), ({}, 1)])
def test_a_row_that_cannot_be_taken_over_is_missing_and_not_saved(expected, missing):
    raw = sqlite3.connect(":memory:")
    raw.execute("CREATE TABLE person (name TEXT UNIQUE)")
    saved = _copy_table(Rows(), raw, "person", expected)
    assert (saved.saved, saved.missing) == (2, missing)
    assert f"2 rows saved, {missing} rows missing" in saved.sentence
    assert raw.execute("SELECT count(*) FROM person").fetchone() == (2,)
    raw.close()

"""Opening a vault: tampered key files, several users, older schemas, and what the disk says."""

import errno
import json
import shutil
from pathlib import Path
from uuid import UUID

import pytest
import sqlcipher3.dbapi2 as driver

from mesodesk.db import upgrade as upgrading
from mesodesk.vault import examining, keyfile
from mesodesk.vault.anchor import read_anchor
from mesodesk.vault.audit import AuditFact
from mesodesk.vault.errors import (
    DiskFullError,
    DiskTroubleError,
    EmptyDatabaseError,
    HeldError,
    MissingDatabaseError,
    ReadOnlyFolderError,
    UnknownUserError,
    VaultError,
    WrongPasswordError,
)
from mesodesk.vault.identity import committed_head
from mesodesk.vault.keyfile import SlotKind
from mesodesk.vault.keys import KdfCost, VaultKeys, password_secret
from mesodesk.vault.slots import SlotOwner, SlotSecrets, make_slot, new_signing_key
from mesodesk.vault.vault import inspect, open_vault

PASSWORD = "seven quiet herons at noon"
BEN = UUID(int=22)


def test_a_slot_taken_out_behind_our_back_is_told_and_not_mended(made):
    body = json.loads((made.folder / "keys.json").read_text())
    del body["slots"][1], body["checksum"]
    body["checksum"] = keyfile._checksum(body)
    for name in ("keys.json", "keys-copy.json"):
        (made.folder / name).write_text(json.dumps(body))
    for _ in range(2):
        with made.open() as vault:
            (found,) = vault.findings
            assert (found.area, found.severity) == ("keys", "alarm")
            assert "outside Mesodesk" in found.sentence


def test_copies_that_cannot_be_made_anew_are_told_again(made, monkeypatch):
    (made.folder / "keys.json").unlink()

    def refuse(*_arguments):
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr(keyfile, "save", refuse)
        made.open().close()
    with made.open() as vault:
        assert len(vault.findings) == 1
    assert (made.folder / "keys.json").exists()


@pytest.fixture
def two_users(made):
    """A vault with a second user, whose password is another."""
    with made.open() as vault:
        inside = SlotSecrets(vault.keys.data_key, vault.keys.salt, new_signing_key())
        owner = SlotOwner(SlotKind.USER, BEN, "Ben Okafor")
        secret = password_secret("eleven loud geese at dusk")
        slot = make_slot(vault.vault_id, owner, secret, KdfCost.for_tests(), inside).slot
        changed = vault.key_file.changed((*vault.key_file.slots, slot), vault.keys.key_file)
        keyfile.save(made.folder, changed, lambda _read_back: None)
    return made


def test_each_user_opens_with_an_own_password(two_users, ticker):
    assert [user.name for user in inspect(two_users.folder).users] == ["Ana Ruiz", "Ben Okafor"]
    with open_vault(two_users.folder, password="eleven loud geese at dusk") as vault:
        assert (vault.user_id, vault.user_name, vault.findings) == (BEN, "Ben Okafor", ())
        bens = vault.public_key
        assert not vault.verify_password(two_users.user_id, "eleven loud geese at dusk")
        ticker.now += 1
        assert vault.verify_password(two_users.user_id, PASSWORD)
    with open_vault(two_users.folder, password=PASSWORD, user_id=two_users.user_id) as vault:
        assert vault.public_key != bens
    with pytest.raises(WrongPasswordError):
        open_vault(two_users.folder, password=PASSWORD, user_id=BEN)


def test_a_password_change_leaves_other_users_alone(two_users):
    with two_users.open() as vault:
        vault.change_password("an entirely new password")
    with open_vault(two_users.folder, password="eleven loud geese at dusk", user_id=BEN):
        pass


@pytest.mark.parametrize("refused", ["keys-copy.json", "keys.json", "anchor.json"])
def test_what_a_password_change_says_is_what_then_opens(made, ticker, monkeypatch, refused):
    new, real = "an entirely new password", Path.replace

    def full(path, target):
        if Path(target).name == refused:
            raise OSError(errno.ENOSPC, "full")
        return real(path, target)

    with made.open() as vault:
        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", full)
            try:
                vault.change_password(new)
                opens, shut = new, PASSWORD
            except OSError:
                opens, shut = PASSWORD, new
        assert vault.verify_password(made.user_id, opens)
        assert not vault.verify_password(made.user_id, shut)
    ticker.now += 1
    with made.open(opens) as vault:
        vault.sign_digest(bytes(32))
    assert (opens == PASSWORD) == (refused == "keys-copy.json")


def test_the_recovery_key_opens_for_whom_it_is_told(two_users):
    with open_vault(two_users.folder, recovery_key=two_users.recovery_key) as vault:
        assert vault.user_name == "Ana Ruiz"
    with open_vault(two_users.folder, recovery_key=two_users.recovery_key, user_id=BEN) as vault:
        assert vault.user_name == "Ben Okafor"
    with pytest.raises(UnknownUserError):
        open_vault(two_users.folder, recovery_key=two_users.recovery_key, user_id=UUID(int=9))


@pytest.fixture
def newer_program(tmp_path, monkeypatch):
    """The program with one more migration."""
    folder = tmp_path / "migrations"
    shutil.copytree(upgrading.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    head = upgrading.head_revision()
    script = (
        f"from alembic import op\nrevision = 'newest'\ndown_revision = {head!r}\n"
        "def upgrade() -> None:\n    op.execute('CREATE TABLE of_the_newest (id INTEGER)')\n"
    )
    (folder / "versions" / "newest.py").write_text(script)
    monkeypatch.setattr(upgrading, "MIGRATIONS", folder)
    upgrading.known_revisions.cache_clear()
    yield
    upgrading.known_revisions.cache_clear()


def test_an_older_schema_is_brought_up_to_date(made, newer_program):
    with made.open() as vault:
        assert upgrading.current_revision(vault.engine) == "newest"
        assert vault.findings == ()


def test_a_database_without_our_tables_is_called_empty(made):
    with made.open() as vault:
        key, salt = vault.keys.data_key, vault.keys.salt
    raw = examining.connect(made.database, key, salt, guarded=False, foreign_keys=False)
    raw.execute("DROP TABLE vault_meta")
    raw.close()
    with pytest.raises(EmptyDatabaseError):
        made.open()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (driver.SQLITE_FULL, DiskFullError),
        (driver.SQLITE_IOERR, DiskTroubleError),
        (driver.SQLITE_READONLY, ReadOnlyFolderError),
        (driver.SQLITE_BUSY, HeldError),
        (driver.SQLITE_NOMEM, VaultError),
        (driver.SQLITE_CANTOPEN, VaultError),
    ],
)
def test_what_the_database_reports_is_explained_and_lets_go(made, monkeypatch, code, error):
    def refuse(*_arguments, **_named):
        trouble = driver.OperationalError("said in the language of the library")
        trouble.sqlite_errorcode = code
        raise trouble

    with monkeypatch.context() as patched:
        patched.setattr(examining, "connect", refuse)
        with pytest.raises(VaultError) as caught:
            made.open()
    assert type(caught.value) is error
    assert caught.value.sentence.endswith(".")
    assert "library" not in caught.value.sentence
    made.open().close()


def test_a_database_that_vanishes_meanwhile_is_missing(made, monkeypatch):
    real = examining.connect

    def vanish(path, *rest, **named):
        path.unlink()
        return real(path, *rest, **named)

    monkeypatch.setattr(examining, "connect", vanish)
    with pytest.raises(MissingDatabaseError):
        made.open()


def test_an_opening_that_fails_at_its_end_lets_go(made, monkeypatch):
    def refuse(*_arguments):
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr("mesodesk.vault.anchoring.write_anchor", refuse)
        with pytest.raises(DiskFullError):
            made.open()
    made.open().close()


def test_what_is_called_before_closing_may_still_write(made):
    """Each is called, whatever another raises, and the last anchor knows what they wrote."""

    def sign_off() -> None:
        with vault.engine.begin() as connection:
            fact = AuditFact(vault.user_id, vault.user_name, "desk.close", "desk")
            vault.audit.append(connection, fact)

    with made.open() as vault:
        keys = VaultKeys(vault.vault_id, vault.keys.data_key, vault.keys.salt)
        before = committed_head(vault.engine)[0]
        vault.before_closing(lambda: 1 / 0)
        vault.before_closing(sign_off)
    anchor = read_anchor(made.folder, keys)
    assert anchor.seq == anchor.counts_seq == before + 1
    with made.open() as vault:
        assert vault.findings == ()


def test_an_opening_that_failed_calls_nothing_before_it_lets_go(made):
    vault = made.open()
    called = []
    vault.before_closing(lambda: called.append(1))
    vault.abandon()
    vault.close()
    assert called == []

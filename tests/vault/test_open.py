"""Opening a vault: each thing that can be wrong has its own name, and nothing is ever created."""

import os
import sqlite3
import subprocess
import sys
import textwrap
import time
from uuid import UUID

import pytest
from figures import EMPTY_MADE

from mesodesk.db.engine import connect, create_database
from mesodesk.vault.anchor import read_anchor
from mesodesk.vault.audit import AuditFact
from mesodesk.vault.errors import (
    AlreadyOpenError,
    DamagedError,
    DiskFullError,
    EmptyDatabaseError,
    ForeignDatabaseError,
    KeyFileDamagedError,
    KeyFileMissingError,
    MissingDatabaseError,
    NetworkFolderError,
    NoVaultError,
    ReadOnlyFolderError,
    SigningKeyError,
    SyncedFolderError,
    TooNewError,
    TooSoonError,
    UnknownUserError,
    VaultError,
    WrongPasswordError,
    WrongRecoveryKeyError,
)
from mesodesk.vault.recovery import RecoveryKey, RecoveryKeyError
from mesodesk.vault.registry import Registry
from mesodesk.vault.seal import signature_is_valid
from mesodesk.vault.vault import VaultState, inspect, open_vault

PASSWORD = "seven quiet herons at noon"
PAGE = 4096


def keys_of(made) -> tuple[bytes, bytes]:
    with made.open() as vault:
        return vault.keys.data_key, vault.keys.salt


def refused(made, error: type[VaultError], **named) -> VaultError:
    """Opening fails with exactly this error and a sentence, and changes no file."""
    before = made.snapshot()
    with pytest.raises(VaultError) as caught:
        open_vault(made.folder, **(named or {"password": PASSWORD}))
    assert type(caught.value) is error
    assert caught.value.sentence.endswith(".")
    after = made.snapshot()
    after.pop("attempts.json", None)
    before.pop("attempts.json", None)
    assert after == before
    return caught.value


def test_opens_for_who_knows_the_password(made):
    with made.open() as vault:
        assert (vault.user_id, vault.user_name) == (made.user_id, "Ana Ruiz")
        assert vault.findings == ()
        assert not vault.by_recovery_key
    with open_vault(made.folder, password=PASSWORD, user_id=made.user_id) as vault:
        assert vault.user_id == made.user_id


def test_a_closed_vault_leaves_no_log_and_can_be_opened_again(made):
    for _ in range(3):
        made.open().close()
        assert "clinic.db-wal" not in made.snapshot()


def test_a_wrong_password_is_called_that(made, ticker):
    error = refused(made, WrongPasswordError, password="seven quiet herons at noom")
    assert error.delay_s == pytest.approx(1, abs=0.1)
    assert "1 second" in error.sentence


def test_the_next_try_has_to_wait_even_with_the_right_password(made, ticker):
    refused(made, WrongPasswordError, password="wrong password")
    ticker.now += 0.25
    assert refused(made, TooSoonError).delay_s == 0.75
    ticker.now += 0.75
    made.open().close()


def test_ten_wrong_passwords_make_it_wait_a_minute_and_never_for_ever(made, ticker):
    delays = []
    for _ in range(10):
        delays.append(refused(made, WrongPasswordError, password="wrong password").delay_s)
        ticker.now += delays[-1]
    assert delays == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    made.open().close()


def test_the_right_password_ends_the_row_of_wrong_ones(made, ticker):
    for _ in range(3):
        ticker.now += refused(made, WrongPasswordError, password="wrong password").delay_s
    made.open().close()
    assert refused(made, WrongPasswordError, password="wrong password").delay_s == 1


def test_a_wrong_password_on_a_damaged_database_is_still_a_wrong_password(made):
    data = bytearray(made.database.read_bytes())
    data[300] ^= 1
    made.database.write_bytes(data)
    refused(made, WrongPasswordError, password="wrong password")


def test_someone_without_a_slot_is_told_so(made):
    refused(made, UnknownUserError, password=PASSWORD, user_id=UUID(int=4))


@pytest.mark.figures
@pytest.mark.parametrize(
    ("content", "error"),
    [
        (None, MissingDatabaseError),
        (b"", EmptyDatabaseError),
        (b"SQLite format 3\0" + bytes(8176), ForeignDatabaseError),
        (b"x" * 100, DamagedError),
        (b"x" * 5000, DamagedError),
        (os.urandom(3 * PAGE), ForeignDatabaseError),
        (bytes(3 * PAGE), ForeignDatabaseError),
    ],
)
def test_what_stands_in_place_of_the_database_is_named_and_kept(made, content, error, figure):
    made.database.unlink()
    if content is not None:
        made.database.write_bytes(content)
    refused(made, error)
    left = made.database.read_bytes() if made.database.exists() else None
    figure(EMPTY_MADE, int(left != content), of=1)
    assert left == content


def test_a_real_plaintext_database_is_refused(made):
    made.database.unlink()
    with sqlite3.connect(made.database) as plain:
        plain.execute("CREATE TABLE audit_entry (seq INTEGER)")
    plain.close()
    refused(made, ForeignDatabaseError)


def test_an_empty_encrypted_database_is_refused(made):
    key, salt = keys_of(made)
    made.database.unlink()
    create_database(made.database, key, salt)
    refused(made, EmptyDatabaseError)


def test_the_database_of_another_vault_is_refused(made, another):
    made.database.write_bytes(another.database.read_bytes())
    refused(made, ForeignDatabaseError)


def test_another_vault_under_the_same_key_is_refused(made):
    key, salt = keys_of(made)
    raw = connect(made.database, key, salt, guarded=False)
    raw.execute("UPDATE vault_meta SET vault_id = ?", (bytes(16),))
    raw.close()
    refused(made, ForeignDatabaseError)


def test_another_program_s_database_under_the_same_key_is_refused(made):
    key, salt = keys_of(made)
    raw = connect(made.database, key, salt, guarded=False)
    raw.execute("PRAGMA application_id=1")
    raw.close()
    refused(made, ForeignDatabaseError)


def test_damage_of_the_first_page_is_called_damage(made):
    data = bytearray(made.database.read_bytes())
    data[300] ^= 1
    made.database.write_bytes(data)
    refused(made, DamagedError)


def test_damage_of_the_first_16_bytes_is_mended(made):
    data = bytearray(made.database.read_bytes())
    data[3] ^= 1
    made.database.write_bytes(data)
    with made.open() as vault:
        assert [finding.area for finding in vault.findings] == ["pages"]
    assert made.database.read_bytes()[:16] == bytes(template_salt(data))
    with made.open() as vault:
        assert vault.findings == ()


def template_salt(data: bytearray) -> bytes:
    return bytes([*data[:3], data[3] ^ 1, *data[4:16]])


def test_a_cut_database_is_called_damage(made):
    data = made.database.read_bytes()
    made.database.write_bytes(data[:-100])
    refused(made, DamagedError)
    made.database.write_bytes(data[: PAGE // 2])
    refused(made, DamagedError)


def test_a_newer_format_or_schema_is_refused_and_left_as_it_is(made):
    key, salt = keys_of(made)
    raw = connect(made.database, key, salt, guarded=False)
    raw.execute("PRAGMA user_version=2")
    raw.close()
    refused(made, TooNewError)
    raw = connect(made.database, key, salt, guarded=False)
    raw.execute("PRAGMA user_version=1")
    raw.execute("UPDATE alembic_version SET version_num='9999'")
    raw.close()
    refused(made, TooNewError)


def test_key_files_gone_or_damaged_are_told_apart(made):
    (made.folder / "keys.json").write_bytes(b"\0" * 100)
    with made.open() as vault:
        assert [finding.area for finding in vault.findings] == ["keys"]
    with made.open() as vault:
        assert vault.findings == ()  # made anew from the copy
    for name in ("keys.json", "keys-copy.json"):
        (made.folder / name).write_bytes(b"\0" * 100)
    refused(made, KeyFileDamagedError)
    for name in ("keys.json", "keys-copy.json"):
        (made.folder / name).unlink()
    refused(made, KeyFileMissingError)


def test_where_no_vault_stands_nothing_is_made(tmp_path):
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(NoVaultError):
            open_vault(folder, password=PASSWORD)
    assert list(tmp_path.iterdir()) == []


def test_a_second_window_is_refused_without_waiting(made, monkeypatch):
    waited = []
    with made.open(), monkeypatch.context() as patched:
        patched.setattr(time, "sleep", waited.append)
        # The library waits in its own code: whoever is refused must not get as far as that.
        patched.setattr("mesodesk.db.engine.driver.connect", lambda *_a, **_n: waited.append("db"))
        with pytest.raises(AlreadyOpenError):
            made.open()
    assert waited == []


def test_another_process_is_refused_until_it_is_killed(made):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(made.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "open\n"
    with pytest.raises(AlreadyOpenError) as caught:
        made.open()
    assert str(holder.pid) in caught.value.sentence
    holder.kill()
    holder.communicate()
    with made.open() as vault:  # after an unclean end, with all checks
        assert vault.findings == ()


HOLDER = textwrap.dedent("""
    import sys
    from pathlib import Path
    from mesodesk.vault.vault import open_vault
    vault = open_vault(Path(sys.argv[1]), password="seven quiet herons at noon")
    print("open", flush=True)
    sys.stdin.read()
""")


@pytest.fixture
def crashed(made):
    """A vault whose last use was killed; its write-ahead log is left."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(made.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "open\n"
    holder.kill()
    holder.communicate()
    assert (made.folder / "clinic.db-wal").stat().st_size > 0
    return made


def harm_unread_page(made, page: int) -> None:
    """Flip a bit on a page that opening has no reason to read."""
    data = bytearray(made.database.read_bytes())
    data[(page - 1) * PAGE + 2000] ^= 1
    made.database.write_bytes(data)


@pytest.fixture
def unread_page(made) -> int:
    """Where the public keys lie: opening does not look at them."""
    with made.open() as vault, vault.engine.connect() as connection:
        return connection.exec_driver_sql(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_signing_key_user_id'"
        ).scalar()


def test_after_a_crash_all_pages_are_checked(unread_page, crashed):
    harm_unread_page(crashed, unread_page)
    with pytest.raises(DamagedError):
        crashed.open()


def test_after_a_clean_end_only_an_examination_reads_all_pages(made, unread_page):
    """The control of the test above."""
    harm_unread_page(made, unread_page)
    with made.open() as vault:
        assert vault.findings == ()


def test_after_a_crash_references_are_checked(made):
    key, salt = keys_of(made)
    raw = connect(made.database, key, salt, guarded=False, foreign_keys=False)
    raw.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
    raw.execute("CREATE TABLE child (id INTEGER, parent_id REFERENCES parent)")
    raw.execute("INSERT INTO child VALUES (1, 5)")
    log = (made.folder / "clinic.db-wal").read_bytes()
    raw.close()
    (made.folder / "clinic.db-wal").write_bytes(log)  # as if it had not been closed
    with made.open() as vault:
        assert [finding.area for finding in vault.findings] == ["references"]


def test_places_where_a_database_may_not_lie_are_refused_untouched(made, monkeypatch):
    (made.folder / ".stfolder").mkdir()
    with pytest.raises(SyncedFolderError):
        made.open()
    (made.folder / ".stfolder").rmdir()
    monkeypatch.setattr("mesodesk.vault.location._mounts", lambda: "a:/ / nfs rw 0 0")
    refused(made, NetworkFolderError)


def test_a_read_only_folder_is_refused(made, monkeypatch):
    real = os.open

    def read_only(path, flags, *rest, **named):
        if flags & (os.O_RDWR | os.O_WRONLY | os.O_CREAT):
            raise PermissionError(13, "read-only")
        return real(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", read_only)
    refused(made, ReadOnlyFolderError)


def test_a_full_disk_is_refused_before_anything_is_written(made, monkeypatch):
    from types import SimpleNamespace

    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=1000))
    error = refused(made, DiskFullError)
    assert "MB" in error.sentence


def test_the_recovery_key_opens_and_asks_for_a_new_password(made):
    with open_vault(made.folder, recovery_key=made.recovery_key.text.lower()) as vault:
        assert vault.by_recovery_key
        assert vault.user_name == "Ana Ruiz"
        with pytest.raises(SigningKeyError):
            vault.sign_digest(bytes(32))
        vault.change_password("an entirely new password")
        assert not vault.by_recovery_key
        signature, public_key = vault.sign_digest(bytes(32)), vault.public_key
        assert signature_is_valid(bytes(32), signature, public_key)
        with vault.engine.begin() as connection:
            known = connection.exec_driver_sql("SELECT public_key FROM signing_key").scalars()
            assert public_key in set(known)
    with made.open("an entirely new password") as vault:
        assert vault.public_key == public_key
    refused(made, WrongPasswordError)


def test_a_wrong_or_mistyped_recovery_key_is_named(made):
    refused(made, WrongRecoveryKeyError, recovery_key=RecoveryKey(bytes(16)))
    with pytest.raises(RecoveryKeyError):
        open_vault(made.folder, recovery_key="ABCD")


def test_either_a_password_or_a_recovery_key(made):
    for named in ({}, {"password": "a", "recovery_key": made.recovery_key}):
        with pytest.raises(ValueError, match="is needed"):
            open_vault(made.folder, **named)


def test_a_changed_password_is_the_only_one_and_signs_as_before(made):
    with made.open() as vault:
        before = vault.public_key
        vault.change_password("an entirely new password")
        assert vault.verify_password(vault.user_id, "an entirely new password")
    with made.open("an entirely new password") as vault:
        assert vault.public_key == before
        assert vault.findings == ()
    refused(made, WrongPasswordError)


def test_a_password_change_that_fails_leaves_the_old_one(made, faults):
    with made.open() as vault:
        with faults.failing_at(1), pytest.raises(OSError, match="Input/output"):
            vault.change_password("an entirely new password")
        assert vault.verify_password(vault.user_id, PASSWORD)
    with made.open() as vault:
        assert vault.findings == ()


def test_asking_again_for_the_password(ticker, vault):
    assert vault.verify_password(vault.user_id, PASSWORD)
    assert not vault.verify_password(vault.user_id, "wrong password")
    with pytest.raises(TooSoonError):
        vault.verify_password(vault.user_id, PASSWORD)
    with pytest.raises(UnknownUserError):
        vault.verify_password(UUID(int=4), PASSWORD)
    ticker.now += vault.attempts.wait_s(vault.user_id)
    assert vault.verify_password(vault.user_id, PASSWORD)
    assert vault.attempts.total == 1


def test_openings_and_failures_are_in_the_audit_trail(made, ticker):
    refused(made, WrongPasswordError, password="wrong password")
    ticker.now += 1
    with made.open() as vault, vault.engine.begin() as connection:
        rows = connection.exec_driver_sql(
            "SELECT action, details FROM audit_entry ORDER BY seq DESC LIMIT 1"
        ).all()
    assert rows[0][0] == "vault.open"
    assert '"wrong_passwords_before":1' in rows[0][1]


def test_closing_wipes_the_key_and_lets_go(made):
    vault = made.open()
    vault.close()
    vault.close()
    assert vault.keys.data_key == bytes(32)
    made.open().close()


def test_a_vault_whose_disk_vanishes_still_closes(made):
    vault = made.open()
    for path in made.folder.iterdir():
        path.unlink()
    vault.close()


def test_looking_creates_nothing_and_says_what_stands_there(made, tmp_path):
    before = made.snapshot()
    seen = inspect(made.folder)
    assert seen.state is VaultState.READY
    assert [user.name for user in seen.users] == ["Ana Ruiz"]
    assert seen.vault_id == made.vault_id
    assert seen.refusal is None
    assert made.snapshot() == before
    assert inspect(tmp_path / "absent").state is VaultState.ABSENT
    made.database.write_bytes(b"")
    seen = inspect(made.folder)
    assert seen.state is VaultState.DAMAGED
    assert isinstance(seen.refusal, EmptyDatabaseError)
    assert seen.findings


def test_a_vanished_vault_is_not_taken_for_a_first_start(made, tmp_path):
    registry = Registry(tmp_path / "settings" / "vaults.json")
    assert registry.vault_at(made.folder) is None
    registry.remember(made.folder, made.vault_id)
    assert inspect(made.folder, registry).state is VaultState.READY
    made.folder.rename(tmp_path / "moved")
    seen = inspect(made.folder, registry)
    assert seen.state is VaultState.DAMAGED
    assert seen.vault_id == made.vault_id
    assert not made.folder.exists()
    registry.forget(made.folder)
    assert inspect(made.folder, registry).state is VaultState.ABSENT
    (tmp_path / "settings" / "vaults.json").write_bytes(b"{")
    assert registry.vault_at(made.folder) is None


def test_a_failed_opening_lets_go_of_the_lock(made, ticker):
    refused(made, WrongPasswordError, password="wrong password")
    ticker.now += 1
    made.open().close()


def test_the_anchor_follows_by_itself(made):
    with made.open() as vault:
        with vault.engine.begin() as connection:
            fact = AuditFact(vault.user_id, "Ana", "patient.view", "patient")
            entry = vault.audit.append(connection, fact)
        deadline = time.monotonic() + 60
        while read_anchor(vault.folder, vault.keys).seq < entry.seq:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert read_anchor(vault.folder, vault.keys).head == entry.mac

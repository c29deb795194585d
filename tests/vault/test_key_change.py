"""Changing the vault's key: passwords stay, and no interruption locks anybody out."""

import contextlib
import os
import shutil
from pathlib import Path
from unittest.mock import patch

import pytest

from mesodesk.db.engine import open_engine
from mesodesk.vault import keyfile, rotating
from mesodesk.vault.audit import AuditFact, verify_chain
from mesodesk.vault.errors import KeyChangeError, VaultError, WrongPasswordError
from mesodesk.vault.keyfile import KeyFile
from mesodesk.vault.keys import KdfCost, password_secret
from mesodesk.vault.slots import open_slot
from mesodesk.vault.vault import open_vault

from .conftest import PASSWORD


def changed(made) -> None:
    with made.open() as vault:
        vault.change_key()


def key_of(made) -> bytes:
    """Return the vault's key as the owner's password gives it."""
    key_file = keyfile.load(made.folder).key_file
    (slot,) = key_file.user_slots()
    inside = open_slot(key_file.vault_id, slot, password_secret(PASSWORD))
    assert inside is not None
    return inside.data_key


def entries(vault) -> list[tuple[int, str]]:
    with vault.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT seq, action FROM audit_entry ORDER BY seq")
        return [(int(row[0]), str(row[1])) for row in rows]


def add_entry(vault) -> None:
    with vault.engine.begin() as connection:
        vault.audit.append(connection, AuditFact(vault.user_id, vault.user_name, "test.entry", "x"))


def test_password_and_kit_open_as_before_and_the_old_key_does_not(made):
    before = key_of(made)
    salt = made.database.read_bytes()[:16]
    with made.open() as vault:
        add_entry(vault)
        written = entries(vault)
        vault.change_key()
    assert key_of(made) != before
    assert made.database.read_bytes()[:16] != salt
    with made.open() as vault:
        assert vault.findings == ()
        assert entries(vault)[: len(written)] == written
        assert [name for _, name in entries(vault)].count("vault.key_change") == 1
        with vault.engine.connect() as connection:
            assert verify_chain(connection, vault.keys) == []
    with open_vault(made.folder, recovery_key=made.recovery_key) as vault:
        assert vault.findings == ()
        assert vault.user_id == made.user_id
    with pytest.raises(Exception, match="file is not a database"):
        open_engine(made.database, before, salt).connect()
    with pytest.raises(WrongPasswordError):
        made.open("another password")


def test_the_chain_holds_through_many_changes_and_each_break_is_found(made):
    for _ in range(3):
        changed(made)
    with made.open() as vault:
        with vault.engine.connect() as connection:
            assert verify_chain(connection, vault.keys) == []
            keys = connection.exec_driver_sql("SELECT count(*) FROM audit_key").scalar()
        assert keys == 4
        changes = [seq for seq, name in entries(vault) if name == "vault.key_change"]
    # An entry of the first period, one of the second, and one of today.
    for seq in (2, changes[1] - 1, changes[2] + 1):
        shutil.copytree(made.folder, made.folder.with_name("broken"))
        with open_vault(made.folder.with_name("broken"), password=PASSWORD) as vault:
            raw = vault.engine.raw_connection()
            raw.driver_connection.set_authorizer(None)
            for trigger in ("no_update", "no_delete", "next_only"):
                raw.driver_connection.execute(f"DROP TRIGGER audit_entry_{trigger}")
            raw.driver_connection.execute("UPDATE audit_entry SET outcome='no' WHERE seq=?", (seq,))
            raw.close()
            with vault.engine.connect() as connection:
                assert verify_chain(connection, vault.keys)[0].seq == seq
        shutil.rmtree(made.folder.with_name("broken"))


def test_the_keys_of_the_chain_cannot_be_exchanged(made):
    changed(made)
    with made.open() as vault:
        raw = vault.engine.raw_connection()
        raw.driver_connection.set_authorizer(None)
        raw.driver_connection.execute("DROP TRIGGER audit_key_next_only")
        raw.driver_connection.execute("INSERT INTO audit_key VALUES (99, zeroblob(32))")
        raw.close()
        with vault.engine.connect() as connection:
            assert "keys of the audit log" in verify_chain(connection, vault.keys)[0].sentence


class CutError(BaseException):
    """The power goes: nothing is cleaned up."""


def steps_of(made) -> list[str]:
    """Return the calls of a whole change after which the power can go."""
    return cut_at(made, 10_000)


def cut_at(made, step: int) -> list[str]:
    """Change the key and stop dead after so many calls that reach the disk; return them."""
    seen: list[str] = []

    def counting(name, real):
        def call(*arguments, **named):
            if len(seen) >= step:
                raise CutError
            done = real(*arguments, **named)
            seen.append(name)
            return done

        return call

    patches = [
        patch.object(Path, "replace", counting("replace", Path.replace)),
        patch.object(Path, "unlink", counting("unlink", Path.unlink)),
        patch.object(os, "fsync", counting("fsync", os.fsync)),
        patch.object(rotating, "copy_into", counting("copy", rotating.copy_into)),
        patch.object(rotating, "_add_entry", counting("entry", rotating._add_entry)),
        patch.object(rotating, "examine_copy", counting("examine", rotating.examine_copy)),
    ]
    vault = made.open()
    try:
        for each in patches:
            each.start()
        vault.change_key()
    except CutError:
        pass
    finally:
        for each in patches:
            each.stop()
    return seen


def test_a_cut_at_any_step_leaves_a_key_that_opens_with_all_entries(made, tmp_path):
    template = tmp_path / "before"
    with made.open() as vault:
        add_entry(vault)
        written = entries(vault)
    shutil.copytree(made.folder, template)
    whole, ends = len(steps_of(made)), set()
    assert whole > 20
    before = key_of_folder(template)
    for step in range(whole):
        shutil.rmtree(made.folder)
        shutil.copytree(template, made.folder)
        cut_at(made, step)
        with made.open() as vault:
            assert all(finding.area == "keys" for finding in vault.findings)
            assert not any("outside" in finding.sentence for finding in vault.findings)
            assert entries(vault)[: len(written)] == written
            with vault.engine.connect() as connection:
                assert verify_chain(connection, vault.keys) == []
        ends.add(key_of(made) == before)
        # Settled: nothing is told the next time, and both keys of before work on.
        with open_vault(made.folder, recovery_key=made.recovery_key) as vault:
            assert vault.findings == ()
        assert not list(made.folder.glob("clinic-new.db*"))
    assert ends == {True, False}


def key_of_folder(folder: Path) -> bytes:
    key_file = keyfile.load(folder).key_file
    inside = open_slot(key_file.vault_id, key_file.user_slots()[0], password_secret(PASSWORD))
    assert inside is not None
    return inside.data_key


def test_without_both_keys_in_the_file_a_cut_would_lock_everybody_out(made):
    """The control: with the next key alone in the key file, an early cut were the end."""

    def too_early(vault_id, slot, key):
        return rotating.with_key(vault_id, slot, key)

    with patch.object(rotating, "with_next_key", too_early):
        vault = made.open()
        with (
            patch.object(rotating, "copy_into", side_effect=CutError),
            patch.object(rotating, "_save", side_effect=OSError),
            pytest.raises(CutError),
        ):
            vault.change_key()
    with pytest.raises(Exception, match=r"damaged|not a database|opened"):
        made.open()


@pytest.mark.parametrize("what", ["copy_into", "_add_entry", "examine_copy"])
def test_a_step_that_fails_leaves_the_key_of_before(made, what):
    before = key_of(made)
    with patch.object(rotating, what, side_effect=OSError(28, "no room")):
        vault = made.open()
        with pytest.raises(OSError, match="no room"):
            vault.change_key()
    assert key_of(made) == before
    with made.open() as vault:
        assert vault.findings == ()
    assert not list(made.folder.glob("clinic-new.db*"))


def test_a_copy_that_lacks_a_row_is_not_put_in_place(made):
    before = key_of(made)
    real = rotating.row_counts
    with patch.object(rotating, "row_counts", lambda engine: real(engine) | {"patient": 3}):
        vault = made.open()
        with pytest.raises(KeyChangeError, match="not the same"):
            vault.change_key()
    assert key_of(made) == before


def test_a_key_file_changed_by_others_is_not_given_the_next_key(made):
    with made.open() as vault:
        stranger = keyfile.load(made.folder).key_file
        vault._slots.key_file = KeyFile(
            stranger.vault_id, stranger.generation, (*stranger.slots, stranger.slots[0]), b"x" * 32
        )
        with pytest.raises(KeyChangeError, match="outside"):
            vault.change_key()


def test_whose_slot_is_of_the_first_format_has_to_log_in_before(made):
    with made.open() as vault:
        old = [keyfile.replace(slot, exchange=None) for slot in vault.key_file.slots]
        vault._slots.key_file = vault.key_file.changed(tuple(old), vault.keys.key_file)
        with pytest.raises(KeyChangeError, match="Ana Ruiz, the holder of the recovery kit"):
            vault.change_key()


@pytest.mark.parametrize("after", [True, False], ids=["swapped", "not yet swapped"])
@pytest.mark.parametrize("byte", [0, 7, 15])
def test_damage_beside_an_interruption_never_costs_the_key_that_fits(made, after, byte):
    """The first bytes alone do not tell which key is to be dropped."""
    done = rotating.put_in_place if after else None
    with made.open() as vault:
        add_entry(vault)

    def cut(made_file, path):
        if done is not None:
            done(made_file, path)
        raise CutError

    vault = made.open()
    with (
        patch.object(rotating, "put_in_place", cut),
        patch.object(rotating, "_save", side_effect=OSError),
        pytest.raises(CutError),
    ):
        vault.change_key()
    whole = made.database.read_bytes()
    spoilt = bytearray(whole)
    spoilt[byte] ^= 1
    made.database.write_bytes(bytes(spoilt))
    with contextlib.suppress(VaultError), made.open():
        pass
    if not made.database.read_bytes().startswith(whole[:16]):
        made.database.write_bytes(whole)
    with made.open() as vault, vault.engine.connect() as connection:
        assert verify_chain(connection, vault.keys) == []
    assert keyfile.load(made.folder).key_file.slots[0].next_key is None


def test_neither_key_reads_it_so_neither_is_dropped(made):
    vault = made.open()
    with (
        patch.object(rotating, "copy_into", side_effect=CutError),
        patch.object(rotating, "_save", side_effect=OSError),
        pytest.raises(CutError),
    ):
        vault.change_key()
    whole = made.database.read_bytes()
    made.database.write_bytes(os.urandom(len(whole)))
    with pytest.raises(VaultError):
        made.open()
    assert keyfile.load(made.folder).key_file.slots[0].next_key is not None
    made.database.write_bytes(whole)
    with made.open() as vault:
        assert [finding.area for finding in vault.findings] == ["keys"]


def test_a_key_file_changed_outside_is_kept_when_it_is_changed_again(made):
    with made.open() as vault:
        slots = vault.key_file.slots
        stranger = KeyFile(vault.vault_id, 9, (*slots, keyfile.replace(slots[0])), b"x" * 32)
    for name in ("keys.json", "keys-copy.json"):
        (made.folder / name).write_bytes(keyfile.encode(stranger))
    with made.open() as vault:
        assert any("outside" in finding.sentence for finding in vault.findings)
        vault.change_password("another good password", KdfCost.for_tests())
        with vault.engine.connect() as connection:
            told = connection.exec_driver_sql(
                "SELECT details FROM audit_entry WHERE action = 'keys.change' ORDER BY seq DESC"
            ).scalar()
    assert "keys-alarm-9.json" in told
    kept = keyfile.decode((made.folder / "keys-alarm-9.json").read_bytes())
    assert kept == stranger

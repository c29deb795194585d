"""Making a vault: whole or not at all."""

import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace

import pytest

from mesodesk.vault.errors import (
    DiskFullError,
    PasswordLengthError,
    SyncedFolderError,
    VaultError,
    VaultExistsError,
)
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.vault import NewOwner, VaultState, create_vault, inspect, open_vault

PASSWORD = "seven quiet herons at noon"


def create(folder: Path, **named):
    chosen = {
        "owner": NewOwner("Ana Ruiz", "AR"),
        "password": PASSWORD,
        "cost": KdfCost.for_tests(),
        "recovery_key": RecoveryKey(bytes(range(16))),
    }
    return create_vault(folder, **(chosen | named))


def test_makes_a_vault_that_opens_with_both_keys(tmp_path):
    folder = tmp_path / "deep" / "vault"
    with create(folder) as vault:
        made = (vault.vault_id, vault.user_id, vault.user_name, vault.findings)
        assert vault.folder == folder
    assert made[2:] == ("Ana Ruiz", ())
    with open_vault(folder, password=PASSWORD) as vault:
        assert (vault.vault_id, vault.user_id, vault.user_name, vault.findings) == made
    with open_vault(folder, recovery_key=RecoveryKey(bytes(range(16))).text) as vault:
        assert vault.by_recovery_key
    assert [path.name for path in folder.parent.iterdir()] == ["vault"]


def test_the_file_begins_with_our_salt_and_nothing_is_readable(tmp_path):
    marker = "Marker-Zyx-Öffnung"

    def populate(vault):
        from mesodesk.vault.audit import AuditFact

        with vault.engine.begin() as connection:
            fact = AuditFact(vault.user_id, marker, "x.y", "z", reason=marker)
            vault.audit.append(connection, fact)

    with create(tmp_path / "vault", populate=populate) as vault:
        populate(vault)
        assert vault.paths.write_ahead_log.stat().st_size > 0
        for path in vault.folder.iterdir():
            data = path.read_bytes()
            assert marker.encode() not in data
            assert b"SQLite format" not in data
            assert vault.keys.data_key not in data
            assert vault.keys.data_key.hex().encode() not in data
        assert vault.paths.database.read_bytes()[:16] == vault.keys.salt


def test_is_private_to_the_user(tmp_path):
    create(tmp_path / "vault").close()
    assert (tmp_path / "vault").stat().st_mode & 0o077 == 0


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "vault").mkdir()
    create(tmp_path / "vault").close()
    assert inspect(tmp_path / "vault").state is VaultState.READY


@pytest.mark.parametrize("name", ["clinic.db", "keys.json", "holiday.txt"])
def test_a_folder_with_files_is_left_alone(tmp_path, name):
    folder = tmp_path / "vault"
    folder.mkdir()
    (folder / name).write_bytes(b"mine")
    with pytest.raises(VaultExistsError):
        create(folder)
    assert [path.name for path in folder.iterdir()] == [name]
    assert (folder / name).read_bytes() == b"mine"


def test_a_vault_is_never_made_over_another(tmp_path):
    create(tmp_path / "vault").close()
    before = (tmp_path / "vault" / "clinic.db").read_bytes()
    with pytest.raises(VaultExistsError):
        create(tmp_path / "vault")
    assert (tmp_path / "vault" / "clinic.db").read_bytes() == before


def test_a_file_in_place_of_the_folder_is_left_alone(tmp_path):
    (tmp_path / "vault").write_text("mine")
    with pytest.raises(VaultExistsError):
        create(tmp_path / "vault")


@pytest.mark.parametrize("password", ["", "ninechars", "x" * 129])
def test_a_password_of_the_wrong_length_makes_nothing(tmp_path, password):
    with pytest.raises(PasswordLengthError):
        create(tmp_path / "vault", password=password)
    assert list(tmp_path.iterdir()) == []


def test_a_synchronised_folder_is_refused(tmp_path):
    with pytest.raises(SyncedFolderError):
        create(tmp_path / "Dropbox" / "vault")
    assert list(tmp_path.iterdir()) == []


def test_too_little_room_makes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=10_000_000))
    with pytest.raises(DiskFullError):
        create(tmp_path / "vault")
    assert list(tmp_path.iterdir()) == []


def test_first_records_that_fail_leave_nothing(tmp_path):
    def populate(_vault):
        raise LookupError("the clinic's name is missing")

    with pytest.raises(LookupError):
        create(tmp_path / "vault", populate=populate)
    assert list(tmp_path.iterdir()) == []


def test_any_failing_call_leaves_nothing_and_the_next_try_works(tmp_path, faults):
    folder, step = tmp_path / "vault", 0
    while True:
        step += 1
        try:
            with faults.failing_at(step):
                create(folder).close()
        except VaultError:
            if inspect(folder).state is VaultState.READY:
                break  # the vault was whole, and only its opening failed
            assert list(tmp_path.iterdir()) == []
            continue
        raise AssertionError("the fault was never met")
    assert step >= 10
    open_vault(folder, password=PASSWORD).close()


@pytest.mark.long
def test_a_cut_half_way_leaves_nothing_that_looks_like_a_vault(tmp_path):
    folder, states = tmp_path / "vault", []
    for step in (2, 6, 13, 15, 16):  # the last but one is the rename that puts it in place
        code = subprocess.run(
            [sys.executable, "-c", MAKER, str(folder), str(step), str(Path(__file__).parent)],
            check=False,
        ).returncode
        states.append(inspect(folder).state)
        assert code == 9 or states[-1] is VaultState.READY
        if states[-1] is VaultState.READY:
            break
        assert not folder.exists()
    assert states == [VaultState.ABSENT] * 4 + [VaultState.READY]
    open_vault(folder, password=PASSWORD).close()
    assert [path.name for path in tmp_path.iterdir()] == ["vault"]


MAKER = textwrap.dedent("""
    import os, sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[3])
    from faults import Cut, failing_at
    from mesodesk.vault.keys import KdfCost
    from mesodesk.vault.recovery import RecoveryKey
    from mesodesk.vault.vault import NewOwner, create_vault
    Cut.__init__ = lambda self: os._exit(9)
    with failing_at(int(sys.argv[2]), Cut):
        create_vault(
            Path(sys.argv[1]), owner=NewOwner("Ana Ruiz"), password="seven quiet herons at noon",
            cost=KdfCost.for_tests(), recovery_key=RecoveryKey(bytes(range(16))),
        ).close()
""")

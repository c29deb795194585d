"""`mesodesk backup` and `restore` as processes: from a stick and a sheet of paper to a clinic."""

import hashlib
import os
import random
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from figures import BACKUPS_LISTED
from harness import PASSWORD, command, environment
from vaults import copy_of, password_file

from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.services.new_desk import create_desk
from mesodesk.vault.audit import AuditFact
from mesodesk.vault.container import listed
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.vault import NewOwner, open_vault

SEED = 20260301


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A closed vault, not to be opened, and the recovery key of its kit."""
    folder = tmp_path_factory.mktemp("backup") / "vault"
    kit = RecoveryKey.new()
    create_desk(
        folder,
        ClinicFields(name="Clinica Luz", jurisdiction="ES", zone="Europe/Madrid"),
        owner=NewOwner("Claire Moreau", "CM"),
        password=PASSWORD,
        recovery_key=kit,
        cost=KdfCost.for_tests(),
    ).close()
    return folder, kit


@pytest.fixture
def vault(template, tmp_path):
    return copy_of(template[0], tmp_path / "vault")


@pytest.fixture
def kit(template, tmp_path):
    path = tmp_path / "kit.txt"
    path.write_text("\n".join(template[1].groups) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def password(tmp_path):
    return str(password_file(tmp_path / "secret"))


@pytest.fixture
def stick(tmp_path):
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def back_up(vault, stick, password, home, **env):
    return command(
        "backup", "--data", str(vault), "--to", str(stick), "--password-file", password,
        home=home, **env,
    )  # fmt: skip


def only(stick) -> Path:
    (one,) = listed(stick)
    return one.path


def hashes(*folders: Path) -> dict[str, str]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


def one_sentence(answer, code=1):
    assert answer.returncode == code, answer.stderr
    lines = answer.stderr.strip().splitlines()
    assert len(lines) == 1, answer.stderr
    assert lines[0].startswith("mesodesk: ")
    assert PASSWORD not in answer.stdout + answer.stderr
    return lines[0]


def test_a_backup_is_made_and_says_where(tmp_path, vault, stick, password):
    answer = back_up(vault, stick, password, tmp_path)
    assert answer.returncode == 0, answer.stderr
    made, same_disk = answer.stderr.splitlines()
    assert "read it back whole" in made
    assert "same disk as the records" in same_disk
    assert answer.stdout == f"{only(stick)}\n"


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="quoting of a POSIX shell")
def test_the_command_that_opens_restored_records_can_be_typed(tmp_path, vault, stick, password):
    assert back_up(vault, stick, password, tmp_path).returncode == 0
    folder = tmp_path / "my clinic's records"
    answer = command(
        "restore", str(only(stick)), "--to", str(folder), "--password-file", password,
        home=tmp_path,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert shlex.split(answer.stderr.rpartition("with: ")[2]) == ["mesodesk", "--data", str(folder)]


def test_the_stick_and_the_kit_alone_bring_the_clinic_back(tmp_path, vault, stick, password, kit):
    assert back_up(vault, stick, password, tmp_path).returncode == 0
    shutil.rmtree(vault)
    folder = tmp_path / "empty" / "clinic"
    answer = command(
        "restore", str(only(stick)), "--to", str(folder), "--recovery-key-file", kit,
        "--data", str(vault), home=tmp_path / "new-home",
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == f"{folder}\n"
    assert f"mesodesk --data {folder}" in answer.stderr
    checked = command(
        "check", "--data", str(folder), "--password-file", password, home=tmp_path / "new-home"
    )
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stderr


def test_a_restore_says_what_is_lost_and_touches_nothing(tmp_path, vault, stick, password):
    assert back_up(vault, stick, password, tmp_path).returncode == 0
    with open_vault(vault, password=PASSWORD) as opened:
        for _ in range(37):
            with opened.engine.begin() as connection:
                fact = AuditFact(opened.user_id, "C", "patient.update", "patient")
                opened.audit.append(connection, fact)
    before = hashes(vault, stick)
    answer = command(
        "restore", str(only(stick)), "--to", str(tmp_path / "new"), "--data", str(vault),
        "--password-file", password, home=tmp_path,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert "You lose 37 changes made since the backup of 20" in answer.stderr
    assert hashes(vault, stick) == before


@pytest.mark.parametrize(
    "harm",
    [
        "flipped",
        *(pytest.param(one, marks=pytest.mark.long) for one in ("cut", "empty", "other", "none")),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(tmp_path, vault, stick, password, harm):
    assert back_up(vault, stick, password, tmp_path).returncode == 0
    path = only(stick)
    data = bytearray(path.read_bytes())
    if harm == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif harm == "flipped":
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    elif harm == "empty":
        path.write_bytes(b"")
    elif harm == "other":
        path = vault / "clinic.db"
    else:
        path.unlink()
    answer = command(
        "restore", str(path), "--to", str(tmp_path / "new"), "--password-file", password,
        home=tmp_path,
    )  # fmt: skip
    said = one_sentence(answer)
    assert "Nothing was changed" in said
    assert not (tmp_path / "new").exists()


@pytest.mark.long
def test_wrong_keys_and_taken_folders_are_told(tmp_path, vault, stick, password, kit):
    assert back_up(vault, stick, password, tmp_path).returncode == 0
    wrong = str(password_file(tmp_path / "wrong", "not the password"))
    strange = tmp_path / "strange.txt"
    strange.write_text(RecoveryKey.new().text, encoding="utf-8")
    mistyped = tmp_path / "mistyped.txt"
    mistyped.write_text("ABCD-EFGH", encoding="utf-8")
    before = hashes(vault, stick)
    for to, options, said in (
        ("new", ("--password-file", wrong), "not a password of the day"),
        ("new", ("--recovery-key-file", str(strange)), "does not open this backup"),
        ("new", ("--recovery-key-file", str(mistyped)), "28 characters"),
        ("new", ("--recovery-key-file", str(tmp_path / "none")), "cannot be read"),
        ("new", ("--recovery-key-file", kit, "--password-file", password), "not both"),
        ("vault", ("--password-file", password), "already holds files"),
    ):
        answer = command(
            "restore", str(only(stick)), "--to", str(tmp_path / to), *options, home=tmp_path
        )
        assert said in one_sentence(answer)
    assert not (tmp_path / "new").exists()
    assert hashes(vault, stick) == before


def test_a_drill_prints_its_record_and_leaves_nothing(tmp_path, vault, stick, password):
    assert back_up(vault, stick, password, tmp_path).returncode == 0
    before = hashes(tmp_path)
    answer = command(
        "drill", str(only(stick)), "--data", str(vault), "--password-file", password,
        home=tmp_path,
    )  # fmt: skip
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "Result             passed" in answer.stdout
    assert "you lose nothing" in answer.stdout
    assert "Claire" not in answer.stdout
    assert hashes(tmp_path) == before
    whole = only(stick).read_bytes()
    only(stick).write_bytes(whole[:-9000] + b"-" + whole[-8999:])
    failed = command(
        "drill", str(only(stick)), "--data", str(vault), "--password-file", password,
        home=tmp_path,
    )  # fmt: skip
    assert "NOT PASSED" in failed.stdout
    assert "was not passed" in one_sentence(failed)
    only(stick).write_bytes(b"PK")
    failed = command(
        "drill", str(stick / next(stick.iterdir()).name), "--data", str(vault),
        "--password-file", password, home=tmp_path,
    )  # fmt: skip
    assert "not a backup" in one_sentence(failed)


def test_wrong_use_is_told_as_such(tmp_path, vault, password):
    for arguments in (("backup",), ("restore",), ("restore", "file"), ("drill",)):
        answer = command(*arguments, "--password-file", password, home=tmp_path)
        assert answer.returncode == 2
        assert "usage: mesodesk" in answer.stderr


@pytest.mark.long
def test_a_backup_that_cannot_be_made_is_told(tmp_path, vault, stick, password):
    wrong = str(password_file(tmp_path / "wrong", "not the password"))
    assert "no folder" in one_sentence(back_up(vault, tmp_path / "none", password, tmp_path))
    with open_vault(vault, password=PASSWORD):
        assert "already open" in one_sentence(back_up(vault, stick, password, tmp_path))
    assert "not the password" in one_sentence(back_up(vault, stick, wrong, tmp_path))
    assert listed(stick) == ()


def killed_backups(vault, stick, password, home, times):
    """Kill `mesodesk backup` at random moments, and look at what is listed after each."""
    drawn = random.Random(SEED)
    whole: dict[str, str] = {}
    ended = 0
    for _ in range(times):
        process = subprocess.Popen(
            [
                sys.executable, "-m", "mesodesk", "backup", "--data", str(vault), "--to",
                str(stick), "--password-file", password,
            ],
            env=environment(home), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            process.wait(drawn.uniform(0.3, 2.5))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            ended += 1
        for one in listed(stick):
            digest = hashlib.sha256(one.path.read_bytes()).hexdigest()
            assert whole.setdefault(one.path.name, digest) == digest, f"seed {SEED}"
    return whole, ended


def all_restore(stick, password, tmp_path):
    for one in listed(stick):
        answer = command(
            "restore", str(one.path), "--to", str(tmp_path / one.path.stem),
            "--password-file", password, home=tmp_path,
        )  # fmt: skip
        assert answer.returncode == 0, answer.stderr


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="process groups")
def test_a_killed_backup_is_never_listed(tmp_path, vault, stick, password):
    assert back_up(vault, stick, password, tmp_path).returncode == 0
    killed_backups(vault, stick, password, tmp_path, 4)
    assert back_up(vault, stick, password, tmp_path).returncode == 0
    assert not [path for path in vault.iterdir() if path.name.startswith(".copying-")]
    all_restore(stick, password, tmp_path)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.skipif(os.name == "nt", reason="process groups")
def test_forty_killed_backups_are_never_listed(tmp_path, vault, stick, password, figure):
    assert back_up(vault, stick, password, tmp_path).returncode == 0
    whole, ended = killed_backups(vault, stick, password, tmp_path, 40)
    print(f"{ended} of 40 backups killed (seed {SEED}), {len(whole)} whole ones listed")
    assert ended > 10
    all_restore(stick, password, tmp_path)
    figure(BACKUPS_LISTED, 0, of=ended)

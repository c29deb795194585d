"""The `mesodesk` command as a process: one sentence and an exit code for whatever goes wrong."""

import ctypes
import hashlib
import os
import sys
import time
from pathlib import Path

import pytest
from harness import PASSWORD, command, driven
from vaults import copy_of, new_clinic, password_file

from mesodesk import __version__

# Long enough for a process on a busy machine, far below a person's patience.
PROMPT_S = 20


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A closed vault; not to be opened."""
    folder = tmp_path_factory.mktemp("command") / "vault"
    new_clinic(folder).close()
    return folder


@pytest.fixture
def vault(template, tmp_path):
    return copy_of(template, tmp_path / "vault")


@pytest.fixture
def password(tmp_path):
    return str(password_file(tmp_path / "secret"))


def one_sentence(answer, code=1):
    """Return what was said, having made sure that it is one line for people."""
    assert answer.returncode == code, answer.stderr
    lines = answer.stderr.strip().splitlines()
    assert len(lines) == 1, answer.stderr
    assert lines[0].startswith("mesodesk: ")
    assert "Traceback" not in answer.stderr
    assert PASSWORD not in answer.stdout + answer.stderr
    return lines[0]


def fingerprint(folder):
    """Return a hash of every file, less those that are written while the vault is open."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.suffix != ".lock"
    }


def test_says_its_version(tmp_path):
    answer = command("--version", home=tmp_path)
    assert (answer.returncode, answer.stdout) == (0, f"mesodesk {__version__}\n")


@pytest.fixture(scope="module")
def listed(tmp_path_factory):
    """What the command says of itself as a whole."""
    return command("--help", home=tmp_path_factory.mktemp("listed"))


@pytest.mark.parametrize("name", ["demo", "seed", "check", "backup", "restore", "drill"])
def test_every_command_explains_itself(tmp_path, listed, name):
    answer = command(name, "--help", home=tmp_path)
    assert answer.returncode == listed.returncode == 0
    assert name in listed.stdout
    assert answer.stdout.startswith(f"usage: mesodesk {name}")
    assert "--data DIR" in answer.stdout


def test_an_unknown_command_is_wrong_use(tmp_path):
    answer = command("mend", home=tmp_path)
    assert answer.returncode == 2
    assert "invalid choice: 'mend'" in answer.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is a screen")
@pytest.mark.parametrize("display", ["", ":9077"], ids=["none", "unreachable"])
def test_without_a_screen_one_sentence_and_no_abort(tmp_path, display):
    answer = command(
        "--data", str(tmp_path / "vault"), home=tmp_path, QT_QPA_PLATFORM="", DISPLAY=display
    )
    assert "xvfb-run mesodesk" in one_sentence(answer)
    assert not (tmp_path / "vault").exists()


def test_a_missing_password_file_is_told(tmp_path, vault):
    before = fingerprint(vault)
    answer = command(
        "check", "--data", str(vault), "--password-file", str(tmp_path / "none"), home=tmp_path
    )
    assert "password file cannot be read" in one_sentence(answer)
    assert fingerprint(vault) == before


def test_nobody_there_to_type_the_password_is_told(tmp_path, vault):
    answer = command("check", "--data", str(vault), home=tmp_path)
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1].startswith("mesodesk: no password was given")
    assert "Traceback" not in answer.stderr


def test_a_password_file_may_begin_with_the_mark_of_its_editor(tmp_path, vault, password):
    marked = tmp_path / "marked"
    marked.write_bytes(b"\xef\xbb\xbf" + Path(password).read_bytes())
    answer = command("check", "--data", str(vault), "--password-file", str(marked), home=tmp_path)
    assert answer.returncode == 0


def test_an_empty_password_file_is_told(tmp_path, vault):
    empty = tmp_path / "empty"
    empty.touch()
    answer = command("check", "--data", str(vault), "--password-file", str(empty), home=tmp_path)
    assert "password file cannot be read" in one_sentence(answer)


def test_a_wrong_password_is_told(tmp_path, vault):
    wrong = str(password_file(tmp_path / "wrong", "not the password"))
    answer = command("check", "--data", str(vault), "--password-file", wrong, home=tmp_path)
    assert "password" in one_sentence(answer)


def test_check_finds_nothing_in_a_sound_vault(tmp_path, vault, password):
    answer = command("check", "--data", str(vault), "--password-file", password, home=tmp_path)
    assert (answer.returncode, answer.stdout) == (0, "")
    assert "no finding" in answer.stderr


def test_check_makes_nothing_where_no_vault_is(tmp_path, password):
    folder = tmp_path / "nothing"
    answer = command("check", "--data", str(folder), "--password-file", password, home=tmp_path)
    assert "no vault in this folder" in one_sentence(answer)
    assert not folder.exists()


@pytest.mark.parametrize(
    "harm",
    [
        lambda database: database.write_bytes(b"not a database" * 1000),
        lambda database: database.write_bytes(b""),
        lambda database: database.unlink(),
        lambda database: database.write_bytes(database.read_bytes()[:5000]),
    ],
    ids=["foreign", "empty", "missing", "cut"],
)
def test_an_unreadable_vault_is_told_and_left_alone(tmp_path, vault, password, harm):
    harm(vault / "clinic.db")
    before = fingerprint(vault)
    answer = command("check", "--data", str(vault), "--password-file", password, home=tmp_path)
    said = answer.stdout + answer.stderr
    assert answer.returncode == 1
    assert said.strip()
    assert "Traceback" not in said
    assert fingerprint(vault) == before


def test_the_window_tells_of_an_unreadable_vault_too(tmp_path, vault):
    (vault / "clinic.db").write_bytes(b"")
    with driven(vault, "trouble", home=tmp_path / "home") as program:
        told = program.finish()
        assert told.end["end"] == "done", (told.end, program.errors())
        assert program.errors() == ""
    assert told.notes("trouble")[0]["text"]
    assert (vault / "clinic.db").read_bytes() == b""


def drop_power_over_files():
    """Let even root be refused by the permissions of a folder, as everybody is (Linux)."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        if libc.prctl(24, capability, 0, 0, 0) != 0:  # PR_CAPBSET_DROP
            raise OSError(ctypes.get_errno(), "prctl")


@pytest.fixture
def as_others(monkeypatch):
    """Start processes without the power to write where the permissions do not allow it."""
    if not sys.platform.startswith("linux"):
        pytest.skip("permissions are kept another way here")
    if os.geteuid() != 0:
        return
    import subprocess

    popen = subprocess.Popen

    def without_power(*arguments, **named):
        return popen(*arguments, preexec_fn=drop_power_over_files, **named)

    monkeypatch.setattr(subprocess, "Popen", without_power)


@pytest.fixture
def locked_folder(tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)


def test_seed_into_a_read_only_folder_is_refused(tmp_path, as_others, locked_folder, password):
    answer = command(
        "seed", "--data", str(locked_folder / "vault"), "--patients", "1", "--sessions", "0",
        "--password-file", password, home=tmp_path,
    )  # fmt: skip
    assert "write" in one_sentence(answer)
    assert list(locked_folder.iterdir()) == []


def test_check_of_a_read_only_vault_is_told(tmp_path, as_others, vault, password):
    vault.chmod(0o555)
    before = fingerprint(vault)
    answer = command("check", "--data", str(vault), "--password-file", password, home=tmp_path)
    vault.chmod(0o755)
    one_sentence(answer)
    assert fingerprint(vault) == before


def test_first_start_in_a_read_only_folder_offers_another(tmp_path, as_others, locked_folder):
    with driven(locked_folder / "vault", "refused", home=tmp_path / "home") as program:
        told = program.finish()
        assert told.end["end"] == "done", (told.end, program.errors())
    assert told.notes("refused")[0]["text"]
    assert list(locked_folder.iterdir()) == []


@pytest.mark.long
def test_a_second_program_on_one_vault_is_told_at_once(tmp_path, vault, password):
    began = time.monotonic()
    with driven(vault, "idle", "--password-file", password, home=tmp_path / "home") as first:
        assert first.read("ready"), first.errors()
        answer = command("check", "--data", str(vault), "--password-file", password, home=tmp_path)
        assert "already open" in one_sentence(answer)
        with driven(
            vault, "second", "--password-file", password, home=tmp_path / "other"
        ) as second:
            told = second.finish()
            assert told.end["end"] == "done", (told.end, second.errors())
        assert "already open" in told.notes("trouble")[0]["text"]
        first.kill()
    assert time.monotonic() - began < 3 * PROMPT_S
    freed = command("check", "--data", str(vault), "--password-file", password, home=tmp_path)
    assert freed.returncode == 0, freed.stderr

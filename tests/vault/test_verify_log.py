"""The stand-alone verifier: another program, written from the document, comes to the same."""

import ast
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mesodesk.db.engine import connect
from mesodesk.domain.clock import SystemClock
from mesodesk.vault.audit import AuditFact
from mesodesk.vault.backing_up import FolderTarget, back_up

TOOL = Path(__file__).parents[2] / "tools" / "verify_log.py"
PASSWORD = "seven quiet herons at noon"
ALLOWED = {"sqlcipher3", "cryptography", "argon2"} | set(sys.stdlib_module_names)


def run(source: Path, tmp_path: Path, password: str = PASSWORD) -> subprocess.CompletedProcess:
    secret = tmp_path / "password.txt"
    secret.write_text(password + "\n", encoding="utf-8")
    command = [sys.executable, "-I", str(TOOL), str(source), "--password-file", str(secret)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def once(template, tmp_path_factory):
    """A closed vault after some work and a change of its key, with a backup of it; to copy."""
    tmp_path = tmp_path_factory.mktemp("worked")
    made = replace(template, folder=tmp_path / "vault")
    shutil.copytree(template.folder, made.folder)
    with made.open() as vault:
        for _ in range(150):
            with vault.engine.begin() as connection:
                fact = AuditFact(vault.user_id, "Ana", "patient.update", "patient")
                vault.audit.append(connection, fact)
    with made.open() as vault:
        vault.change_key()
    with made.open() as vault:
        (tmp_path / "stick").mkdir()
        target = FolderTarget(tmp_path / "stick")
        back_up(vault, target, reason="test", clock=SystemClock())
    return tmp_path


@pytest.fixture
def worked(once, template, tmp_path):
    """The same, of this test alone."""
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    return replace(template, folder=tmp_path / "vault")


def harm(made, *statements: str) -> None:
    with made.open() as vault:
        raw = connect(made.database, vault.keys.data_key, vault.keys.salt, guarded=False)
        for (name,) in list(raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            raw.execute(statement)
        raw.close()
        vault.abandon()


def test_imports_nothing_of_the_program():
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(TOOL.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= ALLOWED


def test_a_whole_vault_and_its_backup_are_whole(worked, tmp_path):
    before = worked.snapshot()
    (backup,) = (tmp_path / "stick").glob("*.mesobackup")
    for source in (worked.folder, backup):
        done = run(source, tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert "the log is whole" in done.stdout
    assert worked.snapshot() == before


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit_entry SET reason = 'x' WHERE seq = 9", "Entry 9: it was changed"),
        ("DELETE FROM audit_entry WHERE seq = 9", "Entry 9: the log goes on with 10"),
        ("UPDATE audit_span SET signature = zeroblob(64) WHERE first_seq = 3", "not valid"),
        ("DELETE FROM signing_key", "not on record"),
        ("DELETE FROM audit_span WHERE first_seq = 3", "Entry 3: no span begins there"),
        ("DELETE FROM audit_entry WHERE seq > 140", "the anchor tells of it"),
    ],
)
def test_finds_what_was_changed(worked, tmp_path, statement, said):
    harm(worked, statement)
    done = run(worked.folder, tmp_path)
    assert done.returncode == 1
    assert said in done.stdout


def test_a_wrong_password_is_no_finding(made, tmp_path):
    done = run(made.folder, tmp_path, "some other password")
    assert done.returncode == 2
    assert "does not open" in done.stderr


def test_the_recovery_key_opens_as_well(made):
    import importlib.util

    spec = importlib.util.spec_from_file_location("verify_log", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    secret = tool.recovery_secret(made.recovery_key.text.lower())
    assert secret == made.recovery_key.secret
    assert tool.examine(made.folder, secret, recovery=True)[1] == []

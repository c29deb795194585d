"""A program that dies leaves nothing of its memory behind, and nobody of the same user reads it."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from harness import environment
from vaults import password_file

from mesodesk import around, cli
from mesodesk.vault import verifying

resource = pytest.importorskip("resource")  # not on Windows

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks the system of Linux")

# Says whether the system would dump this process, then dies as a program does that has a mistake.
TELL_AND_DIE = """
import ctypes, os, resource
{before}
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE), flush=True)
os.abort()
"""
KEPT_OUT = "from mesodesk.vault.private_memory import keep_out_of_dumps\nassert keep_out_of_dumps()"


def end_of(before: str, folder: Path) -> tuple[str, list[str]]:
    """Run it where a dump may be as large as it likes; return what it says, and what it leaves."""
    folder.mkdir()
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    done = subprocess.run(
        [sys.executable, "-c", TELL_AND_DIE.format(before=before)],
        cwd=folder,
        env={**environment(folder), "PYTHONPATH": str(Path(cli.__file__).parents[1])},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (most, most)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -6, done.stderr
    left = [path.name for path in folder.iterdir() if path.name.startswith("core")]
    return done.stdout.strip(), left


def test_no_dump_of_the_program_can_be_had(tmp_path):
    assert end_of(KEPT_OUT, tmp_path / "kept") == ("0 (0, 0)", [])


def test_without_it_the_system_would_make_one(tmp_path):
    said, _ = end_of("", tmp_path / "plain")
    assert said.startswith("1 ")


def test_the_window_asks_for_it_before_anybody_has_typed(monkeypatch):
    asked = []
    monkeypatch.setattr(around, "keep_out_of_dumps", lambda: asked.append("dumps") or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        around.look_after(None, None)
    assert asked == ["dumps"]


def test_a_command_and_the_process_that_reads_backups_back_ask_for_it(
    monkeypatch, vault_folder, place
):
    asked = []
    monkeypatch.setattr(verifying, "keep_out_of_dumps", lambda: asked.append("reader") or 1 / 0)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    with pytest.raises(ZeroDivisionError):
        verifying.main([])
    assert asked == ["reader"]
    monkeypatch.setattr(
        "mesodesk.vault.private_memory.keep_out_of_dumps", lambda: asked.append("command")
    )
    secret = password_file(place)
    options = ["--data", str(vault_folder), "--password-file", str(secret)]
    assert cli.main(["check", *options]) == 0
    assert asked == ["reader", "command"]

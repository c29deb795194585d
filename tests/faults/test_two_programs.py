"""Two programs on one vault: the second is told who has it, and inherits all if that one dies."""

import json
import os
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from cut_oracle import judge, standing
from cut_runs import HERE
from cut_story import story_of
from harness import PASSWORD, command
from vaults import copy_of, password_file

from mesodesk.vault import keyfile, lock
from mesodesk.vault.errors import AlreadyOpenError, UnreadableFolderError
from mesodesk.vault.inspection import inspect
from mesodesk.vault.vault import open_vault

WORKER = HERE / "cut_second.py"


@contextmanager
def another_program(folder, *options):
    """A program that has the vault open, and saves until it is ended."""
    process = subprocess.Popen(
        [sys.executable, str(WORKER), str(folder), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def heard(process, enough):
    """Read what the other says until it has kept so many saves."""
    marks = []
    for line in process.stdout:
        marks.append(json.loads(line))
        if sum("kept" in mark for mark in marks) >= enough:
            break
    return marks


def test_the_second_is_refused_and_told_by_whom(vault_folder, place):
    with another_program(vault_folder) as process:
        heard(process, 2)
        with pytest.raises(AlreadyOpenError) as refused:
            open_vault(vault_folder, password=PASSWORD)
        assert f"process {process.pid}" in refused.value.sentence
        # Without the lock both would work in it: it is the lock that this test is about.
        with patch.object(lock, "_lock", lambda _handle: None):
            open_vault(vault_folder, password=PASSWORD).close()


def test_an_examination_from_outside_is_refused_in_plain_words(vault_folder, place):
    secret = password_file(place)
    with closing(open_vault(vault_folder, password=PASSWORD)):
        options = ("--data", str(vault_folder), "--password-file", str(secret))
        checked = command("check", *options, home=place)
    assert checked.returncode != 0
    assert f"process {os.getpid()}" in checked.stdout + checked.stderr
    assert "Traceback" not in checked.stderr


def test_once_the_first_is_killed_the_second_gets_everything(vault_folder, place):
    before = standing(copy_of(vault_folder, place / "before"), PASSWORD)
    with another_program(vault_folder) as process:
        marks = heard(process, 10)
        process.kill()
        process.wait()
        marks += [json.loads(line) for line in process.stdout if line.endswith("}\n")]
        assert judge(vault_folder, story_of([before, *marks]), thorough=True) == []


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or not Path("/dev/shm").is_dir(),  # noqa: S108
    reason="only an administrator of a Linux system can start a program as another user",
)
def test_another_user_of_the_computer_is_told_in_plain_words(start, place, quick_place):
    closed, below = copy_of(start / "vault", place / "closed"), place / "above" / "vault"
    (place / "above").mkdir()
    copy_of(start / "vault", below)
    for folder, mode in ((quick_place, 0o755), (place, 0o755), (closed, 0o700)):
        folder.chmod(mode)
    below.parent.chmod(0o700)
    with another_program(closed, str(below), "--as", "65534") as process:
        said, complaints = process.communicate()
    assert "Traceback" not in complaints
    told = [json.loads(line) for line in said.splitlines()]
    sentence = UnreadableFolderError.sentence
    refused = {"refused": sentence, "looks": [sentence], "state": "damaged"}
    assert [one for one in told if "refused" in one] == [refused, refused]


@pytest.mark.parametrize("readable", [0, 1])
def test_one_copy_of_the_key_file_that_may_be_read_is_enough(vault_folder, monkeypatch, readable):
    locked = {"keys.json", "keys-copy.json"} if not readable else {"keys.json"}
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name in locked:
            raise PermissionError(13, "not allowed", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    if readable:
        assert keyfile.load(vault_folder).findings[0].startswith("keys.json: ")
        return
    with pytest.raises(UnreadableFolderError):
        keyfile.load(vault_folder)
    assert inspect(vault_folder).state == "damaged"

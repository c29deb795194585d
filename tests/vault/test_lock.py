"""One program per vault."""

import os
import subprocess
import sys

import pytest

from mesodesk.vault.errors import AlreadyOpenError
from mesodesk.vault.lock import VaultLock

HOLDER = """
import sys
from pathlib import Path
from mesodesk.vault.lock import VaultLock
lock = VaultLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "vault.lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_holder_is_refused_and_told_who_holds_it(tmp_path):
    path = tmp_path / "vault.lock"
    lock = VaultLock(path)
    with pytest.raises(AlreadyOpenError) as refused:
        VaultLock(path)
    assert f"process {os.getpid()}" in refused.value.sentence
    lock.release()
    VaultLock(path).release()


def test_another_process_is_refused(tmp_path, holder):
    with pytest.raises(AlreadyOpenError) as refused:
        VaultLock(tmp_path / "vault.lock")
    assert f"process {holder.pid}" in refused.value.who


def test_a_killed_holder_lets_go_at_once(tmp_path, holder):
    holder.kill()
    holder.wait()
    lock = VaultLock(tmp_path / "vault.lock")
    assert lock.held
    lock.release()


def test_text_that_says_nothing_does_not_matter(tmp_path):
    path = tmp_path / "vault.lock"
    lock = VaultLock(path)
    path.write_bytes(b"\x00 not JSON")
    with pytest.raises(AlreadyOpenError) as refused:
        VaultLock(path)
    assert refused.value.who == ""
    lock.release()


def test_releasing_twice_is_harmless(tmp_path):
    lock = VaultLock(tmp_path / "vault.lock")
    lock.release()
    lock.release()
    assert not lock.held
    assert (tmp_path / "vault.lock").read_bytes() == b""

"""Room is held free on purpose, and given up when a disk is full."""

import shutil
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import pytest

from mesodesk.db import engine as db_engine
from mesodesk.vault import reserve
from mesodesk.vault.errors import DiskFullError, HeldError
from mesodesk.vault.holders import who_holds

Usage = namedtuple("Usage", "total used free")


def test_the_room_is_really_taken_and_given_back(tmp_path):
    assert not reserve.is_there(tmp_path)
    assert reserve.fill(tmp_path)
    taken = (tmp_path / reserve.FILE).stat()
    assert taken.st_size == reserve.SIZE
    assert taken.st_blocks * 512 >= reserve.SIZE, "a hole in a file takes no room"
    assert reserve.give(tmp_path)
    assert not reserve.give(tmp_path), "only once"
    assert list(tmp_path.iterdir()) == []


def test_on_a_disk_that_is_nearly_full_it_is_not_taken(tmp_path, monkeypatch):
    free = reserve.SIZE + reserve.SPARE - 1
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 0, free))
    assert not reserve.fill(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fails_half_way_leaves_nothing(tmp_path, monkeypatch):
    def refuses(_handle, _start, _size):
        raise OSError(28, "full")

    monkeypatch.setattr("os.posix_fallocate", refuses)
    assert not reserve.fill(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_opens_with_the_room_that_was_held(made, monkeypatch):
    reserve.fill(made.folder)

    def usage(_path):
        return Usage(10**9, 0, 10**8 if not reserve.is_there(made.folder) else 0)

    monkeypatch.setattr("mesodesk.vault.location.shutil.disk_usage", usage)
    with made.open() as vault:
        assert any("disk is full" in finding.sentence for finding in vault.findings)
    monkeypatch.setattr("mesodesk.vault.location.shutil.disk_usage", lambda _path: Usage(9, 9, 0))
    with pytest.raises(DiskFullError):
        made.open()


HOLD = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1])
import fcntl, os
handle = os.open(sys.argv[1], os.O_RDWR)
# The bytes that SQLite locks to keep everybody out.
fcntl.lockf(handle, fcntl.LOCK_EX, 512, 0x40000000)
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


def hold(path: Path, seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who holds a file")
def test_a_database_that_another_program_holds_is_told_by_whom(made, monkeypatch):
    monkeypatch.setattr(db_engine, "BUSY_SECONDS", 0.3)
    with hold(made.database, 60) as holder:
        try:
            with pytest.raises(HeldError) as refused:
                made.open()
            assert f"(process {holder.pid})" in refused.value.sentence
            assert who_holds(made.database)
        finally:
            holder.kill()
    made.open().close()


@pytest.mark.skipif(sys.platform != "linux", reason="the lock is taken as Linux takes it")
def test_one_that_is_held_for_a_moment_is_waited_for(made):
    with hold(made.database, 1.0) as holder:
        began = time.monotonic()
        with made.open() as vault:
            assert vault.findings == ()
        print(f"waited {time.monotonic() - began:.1f} s")
        holder.kill()

"""A disk that is truly full, and one that is truly write-protected."""

import os
import shutil
import subprocess
import sys
from contextlib import closing, suppress

import pytest
from cut_day import Day
from cut_oracle import judge, standing
from cut_story import Teller, story_of
from harness import PASSWORD
from vaults import copy_of

from mesodesk.db.errors import StorageTrouble, StorageUnavailable
from mesodesk.vault.errors import DiskFullError, ReadOnlyFolderError
from mesodesk.vault.vault import open_vault

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0,
    reason="only an administrator of a Linux system can make a disk for this test",
)


@pytest.fixture
def disk(tmp_path):
    """A disk of 5 MB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", "size=5m", "none", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        print(made.stderr)
        pytest.skip(f"this system lets nobody mount a disk: {made.stderr.strip()}")
    yield folder
    subprocess.run(["/bin/umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_loses_only_what_it_refused(start, disk, place):
    before = standing(copy_of(start / "vault", place / "before"), PASSWORD)
    folder = copy_of(start / "vault", disk / "vault")
    marks = [before]
    with closing(Teller(marks.append)) as teller:
        teller.settle(PASSWORD)
        day = Day(folder, teller, writing=2)
        refused = []
        day.go_on_after(lambda name, error: refused.append(error))
        with day.at_the_desk(PASSWORD):
            day.write()
            ballast = disk / "ballast"
            with ballast.open("wb", buffering=0) as stream, suppress(OSError):
                while stream.write(bytes(4096)):
                    pass
            day.write()
    full = [error for error in refused if isinstance(error, StorageUnavailable)]
    assert full
    assert {error.trouble for error in full} == {StorageTrouble.FULL}
    with pytest.raises(DiskFullError):
        open_vault(folder, password=PASSWORD)
    ballast.unlink()
    assert judge(folder, story_of(marks), thorough=True) == []


def test_a_write_protected_disk_is_said_and_left_as_it_is(start, disk):
    folder = copy_of(start / "vault", disk / "vault")
    shutil.copytree(folder, disk / "before")
    subprocess.run(["/bin/mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(ReadOnlyFolderError) as refused:
        open_vault(folder, password=PASSWORD)
    assert refused.value.sentence
    for path in folder.iterdir():
        assert path.read_bytes() == (disk / "before" / path.name).read_bytes()

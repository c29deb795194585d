"""A disk that is truly full, and one that is truly write-protected."""

import os
import shutil
import subprocess
import sys
from contextlib import closing, nullcontext, suppress
from datetime import date

import pytest
import sqlcipher3.dbapi2 as driver
from cut_day import Day
from cut_oracle import judge, standing
from cut_story import Teller, story_of
from harness import PASSWORD
from vaults import copy_of

from mesodesk.db.errors import StorageTrouble, StorageUnavailable
from mesodesk.domain.clock import SystemClock
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.services.desk import open_desk
from mesodesk.vault import reserve
from mesodesk.vault.backing_up import FolderTarget, back_up
from mesodesk.vault.copying import copy_database
from mesodesk.vault.errors import DiskFullError, ReadOnlyFolderError
from mesodesk.vault.keys import password_secret
from mesodesk.vault.opening import Credential
from mesodesk.vault.restoring import restore
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


def test_a_backup_on_a_write_protected_stick_is_restored(start, disk, place):
    with open_vault(copy_of(start / "vault", place / "vault"), password=PASSWORD) as vault:
        made = back_up(vault, FolderTarget(disk), reason="asked", clock=SystemClock())
    subprocess.run(["/bin/mount", "-o", "remount,ro", str(disk)], check=True)
    by = Credential(password_secret(PASSWORD), is_recovery=False)
    restored = restore(made.path, place / "restored", by, clock=SystemClock())
    open_vault(restored.folder, password=PASSWORD).close()


@pytest.fixture
def larger_disk(tmp_path):
    """A disk of 120 MB of its own: room enough to hold some free."""
    folder = tmp_path / "larger"
    folder.mkdir()
    command = ["/bin/mount", "-t", "tmpfs", "-o", "size=120m", "none", str(folder)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"this system lets nobody mount a disk: {made.stderr.strip()}")
    yield folder
    subprocess.run(["/bin/umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("held", [True, False])
def test_with_room_held_free_the_next_try_of_a_save_is_kept(start, larger_disk, place, held):
    """Without the room, the control, every try fails until somebody frees some."""
    folder = copy_of(start / "vault", larger_disk / "vault")
    desk = open_desk(open_vault(folder, password=PASSWORD))
    with closing(desk):
        assert reserve.fill(folder)
        if not held:
            reserve.give(folder)
        with (larger_disk / "ballast").open("wb", buffering=0) as stream, suppress(OSError):
            while stream.write(bytes(4096)):
                pass
        fields = PatientFields("Ferrand", "A", date(1980, 1, 1), BodySex.FEMALE, note="n" * 3000)
        refused = first_refusal(desk, fields)
        assert refused.trouble is StorageTrouble.FULL
        assert not reserve.is_there(folder)
        with nullcontext() if held else pytest.raises(StorageUnavailable):
            desk.patients.create(fields)


def first_refusal(desk, fields):
    """Save until the pages that the log has already are used up; return what is told then."""
    for _ in range(3000):
        try:
            desk.patients.create(fields)
        except StorageUnavailable as error:
            return error
    raise AssertionError("the disk was never full")


def test_a_database_that_keeps_its_log_does_not_open_there_and_the_one_of_a_backup_does(
    start, disk, place
):
    """The control: it is the form of the database in a backup that opens on such a disk."""
    folder = copy_of(start / "vault", place / "vault")
    with closing(open_vault(folder, password=PASSWORD)) as vault:
        copy_database(vault.paths.database, disk / "backup.db", vault.keys)
        keys = (vault.keys.data_key, vault.keys.salt)
    shutil.copy(folder / "clinic.db", disk / "live.db")
    subprocess.run(["/bin/mount", "-o", "remount,ro", str(disk)], check=True)
    with closing(bare(disk / "backup.db", keys)) as raw:
        assert raw.execute("SELECT count(*) FROM patient").fetchone() == (1,)
    with closing(bare(disk / "live.db", keys)) as raw:
        with pytest.raises(driver.OperationalError, match="unable to open"):
            raw.execute("SELECT count(*) FROM patient").fetchone()


def bare(path, keys):
    """Open a database with its key and nothing else, as any tool would."""
    raw = driver.connect(str(path))
    raw.set_key(f"x'{keys[0].hex()}{keys[1].hex()}'")
    return raw

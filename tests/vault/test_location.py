"""Where a vault may lie."""

import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from mesodesk.vault import location
from mesodesk.vault.errors import (
    DiskFullError,
    DiskTroubleError,
    NetworkFolderError,
    ReadOnlyFolderError,
    SyncedFolderError,
)

MOUNTS = r"""
/dev/sda2 / ext4 rw 0 0
tmpfs /tmp tmpfs rw 0 0
/dev/sdb1 /srv/share/local ext4 rw 0 0
server:/export /srv/share nfs4 rw 0 0
//nas/praxis /mnt/na\040s cifs rw 0 0
ana@host:/home /home/ana/remote fuse.sshfs rw 0 0
/dev/sdc1 /media/stick fuseblk rw 0 0
C:\134 /mnt/c 9p rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "remote"),
    [
        ("/", False),
        ("/srv/share", True),
        ("/srv/share/clinic/vault", True),
        ("/srv/share/local/vault", False),
        ("/srv/shared", False),
        ("/mnt/na s/vault", True),
        ("/home/ana/remote/vault", True),
        ("/media/stick/vault", False),
        ("/mnt/c/Users/ana", True),
    ],
)
def test_tells_network_drives_by_their_mount(folder, remote, monkeypatch):
    monkeypatch.setattr(location, "_real", lambda path: path)
    assert location.is_on_network(Path(folder), MOUNTS) is remote


def test_a_machine_whose_own_disk_is_mounted_so_is_let_be():
    assert not location.is_on_network(Path("/"), "host / 9p rw 0 0")


def test_a_link_into_a_share_is_followed(tmp_path):
    (tmp_path / "share").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "share")
    mounts = f"/dev/sda / ext4 rw 0 0\nx {tmp_path.resolve()}/share nfs rw 0 0"
    assert location.is_on_network(tmp_path / "link" / "vault", mounts)
    assert not location.is_on_network(tmp_path / "other", mounts)


@pytest.mark.parametrize(
    ("parts", "service"),
    [
        (("Dropbox", "clinic"), "Dropbox"),
        (("Dropbox (Praxis)",), "Dropbox"),
        (("OneDrive - Clinic Ltd", "x"), "OneDrive"),
        (("Library", "Mobile Documents", "x"), "iCloud"),
        (("Library", "CloudStorage", "GoogleDrive-a@b.c"), "Google Drive"),
        (("My Drive",), "Google Drive"),
        (("Nextcloud", "a", "b"), "Nextcloud"),
        (("MEGA",), "MEGA"),
    ],
)
def test_tells_synchronised_folders_by_name(tmp_path, parts, service):
    assert location.synced_by(tmp_path.joinpath(*parts), {}) == service


@pytest.mark.parametrize(
    ("mark", "service"),
    [
        (".stfolder", "Syncthing"),
        (".nextcloudsync.log", "Nextcloud"),
        ("._sync_1234.db", "Nextcloud"),
        (".dropbox", "Dropbox"),
        (".tmp.drivedownload", "Google Drive"),
    ],
)
def test_tells_synchronised_folders_by_what_the_program_leaves(tmp_path, mark, service):
    above = tmp_path / "documents"
    above.mkdir()
    (above / mark).touch()
    assert location.synced_by(above / "clinic" / "vault", {}) == service


def test_tells_onedrive_by_the_system(tmp_path):
    assert location.synced_by(tmp_path / "a" / "b", {"OneDrive": str(tmp_path / "a")}) == "OneDrive"


@pytest.mark.parametrize(
    "name", ["vault", "megastore", "box", "mega", "dropbox-old-notes", "mydrive"]
)
def test_ordinary_folders_are_free(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / ".dropbox").mkdir()  # the program's settings in a home folder
    assert location.synced_by(tmp_path / name, {}) is None
    location.check_place(tmp_path / name)


def test_refuses_with_a_sentence(tmp_path, monkeypatch):
    with pytest.raises(SyncedFolderError) as refused:
        location.check_place(tmp_path / "Dropbox" / "vault")
    assert "Dropbox" in refused.value.sentence
    monkeypatch.setattr(location, "_mounts", lambda: "server:/ / nfs rw 0 0")
    with pytest.raises(NetworkFolderError):
        location.check_place(tmp_path)


def test_a_writable_folder_with_room_is_taken(tmp_path):
    location.check_writable(tmp_path, 1)
    assert list(tmp_path.iterdir()) == []


def test_too_little_room_is_refused(tmp_path, monkeypatch):
    usage = SimpleNamespace(free=50 * 1024 * 1024)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)
    location.check_writable(tmp_path, 50)
    with pytest.raises(DiskFullError) as refused:
        location.check_writable(tmp_path, 51)
    assert "51 MB" in refused.value.sentence


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (errno.EROFS, ReadOnlyFolderError),
        (errno.EACCES, ReadOnlyFolderError),
        (errno.ENOSPC, DiskFullError),
        (errno.EIO, DiskTroubleError),
    ],
)
def test_what_the_disk_says_is_explained(tmp_path, monkeypatch, code, error):
    def refuse(**_named):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(error):
        location.check_writable(tmp_path, 1)


def test_the_default_folder_is_local(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert location.default_folder().name == "vault"
    assert not location.default_folder().exists()


def test_a_missing_folder_is_on_no_disk_and_devices_tell_the_others_apart(tmp_path, monkeypatch):
    stick = tmp_path / "stick"
    stick.mkdir()
    assert location.on_same_disk(tmp_path, stick)
    assert not location.on_same_disk(tmp_path, tmp_path / "none")
    real = Path.stat

    def other_device(path, **named):
        found = real(path, **named)
        if path != stick:
            return found
        return os.stat_result((*found[:2], found.st_dev + 1, *found[3:10]))

    monkeypatch.setattr(Path, "stat", other_device)
    assert not location.on_same_disk(tmp_path, stick)

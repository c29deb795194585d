"""Where a vault may lie: on a disk of this computer, writable, with room, and not synchronised."""

import contextlib
import errno
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from mesodesk.vault.errors import (
    DiskFullError,
    DiskTroubleError,
    FolderNameError,
    NetworkFolderError,
    ReadOnlyFolderError,
    SyncedFolderError,
    VaultError,
)

NEW_VAULT_MB = 100
OPEN_VAULT_MB = 2

_MEGABYTE = 1024 * 1024

_NETWORK_KINDS = frozenset(
    [
        "nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afs", "afpfs", "ncpfs", "ncp", "9p",
        "davfs", "webdav", "ceph", "glusterfs", "lustre", "gpfs", "beegfs", "coda", "ocfs2", "gfs2",
    ]
)  # fmt: skip
_NETWORK_FUSE = (
    "sshfs", "rclone", "gvfsd", "davfs", "s3fs", "gcsfuse", "goofys", "glusterfs", "ceph",
    "curlftpfs", "google-drive", "onedrive", "dropbox", "smbnetfs", "juicefs", "seadrive", "pcloud",
)  # fmt: skip

# Names of folders, in small letters; plain tables, as this is read before the first window shows.
_SYNCED_NAMES = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "mobile documents": "iCloud",
    "com~apple~clouddocs": "iCloud",
    "iclouddrive": "iCloud",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "cloudstorage": "a cloud drive",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "pclouddrive": "pCloud",
    "pcloud drive": "pCloud",
    "megasync": "MEGA",
    "box sync": "Box",
    "proton drive": "Proton Drive",
}
_SYNCED_BEGINNINGS = (
    ("dropbox (", "Dropbox"),
    ("onedrive - ", "OneDrive"),
    ("googledrive-", "Google Drive"),
    ("google drive (", "Google Drive"),
    ("mega (", "MEGA"),
)
# Everyday words otherwise: only in exactly this spelling.
_SYNCED_EXACTLY = {"MEGA": "MEGA", "Box": "Box"}
_SYNCED_MARKS = (
    (".dropbox", "Dropbox"),
    (".dropbox.cache", "Dropbox"),
    (".849C9593-D756-4E56-8D6E-42412F2A707B", "OneDrive"),
    (".tmp.drivedownload", "Google Drive"),
    (".nextcloudsync.log", "Nextcloud"),
    (".owncloudsync.log", "ownCloud"),
    (".stfolder", "Syncthing"),
    (".sync/ID", "Resilio Sync"),
    (".seafile-data", "Seafile"),
)
_SYNCED_JOURNALS = (("._sync_*.db", "Nextcloud"), (".sync_*.db", "Nextcloud"))
_SYNCED_VARIABLES = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")


def default_folder() -> Path:
    """Return the vault folder where none is named: local to this computer, never a roaming one."""
    from platformdirs import user_data_path

    return user_data_path("Mesodesk", appauthor=False, roaming=False) / "vault"


def check_place(folder: Path) -> None:
    """Refuse a folder that no database may lie in. Reads only, changes nothing.

    Raises:
        NetworkFolderError: if it lies on another computer.
        SyncedFolderError: if some program synchronises it.
    """
    if is_on_network(folder):
        raise NetworkFolderError
    service = synced_by(folder)
    if service is not None:
        raise SyncedFolderError(service)


def check_writable(folder: Path, needed_mb: int) -> None:
    """Prove that the folder takes a file and that there is room.

    Raises:
        ReadOnlyFolderError: if nothing can be written there.
        DiskFullError: if less than `needed_mb` megabytes are free.
        DiskTroubleError: if the disk reports an error.
    """
    import tempfile

    if shutil.disk_usage(folder).free < needed_mb * _MEGABYTE:
        raise DiskFullError(needed_mb)
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".trial-") as trial:
            trial.write(b"trial")
            trial.flush()
    except OSError as error:
        raise refusal(error, needed_mb) from error


def on_same_disk(one: Path, other: Path) -> bool:
    """Tell whether two folders lie on one disk, as far as the system says so."""
    try:
        return one.stat().st_dev == other.stat().st_dev
    except OSError:
        return False


def refusal(error: OSError, needed_mb: int = OPEN_VAULT_MB) -> VaultError:
    """Return what an error of the file system means for people."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFullError(needed_mb)
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return ReadOnlyFolderError()
    if error.errno == errno.ENAMETOOLONG:
        return FolderNameError()
    return DiskTroubleError()


def is_on_network(folder: Path, mounts: str | None = None) -> bool:
    """Tell whether the folder, or the nearest folder above it that exists, is on another computer.

    Args:
        folder: where the vault lies or shall lie.
        mounts: the table of mounts, as Linux writes it; read from the system by default.
    """
    if os.name == "nt":
        return _is_remote_on_windows(folder)
    if mounts is None:
        mounts = _mounts()
    mount_point, kind = _mount_of(_real(folder), mounts)
    if kind == "9p" and mount_point == Path("/"):
        return False  # some virtual machines mount their own disk so
    if kind.startswith("fuse"):
        return kind.removeprefix("fuse").lstrip(".").startswith(_NETWORK_FUSE)
    return kind in _NETWORK_KINDS


def _real(folder: Path) -> Path:
    folder = folder.expanduser().absolute()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.resolve()


def _mounts() -> str:
    with contextlib.suppress(OSError):
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="surrogateescape")
    if os.uname().sysname == "Darwin":
        return _mounts_on_mac()
    return ""


def _mounts_on_mac() -> str:
    import re
    import subprocess

    said = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False).stdout
    # Each line reads: DEVICE on MOUNT POINT (KIND, options).
    lines = re.findall(r"^(.*) on (/.*) \((\w+)", said, re.MULTILINE)
    return "\n".join(
        " ".join((device.replace(" ", "\\040"), point.replace(" ", "\\040"), kind))
        for device, point, kind in lines
    )


def _mount_of(folder: Path, mounts: str) -> tuple[Path, str]:
    best, best_kind = Path("/"), ""
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) < 3:  # device, mount point, kind
            continue
        point = Path(_unescaped(parts[1]))
        deeper = len(point.parts) >= len(best.parts)
        if deeper and folder.is_relative_to(point):
            best, best_kind = point, parts[2]
    return best, best_kind


def _unescaped(text: str) -> str:
    """Return a mount point as it is; the system writes a blank in it as a backslash and 040."""
    first, *rest = text.split("\\")
    return first + "".join(chr(int(part[:3], 8)) + part[3:] for part in rest)


def _is_remote_on_windows(folder: Path) -> bool:
    drive = folder.absolute().drive
    if drive.startswith("\\\\"):
        return True
    import ctypes

    remote = 4
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  exists on Windows only
    return bool(kernel.GetDriveTypeW(drive + "\\") == remote)


def synced_by(folder: Path, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the name of the program that synchronises the folder, or None."""
    folder = folder.expanduser().absolute()
    for variable in _SYNCED_VARIABLES:
        root = environment.get(variable)
        if root and folder.is_relative_to(Path(root)):
            return "OneDrive"
    for above in (folder, *folder.parents):
        service = _named_like(above.name) or _mark_in(above)
        if service is not None:
            return service
    return None


def _named_like(name: str) -> str | None:
    small = name.lower()
    for beginning, service in _SYNCED_BEGINNINGS:
        if small.startswith(beginning):
            return service
    return _SYNCED_NAMES.get(small) or _SYNCED_EXACTLY.get(name)


def _mark_in(folder: Path) -> str | None:
    with contextlib.suppress(OSError):
        for mark, service in _SYNCED_MARKS:
            if (folder / mark).exists():
                # ~/.dropbox is the program's own settings folder, not a mark
                if mark == ".dropbox" and (folder / mark).is_dir():
                    continue
                return service
        for pattern, service in _SYNCED_JOURNALS:
            if any(folder.glob(pattern)):
                return service
    return None

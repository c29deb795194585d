"""Where a vault may lie: on a disk of this computer, writable, with room, and not synchronised."""

import contextlib
import errno
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from mesodesk.vault.errors import (
    DiskFullError,
    DiskTroubleError,
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
_NETWORK_FUSE = re.compile(
    r"fuse\.?(sshfs|rclone|gvfsd|davfs|s3fs|gcsfuse|goofys|glusterfs|ceph|curlftpfs"
    r"|google-drive|onedrive|dropbox|smbnetfs|juicefs|seadrive|pcloud)"
)

_SYNCED_NAMES = (
    (re.compile(r"^dropbox( \(.*\))?$", re.IGNORECASE), "Dropbox"),
    (re.compile(r"^onedrive( - .*)?$", re.IGNORECASE), "OneDrive"),
    (re.compile(r"^(mobile documents|com~apple~clouddocs|iclouddrive)$", re.IGNORECASE), "iCloud"),
    (re.compile(r"^(google ?drive(-.*)?|my drive)$", re.IGNORECASE), "Google Drive"),
    (re.compile(r"^cloudstorage$", re.IGNORECASE), "a cloud drive"),
    (re.compile(r"^nextcloud\d*$", re.IGNORECASE), "Nextcloud"),
    (re.compile(r"^owncloud\d*$", re.IGNORECASE), "ownCloud"),
    (re.compile(r"^(pclouddrive|pcloud drive)$", re.IGNORECASE), "pCloud"),
    (re.compile(r"^(MEGA|MEGAsync)( \(.*\))?$"), "MEGA"),
    (re.compile(r"^(Box|Box Sync)$"), "Box"),
    (re.compile(r"^(proton drive|proton-drive)$", re.IGNORECASE), "Proton Drive"),
)
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
    if shutil.disk_usage(folder).free < needed_mb * _MEGABYTE:
        raise DiskFullError(needed_mb)
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".trial-") as trial:
            trial.write(b"trial")
            trial.flush()
    except OSError as error:
        raise refusal(error, needed_mb) from error


def refusal(error: OSError, needed_mb: int = OPEN_VAULT_MB) -> VaultError:
    """Return what an error of the file system means for people."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFullError(needed_mb)
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return ReadOnlyFolderError()
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
    return kind in _NETWORK_KINDS or _NETWORK_FUSE.match(kind) is not None


def _real(folder: Path) -> Path:
    folder = folder.expanduser().absolute()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.resolve()


def _mounts() -> str:
    with contextlib.suppress(OSError):
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="surrogateescape")
    if platform.system() == "Darwin":
        return _mounts_on_mac()
    return ""


def _mounts_on_mac() -> str:
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
        point = Path(re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), parts[1]))
        deeper = len(point.parts) >= len(best.parts)
        if deeper and folder.is_relative_to(point):
            best, best_kind = point, parts[2]
    return best, best_kind


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
        for pattern, service in _SYNCED_NAMES:
            if pattern.match(above.name):
                return service
        service_found = _mark_in(above)
        if service_found is not None:
            return service_found
    return None


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

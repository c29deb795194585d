"""What can be told of a folder's disk: the room left, and whether it is encrypted."""

import contextlib
import os
import platform
import shutil
import subprocess
from pathlib import Path

_MEGABYTE = 1024 * 1024
_SECONDS = 5


def free_mb(folder: Path) -> int | None:
    """Return the room left on a folder's disk in MB, or None if the disk does not say."""
    try:
        return shutil.disk_usage(folder).free // _MEGABYTE
    except OSError:
        return None


def is_encrypted(folder: Path) -> bool | None:
    """Tell whether the system encrypts the whole disk of a folder; None if it cannot be told.

    May take a second; off the UI thread. The records are encrypted by Mesodesk in any case: this is
    about everything else on the computer.
    """
    with contextlib.suppress(OSError, subprocess.SubprocessError, ValueError):
        if platform.system() == "Linux":
            return _on_linux(folder)
        if platform.system() == "Darwin":
            return _said_by(["/usr/bin/fdesetup", "status"], "FileVault is On", "FileVault is Off")
        if os.name == "nt":
            return _on_windows(folder)
    return None


def _on_linux(folder: Path, system: Path = Path("/sys/dev/block")) -> bool | None:
    device = folder.stat().st_dev
    return _is_crypt(system / f"{os.major(device)}:{os.minor(device)}", 0)


def _is_crypt(device: Path, depth: int) -> bool | None:
    """Look at a device and at those beneath it: LVM may lie on an encrypted one."""
    if depth > 4 or not device.exists():
        return None
    with contextlib.suppress(OSError):
        if (device / "dm" / "uuid").read_text(encoding="ascii").startswith("CRYPT-"):
            return True
    beneath = device / "slaves"
    found = (
        [_is_crypt(each.resolve(), depth + 1) for each in beneath.iterdir()]
        if (beneath.is_dir())
        else []
    )
    if not found:
        return False
    return None if None in found else all(found)


def _on_windows(folder: Path) -> bool | None:
    drive = folder.absolute().drive
    asked = f"(New-Object -ComObject Shell.Application).NameSpace('{drive}').Self.ExtendedProperty"
    command = [
        "powershell", "-NoProfile", "-NonInteractive", "-Command",
        f"{asked}('System.Volume.BitLockerProtection')",
    ]  # fmt: skip
    said = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    answers = {"1": True, "3": True, "5": True, "2": False, "4": False, "6": False}
    return answers.get(said.stdout.strip())


def _said_by(command: list[str], yes: str, no: str) -> bool | None:
    said = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    if yes in said.stdout:
        return True
    return False if no in said.stdout else None

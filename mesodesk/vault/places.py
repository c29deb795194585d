"""Places for backups: a folder that is always there, or a stick that is known by a file on it.

A stick comes back under another letter or name, so it is not looked for by its path alone: a small
file with a random id lies in the folder that was chosen on it. The file says nothing of the clinic.
"""

import contextlib
import os
import secrets
import string
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from mesodesk.vault.backup_errors import BackupTargetError, InsideVaultError
from mesodesk.vault.location import refusal
from mesodesk.vault.paths import VaultPaths

MARKER_FILE = "mesodesk-stick.txt"
_MARKER_BYTES = 16
_WORDS = "Backups of Mesodesk go to this folder. The line below tells this stick from others.\n"


def volumes() -> tuple[Path, ...]:
    """Return where sticks and further disks are mounted now."""
    if os.name == "nt":
        return tuple(root for letter in string.ascii_uppercase if _is_there(root := _drive(letter)))
    if sys.platform == "darwin":
        return tuple(_folders_in(Path("/Volumes")))
    user = os.environ.get("USER", "")
    above = (Path("/media"), Path("/media") / user, Path("/run/media") / user, Path("/mnt"))
    return tuple(each for folder in dict.fromkeys(above) for each in _folders_in(folder))


def _drive(letter: str) -> Path:
    return Path(f"{letter}:\\")


def _is_there(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:
        return False


def _folders_in(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from sorted(each for each in folder.iterdir() if _is_there(each))


def mark(folder: Path) -> str:
    """Put a marker into a folder on a stick, or return the one that is there.

    Raises:
        BackupTargetError: if there is no such folder.
        VaultError: if the stick refuses.
    """
    if not _is_there(folder):
        raise BackupTargetError(f"there is no folder {folder}")
    found = marker_in(folder)
    if found:
        return found
    made = secrets.token_hex(_MARKER_BYTES)
    try:
        with (folder / MARKER_FILE).open("x", encoding="ascii") as stream:
            stream.write(f"{_WORDS}{made}\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise BackupTargetError(refusal_words(error)) from error
    return made


def refusal_words(error: OSError) -> str:
    """Return in a few words what a disk or stick says."""
    return f"{(error.strerror or type(error).__name__).lower()}"


def marker_in(folder: Path) -> str:
    """Return the marker in a folder, or ""."""
    try:
        lines = (folder / MARKER_FILE).read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return ""
    last = lines[-1] if lines else ""
    return last if len(last) == 2 * _MARKER_BYTES and set(last) <= set(string.hexdigits) else ""


def find_stick(marker: str, last: Path, among: Iterable[Path] | None = None) -> Path | None:
    """Return where the stick with a marker is now, or None if it is not plugged in.

    Args:
        marker: of the stick.
        last: where it was found last; the same folder is looked for on each volume.
        among: the volumes; those that are mounted now by default.
    """
    if marker_in(last) == marker:
        return last
    parts = last.parts[1:]
    for root in volumes() if among is None else among:
        for start in range(len(parts) + 1):
            folder = root.joinpath(*parts[start:])
            if marker_in(folder) == marker:
                return folder
    return None


def check_target(folder: Path, vault: Path) -> None:
    """Refuse a folder that no backups may go to.

    Raises:
        InsideVaultError: if it lies in the vault's own folder or in that of another.
        BackupTargetError: if there is no such folder.
    """
    if not _is_there(folder):
        raise BackupTargetError(f"there is no folder {folder}")
    try:
        real = folder.resolve()
        for one in (real, *real.parents):
            paths = VaultPaths(one)
            if one == vault.resolve() or (paths.keys.is_file() and paths.database.is_file()):
                raise InsideVaultError
    except OSError as error:
        raise refusal(error) from error


def default_place(vault: Path) -> Path:
    """Return the folder beside the vault's that the first backups go to."""
    return vault.with_name(f"{vault.name}-backups")

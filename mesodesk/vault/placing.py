"""Puts a vault in place that was made under another name: by one rename, whole or not at all."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from mesodesk.vault.atomic import put_in_place, sync_folder
from mesodesk.vault.backup_errors import InsideVaultError
from mesodesk.vault.errors import VaultError, VaultExistsError
from mesodesk.vault.location import check_place, check_writable, refusal
from mesodesk.vault.lock import VaultLock
from mesodesk.vault.paths import VaultPaths


@contextlib.contextmanager
def made_aside(folder: Path, needed_mb: int) -> Iterator[Path]:
    """Yield a folder beside `folder` to make a vault in; at the end it takes the name.

    If the block raises, nothing is left.

    Raises:
        VaultExistsError: if anything stands in `folder`.
        InsideVaultError: if it lies in the folder of another vault.
        VaultError: if it may not lie there, or the disk refuses.
    """
    try:
        check_place(folder)
        _check_not_inside(folder)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise VaultExistsError
        folder.parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(folder)
        making = folder.with_name(f".{folder.name}.making-{secrets.token_hex(4)}")
        making.mkdir(mode=0o700)
    except OSError as error:
        raise refusal(error, needed_mb) from error
    try:
        check_writable(making, needed_mb)
        yield making
        _put_in_place(making, folder, needed_mb)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise


def _check_not_inside(folder: Path) -> None:
    """Whoever copies, moves or removes the outer vault would do so to the inner one."""
    for above in (folder.parent, folder.parent.resolve()):
        for one in (above, *above.parents):
            paths = VaultPaths(one)
            if paths.keys.is_file() and paths.database.is_file():
                raise InsideVaultError


def _put_in_place(making: Path, folder: Path, needed_mb: int) -> None:
    try:
        sync_folder(making)
        if os.name == "nt" and folder.exists():
            folder.rmdir()
        put_in_place(making, folder)
        sync_folder(folder.parent)
    except OSError as error:
        if folder.exists() and any(folder.iterdir()):
            raise VaultExistsError from error
        raise refusal(error, needed_mb) from error


def _remove_leftovers(folder: Path) -> None:
    """Remove what a making that was cut short left behind; it never held a record."""
    for left in folder.parent.glob(f".{folder.name}.making-*"):
        with contextlib.suppress(VaultError, OSError):
            VaultLock(VaultPaths(left).lock).release()  # still held: somebody is at work there
            shutil.rmtree(left, ignore_errors=True)

"""What is being written out of a vault, so that a part of it never stays behind.

A file gets its name when it is whole. Until then it lies hidden beside its place, and readable.
"""

import contextlib
import glob
import json
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from mesodesk.documents.new_file import PART, part_prefix
from mesodesk.vault.registry import default_registry_path


@contextlib.contextmanager
def noted(vault_id: UUID, path: Path) -> Iterator[None]:
    """Remember in the settings of this computer what is about to be written, until it is.

    A program that is killed leaves a part of it, hidden and readable: `remove_unfinished` takes it
    away. Where nothing can be noted it is written all the same.
    """
    note = _notes() / f"{vault_id}-{secrets.token_hex(4)}.json"
    with contextlib.suppress(OSError):
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps({"path": str(path)}), "utf-8")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            note.unlink(missing_ok=True)


def remove_unfinished(vault_id: UUID) -> None:
    """Remove what a program that was killed left of what it wrote out of a vault.

    Called as the vault is opened, before anything is written: it is opened once at a time, so
    whatever was noted is nobody's any more. A place that is not there now is tried again.
    """
    for note in _notes().glob(f"{vault_id}-*.json"):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            path = Path(json.loads(note.read_text("utf-8"))["path"])
            if path.parent.is_dir():
                for part in path.parent.glob(f"{glob.escape(part_prefix(path))}*{PART}"):
                    _remove(part)
                note.unlink()


def _remove(part: Path) -> None:
    if part.is_dir() and not part.is_symlink():
        shutil.rmtree(part)
    else:
        part.unlink(missing_ok=True)


def _notes() -> Path:
    return default_registry_path().parent / "exports"

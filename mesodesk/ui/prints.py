"""Pages to be printed: they lie readable for as long as the viewer needs them, and no longer.

The system's viewer prints; it needs a file. That lies in a folder that only this user may read, in
memory where the system has such a place, and is removed when the desk is locked or closed, and at
the next start if the program was ended with force.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

_PREFIX: Final = "mesodesk-print-"


def _place() -> Path:
    """Return where such folders are made: a disk of memory if there is one."""
    in_memory = os.environ.get("XDG_RUNTIME_DIR", "")
    if in_memory and Path(in_memory).is_dir() and os.access(in_memory, os.W_OK):
        return Path(in_memory)
    return Path(tempfile.gettempdir())


def new_print_folder() -> Path:
    """Make a folder for one print. Any thread."""
    return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_place()))


def remove_prints() -> None:
    """Remove whatever was printed and still lies there. Any thread.

    A file that a viewer holds open cannot be removed everywhere: it goes the next time.
    """
    for folder in _place().glob(f"{_PREFIX}*"):
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)

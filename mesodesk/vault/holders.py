"""Which program holds a file open, as far as the system tells it."""

import contextlib
import os
from pathlib import Path


def who_holds(path: Path, processes: Path = Path("/proc")) -> tuple[str, ...]:
    """Return names and numbers of other programs that have a file open; empty where unknown.

    Args:
        path: the file.
        processes: where the system lists its processes; on Linux alone.
    """
    wanted, found = str(path.resolve()), []
    with contextlib.suppress(OSError):
        for process in sorted(processes.iterdir()):
            own = process.name == str(os.getpid())
            if process.name.isdigit() and not own and _has_open(process, wanted):
                found.append(f"{_name(process)} (process {process.name})")
    return tuple(found)


def _has_open(process: Path, wanted: str) -> bool:
    with contextlib.suppress(OSError):
        for handle in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                if str(handle.readlink()).startswith(wanted):
                    return True
    return False


def _name(process: Path) -> str:
    try:
        return (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "?"

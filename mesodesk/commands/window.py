"""Opens the window, from whichever command."""

import gc
from pathlib import Path

from mesodesk.commands.common import fail


def run_window(folder: Path, password: str | None) -> int:
    """Open the window on a vault; return the exit code once it is closed."""
    # What is imported now stays for good: looking through it for garbage only delays the window.
    # ui/collector.py takes over as soon as the window is painted.
    gc.disable()
    try:
        from mesodesk.app import run
    except ImportError as error:
        from mesodesk.preflight import missing_library

        if (sentence := missing_library(error)) is None:
            raise
        return fail(sentence)
    return run(folder, password=password)

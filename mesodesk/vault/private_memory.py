"""Keeps what is in memory, keys among it, out of files that the system makes of a dying program."""

import sys
from typing import Final

# From linux/prctl.h, and errhandlingapi.h of Windows.
_PR_SET_DUMPABLE: Final = 4
_NO_DIALOGS_AND_NO_REPORT: Final = 0x0001 | 0x0002


def keep_out_of_dumps() -> bool:
    """Ask the system for no dump of this process; tell whether all that it offers was agreed to.

    On Linux other programs of the same user cannot look into it any more either.
    """
    return _without_report() if sys.platform == "win32" else _without_core()


def _without_core() -> bool:
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        return False
    # A core that is handed to a program of the system's asks for no limit, but for this.
    return _undumpable() if sys.platform == "linux" else True


def _undumpable() -> bool:
    import ctypes

    try:
        return bool(ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
    except (OSError, AttributeError):
        return False


def _without_report() -> bool:
    import ctypes

    windows = getattr(ctypes, "windll", None)
    if windows is None:
        return False
    windows.kernel32.SetErrorMode(_NO_DIALOGS_AND_NO_REPORT)
    return True

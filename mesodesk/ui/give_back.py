"""Memory that is no longer needed goes back to the system at once.

The C library of Linux raises the size from which memory is handed back each time a large piece is
freed, up to tens of megabytes, and keeps as much beside every thread. A program that reads a body
or a picture now and then would hold on to all of it for the whole day.
"""

import sys
from typing import Final

# From malloc.h.
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
_BYTES: Final = 128 * 1024
"""What the library begins with; once it is set, the library leaves it alone."""


def give_back_promptly() -> bool:
    """Ask the C library for it; tell whether it agreed. Call before any thread is started.

    Elsewhere than on Linux, and with another C library, nothing is done.
    """
    if sys.platform != "linux":
        return False
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    wanted = ((_MMAP_THRESHOLD, _BYTES), (_TRIM_THRESHOLD, _BYTES), (_ARENA_MAX, 1))
    agreed = [int(mallopt(which, value)) for which, value in wanted]
    return all(agreed)

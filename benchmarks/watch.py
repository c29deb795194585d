"""Times what is painted: from an exec, a key or a click to the last change of the picture."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.errors import MeasureError, NothingPaintedError
from benchmarks.screen import Pixels, Screen

# A blinking caret and one typed letter are smaller than this many pixels; a list is larger.
BIG_CHANGE = 1500
_POLL_S = 0.001


@dataclass(frozen=True, slots=True)
class Painted:
    """Seconds from the start of the action to the first and to the last change of the picture."""

    first_s: float
    last_s: float


def painted_after(
    screen: Screen,
    action: Callable[[], object],
    *,
    what: str,
    quiet_s: float = 0.4,
    patience_s: float = 20.0,
    big: int = BIG_CHANGE,
    seen: Callable[[], object] | None = None,
) -> Painted:
    """Do something and return when the picture changed, once it has been still for `quiet_s`.

    Args:
        screen: where to look.
        action: what starts the clock; it must return at once.
        what: is named if nothing is painted.
        quiet_s: how long the picture must be still.
        patience_s: how long to wait in all.
        big: changes of fewer pixels than this do not count.
        seen: called at each change that counts (to read the CPU used so far, say).
    """
    before = screen.snap()
    start = time.perf_counter()
    action()
    first: float | None = None
    last = start
    while True:
        changed = _changed(screen, before, big)
        now = time.perf_counter()
        if changed is not None:
            before, last = changed, now
            first = first or now
            if seen is not None:
                seen()
        if first is not None and now - last > quiet_s:
            return Painted(first - start, last - start)
        if now - start > patience_s:
            raise NothingPaintedError(f"nothing was painted after: {what}")
        time.sleep(_POLL_S)


def settle(screen: Screen, quiet_s: float = 0.5, patience_s: float = 20.0) -> None:
    """Wait until the picture has been still for a while."""
    before, last = screen.snap(), time.perf_counter()
    end = last + patience_s
    while time.perf_counter() - last < quiet_s:
        if (changed := _changed(screen, before, BIG_CHANGE)) is not None:
            before, last = changed, time.perf_counter()
        if time.perf_counter() > end:
            raise MeasureError("the picture never came to rest")
        time.sleep(0.01)


def _changed(screen: Screen, before: Pixels, big: int) -> Pixels | None:
    """Return the picture if it differs by at least `big` pixels; smaller differences add up."""
    if np.array_equal(screen.pixels, before):
        return None
    now = screen.snap()
    return now if int(np.count_nonzero(now != before)) >= big else None

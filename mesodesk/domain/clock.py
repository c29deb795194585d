"""Time, handed in rather than looked up, so that a test can move it."""

import time
from datetime import UTC, date, datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the time in UTC."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def local_date(moment: datetime, zone: str) -> date:
    """Return the calendar day of a moment at the clinic.

    Args:
        moment: an aware time.
        zone: an IANA name such as `Europe/Madrid`.
    """
    return moment.astimezone(ZoneInfo(zone)).date()


_RUNNING: Final[int | None] = getattr(
    time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None)
)
"""Goes on while the computer sleeps, as `time.monotonic` does on Windows alone."""


def running_ms() -> int:
    """Return the time of the clock that nobody can set; it counts from no known moment."""
    nanoseconds = time.monotonic_ns() if _RUNNING is None else time.clock_gettime_ns(_RUNNING)
    return nanoseconds // 1_000_000

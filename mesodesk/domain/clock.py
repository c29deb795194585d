"""Time, handed in rather than looked up, so that a test can move it."""

from datetime import UTC, date, datetime
from typing import Protocol
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

"""A clock that is set by hand, so that a year of work can be recorded in seconds."""

from datetime import UTC, datetime, timedelta


class DemoClock:
    """Stands where it was set last, but moves on a little each time it is read.

    Two things done one after the other so never bear the same time.
    """

    STEP = timedelta(seconds=7)

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        self._now += self.STEP
        return self._now

    def set(self, moment: datetime) -> None:
        """Go to a moment; an earlier one than the present is passed over, time never runs back."""
        self._now = max(self._now, moment.astimezone(UTC))

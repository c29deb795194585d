"""Who saw what: each first look is kept on the audit chain, repeats within a visit are not."""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

VISIT: Final = timedelta(minutes=15)
"""After so long without a look at something, the next look at it is a new one."""

Look = tuple[UUID, str, UUID]
"""Who looked at what: a user, a kind of record, and which one."""

_MOST: Final = 1_000


class Seen:
    """What was looked at lately. Forgets the oldest: then a look is kept once more."""

    def __init__(self) -> None:
        self._at: OrderedDict[Look, datetime] = OrderedDict()

    def lately(self, look: Look, now: datetime) -> bool:
        """Tell whether a look is a repeat; if so, the visit goes on from now."""
        at = self._at.get(look)
        # A clock that was set back proves nothing.
        if at is None or not timedelta(0) <= now - at < VISIT:
            return False
        self.add(look, now)
        return True

    def add(self, look: Look, now: datetime) -> None:
        """Remember a look that was kept."""
        self._at[look] = now
        self._at.move_to_end(look)
        while len(self._at) > _MOST:
            self._at.popitem(last=False)

    def clear(self) -> None:
        self._at.clear()

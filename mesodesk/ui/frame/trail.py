"""The pages that led here: where "back" goes, and where somebody finds their place again."""

from collections.abc import Mapping
from typing import NamedTuple

_LONGEST = 31


class Stop(NamedTuple):
    """A page and what it shows, as `navigate` takes them."""

    page_id: str
    arguments: Mapping[str, object]


class Trail:
    """The stops up to the page in sight, which is the last."""

    def __init__(self, stops: tuple[Stop, ...] = ()) -> None:
        self._stops = list(stops)

    def __len__(self) -> int:
        return len(self._stops)

    @property
    def stops(self) -> tuple[Stop, ...]:
        """All of them, the first one first."""
        return tuple(self._stops)

    def add(self, page_id: str, arguments: Mapping[str, object]) -> None:
        """Go on to a page."""
        self._stops = [*self._stops, Stop(page_id, dict(arguments))][-_LONGEST:]

    def back(self) -> Stop | None:
        """Take off where one is, and where to go, which is returned; None at the beginning."""
        if len(self._stops) < 2:
            return None
        self._stops.pop()
        # The first one stays: without any stop nothing would have been in sight.
        return self._stops.pop() if len(self._stops) > 1 else self._stops[-1]

    def stand(self, arguments: Mapping[str, object]) -> None:
        """Say where in its page the last stop stands by now."""
        if self._stops and arguments:
            self._stops[-1] = Stop(self._stops[-1].page_id, dict(arguments))

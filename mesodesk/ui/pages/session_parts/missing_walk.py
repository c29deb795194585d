"""Where the key goes that leads from one missing thing to the next."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mesodesk.domain.records.session import Missing
from mesodesk.domain.session_rules import MissingCode

# Where many are answered at once.
_ALL_AT_ONCE: Final[Mapping[str, str]] = {
    MissingCode.REACTION: "reactions_none",
    MissingCode.ASEPTIC_STEP: "aseptic_all_done",
}


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where something is missing, and the quickest way to deal with it there."""

    station: str
    place: str
    quickest: str


def stops_of(found: Sequence[Missing]) -> tuple[Stop, ...]:
    """Return where to go, each place once; what can be answered together is one stop."""
    counts = Counter(each.code for each in found)
    stops: dict[tuple[str, str], Stop] = {}
    for each in found:
        quickest = each.place
        if each.code in _ALL_AT_ONCE and counts[each.code] > 1:
            quickest = _ALL_AT_ONCE[each.code]
        elif each.code == MissingCode.REST_UNTOLD:
            quickest = f"discard_rest_{each.values['digit']}"
        stops.setdefault((each.station, quickest), Stop(each.station, each.place, quickest))
    return tuple(stops.values())


def next_stop(found: Sequence[Missing], station: str, holds: Callable[[str], bool]) -> Stop | None:
    """Return the next stop after the one that has the focus, in this station before others.

    Args:
        found: what is missing, in the order of the stations.
        station: the one in sight.
        holds: tells whether the focus lies in a place of it.
    """
    stops = stops_of(found)
    here = [stop for stop in stops if stop.station == station]
    at = next((n for n, one in enumerate(here) if holds(one.place) or holds(one.quickest)), None)
    # What has the focus may have been answered just now: the list follows a moment later.
    waiting = here if at is None else here[at + 1 :] + here[:at]
    elsewhere = [stop for stop in stops if stop.station != station]
    return next(iter((*waiting, *elsewhere)), None)

"""Which old backups may go. Pure: it looks at no disk and removes nothing itself.

Kept are all of the last two days, then the last one of each of 14 days, 8 weeks and 24 months, and
for a year each one made before an upgrade. Days count by backups that exist, not by the calendar: a
clinic that was closed for a summer comes back to all it had.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

MIGRATION = "migration"
ALL_OF = timedelta(days=2)
DAYS, WEEKS, MONTHS = 14, 8, 24
MIGRATIONS_FOR = timedelta(days=365)
LEAST = 3
_MOST_AHEAD = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Generation:
    """One backup in a place. `verified` is whether it was whole when it was last read back."""

    name: str
    lineage: str
    seq: int
    made_at: datetime
    verified: bool = True
    reason: str = ""


def to_remove(
    generations: Iterable[Generation], made: Generation | None, now: datetime
) -> tuple[Generation, ...]:
    """Return which of the backups in one place may be removed, oldest first.

    What is not verified or of another lineage is never named: a person decides about it.

    Args:
        generations: all in that place.
        made: the one that this run has made and verified; without it nothing may go.
        now: the computer's time, which is not trusted: where it cannot be right, nothing goes.
    """
    if made is None or not made.verified:
        return ()
    mine = sorted(
        (one for one in generations if one.verified and one.lineage == made.lineage),
        key=_age,
        reverse=True,
    )
    if made not in mine or not _is_plausible(now, mine, made):
        return ()
    kept = {made, *mine[:LEAST]}
    kept.update(one for one in mine if now - one.made_at <= ALL_OF)
    kept.update(
        one for one in mine if one.reason == MIGRATION and now - one.made_at <= MIGRATIONS_FOR
    )
    for part_of, most in ((_day, DAYS), (_week, WEEKS), (_month, MONTHS)):
        kept.update(_last_of_each(mine, part_of, most))
    return tuple(one for one in reversed(mine) if one not in kept)


def _age(one: Generation) -> tuple[int, datetime, str]:
    # The number of the last entry tells the order, whatever the clock said then.
    return one.seq, one.made_at, one.name


def _is_plausible(now: datetime, mine: list[Generation], made: Generation) -> bool:
    """Tell whether the clock can be right: not before any backup, not long after the one before."""
    if any(one.made_at > now for one in mine):
        return False
    before = [one.made_at for one in mine if one != made]
    return not before or now - max(before) <= _MOST_AHEAD


def _last_of_each(
    newest_first: list[Generation], part_of: Callable[[datetime], Hashable], most: int
) -> set[Generation]:
    found: dict[Hashable, Generation] = {}
    for one in newest_first:
        if len(found) == most:
            break
        found.setdefault(part_of(one.made_at), one)
    return set(found.values())


def _day(moment: datetime) -> Hashable:
    return moment.date()


def _week(moment: datetime) -> Hashable:
    return moment.isocalendar()[:2]


def _month(moment: datetime) -> Hashable:
    return moment.year, moment.month

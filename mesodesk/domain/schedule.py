"""The follow-up schedule of `follow_up.toml`: when to ask what, and which answers are grave.

planned = planned_checks(load_schedule(), signed_at, "Europe/Madrid")
flags = red_flags(schedule.check("hours_24"), {"fever": Answer.YES})
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from mesodesk.domain.answers import Answer
from mesodesk.domain.clinical_files import (
    Entry,
    Source,
    by_id,
    folder,
    load_sources,
    read,
)
from mesodesk.domain.region_ids import any_part_of
from mesodesk.domain.texts import LocalText


class CheckKind(StrEnum):
    """When a check takes place."""

    IN_SESSION = "in_session"  # before the patient leaves; part of the session itself
    PLANNED = "planned"
    ANY_TIME = "any_time"  # whenever the patient calls


class CheckItemKind(StrEnum):
    """What answers an item of a check."""

    YES_NO = "yes_no"
    SCALE_0_10 = "scale_0_10"
    TEXT = "text"


class CheckStatus(StrEnum):
    """Where a check stands at a moment."""

    UPCOMING = "upcoming"
    DUE = "due"
    OVERDUE = "overdue"
    MISSED = "missed"
    DONE = "done"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Band:
    """How fast to act. `rank` 0 is the most urgent; `instruction` stands until the clinic's own."""

    id: str
    rank: int
    title: LocalText
    instruction: LocalText
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckItem:
    """One question of a check.

    `band` is raised by the answer `flag_on` or, on a scale, from `flag_from` on. `calm` is the
    answer of a patient who is well. `regions`: asked only if one of them was treated; none means
    always.
    """

    id: str
    kind: CheckItemKind
    text: LocalText
    short: LocalText
    band: str | None = None
    flag_on: Answer = Answer.YES
    flag_from: int | None = None
    calm: Answer = Answer.NO
    regions: frozenset[str] = frozenset()

    def concerns(self, regions: frozenset[str]) -> bool:
        """Whether the item is put after a treatment of such regions; unknown ones never exempt."""
        return not self.regions or not regions or any_part_of(regions, self.regions)

    def is_flagged(self, answer: Answer | int | str) -> bool:
        """Whether an answer raises the item's band; only meant for items that have one."""
        if self.flag_from is not None:
            return isinstance(answer, int) and answer >= self.flag_from
        return answer == self.flag_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One of the checks after a session.

    Offsets count from the end of the session: in hours, or in days of the clinic's calendar, of
    which whole days are meant. Checks of kind ANY_TIME have none. `photo` and `measures`: to be
    taken at this check.
    """

    id: str
    kind: CheckKind
    title: LocalText
    unit: str
    due: int
    window_from: int
    window_to: int
    items: tuple[CheckItem, ...]
    sources: tuple[Source, ...]
    only_after_last_session: bool = False
    photo: bool = False
    measures: bool = False

    def items_for(self, regions: frozenset[str]) -> tuple[CheckItem, ...]:
        return tuple(item for item in self.items if item.concerns(regions))


@dataclass(frozen=True, slots=True)
class Schedule:
    """A version of the schedule. Stored checks name its `id` and `version`."""

    id: str
    version: int
    checks: tuple[Check, ...]
    bands: tuple[Band, ...]

    def check(self, check_id: str) -> Check:
        """Return a check.

        Raises:
            KeyError: if there is none of that id.
        """
        for check in self.checks:
            if check.id == check_id:
                return check
        raise KeyError(check_id)

    def band(self, band_id: str) -> Band:
        """Return an escalation band.

        Raises:
            KeyError: if there is none of that id.
        """
        for band in self.bands:
            if band.id == band_id:
                return band
        raise KeyError(band_id)


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """A check with its moments, all aware and in UTC; the window includes both ends."""

    check_id: str
    due_at: datetime
    window_from: datetime
    window_to: datetime


@dataclass(frozen=True, slots=True)
class RedFlag:
    """An answer that calls for action; `Schedule.band` has the instruction to show."""

    item_id: str
    band: str


def planned_checks(schedule: Schedule, signed_at: datetime, zone: str) -> tuple[PlannedCheck, ...]:
    """Return the checks that follow a session, in order of time.

    Args:
        schedule: what to plan.
        signed_at: the end of the session, or its signing if that is all that is known; aware.
        zone: the clinic's IANA zone. Checks in days begin and end with the clinic's days, whatever
            summer time does; checks in hours are hours.
    """
    planned = (
        PlannedCheck(
            check.id,
            _moment(check, signed_at, zone, check.due, end=True),
            _moment(check, signed_at, zone, check.window_from, end=False),
            _moment(check, signed_at, zone, check.window_to, end=True),
        )
        for check in schedule.checks
        if check.kind is CheckKind.PLANNED
    )
    return tuple(sorted(planned, key=lambda check: (check.due_at, check.check_id)))


_DAY_ENDS = time(23, 59)


def _moment(check: Check, start: datetime, zone: str, offset: int, *, end: bool) -> datetime:
    if check.unit == "hours":
        return start.astimezone(UTC) + timedelta(hours=offset)
    clinic = ZoneInfo(zone)
    day = start.astimezone(clinic).date() + timedelta(days=offset)
    return datetime.combine(day, _DAY_ENDS if end else time(), clinic).astimezone(UTC)


def status_of(
    planned: PlannedCheck,
    at: datetime,
    *,
    done: bool = False,
    superseded: bool = False,
) -> CheckStatus:
    """Return where a check stands at a moment.

    Upcoming until the window opens, due until `due_at`, then overdue until the window closes, then
    missed. A check done late is done; `superseded` never hides a check that was done.
    """
    if done:
        return CheckStatus.DONE
    if superseded:
        return CheckStatus.SUPERSEDED
    if at < planned.window_from:
        return CheckStatus.UPCOMING
    if at <= planned.due_at:
        return CheckStatus.DUE
    return CheckStatus.OVERDUE if at <= planned.window_to else CheckStatus.MISSED


def is_superseded(check: Check, planned: PlannedCheck, later_session_at: datetime | None) -> bool:
    """Whether a later session takes over a check that belongs to the last one only.

    The session must have taken place before the check's window closed: what had already been
    missed by then stays missed.
    """
    if not check.only_after_last_session or later_session_at is None:
        return False
    return later_session_at <= planned.window_to


def red_flags(check: Check, answers: Mapping[str, Answer | int | str]) -> tuple[RedFlag, ...]:
    """Return the answers that call for action, most urgent band first, then in the check's order.

    Args:
        check: what was asked.
        answers: by item: an `Answer`, a number from 0 to 10, or a text. A missing one is not asked,
            and raises nothing: it is shown as not asked.
    """
    order = {band: number for number, band in enumerate(BANDS)}
    flags = [
        RedFlag(item.id, item.band)
        for item in check.items
        if item.band is not None and item.is_flagged(answers.get(item.id, Answer.NOT_ASKED))
    ]
    return tuple(sorted(flags, key=lambda flag: order[flag.band]))


BANDS = ("emergency", "same_day", "within_72h", "refer_culture")


@cache
def load_schedule(path: Path | None = None) -> Schedule:
    """Return the schedule of a file, by default the one shipped.

    Raises:
        ClinicalDataError: if the file is wrong.
    """
    file = read(path or folder() / "follow_up.toml")
    sources = load_sources()
    bands = by_id(file, (_band(entry, sources) for entry in file.tables("band")))
    if tuple(bands) != BANDS:
        raise file.wrong(f"the bands must be {', '.join(BANDS)}, in this order")
    items = by_id(file, (_item(entry, bands) for entry in file.tables("item")))
    checks = by_id(file, (_check(entry, items, sources) for entry in file.tables("check")))
    schedule = Schedule(
        file.text("id"), file.whole("version"), tuple(checks.values()), tuple(bands.values())
    )
    file.done()
    unused = set(items) - {item.id for check in checks.values() for item in check.items}
    if unused:
        raise file.wrong(f"no check asks the item {min(unused)!r}")
    return schedule


def _band(entry: Entry, sources: Mapping[str, Source]) -> Band:
    name = entry.text("id")
    if name not in BANDS:
        raise entry.wrong(f"a band must be one of {', '.join(BANDS)}")
    band = Band(
        name,
        BANDS.index(name),
        entry.local("title"),
        entry.local("instruction"),
        entry.sources(sources),
    )
    entry.done()
    return band


def _item(entry: Entry, bands: Mapping[str, Band]) -> CheckItem:
    flag_on = entry.choice("flag_on", Answer) if entry.has("flag_on") else Answer.YES
    item = CheckItem(
        id=entry.text("id"),
        kind=entry.choice("kind", CheckItemKind) if entry.has("kind") else CheckItemKind.YES_NO,
        text=entry.local("text"),
        short=entry.local("short"),
        band=entry.optional_text("band"),
        flag_on=flag_on,
        flag_from=entry.optional_whole("flag_from"),
        calm=entry.choice("calm", Answer) if entry.has("calm") else Answer.NO,
        regions=frozenset(entry.strings("regions")),
    )
    entry.done()
    if item.band is not None and item.band not in bands:
        raise entry.wrong(f"`band` names {item.band!r}, which is not known")
    if flag_on is Answer.NOT_ASKED:
        raise entry.wrong("`flag_on` must be yes or no")
    if item.calm is Answer.NOT_ASKED:
        raise entry.wrong("`calm` must be yes or no")
    if item.band is not None and item.flag_from is None and item.calm is flag_on:
        raise entry.wrong("`calm` is the very answer that raises the band")
    scale = item.kind is CheckItemKind.SCALE_0_10
    if (scale and item.band is not None) != (item.flag_from is not None):
        raise entry.wrong("`flag_from` belongs to a scale with a band, and to nothing else")
    return item


def _check(entry: Entry, items: Mapping[str, CheckItem], sources: Mapping[str, Source]) -> Check:
    kind = entry.choice("kind", CheckKind) if entry.has("kind") else CheckKind.PLANNED
    names = entry.strings("items")
    for name in names:
        if name not in items:
            raise entry.wrong(f"`items` names {name!r}, which is not known")
    window = () if kind is CheckKind.ANY_TIME else entry.wholes("window")
    unit = "days" if kind is CheckKind.ANY_TIME else entry.text("unit")
    check = Check(
        id=entry.text("id"),
        kind=kind,
        title=entry.local("title"),
        unit=unit,
        due=0 if kind is CheckKind.ANY_TIME else entry.whole("due"),
        window_from=window[0] if window else 0,
        window_to=window[-1] if window else 0,
        items=tuple(items[name] for name in names),
        sources=entry.sources(sources),
        only_after_last_session=entry.flag("only_after_last_session"),
        photo=entry.flag("photo"),
        measures=entry.flag("measures"),
    )
    entry.done()
    _check_window(entry, check, window)
    return check


def _check_window(entry: Entry, check: Check, window: tuple[int, ...]) -> None:
    if not check.items:
        raise entry.wrong("asks nothing: `items` is empty")
    if check.kind is CheckKind.ANY_TIME:
        return
    allowed = ("minutes",) if check.kind is CheckKind.IN_SESSION else ("hours", "days")
    if check.unit not in allowed:
        raise entry.wrong(f"`unit` must be {' or '.join(allowed)}")
    if len(window) != 2 or not window[0] <= check.due <= window[1]:
        raise entry.wrong("`window` must be [from, to] with `due` between them")

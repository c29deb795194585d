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
from mesodesk.domain.clinical_files import Source, folder
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
    answer of a patient who is well. `mild` is the band of an answer that is neither: any other than
    `calm` or, on a scale, from `mild_from` on. `regions`: asked only if one of them was treated;
    none means always.
    """

    id: str
    kind: CheckItemKind
    text: LocalText
    short: LocalText
    band: str | None = None
    flag_on: Answer = Answer.YES
    flag_from: int | None = None
    calm: Answer = Answer.NO
    mild: str | None = None
    mild_from: int | None = None
    regions: frozenset[str] = frozenset()

    def concerns(self, regions: frozenset[str]) -> bool:
        """Whether the item is put after a treatment of such regions; unknown ones never exempt."""
        return not self.regions or not regions or any_part_of(regions, self.regions)

    def is_flagged(self, answer: Answer | int | str) -> bool:
        """Whether an answer raises the item's band; only meant for items that have one."""
        if self.flag_from is not None:
            return isinstance(answer, int) and answer >= self.flag_from
        return answer == self.flag_on

    def band_of(self, answer: Answer | int | str) -> str | None:
        """Return the band that an answer raises, red or mild; None for a patient who is well."""
        if self.band is not None and self.is_flagged(answer):
            return self.band
        if self.mild is None:
            return None
        if self.mild_from is not None:
            raised = isinstance(answer, int) and answer >= self.mild_from
        else:
            raised = answer in (Answer.YES, Answer.NO) and answer != self.calm
        return self.mild if raised else None


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
    diary: bool = False

    def items_for(self, regions: frozenset[str]) -> tuple[CheckItem, ...]:
        return tuple(item for item in self.items if item.concerns(regions))


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryLine:
    """What a patient tells of each of the `days` after a session, from 0 to 10.

    `levels`: the least score of each band, the mildest first.
    """

    id: str
    days: int
    title: LocalText
    text: LocalText
    levels: tuple[tuple[int, str], ...]
    sources: tuple[Source, ...]

    def band_of(self, score: int) -> str | None:
        """Return the band that a score raises; None where it raises none."""
        return next((band for least, band in reversed(self.levels) if score >= least), None)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A version of the schedule. Stored checks name its `id` and `version`."""

    id: str
    version: int
    checks: tuple[Check, ...]
    bands: tuple[Band, ...]
    diary: tuple[DiaryLine, ...] = ()

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
    return tuple(flag for flag in responses(check, answers) if flag.band in RED_BANDS)


def responses(check: Check, answers: Mapping[str, Answer | int | str]) -> tuple[RedFlag, ...]:
    """Return every answer that raises a band, red or mild, the most urgent first; see `red_flags`.

    An item raises one band, its most urgent.
    """
    flags = [
        RedFlag(item.id, band)
        for item in check.items
        if (band := item.band_of(answers.get(item.id, Answer.NOT_ASKED))) is not None
    ]
    return tuple(sorted(flags, key=lambda flag: BANDS.index(flag.band)))


RED_BANDS = ("emergency", "same_day", "within_72h", "refer_culture")
"""The bands of answers that call for action."""

BANDS = (*RED_BANDS, "call_again", "observe")
"""All bands, the most urgent first."""

TO_HANDLE = (*RED_BANDS, "call_again")
"""The bands of which somebody has to say what was done."""


@cache
def load_schedule(path: Path | None = None) -> Schedule:
    """Return the schedule of a file, by default the one shipped.

    Raises:
        ClinicalDataError: if the file is wrong.
    """
    # Imported late: what reads the file makes the classes of this module.
    from mesodesk.domain.schedule_files import read_schedule

    return read_schedule(path or folder() / "follow_up.toml")

"""A year of appointments: who comes when for what, up to the day of the demonstration."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from mesodesk.demo.treatments import TREATMENTS, Treatment
from mesodesk.domain.records.patient import BodySex

YEAR = timedelta(days=364)
PATIENTS, SESSIONS = 60, 250
OPENS, SLOT, SLOTS = time(9, 0), timedelta(minutes=40), 14
_CLOSES = time(19, 0)
_SUNDAY = 6
# How often each treatment is asked for, of 100, in the order of TREATMENTS.
_SHARES = (22, 14, 8, 14, 7, 5, 10, 8, 5, 5, 2)
# Days between the last visit of courses that go on and the last working day.
_LAST_VISITS = (0, 0, 1, 1, 2, 3, 5, 6, 8, 9, 12, 13, 14, 16, 19, 21, 24, 28, 30, 34, 41, 52, 57)
# Of 60 patients, so many are new and so many archived.
_NEW, _ARCHIVED = 5, 4


@dataclass(frozen=True, slots=True)
class Appointment:
    """A visit. `course` numbers the courses; `next_on` is the day agreed for the next session."""

    at: datetime
    patient: int
    course: int
    treatment: Treatment
    next_on: date | None
    stop_at: str = ""


@dataclass(frozen=True, slots=True)
class Diary:
    """Everything planned, in the order of time; patients by their number."""

    appointments: tuple[Appointment, ...]
    new_patients: tuple[int, ...]
    archived: tuple[int, ...]


def is_working_day(day: date) -> bool:
    """Tell whether the clinic is open: Monday to Saturday."""
    return day.weekday() != _SUNDAY


def working_day_from(day: date) -> date:
    """Return the day itself or the next one on which the clinic is open."""
    return day if is_working_day(day) else day + timedelta(days=1)


def working_day_before(day: date) -> date:
    """Return the last day before on which the clinic was open."""
    before = day - timedelta(days=1)
    return before if is_working_day(before) else before - timedelta(days=1)


class DiaryMaker:
    """Draws the appointments of all patients.

    Args:
        random: of the demonstration.
        sexes: body sex of each patient, by number.
        now: the moment of the demonstration, in the clinic's zone.
        sessions: how many sessions the year shall have, drafts among them.
    """

    def __init__(
        self, random: Random, sexes: Sequence[BodySex], now: datetime, sessions: int = SESSIONS
    ) -> None:
        self._random = random
        self._sexes = sexes
        self._sessions = sessions
        self._now = now
        self._zone = now.tzinfo or ZoneInfo("UTC")
        self._last_day = working_day_before(now.date())
        self._first_day = now.date() - YEAR
        self._courses: list[tuple[int, Treatment, list[date], bool]] = []

    def make(self) -> Diary:
        """Return the diary; the three latest sessions stay in draft."""
        everybody = list(range(len(self._sexes)))
        treated = everybody[: -self._share(_NEW)]
        new = everybody[len(treated) :]
        archived = treated[-self._share(_ARCHIVED) :]
        current = treated[: self._share(len(_LAST_VISITS))]
        for patient, days in zip(current, _LAST_VISITS, strict=False):
            last = self._open_day(self._last_day - timedelta(days=days))
            self._add_course(patient, last, going_on=True)
        for patient in treated[len(current) :]:
            least = 130 if patient in archived else 60
            back = self._random.randint(least, 230)
            self._add_course(patient, self._open_day(self._last_day - timedelta(days=back)))
        self._fill_up(treated)
        return Diary(tuple(self._appointments()), tuple(new), tuple(archived))

    def _share(self, of_sixty: int) -> int:
        return max(1, of_sixty * len(self._sexes) // PATIENTS)

    def _open_day(self, day: date) -> date:
        return day if is_working_day(day) else day - timedelta(days=1)

    def _add_course(self, patient: int, last: date, *, going_on: bool = False) -> None:
        """Add a course that ends on a day, as long as the year allows."""
        usual = [
            (each, share)
            for each, share in zip(TREATMENTS, _SHARES, strict=True)
            if self._sexes[patient] in each.sexes
        ]
        names, shares = zip(*usual, strict=True)
        treatment = self._random.choices(names, shares)[0]
        days = [last]
        for _ in range(self._random.randint(*treatment.sessions) - 1):
            gap = treatment.interval_days + self._random.choice((0, 0, 0, 1, 2, 3, 7))
            before = working_day_before(days[0] - timedelta(days=gap - 1))
            if before < self._first_day:
                break
            days.insert(0, before)
        self._courses.append((patient, treatment, days, going_on))

    def _fill_up(self, treated: list[int]) -> None:
        """Add earlier courses until the year has its sessions, and cut to fit."""
        while (missing := self._missing()) > 0:
            patient = self._random.choice(treated)
            first = min(days[0] for who, _, days, _ in self._courses if who == patient)
            last = first - timedelta(days=self._random.randint(36, 70))
            if last < self._first_day:
                continue
            self._add_course(patient, self._open_day(last))
            days = self._courses[-1][2]
            del days[: max(0, len(days) - missing)]
        for _, _, days, _ in reversed(self._courses):
            del days[: min(len(days) - 1, max(0, -self._missing()))]

    def _missing(self) -> int:
        return self._sessions - sum(len(days) for _, _, days, _ in self._courses)

    def _appointments(self) -> list[Appointment]:
        found = []
        taken: dict[date, int] = {}
        for number, (patient, treatment, days, going_on) in enumerate(self._courses):
            agreed = [*days[1:], self._agreed(treatment, days[-1], going_on=going_on)]
            for day, next_on in zip(days, agreed, strict=True):
                slot = taken[day] = taken.get(day, self._random.randint(-1, 4)) + 1
                start = datetime.combine(day, OPENS, self._zone) + SLOT * min(slot, SLOTS - 1)
                found.append(Appointment(start, patient, number, treatment, next_on))
        found.sort(key=lambda each: (each.at, each.course))
        return self._with_drafts(found)

    def _agreed(self, treatment: Treatment, last: date, *, going_on: bool) -> date | None:
        """Return the day agreed after a course's last visit; some end, some never came back."""
        if going_on and self._random.random() < 0.85:
            return working_day_from(last + timedelta(days=treatment.interval_days))
        if not going_on and self._random.random() < 0.1:
            return working_day_from(last + timedelta(days=treatment.interval_days))
        return None

    def _with_drafts(self, found: list[Appointment]) -> list[Appointment]:
        """Leave the three latest visits unfinished, the last one just begun in opening hours."""
        last = {each.patient: at for at, each in enumerate(found)}
        latest = sorted(last.values())[-3:]
        for at, stop_at in zip(latest, ("signature", "signature", "chart"), strict=True):
            found[at] = replace(found[at], stop_at=stop_at)
        begun = self._now - timedelta(minutes=50)
        if is_working_day(begun.date()) and OPENS <= begun.time() <= _CLOSES:
            found[latest[-1]] = replace(found[latest[-1]], at=begun)
        return sorted(found, key=lambda each: (each.at, each.course))

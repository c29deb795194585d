"""Works a year in the demonstration clinic, through the same services as the window."""

import gc
import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mesodesk.demo.aftermath import Caller
from mesodesk.demo.clock import DemoClock
from mesodesk.demo.courses import add_protocols, begin_plan, end_plan, keep_what_was_done
from mesodesk.demo.diary import (
    PATIENTS,
    SESSIONS,
    YEAR,
    Appointment,
    Diary,
    DiaryMaker,
    is_working_day,
    working_day_from,
)
from mesodesk.demo.histories import make_history
from mesodesk.demo.people import People, seeded
from mesodesk.demo.rules import change_rules
from mesodesk.demo.shelf_news import tell_of_the_shelf
from mesodesk.demo.stock import Cupboard, type_labels
from mesodesk.demo.team import OWNER_INITIALS, OWNER_NAME, add_colleagues
from mesodesk.demo.treatments import TREATMENTS
from mesodesk.demo.visits import Course, Practice, Visit
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.followup import FollowUpRecord
from mesodesk.domain.records.patient import PatientFields, PatientRecord
from mesodesk.domain.records.session import SessionRecord, SessionState
from mesodesk.services.desk import Desk, open_desk
from mesodesk.services.new_desk import create_desk
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.vault import open_vault

if TYPE_CHECKING:
    from uuid import UUID

CLINIC_NAME = "Casa Solana (demonstration)"
ZONE = "Europe/Madrid"
# So many patients of each language, for a waiting room of today.
_LANGUAGES = {"es": 24, "fr": 9, "it": 8, "en": 8, "de": 7, "ar": 2, "he": 2}
_CALLS_FROM, _CALLS_TO = time(10, 0), time(18, 0)
# Of the checks that fell due in these last days, only every second one was worked.
_LATELY = timedelta(days=5)
_EVERY_NTH_FLAGGED = 42

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Extent:
    """How large the demonstration clinic is."""

    patients: int = PATIENTS
    sessions: int = SESSIONS


def build_clinic(
    folder: Path, password: str, now: datetime, say: Say, extent: Extent | None = None
) -> None:
    """Make the demonstration clinic in a new folder, as it stands at a moment."""
    with _seldom_collecting():
        DemoYear(folder, password, now, say, extent or Extent()).work()


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Look for garbage less often: thousands of transactions leave little that needs it."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@dataclass(frozen=True, slots=True)
class _Call:
    """A check that somebody will work."""

    check: FollowUpRecord
    lipolytic: bool


class DemoYear:
    """The year of the demonstration, event by event in the order of time."""

    def __init__(
        self, folder: Path, password: str, now: datetime, say: Say, extent: Extent
    ) -> None:
        self._folder = folder
        self._password = password
        self._say = say
        self._now = now.astimezone(ZoneInfo(ZONE))
        self._clock = DemoClock(self._now - YEAR - timedelta(days=3))
        self._random = seeded("demonstration")
        people = People(seeded("demonstration", "people"), self._now.date())
        self._patients = _choose(people)[: extent.patients]
        self._sessions = extent.sessions
        self._caller = Caller(self._random, self._clock, ZONE)
        self._users: tuple[UUID, ...] = ()
        self._desk: Desk | None = None
        self._records: dict[int, PatientRecord] = {}
        self._courses: dict[int, Course] = {}
        self._waiting: list[tuple[datetime, int, int, _Call]] = []
        self._late = 0
        self._signed = self._worked = 0

    def work(self) -> None:
        """Work through everything up to now; the slots are then made as dear as the floor."""
        sexes = [patient.body_sex for patient in self._patients]
        diary = DiaryMaker(self._random, sexes, self._now, self._sessions).make()
        try:
            self._set_up()
            for appointment in diary.appointments:
                self._work_checks(appointment.at)
                self._see(appointment)
            self._work_checks(self._now)
            self._register_new(diary)
            self._call_in_vain()
            self._archive(diary)
            self._make_slots_dear()
        finally:
            self._close()

    def _set_up(self) -> None:
        """Make the vault, the team and the first shelf of stock.

        Signing derives the key each time; at the price of a real clinic 250 sessions would take
        minutes. So the slots cost next to nothing until the year is over.
        """
        cost = KdfCost.for_tests()
        self._desk = create_desk(
            self._folder,
            ClinicFields(
                name=CLINIC_NAME,
                jurisdiction="ES",
                zone=ZONE,
                address="Calle del Molino 12, Villaluz",
                phone="+34 555 010 100",
                emergency_phone="112",
                idle_lock_minutes=30,
                intake_months=6,
            ),
            owner=NewOwner(OWNER_NAME, OWNER_INITIALS),
            password=self._password,
            recovery_key=RecoveryKey.new(),
            cost=cost,
            clock=self._clock,
        )
        owner = self._desk.store.vault.user_id
        colleagues = add_colleagues(self._desk, self._password, cost, self._clock.now())
        self._users = (owner, *colleagues)
        type_labels(self._desk)
        self._protocols = add_protocols(self._desk)
        change_rules(self._desk)
        starters = {each.starter_id: each.id for each in self._desk.catalogue.products()}
        self._cupboard = Cupboard(self._random, starters, self._now.date())
        self._practice = Practice(self._random, self._cupboard, self._clock, ZONE)

    def _at_desk(self, moment: datetime) -> Desk:
        """Go to a moment, at the desk of whoever works that week."""
        week = moment.astimezone(ZoneInfo(ZONE)).isocalendar().week
        user = self._users[_ROTA[week % len(_ROTA)]]
        self._clock.set(moment)
        if self._desk is None or self._desk.store.vault.user_id != user:
            self._close()
            vault = open_vault(
                self._folder, password=self._password, user_id=user, clock=self._clock
            )
            self._desk = open_desk(vault, self._clock)
        return self._desk

    def _close(self) -> None:
        if self._desk is not None:
            self._desk.close()
            self._desk = None

    def _see(self, appointment: Appointment) -> None:
        desk = self._at_desk(appointment.at)
        course = self._courses.get(appointment.course) or self._begin(desk, appointment)
        visit = Visit(appointment.next_on, appointment.stop_at)
        session = self._practice.see(desk, course, visit, self._password)
        if session.state is SessionState.SIGNED:
            self._signed += 1
            self._expect_checks(desk, session, course)
            self._follow_course(desk, session, course, ended=appointment.next_on is None)
        if self._signed and self._signed % 50 == 0:
            self._say(f"{self._signed} sessions of the demonstration are recorded")

    def _begin(self, desk: Desk, appointment: Appointment) -> Course:
        """Register the patient at the first visit, and begin the course."""
        number = appointment.patient
        if number not in self._records:
            self._records[number] = desk.patients.create(self._patients[number])
        known = [each for each in self._courses.values() if each.patient == self._records[number]]
        treatment = appointment.treatment
        history = (
            known[0].history
            if known
            else make_history(
                self._random,
                self._patients[number].body_sex,
                treatment.reason,
                treatment.expected,
            )
        )
        course = Course(self._records[number], history, treatment, sum(k.done for k in known))
        self._courses[appointment.course] = course
        begin_plan(desk, course, self._protocols.get(treatment.id))
        return course

    def _follow_course(
        self, desk: Desk, session: SessionRecord, course: Course, *, ended: bool
    ) -> None:
        """Finish a plan that is over; the owner makes a protocol of what she has done."""
        if ended:
            end_plan(desk, course)
        protocol = self._protocols.get(course.treatment.id)
        if protocol is not None and desk.store.vault.user_id == self._users[0]:
            changed = keep_what_was_done(desk, protocol, session)
            self._protocols[course.treatment.id] = changed

    def _expect_checks(self, desk: Desk, session: SessionRecord, course: Course) -> None:
        lipolytic = course.treatment.id == "submental"
        for order, check in enumerate(desk.follow_ups.for_session(session.id)):
            at = self._call_time(check.due_at)
            late = timedelta() < self._now - at < _LATELY
            self._late += late
            # Every other one of the last days is left undone, so that today has overdue ones.
            if at < self._now and not (late and self._late % 2):
                heapq.heappush(self._waiting, (at, self._signed, order, _Call(check, lipolytic)))

    def _call_time(self, due_at: datetime) -> datetime:
        """Return a time in working hours before a check is due, or soon after."""
        local = (due_at - timedelta(hours=3)).astimezone(ZoneInfo(ZONE))
        day, clock_time = local.date(), min(max(local.time(), _CALLS_FROM), _CALLS_TO)
        if not is_working_day(day):
            day, clock_time = working_day_from(day), _CALLS_FROM
        minutes = timedelta(minutes=self._random.randint(0, 50))
        return datetime.combine(day, clock_time, ZoneInfo(ZONE)) + minutes

    def _work_checks(self, until: datetime) -> None:
        while self._waiting and self._waiting[0][0] < until:
            at, _, _, call = heapq.heappop(self._waiting)
            self._worked += 1
            flag = self._worked % _EVERY_NTH_FLAGGED == 0
            desk = self._at_desk(at)
            # Of the last days it is still to be said what was done.
            handled = self._now - at > _LATELY
            self._caller.work(
                desk, call.check, lipolytic=call.lipolytic, flag=flag, handled=handled
            )

    def _call_in_vain(self) -> None:
        """Try one of the overdue patients, who does not answer."""
        desk = self._at_desk(self._now - timedelta(minutes=20))
        for check in desk.follow_ups.overdue()[:1]:
            self._caller.try_in_vain(desk, check)

    def _register_new(self, diary: Diary) -> None:
        """Enter patients who have only rung up, two of them with an intake begun."""
        desk = self._at_desk(self._now - timedelta(minutes=50))
        for at, number in enumerate(diary.new_patients):
            record = desk.patients.create(self._patients[number])
            if at < len(diary.new_patients) - 2:
                continue
            treatment = self._random.choice(TREATMENTS)
            history = make_history(
                self._random, record.fields.body_sex, treatment.reason, treatment.expected
            )
            course = Course(record, history, treatment)
            self._practice.review(desk, course, history.weight_kg, complete=False)
        self._cupboard.deliver_edge_cases(desk, self._now.date() - timedelta(days=70))

    def _archive(self, diary: Diary) -> None:
        desk = self._at_desk(self._now - timedelta(minutes=30))
        for number in diary.archived:
            record = desk.patients.get(self._records[number].id)
            desk.patients.archive(record.id, record.version)
        tell_of_the_shelf(desk, self._now.date())

    def _make_slots_dear(self) -> None:
        self._clock.set(self._now - timedelta(minutes=10))
        # A new slot comes first in the key file: the owner's last, so that she heads the list.
        for user in reversed(self._users):
            self._close()
            with open_vault(
                self._folder, password=self._password, user_id=user, clock=self._clock
            ) as vault:
                vault.change_password(self._password, KdfCost.floor())


# Who works in which week: 0 is the owner.
_ROTA = (0, 1, 2, 1)


def _choose(people: People) -> list[PatientFields]:
    """Return the patients, so many of each language, in no particular order."""
    wanted, chosen = dict(_LANGUAGES), []
    while any(wanted.values()):
        patient = people.patient()
        if wanted.get(patient.language):
            wanted[patient.language] -= 1
            chosen.append(patient)
    return chosen

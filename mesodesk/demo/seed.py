"""A synthetic clinic of any size, for benchmarks and trials.

The same seed and day give the same content, another day gives the same clinic moved by so many
days; ids and keys are new each time. Patients and sessions go in many rows at a time, but every
session is sealed, signed and on the audit chain like one from the window, so that `mesodesk check`
finds nothing.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from mesodesk.db.bulk import NewPatient, insert_patients
from mesodesk.demo.clock import DemoClock
from mesodesk.demo.people import People, seeded
from mesodesk.demo.seed_consents import add_consents
from mesodesk.demo.seed_sessions import SessionMaker, Treated
from mesodesk.demo.seed_stock import stock_up
from mesodesk.demo.workshop import workshop
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.rights import Right
from mesodesk.services.desk import Desk
from mesodesk.services.new_desk import create_desk
from mesodesk.vault.errors import VaultExistsError
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey

CLINIC_NAME = "Synthetic clinic"
_YEARS = timedelta(days=5 * 365)
_CHUNK = 50_000
# Checks that fell due in these last days are still open.
_STILL_OPEN = timedelta(days=10)
# A treated patient has about so many sessions.
_SESSIONS_EACH = 6

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Order:
    """Which content, up to which day, and who is told how far it is.

    The last day is the one before the clinic is made: nothing in it lies in the future.
    """

    seed: int
    last_day: date
    say: Say

    @property
    def first_day(self) -> date:
        return self.last_day - _YEARS


def seed_clinic(
    folder: Path,
    *,
    password: str,
    patients: int,
    sessions: int,
    seed: int,
    say: Say,
    regular: int = 0,
    day: date | None = None,
    cost: KdfCost | None = None,
) -> None:
    """Make a synthetic clinic in a new vault; if it fails, nothing is left.

    Args:
        folder: absent or empty.
        password: of its owner.
        patients: how many.
        sessions: how many signed ones, over the five years up to the day before `day`.
        seed: the same one gives the same content, for the same day.
        say: is told how far it is and how fast it goes.
        regular: of the sessions, so many are of the first patient.
        day: from which all dates count; today if None.
        cost: of one guess of the password; the floor by default, as there is nothing to guard.

    Raises:
        VaultExistsError: if anything stands in the folder.
        VaultError: if a vault cannot be made there.
    """
    folder = folder.expanduser().absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise VaultExistsError
    if patients == 0:
        sessions = 0
    order = _Order(seed, (day or datetime.now(UTC).date()) - timedelta(days=1), say)
    with workshop(folder) as made:
        clock = DemoClock(_moment(order.first_day))
        desk = _new_desk(made, password, cost or KdfCost.floor(), clock)
        try:
            treated = _add_patients(desk, order, patients, max(1, sessions // _SESSIONS_EACH))
            _add_sessions(desk, order, clock, treated, (sessions, regular))
        finally:
            desk.close()
    say(f"the synthetic clinic stands in {folder}")


def _new_desk(folder: Path, password: str, cost: KdfCost, clock: DemoClock) -> Desk:
    return create_desk(
        folder,
        ClinicFields(name=CLINIC_NAME, jurisdiction="ES", zone="UTC"),
        owner=NewOwner("Sample Owner", "SO"),
        password=password,
        recovery_key=RecoveryKey.new(),
        cost=cost,
        clock=clock,
    )


def _add_patients(desk: Desk, order: _Order, count: int, wanted: int) -> list[Treated]:
    """Enter all patients; return the first of them, those who will be treated."""
    everybody = _people(count, order)
    treated: list[Treated] = []
    began, entered = time.perf_counter(), 0
    while entered < count:
        with desk.store.write(Right.PATIENT_EDIT) as tx:
            batch = [next(everybody) for _ in range(min(_CHUNK, count - entered))]
            insert_patients(tx.connection, batch)
            tx.audit("patient.enter_many", "patient", None, None, count=len(batch))
            tx.touch(Topic.PATIENTS)
        treated += [Treated.of(each) for each in batch[: max(0, wanted - len(treated))]]
        entered += len(batch)
        rate = entered / (time.perf_counter() - began)
        order.say(f"{entered:,} of {count:,} patients, {rate:,.0f} a second")
    return treated


def _people(count: int, order: _Order) -> Iterator[NewPatient]:
    people = People(seeded("seed", order.seed, "people"), order.first_day)
    for number in range(count):
        entered = _moment(order.first_day) + timedelta(days=_YEARS.days * number / count)
        yield NewPatient(people.patient(), entered)


def _add_sessions(
    desk: Desk,
    order: _Order,
    clock: DemoClock,
    treated: list[Treated],
    counts: tuple[int, int],
) -> None:
    sessions, regular = counts
    if not sessions:
        return
    random = seeded("seed", order.seed, "sessions")
    shelf = stock_up(desk, random, order.first_day, order.last_day)
    maker = SessionMaker(desk, clock, random, shelf, _moment(order.last_day - _STILL_OPEN))
    maker.add_intakes(treated)
    add_consents(desk, [each.id for each in treated])
    calendar = _calendar(treated, (sessions, regular), _moment(order.first_day), random)
    began, done = time.perf_counter(), 0
    for batch in _batches(calendar):
        maker.add(batch)
        done += len(batch)
        if done // 1000 > (done - len(batch)) // 1000 or done == sessions:
            rate = done / (time.perf_counter() - began)
            order.say(f"{done:,} of {sessions:,} sessions, {rate:,.0f} a second")


def _calendar(
    treated: list[Treated], counts: tuple[int, int], start: datetime, random: Random
) -> list[tuple[datetime, Treated]]:
    """Return who is seen when, in the order of time."""
    sessions, regular = counts
    regular = min(regular, sessions)
    found = [(start + _YEARS * random.random(), treated[0]) for _ in range(regular)]
    found += [
        (start + _YEARS * random.random(), random.choice(treated))
        for _ in range(sessions - regular)
    ]
    return sorted(found, key=lambda each: each[0])


def _batches(
    calendar: list[tuple[datetime, Treated]], most: int = 400
) -> Iterator[list[tuple[datetime, Treated]]]:
    """Cut the calendar so that nobody comes twice in a batch: one draft a patient is the rule."""
    batch: list[tuple[datetime, Treated]] = []
    seen: set[int] = set()
    for visit in calendar:
        if id(visit[1]) in seen or len(batch) == most:
            yield batch
            batch, seen = [], set()
        batch.append(visit)
        seen.add(id(visit[1]))
    if batch:
        yield batch


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)

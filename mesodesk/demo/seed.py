"""A synthetic clinic of any size, for benchmarks and trials.

The same seed gives the same content; ids and keys are new each time. Patients and sessions go in
many rows at a time, but every session is sealed, signed and on the audit chain like one from the
window, so that `mesodesk check` finds nothing.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from mesodesk.db.bulk import NewPatient, insert_patients
from mesodesk.demo.clock import DemoClock
from mesodesk.demo.people import People, seeded
from mesodesk.demo.seed_sessions import SessionMaker, Treated
from mesodesk.demo.seed_stock import stock_up
from mesodesk.demo.workshop import workshop
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.services.desk import Desk
from mesodesk.services.new_desk import create_desk
from mesodesk.vault.errors import VaultExistsError
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey

CLINIC_NAME = "Synthetic clinic"
# Fixed, so that the content does not depend on the day of making.
LAST_DAY = date(2026, 6, 30)
FIRST_DAY = LAST_DAY - timedelta(days=5 * 365)
_CHUNK = 50_000
# Checks that fell due in these last days are still open.
_STILL_OPEN = timedelta(days=10)
# A treated patient has about so many sessions.
_SESSIONS_EACH = 6

Say = Callable[[str], None]


def seed_clinic(
    folder: Path,
    *,
    password: str,
    patients: int,
    sessions: int,
    seed: int,
    say: Say,
    regular: int = 0,
    cost: KdfCost | None = None,
) -> None:
    """Make a synthetic clinic in a new vault; if it fails, nothing is left.

    Args:
        folder: absent or empty.
        password: of its owner.
        patients: how many.
        sessions: how many signed ones, over five years.
        seed: the same one gives the same content.
        say: is told how far it is and how fast it goes.
        regular: of the sessions, so many are of the first patient.
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
    with workshop(folder) as made:
        clock = DemoClock(_moment(FIRST_DAY))
        desk = _new_desk(made, password, cost or KdfCost.floor(), clock)
        try:
            treated = _add_patients(desk, patients, max(1, sessions // _SESSIONS_EACH), seed, say)
            _add_sessions(desk, clock, treated, (sessions, regular), seed, say)
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


def _add_patients(desk: Desk, count: int, wanted: int, seed: int, say: Say) -> list[Treated]:
    """Enter all patients; return the first of them, those who will be treated."""
    everybody = _people(count, seed)
    treated: list[Treated] = []
    began, entered = time.perf_counter(), 0
    while entered < count:
        with desk.store.write() as tx:
            batch = [next(everybody) for _ in range(min(_CHUNK, count - entered))]
            insert_patients(tx.connection, batch)
            tx.audit("patient.enter_many", "patient", None, None, count=len(batch))
            tx.touch(Topic.PATIENTS)
        treated += [Treated.of(each) for each in batch[: max(0, wanted - len(treated))]]
        entered += len(batch)
        rate = entered / (time.perf_counter() - began)
        say(f"{entered:,} of {count:,} patients, {rate:,.0f} a second")
    return treated


def _people(count: int, seed: int) -> Iterator[NewPatient]:
    people = People(seeded("seed", seed, "people"), FIRST_DAY)
    days = (LAST_DAY - FIRST_DAY).days
    for number in range(count):
        entered = _moment(FIRST_DAY) + timedelta(days=days * number / count)
        yield NewPatient(people.patient(), entered)


def _add_sessions(
    desk: Desk,
    clock: DemoClock,
    treated: list[Treated],
    counts: tuple[int, int],
    seed: int,
    say: Say,
) -> None:
    sessions, regular = counts
    if not sessions:
        return
    random = seeded("seed", seed, "sessions")
    shelf = stock_up(desk, random, FIRST_DAY, LAST_DAY)
    maker = SessionMaker(desk, clock, random, shelf, _moment(LAST_DAY - _STILL_OPEN))
    maker.add_intakes(treated)
    began, done = time.perf_counter(), 0
    for batch in _batches(_calendar(treated, sessions, regular, random)):
        maker.add(batch)
        done += len(batch)
        if done // 1000 > (done - len(batch)) // 1000 or done == sessions:
            rate = done / (time.perf_counter() - began)
            say(f"{done:,} of {sessions:,} sessions, {rate:,.0f} a second")


def _calendar(
    treated: list[Treated], sessions: int, regular: int, random: Random
) -> list[tuple[datetime, Treated]]:
    """Return who is seen when, in the order of time."""
    start, span = _moment(FIRST_DAY), timedelta(days=(LAST_DAY - FIRST_DAY).days)
    regular = min(regular, sessions)
    found = [(start + span * random.random(), treated[0]) for _ in range(regular)]
    found += [
        (start + span * random.random(), random.choice(treated)) for _ in range(sessions - regular)
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

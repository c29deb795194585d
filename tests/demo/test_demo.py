"""The demonstration clinic: alive on any date, sealed like a real one, and never in the way."""

import re
import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesodesk import demo
from mesodesk.demo import DEMO_PASSWORD, make_demo
from mesodesk.demo.clinic import CLINIC_NAME, ZONE, Extent
from mesodesk.demo.diary import PATIENTS, SESSIONS, DiaryMaker, is_working_day
from mesodesk.demo.making import MARKER, NotADemoError
from mesodesk.demo.people import seeded
from mesodesk.demo.treatments import TREATMENTS
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.records.backup import Urgency
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.followup import FollowUpState
from mesodesk.domain.records.patient import BodySex
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.records.stock import LotState, RegulatoryStatus
from mesodesk.domain.vocabulary import load_vocabulary
from mesodesk.services.desk import open_desk
from mesodesk.vault.errors import AlreadyOpenError
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.vault import open_vault

# A Monday morning, 10:30 in Madrid: the working day before it was a Saturday.
# Whichever test comes first waits for the clinic to be made.
pytestmark = pytest.mark.timeout(600)

MONDAY = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
SMALL = Extent(patients=12, sessions=30)
MADRID = ZoneInfo(ZONE)


class Still:
    def __init__(self, moment=MONDAY):
        self._moment = moment

    def now(self):
        return self._moment


def _open(folder, now=MONDAY):
    still = Still(now)
    return open_desk(open_vault(folder, password=DEMO_PASSWORD, clock=still), still)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    said = []
    made = make_demo(tmp_path_factory.mktemp("demo") / "clinic", said.append, MONDAY, SMALL)
    assert any(DEMO_PASSWORD in sentence for sentence in said)
    return made


@pytest.fixture
def desk(folder):
    desk = _open(folder)
    yield desk
    desk.close()


def test_three_people_work_here_and_the_first_is_the_owner(desk):
    users = desk.clinic.users()
    assert Counter(user.role for user in users) == {Role.OWNER: 1, Role.THERAPIST: 2}
    slots = desk.store.vault.key_file.user_slots()
    assert desk.user.role is Role.OWNER
    assert {slot.user_id for slot in slots} == {user.id for user in users}
    assert {slot.cost for slot in slots} == {KdfCost.floor()}


def test_everybody_on_the_team_can_open_it(folder, desk):
    users = [user.id for user in desk.clinic.users()]
    desk.close()
    for user in users:
        with open_vault(folder, password=DEMO_PASSWORD, user_id=user, clock=Still()) as vault:
            assert (vault.user_id, vault.findings) == (user, ())


def test_sessions_are_signed_by_several_hands_and_every_seal_holds(desk):
    found = _sessions(desk)
    states = Counter(session.state for session in found)
    assert states == {SessionState.SIGNED: SMALL.sessions - 3, SessionState.DRAFT: 3}
    assert len({session.therapist for session in found}) > 1
    assert desk.checks.check_all() == []


def test_todays_lists_are_alive(desk):
    today = desk.today.overview()
    assert today.overdue
    assert today.due
    assert len(today.drafts) == 3
    assert any(plan.planned_on >= MONDAY.date() for plan in today.planned)
    assert {lot.state for lot in today.expiring} == {LotState.EXPIRED, LotState.EXPIRES_SOON}
    started = {draft.started_at.astimezone(MADRID).date() for draft in today.drafts}
    assert MONDAY.date() in started


def test_checks_were_done_missed_taken_over_and_wait(desk):
    checks = [check for hit in _patients(desk) for check in desk.follow_ups.for_patient(hit.id)]
    assert {check.state for check in checks} == set(FollowUpState)
    assert any(check.shown for check in checks)
    assert all(check.done_at < MONDAY for check in checks if check.done_at)


def test_products_are_of_unknown_status_and_every_point_lies_in_a_region_of_its_treatment(desk):
    assert {each.fields.status for each in desk.catalogue.products()} == {RegulatoryStatus.UNKNOWN}
    codes = {
        region.split(".")[0]
        for treatment in TREATMENTS
        for draw in treatment.draws
        for grid in draw.grids
        for region in grid.regions
    }
    for session in _sessions(desk):
        assert session.points > 0
        assert {region.split(".")[0] for region in session.regions} <= codes


def test_the_same_day_opens_what_is_there(folder):
    before = (folder / MARKER).read_bytes(), (folder / "keys.json").read_bytes()
    said = []
    assert make_demo(folder, said.append, MONDAY + timedelta(hours=2), SMALL) == folder
    assert before == ((folder / MARKER).read_bytes(), (folder / "keys.json").read_bytes())


@pytest.mark.long
def test_another_day_makes_it_anew_and_leaves_nothing_beside_it(tmp_path):
    tiny = Extent(patients=6, sessions=8)
    folder = make_demo(tmp_path / "clinic", _hear, MONDAY, tiny)
    with open_vault(folder, password=DEMO_PASSWORD) as first:
        vault_id = first.vault_id
    later = MONDAY + timedelta(days=4)
    make_demo(folder, _hear, later, tiny)
    desk = _open(folder, later)
    try:
        assert desk.store.vault.vault_id != vault_id
        assert desk.clinic.record().fields.name == CLINIC_NAME
        assert len(desk.today.overview().drafts) == 3
        standing = desk.backups.standing()
        assert standing.urgency(later) is Urgency.CALM
        assert not standing.lacks_stick(later)
    finally:
        desk.close()
    assert {path.name for path in tmp_path.iterdir()} == {"clinic", "clinic-backups"}
    backups = tmp_path / "clinic-backups"
    assert len([*backups.rglob("*.mesobackup")]) == 2, "those of the day before are gone"


def test_a_folder_that_is_no_demonstration_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(NotADemoError) as error:
        make_demo(tmp_path, _hear, MONDAY, SMALL)
    assert "Nothing was changed" in error.value.sentence
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_real_vault_with_a_marker_laid_into_it_is_left_alone(tmp_path, folder):
    copied = tmp_path / "copied"
    shutil.copytree(folder, copied)
    with open_vault(copied, password=DEMO_PASSWORD) as vault:
        vault.change_password("a password of my own here", KdfCost.for_tests())
        owner = vault.user_id
    desk = open_desk(open_vault(copied, password="a password of my own here", user_id=owner))
    record = desk.clinic.record()
    desk.clinic.update(record.version, replace(record.fields, name="My own clinic"))
    desk.close()
    before = _files(copied)
    with pytest.raises(NotADemoError):
        make_demo(copied, _hear, MONDAY + timedelta(days=1), SMALL)
    after = _files(copied)
    assert before.keys() == after.keys()
    assert after["clinic.db"]


def _files(folder):
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_a_demonstration_that_is_open_is_not_pulled_away(folder, desk):
    with pytest.raises(AlreadyOpenError):
        make_demo(folder, _hear, MONDAY + timedelta(days=1), SMALL)


@pytest.mark.long
@pytest.mark.parametrize(
    "now",
    [
        datetime(2028, 2, 29, 6, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2031, 1, 1, 23, 59, tzinfo=UTC),
    ],
)
def test_the_whole_clinic_is_alive_on_odd_days(tmp_path, now):
    folder = make_demo(tmp_path / "clinic", _hear, now)
    desk = _open(folder, now)
    try:
        today = desk.today.overview()
        assert min(len(today.overdue), len(today.due), len(today.planned)) >= 3
        assert len(_patients(desk)) == PATIENTS
        assert len(_sessions(desk)) == SESSIONS
        assert desk.checks.check_all() == []
    finally:
        desk.close()


SEXES = [BodySex.MALE if number % 6 == 0 else BodySex.FEMALE for number in range(PATIENTS)]


@settings(max_examples=40, deadline=None)
@given(day=st.integers(0, 15 * 365), minute=st.integers(0, 24 * 60 - 1), seed=st.integers(0, 10**6))
def test_the_diary_is_whole_on_any_day(day, minute, seed):
    now = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=day, minutes=minute)
    now = now.astimezone(MADRID)
    diary = DiaryMaker(seeded(seed), SEXES, now).make()
    visits = diary.appointments
    assert len(visits) == SESSIONS
    assert Counter(visit.stop_at for visit in visits)[""] == SESSIONS - 3
    assert all(visit.at < now for visit in visits)
    assert all(is_working_day(visit.at.date()) for visit in visits)
    assert list(visits) == sorted(visits, key=lambda visit: visit.at)
    drafts = {visit.patient for visit in visits if visit.stop_at}
    assert len(drafts) == 3
    assert not drafts & set(diary.archived)
    assert not {visit.patient for visit in visits} & set(diary.new_patients)
    by_patient = {}
    for visit in visits:
        assert visit.next_on is None or visit.next_on > visit.at.date()
        before = by_patient.get((visit.patient, visit.course))
        if before is not None:
            gap = (visit.at.date() - before.at.date()).days
            assert gap >= visit.treatment.interval_days - 1
        by_patient[visit.patient, visit.course] = visit


def test_treatments_name_what_the_files_know_and_fit_their_syringes():
    catalogue, vocabulary = load_catalogue(), load_vocabulary()
    for treatment in TREATMENTS:
        assert vocabulary.technique(treatment.technique)
        assert vocabulary.needle(treatment.needle)
        for draw in treatment.draws:
            assert {part.starter_id for part in draw.parts} <= set(catalogue.products)
            sides = 1 if draw.right_too else 2
            points = sum(grid.count * (sides if grid.mirrored else 1) for grid in draw.grids)
            drawn = sum(part.volume_ml for part in draw.parts)
            assert points * treatment.dose_ml <= drawn


def test_no_text_speaks_of_effect_or_approval():
    pattern = re.compile(
        r"fda|approved|dissolv|melts?\b|pound a week|no recovery|guarantee|\beffective\b",
        re.IGNORECASE,
    )
    for path in Path(demo.__file__).parent.glob("*.py"):
        assert not pattern.search(path.read_text(encoding="utf-8")), path.name


def _hear(sentence):
    assert sentence


def _patients(desk):
    return desk.patients.search("", limit=500, archived=True)


def _sessions(desk):
    return [session for hit in _patients(desk) for session in desk.sessions.for_patient(hit.id)]


def test_reactions_are_placed_where_was_injected_and_name_the_lots_there(desk):
    found = [
        (patient.id, each)
        for patient in desk.patients.search("")
        for each in desk.reactions.for_patient(patient.id)
    ]
    assert found
    for patient_id, each in found:
        assert each.told is not None
        assert each.fields.grade is not None
        assert each.latest.suspects
        under = desk.reactions.under(patient_id, each.fields.places, each.id)
        assert each.fields.lots[0] in {part.lot_id for part in under.parts}

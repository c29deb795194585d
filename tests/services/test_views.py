"""Who saw what: kept before anything is returned, once in a visit."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from mesodesk.db.errors import StorageError
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.patient import PatientRecord
from mesodesk.domain.rights import Right
from mesodesk.services.desk import Desk
from mesodesk.services.errors import NotFoundError
from mesodesk.services.views import VISIT, Seen


def views(desk: Desk) -> list[str]:
    """Return what was looked at, in the order of the audit chain."""
    with desk.store.vault.engine.connect() as connection:
        query = "SELECT action FROM audit_entry WHERE action LIKE '%.view' ORDER BY seq"
        return list(connection.execute(text(query)).scalars())


def entries(desk: Desk) -> int:
    with desk.store.vault.engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM audit_entry")).scalar_one()


def look_through(desk: Desk, patient: PatientRecord) -> None:
    """Look at everything of a patient that has an intake and a session."""
    [session] = desk.sessions.for_patient(patient.id)
    intake = desk.intakes.latest(patient.id)
    desk.intakes.history(patient.id)
    desk.intakes.facts(patient.id)
    desk.intakes.get(intake.id)
    desk.follow_ups.for_patient(patient.id)
    desk.follow_ups.outstanding(patient.id, missed=3)
    desk.exposure.for_patient(patient.id)
    for look in (
        desk.sessions.get, desk.sessions.open, desk.sessions.summary, desk.sessions.previous,
        desk.sessions.screening, desk.sessions.missing, desk.sessions.standing,
        desk.charts.load, desk.charts.earlier, desk.follow_ups.for_session,
    ):  # fmt: skip
        look(session.id)


@pytest.fixture
def session(desk, patient):
    desk.intakes.start(patient.id)
    return desk.sessions.start(patient.id)


ALL = ["patient.view", "intake.view", "exposure.view", "session.view"]


def test_each_first_look_is_kept_and_no_repeat(desk, patient, session):
    look_through(desk, patient)
    assert views(desk) == ALL
    before = entries(desk)
    look_through(desk, patient)
    assert entries(desk) == before


def test_after_a_lock_each_look_is_a_first_one(desk, patient, session):
    look_through(desk, patient)
    desk.access.lock()
    look_through(desk, patient)
    assert views(desk) == ALL * 2


def test_a_record_left_alone_for_a_while_is_looked_at_anew(desk, clock, patient, session):
    for minutes in (0, 14, 14, 15, 14):
        clock.move(minutes=minutes)
        desk.sessions.standing(session.id)
    assert views(desk) == ["session.view"] * 2


def test_a_clock_that_was_set_back_hides_no_look(desk, clock, session):
    desk.sessions.get(session.id)
    clock.move(hours=-1)
    desk.sessions.get(session.id)
    assert views(desk) == ["session.view"] * 2


def test_each_opening_of_a_patient_is_kept_and_counts_as_a_look(desk, patient):
    for _ in range(2):
        desk.patients.get(patient.id)
        desk.intakes.history(patient.id)
    assert views(desk) == ["patient.view"] * 2


def test_going_on_with_what_is_open_is_a_look_at_it(desk, patient, session):
    for _ in range(2):
        desk.sessions.start(patient.id)
        desk.intakes.start(patient.id)
    assert views(desk) == ["session.view", "patient.view"]


def test_opening_a_session_opens_its_patient_too(desk, clock, patient, typed_patient, session):
    clock.move(minutes=20)
    desk.patients.create(typed_patient(family_name="Later"))
    assert desk.patients.search("")[0].id != patient.id
    for _ in range(3):
        clock.move(minutes=1)
        desk.sessions.open(session.id)
    assert views(desk) == ["session.view", "patient.view"]
    assert desk.patients.search("")[0].id == patient.id


def test_what_is_read_ahead_is_looked_at_once_somebody_looks(desk, clock, patient, session):
    before = entries(desk)
    ahead = desk.sessions.read_ahead(session.id).opened
    assert entries(desk) == before
    assert desk.sessions.look(session.id) == ahead.record.version
    desk.sessions.look(session.id)
    assert views(desk) == ["session.view", "patient.view"]
    typed = replace(ahead.record.fields, note="calm")
    later = desk.sessions.save(session.id, ahead.record.version, typed)
    assert desk.sessions.look(session.id) == later.version > ahead.record.version


@pytest.mark.parametrize(
    "look",
    [
        lambda desk: desk.patients.get(new_id()),
        lambda desk: desk.sessions.open(new_id()),
        lambda desk: desk.charts.load(new_id()),
        lambda desk: desk.intakes.get(new_id()),
        lambda desk: desk.follow_ups.get(new_id()),
        lambda desk: desk.exposure.for_patient(new_id()),
    ],
)
def test_what_is_not_there_was_not_seen(desk, look):
    before = entries(desk)
    for _ in range(2):
        with pytest.raises(NotFoundError):
            look(desk)
    assert entries(desk) == before


def test_a_look_says_who_looked_at_what(desk, session):
    desk.sessions.get(session.id)
    with desk.store.vault.engine.connect() as connection:
        entry = connection.execute(
            text("SELECT * FROM audit_entry WHERE action = 'session.view'")
        ).one()
    assert (entry.object_type, entry.object_id) == ("session", session.id.bytes)
    assert (entry.actor_id, entry.actor_role) == (desk.user.id.bytes, "owner")


def test_on_a_full_disk_nothing_is_shown_that_is_not_in_the_log(desk, typed_patient):
    """Pages begun or left free have room for some entries: then just these looks succeed."""
    patients = [desk.patients.create(typed_patient(family_name=f"No {n}")) for n in range(120)]

    def full(connection):
        connection.exec_driver_sql("PRAGMA max_page_count = 1")

    event.listen(desk.store.vault.engine, "begin", full)
    shown = 0
    try:
        for patient in patients:
            try:
                desk.intakes.history(patient.id)
            except StorageError:
                continue
            shown += 1
    finally:
        event.remove(desk.store.vault.engine, "begin", full)
        with desk.store.vault.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert shown < len(patients)
    assert views(desk) == ["patient.view"] * shown


def test_a_gesture_costs_no_entry_for_looking(desk, session):
    desk.sessions.open(session.id)
    desk.charts.load(session.id)
    before = entries(desk)
    for _ in range(5):
        desk.sessions.standing(session.id)
        desk.charts.load(session.id)
    assert entries(desk) == before


def test_a_view_needs_a_right_too(desk, session):
    with pytest.raises(TypeError):
        desk.store.view("session", session.id)
    with desk.store.view(Right.RECORD_READ, "session", session.id) as tx:
        assert tx.actor.name == "Olga Owner"


def test_what_was_seen_is_forgotten_in_its_order(clock):
    seen, user = Seen(), new_id()
    looks = [(user, "session", new_id()) for _ in range(1_001)]
    for look in looks:
        seen.add(look, clock.now())
    assert not seen.lately(looks[0], clock.now())
    assert seen.lately(looks[1], clock.now())
    assert not seen.lately(looks[1], clock.now() + VISIT)
    assert seen.lately(looks[2], clock.now() + VISIT - timedelta(seconds=1))
    seen.clear()
    assert not seen.lately(looks[-1], clock.now())

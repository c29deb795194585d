"""Transactions: kept whole or not at all, and never without a trace."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import delete, event, func, select, update
from sqlalchemy.exc import IntegrityError

from mesodesk.db.errors import StorageBug, StorageTrouble, StorageUnavailable
from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.clinic import ClinicRow
from mesodesk.db.models.draft import DraftRow
from mesodesk.db.models.patient import PatientRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.rights import Right
from mesodesk.services.desk import Desk
from mesodesk.vault.audit import verify_chain


def entries(desk: Desk) -> int:
    with desk.store.read(Right.RECORD_READ) as tx:
        return tx.db.scalar(select(func.count()).select_from(AuditEntryRow)) or 0


def test_a_change_without_an_audit_entry_is_refused_and_lost(desk):
    with pytest.raises(StorageBug), desk.store.write(Right.OWN) as tx:
        tx.db.scalars(select(ClinicRow)).one().name = "Unseen"
    assert desk.clinic.record().fields.name == "Clinic of the tests"


def test_a_change_through_core_without_an_audit_entry_is_refused_too(desk):
    with pytest.raises(StorageBug), desk.store.write(Right.OWN) as tx:
        tx.connection.execute(update(ClinicRow).values(name="Unseen"))
    assert desk.clinic.record().fields.name == "Clinic of the tests"


def test_a_transaction_that_changes_nothing_needs_no_entry(desk):
    before = entries(desk)
    with desk.store.write(Right.OWN) as tx:
        tx.connection.execute(delete(DraftRow))
    assert entries(desk) == before


def test_an_exception_loses_the_change_and_its_entry(desk):
    def fail_half_way():
        with desk.store.write(Right.OWN) as tx:
            tx.db.scalars(select(ClinicRow)).one().name = "Half done"
            tx.audit("clinic.update", "clinic", None)
            raise ZeroDivisionError

    before = entries(desk)
    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert entries(desk) == before
    assert desk.clinic.record().fields.name == "Clinic of the tests"


def test_what_is_written_in_a_reading_transaction_is_lost(desk):
    with desk.store.read(Right.RECORD_READ) as tx:
        tx.connection.execute(update(ClinicRow).values(name="Unseen"))
    assert desk.clinic.record().fields.name == "Clinic of the tests"


def test_a_use_case_inside_another_is_a_bug_and_not_a_deadlock(desk, typed_patient):
    def nest():
        with desk.store.write(Right.OWN):
            desk.patients.create(typed_patient())

    with pytest.raises(StorageBug, match="inside another"):
        nest()
    assert desk.patients.create(typed_patient()).record_number == "00001"


def test_a_subscriber_may_write_in_turn(desk, typed_patient):
    desk.subscribe(
        lambda topic: desk.drafts.put("seen", "", {}) if topic & Topic.PATIENTS else None
    )
    desk.patients.create(typed_patient())
    assert desk.drafts.get("seen", "") == {}


def test_subscribers_hear_of_a_change_only_after_it_is_kept(desk, typed_patient):
    heard: list[tuple[Topic, int]] = []
    desk.subscribe(lambda topic: heard.append((topic, desk.patients.count())))
    desk.patients.create(typed_patient())
    assert heard == [(Topic.PATIENTS, 1)]


def test_subscribers_hear_nothing_of_what_was_refused(desk):
    def forget_the_audit():
        with desk.store.write(Right.OWN) as tx:
            tx.db.scalars(select(ClinicRow)).one().name = "Unseen"
            tx.touch(Topic.CLINIC)

    heard = []
    desk.subscribe(heard.append)
    with pytest.raises(StorageBug):
        forget_the_audit()
    assert heard == []


def test_entries_name_who_acts_in_which_role_and_when(desk, clock, patient):
    with desk.store.read(Right.RECORD_READ) as tx:
        entry = tx.db.scalars(
            select(AuditEntryRow).where(AuditEntryRow.action == "patient.create")
        ).one()
    assert (entry.actor_id, entry.actor_name) == (desk.user.id, "Olga Owner")
    assert (entry.actor_role, entry.object_id, entry.object_version) == ("owner", patient.id, 1)
    assert entry.at == clock.now()


def test_the_chain_stands_after_a_day_of_work(desk, patient, typed_patient):
    for name in ("Ito", "Ødegård", "Nguyễn"):
        made = desk.patients.create(typed_patient(family_name=name))
        desk.patients.get(made.id)
    with desk.store.read(Right.RECORD_READ) as tx:
        assert verify_chain(tx.connection, desk.store.vault.keys) == []


def test_what_was_kept_is_there_after_closing_and_opening(
    desk, patient, open_again: Callable[[], Desk], clock
):
    desk.close()
    clock.move(days=1)
    again = open_again()
    assert again.patients.get(patient.id) == patient
    assert clock.now() - patient.created_at == timedelta(days=1)


def test_a_kept_change_does_not_fail_by_whoever_is_told_of_it(desk, typed_patient, log_book):
    told = []

    def stumble(_topic):
        raise KeyError("García, born 1985")

    desk.subscribe(stumble)
    desk.subscribe(told.append)
    with log_book.expects("mesodesk.services.store", logging.ERROR) as records:
        patient = desk.patients.create(typed_patient())
    assert desk.patients.count() == 1
    assert patient.version == 1
    assert told == [Topic.PATIENTS]
    assert records[0].getMessage() == "KeyError in a subscriber"


def test_what_a_constraint_refuses_is_lost_whole_and_the_next_change_is_kept(desk, patient):
    def break_a_rule():
        with desk.store.write(Right.OWN) as tx:
            tx.db.scalars(select(ClinicRow)).one().name = "Half done"
            tx.db.flush()
            tx.audit("clinic.update", "clinic", None)
            tx.db.scalars(select(PatientRow)).one().seq = -1

    before = entries(desk)
    with pytest.raises(StorageBug):
        break_a_rule()
    assert (entries(desk), desk.clinic.record().fields.name) == (before, "Clinic of the tests")
    desk.drafts.put("kept", "", {})
    assert desk.drafts.get("kept", "") == {}
    with desk.store.read(Right.RECORD_READ) as tx:
        assert verify_chain(tx.connection, desk.store.vault.keys) == []


def test_rows_as_objects_and_statements_are_one_transaction(desk, patient):
    with desk.store.write(Right.OWN) as tx:
        tx.connection.execute(update(PatientRow).values(note="through a statement"))
        row = tx.db.scalars(select(PatientRow)).one()
        assert row.note == "through a statement"
        row.phone = "600 111 222"
        tx.audit("patient.update", "patient", row.id, row.version)
    kept = desk.patients.get(patient.id).fields
    assert (kept.note, kept.phone) == ("through a statement", "600 111 222")


def test_reading_does_not_keep_others_from_writing(desk, patient):
    with desk.store.read(Right.RECORD_READ) as tx:
        assert tx.db.scalar(select(func.count()).select_from(PatientRow)) == 1
        desk.drafts.put("meanwhile", "", {})
    assert desk.drafts.get("meanwhile", "") == {}


def test_no_connection_is_left_behind(desk, patient):
    def fail_half_way():
        with desk.store.write(Right.OWN) as tx:
            tx.db.scalars(select(PatientRow)).one()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with desk.store.read(Right.RECORD_READ) as tx:
        tx.db.scalars(select(PatientRow)).one()
    assert desk.store.vault.engine.pool.checkedout() == 0


def test_running_out_of_memory_is_told_and_the_same_again_is_on_a_new_connection(desk, patient):
    engine = desk.store.vault.engine
    used, refusing = [], [True]

    def execute(cursor, *_statement):
        used.append(cursor.connection)
        if refusing:
            raise MemoryError

    event.listen(engine, "do_execute", execute)
    for call in (lambda: desk.patients.get(patient.id), lambda: desk.drafts.put("a", "", {})):
        with pytest.raises(StorageUnavailable) as refused:
            call()
        assert refused.value.trouble is StorageTrouble.MEMORY
    spoilt = {id(one) for one in used}
    refusing.clear()
    assert desk.patients.get(patient.id) == patient
    assert desk.drafts.get("a", "") is None
    assert id(used[-1]) not in spoilt
    event.remove(engine, "do_execute", execute)


def test_a_failure_that_is_passed_over_keeps_nothing(desk, patient):
    """A failed flush takes the whole transaction back; what follows must not be kept alone."""

    def go_on_regardless():
        with desk.store.write(Right.OWN) as tx:
            tx.db.scalars(select(PatientRow)).one().seq = -1
            with suppress(IntegrityError):
                tx.db.flush()
            tx.audit("patient.update", "patient", patient.id)

    before = entries(desk)
    with pytest.raises(StorageBug):
        go_on_regardless()
    assert entries(desk) == before

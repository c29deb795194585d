"""Reports of the log: found, sorted, paged, exported, and reading them is on it too."""

import csv
import io
import json
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from uuid import UUID

import pytest
from sqlalchemy import text, update

from mesodesk.db.models.clinic import UserRow
from mesodesk.documents.log_files import write_log
from mesodesk.domain.audit_actions import ActionGroup
from mesodesk.domain.changes import Topic
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.audit import LogColumn, LogFormat, LogQuery, UnusualKind
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.export import ExportEnd
from mesodesk.domain.rights import Right
from mesodesk.services.errors import NotAllowedError, RestrictedError
from mesodesk.services.log_work import LogStoppedError
from mesodesk.vault import attempts
from mesodesk.vault.audit import AuditFact
from mesodesk.vault.errors import NoPinError, WrongPasswordError

PASSWORD = "plain tea in the morning"


def told(_done: int, _total: int) -> None:
    return None


def whole(desk, query: LogQuery, size: int = 7):
    """All entries of a report, page by page."""
    entries, after = [], None
    while True:
        page = desk.audit_log.page(query, after, size)
        entries += page.entries
        after = page.next
        if after is None:
            return entries


def on_chain(desk) -> list[int]:
    with desk.store.vault.engine.connect() as connection:
        return list(connection.execute(text("SELECT seq FROM audit_entry ORDER BY seq")).scalars())


def append(desk, actor: UUID | None, name: str, action: str, one: UUID | None, times=1, **named):
    vault = desk.store.vault
    with vault.engine.begin() as connection:
        for _ in range(times):
            fact = AuditFact(actor, name, action, action.partition(".")[0], one, **named)
            vault.audit.append(connection, fact)


def take_role(desk, role: Role) -> None:
    with desk.store.write(Right.OWN) as tx:
        tx.db.execute(update(UserRow).values(role=role))
        tx.audit("user.update", "app_user", tx.actor.id)
        tx.touch(Topic.CLINIC)


@pytest.fixture
def busy(kit):
    """A log with people, outcomes and records of many kinds."""
    desk = kit.desk
    kit.signed()
    other = new_id()
    append(desk, other, "Bo", "patient.view", kit.patient.id, 5)
    append(desk, other, "Bo", "access.refuse", other, 2, outcome="refused")
    append(desk, None, "", "backup.make", desk.store.vault.vault_id, 2, outcome="failed")
    append(desk, None, "", "log.verify", None)
    return kit


@pytest.mark.parametrize("column", list(LogColumn))
@pytest.mark.parametrize("descending", [True, False])
def test_every_entry_comes_once_in_whatever_order(busy, column, descending):
    desk = busy.desk
    desk.audit_log.page(LogQuery())  # the look itself is kept now
    entries = whole(desk, LogQuery(column=column, descending=descending))
    assert sorted(entry.seq for entry in entries) == on_chain(desk)
    keys = {
        LogColumn.TIME: lambda one: one.seq,
        LogColumn.PERSON: lambda one: one.actor_id or UUID(int=0),
        LogColumn.ACTION: lambda one: one.action,
        LogColumn.RECORD: lambda one: one.object_id or UUID(int=0),
        LogColumn.OUTCOME: lambda one: one.outcome,
    }
    values = [keys[column](entry) for entry in entries]
    together = [value for at, value in enumerate(values) if at == 0 or values[at - 1] != value]
    assert len(together) == len(set(together))  # what is alike stands together
    if column is not LogColumn.PERSON and column is not LogColumn.ACTION:
        assert together == sorted(together, reverse=descending)


def test_sorted_by_action_means_by_its_plain_words(busy):
    entries = whole(busy.desk, LogQuery(column=LogColumn.ACTION, descending=False))
    from mesodesk.domain.audit_actions import action_words

    words = [action_words(entry.action) for entry in entries]
    assert words == sorted(words)


def actor_of(busy, name):
    """Return the id of who did something."""
    return next(one.actor_id for one in whole(busy.desk, LogQuery()) if one.actor_name == name)


def test_filters_leave_out_all_else(busy):
    desk, patient = busy.desk, busy.patient
    bo = actor_of(busy, "Bo")
    assert {one.actor_name for one in whole(desk, LogQuery(user_id=bo))} == {"Bo"}
    views = whole(desk, LogQuery(groups=frozenset({ActionGroup.VIEW})))
    assert views
    assert all(one.action.endswith(".view") for one in views)
    troubled = whole(desk, LogQuery(troubled=True))
    assert {one.outcome for one in troubled} == {"refused", "failed"}
    of_patient = whole(desk, LogQuery(patient_id=patient.id))
    assert {"session.sign", "syringe.create", "patient.view"} <= {one.action for one in of_patient}
    assert {one.patient.id for one in of_patient} == {patient.id}
    assert whole(desk, LogQuery(patient_id=new_id())) == []


def test_an_entry_names_whom_it_was_done_to(desk):
    member = new_member(desk)
    entries = {one.action: one for one in whole(desk, LogQuery()) if one.object_id == member}
    assert entries["user.create"].person == "Member"
    own = [one for one in whole(desk, LogQuery()) if one.object_id == one.actor_id]
    assert {one.person for one in own} <= {""}


def test_a_period_is_from_its_first_moment_to_before_its_last(desk, clock, typed_patient):
    clock.move(days=1)
    start = clock.moment
    desk.patients.create(typed_patient())
    clock.move(hours=1)
    desk.patients.create(typed_patient(family_name="Later"))
    entries = whole(desk, LogQuery(since=start, until=start + timedelta(hours=1)))
    assert [one.action for one in entries] == ["patient.create"]


def test_a_page_begins_where_the_one_before_ended_though_more_was_written(busy):
    desk = busy.desk
    first = desk.audit_log.page(LogQuery(), None, 5)
    append(desk, None, "", "backup.make", None, 3)
    second = desk.audit_log.page(LogQuery(), first.next, 5)
    assert second.entries[0].seq == first.entries[-1].seq - 1


def test_reading_the_log_is_on_it_once_in_a_visit(desk):
    for _ in range(3):
        desk.audit_log.page(LogQuery())
    looks = [one for one in whole(desk, LogQuery()) if one.action == "log.view"]
    assert len(looks) == 1
    desk.access.lock()
    desk.audit_log.page(LogQuery())
    assert len([one for one in whole(desk, LogQuery()) if one.action == "log.view"]) == 2


def test_who_saw_a_record_by_person_and_day(busy, clock):
    desk, patient = busy.desk, busy.patient
    clock.move(days=1)
    desk.store.end_visit()
    desk.patients.get(patient.id)
    append(desk, None, "Bo", "session.print", patient.id)
    rows = desk.audit_log.who_saw(patient.id)
    newest = {one.actor_name: one for one in rows if one.day == rows[0].day}
    assert (newest["Olga Owner"].views, newest["Olga Owner"].changes) == (1, 0)
    assert newest["Bo"].prints == 1
    earlier = {one.actor_name: one for one in rows if one.day != rows[0].day}
    assert earlier["Bo"].views == 5
    assert earlier["Olga Owner"].changes > 3
    entries = whole(desk, LogQuery(patient_id=patient.id))
    assert [one.action for one in entries].count("log.view") == 1  # this look


def test_who_must_not_see_a_record_does_not_learn_who_does(busy):
    desk, patient = busy.desk, busy.patient
    desk.restricted.restrict(patient.id, "At his wish", [new_member(desk)])
    with pytest.raises(RestrictedError):
        desk.audit_log.who_saw(patient.id)
    entry = next(one for one in whole(desk, LogQuery()) if one.action == "patient.restrict")
    assert (entry.patient.name, entry.patient.record_number) == ("", patient.record_number)


def new_member(desk):
    with desk.store.write(Right.PEOPLE) as tx:
        row = UserRow(id=new_id(), name="Member", initials="M", role=Role.THERAPIST, colour=1)
        tx.db.add(row)
        tx.audit("user.create", "app_user", row.id)
        tx.touch(Topic.CLINIC)
        return row.id


def test_what_is_unusual_of_the_last_week(busy, clock, typed_patient):
    desk = busy.desk
    with pytest.raises(WrongPasswordError):
        desk.access.unlock("not the password")
    archived = desk.patients.create(typed_patient(family_name="Old"))
    desk.patients.archive(archived.id, archived.version)
    desk.patients.get(archived.id)
    many = [desk.patients.create(typed_patient(family_name=f"N{at}")) for at in range(50)]
    for one in many:
        append(desk, None, "Cy", "patient.view", one.id)
    troubled = whole(desk, LogQuery(troubled=True))
    assert "desk.unlock_failed" in {one.action for one in troubled}
    found = {(one.kind, one.actor_name): one for one in desk.audit_log.unusual()}
    assert found[UnusualKind.REFUSAL, "Bo"].actor_id == actor_of(busy, "Bo")
    assert found[UnusualKind.REFUSAL, "Bo"].count == 2
    assert found[UnusualKind.ARCHIVED, "Olga Owner"].patient.id == archived.id
    assert found[UnusualKind.MANY, "Cy"].count == 50
    assert (UnusualKind.WRONG_PASSWORD, "Olga Owner") in found
    assert (UnusualKind.MANY, "Olga Owner") not in found
    clock.move(days=8)
    assert desk.audit_log.unusual() == ()


def export(desk, form: LogFormat, query: LogQuery | None = None) -> bytes:
    desk.audit_log.page(LogQuery())  # the look itself is kept now
    job = desk.audit_log.plan_export(query or LogQuery(), form, PASSWORD)
    file = io.BytesIO()
    count = write_log(file, job.parts(Event()), job.form, job.vault_id, told)
    assert count == len(whole(desk, query or LogQuery()))
    return file.getvalue()


def test_a_csv_has_each_entry_and_no_formula(busy):
    desk = busy.desk
    append(desk, None, "=HYPERLINK(1)", "patient.view", None, reason="@x")
    rows = list(csv.DictReader(io.StringIO(export(desk, LogFormat.CSV).decode("utf-8-sig"))))
    assert [int(row["number"]) for row in rows] == on_chain(desk)[::-1]
    assert all(not value.startswith(("=", "@", "+")) for row in rows for value in row.values())
    assert rows[0]["action"] == "log.export"  # that it leaves stands in it


def test_fhir_has_what_r4_demands_of_an_audit_event(busy):
    """The elements with a lower bound of 1, and the codes of the required bindings."""
    bundle = json.loads(export(busy.desk, LogFormat.FHIR))
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
    ids = set()
    for entry in bundle["entry"]:
        event = entry["resource"]
        ids.add(entry["fullUrl"])
        assert event["resourceType"] == "AuditEvent"
        assert {"system", "code"} <= event["type"].keys()
        assert datetime.fromisoformat(event["recorded"]).utcoffset() == timedelta(0)
        assert event["action"] in set("CRUDE")
        assert event["outcome"] in {"0", "4", "8", "12"}
        assert event["agent"]
        assert all(isinstance(agent["requestor"], bool) for agent in event["agent"])
        assert event["source"]["observer"]
        assert all(one["what"]["identifier"]["value"] for one in event.get("entity", ()))
        assert not any(value in ("", [], {}, None) for value in event.values())
    assert len(ids) == len(bundle["entry"])


def test_an_export_of_a_part_holds_that_part(busy):
    query = LogQuery(patient_id=busy.patient.id)
    rows = list(
        csv.DictReader(io.StringIO(export(busy.desk, LogFormat.CSV, query).decode("utf-8-sig")))
    )
    assert {row["patient_number"] for row in rows} == {busy.patient.record_number}


def test_an_export_is_on_the_log_before_it_is_written_and_can_be_stopped(busy):
    desk = busy.desk
    job = desk.audit_log.plan_export(LogQuery(), LogFormat.CSV, PASSWORD)
    assert whole(desk, LogQuery())[0].action in ("log.export", "log.view")
    stop = Event()
    stop.set()
    with pytest.raises(LogStoppedError):
        write_log(io.BytesIO(), job.parts(stop), job.form, job.vault_id, told)
    desk.audit_log.end_export(job, ExportEnd.STOPPED)
    ended = whole(desk, LogQuery())[0]
    assert (ended.action, ended.details["ended"]) == ("log.export_end", "stopped")
    desk.audit_log.end_export(job, ExportEnd.WRITTEN, 3)
    assert whole(desk, LogQuery())[0].details["entries"] == 3


def test_nothing_of_the_log_leaves_without_the_password_or_pin(busy, monkeypatch):
    monkeypatch.setattr(attempts, "pause_after", lambda _failures: 0.0)
    log = busy.desk.audit_log
    before = {each.seq for each in whole(busy.desk, LogQuery())}
    for leave in (
        lambda: log.plan_export(LogQuery(), LogFormat.CSV, "not this one"),
        lambda: log.day_sheet("not this one"),
    ):
        with pytest.raises(WrongPasswordError):
            leave()
        busy.desk.access.set_pin(PASSWORD, "246810")
    busy.desk.access.forget_pin()
    with pytest.raises(NoPinError):
        log.day_sheet("246810", by_pin=True)
    busy.desk.access.set_pin(PASSWORD, "246810")
    assert log.day_sheet("246810", by_pin=True).seq
    new = [each for each in whole(busy.desk, LogQuery()) if each.seq not in before]
    told = [each.action for each in new if not each.action.startswith("log.view")]
    assert told.count("user.proof_failed") == 2
    assert told.count("log.print") == 1
    assert "log.export" not in told


def test_verifying_says_how_far_it_is_and_finds_nothing_in_a_whole_log(busy):
    desk = busy.desk
    heard = []
    total, found = desk.audit_log.plan_verify().run(Event(), lambda *far: heard.append(far))
    assert found == ()
    assert heard[-1] == (total, total)
    desk.audit_log.note_verified(total, len(found))
    standing = desk.audit_log.standing()
    assert standing.verified_at == desk.store.clock.now()
    assert standing.entries == total + 1


def test_verifying_names_what_was_changed_behind_our_back(busy):
    from mesodesk.db.engine import connect

    vault = busy.desk.store.vault
    raw = connect(vault.paths.database, vault.keys.data_key, vault.keys.salt, guarded=False)
    raw.execute("DROP TRIGGER audit_entry_no_update")
    raw.execute("UPDATE audit_entry SET actor_name = 'Nobody' WHERE seq = 5")
    raw.close()
    _total, found = busy.desk.audit_log.plan_verify().run(Event(), told)
    assert found[0].startswith("Audit entry 5 was changed")


def test_the_day_sheet_names_the_last_entry_which_is_its_own(busy):
    desk = busy.desk
    sheet = desk.audit_log.day_sheet(PASSWORD)
    last = whole(desk, LogQuery())[1]  # the newest is this look
    assert (last.seq, last.action) == (sheet.seq, "log.print")
    assert sheet.counts["patient"] == 1
    assert sheet.code.split()[-2:] == [str(sheet.seq), sheet.head.hex()]
    assert sheet.head.hex().upper().startswith(sheet.short_head.replace(" ", ""))
    assert busy.patient.fields.family_name not in sheet.code


def test_the_standing_counts_what_is_signed(busy):
    desk = busy.desk
    desk.access.lock()
    standing = desk.audit_log.standing()
    assert standing.waiting == 0
    assert standing.signed > 0
    assert standing.last_signer == "Olga Owner"


def test_whoever_may_not_read_the_log_does_not(busy):
    take_role(busy.desk, Role.ASSISTANT)
    for call in (busy.desk.audit_log.standing, lambda: busy.desk.audit_log.page(LogQuery())):
        with pytest.raises(NotAllowedError):
            call()
    assert replace(LogQuery(), troubled=True) != LogQuery()

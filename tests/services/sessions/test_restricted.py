"""Records that only some may see: hidden everywhere, and opened in an emergency for an hour."""

import json
import time
from datetime import date

import pytest
from colleagues import PASSWORD as COLLEAGUES
from colleagues import let_work
from sqlalchemy import select, text, update

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.followup import (
    AttemptFields,
    AttemptOutcome,
    Channel,
    FollowUpFields,
)
from mesodesk.domain.records.intake import IntakeFields
from mesodesk.domain.records.reaction import ReactionFields, ReportFields
from mesodesk.domain.records.session import SessionFields
from mesodesk.domain.rights import Right
from mesodesk.services import sight
from mesodesk.services.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    RefusedError,
    RestrictedError,
)

PASSWORD = "plain tea in the morning"
HOUR = 60 * 60 * 1000


def colleague(desk, role=Role.THERAPIST):
    """Put somebody else on record; return the id."""
    with desk.store.write(Right.PEOPLE) as tx:
        row = UserRow(id=new_id(), name="Other", initials="O", role=role, colour=1)
        tx.db.add(row)
        tx.audit("user.create", "app_user", row.id)
        tx.touch(Topic.CLINIC)
        return row.id


def actions(desk):
    with desk.store.vault.engine.connect() as connection:
        query = "SELECT action FROM audit_entry ORDER BY seq"
        return list(connection.execute(text(query)).scalars())


@pytest.fixture
def other(desk):
    return colleague(desk)


@pytest.fixture
def signed(kit):
    return kit.signed()


@pytest.fixture
def running(monkeypatch):
    """The clock that cannot be set, as a number to be moved."""
    at = [1_000_000]
    monkeypatch.setattr(sight, "running_ms", lambda: at[0])
    return at


def by_id(desk, patient_id, session):
    """Return each call that names the patient, or what belongs to the patient, by id."""
    [check, *_] = desk.follow_ups.for_session(session.id)
    intake = desk.intakes.latest(patient_id)
    draft = desk.sessions.start(patient_id)
    patient = desk.patients.get(patient_id)
    typed = ReactionFields(session_id=session.id, kind="nodule")
    reaction = desk.reactions.record(patient_id, typed)
    told = ReportFields("doctor", date(2026, 3, 10))
    return {
        "reactions": lambda: desk.reactions.for_patient(patient_id),
        "page of reactions": lambda: desk.reactions.page(patient_id),
        "under a place": lambda: desk.reactions.under(patient_id, ()),
        "react": lambda: desk.reactions.record(patient_id, typed),
        "change reaction": lambda: desk.reactions.change(
            reaction.id, reaction.version, typed, "It grew"
        ),
        "report reaction": lambda: desk.reactions.report(reaction.id, reaction.version, told),
        "reaction in error": lambda: desk.reactions.enter_in_error(
            reaction.id, reaction.version, "Twice"
        ),
        "get": lambda: desk.patients.get(patient_id),
        "update": lambda: desk.patients.update(patient_id, patient.version, patient.fields),
        "archive": lambda: desk.patients.archive(patient_id, patient.version),
        "restore": lambda: desk.patients.restore(patient_id, patient.version),
        "latest": lambda: desk.intakes.latest(patient_id),
        "history": lambda: desk.intakes.history(patient_id),
        "intake": lambda: desk.intakes.get(intake.id),
        "begin intake": lambda: desk.intakes.start(patient_id),
        "save intake": lambda: desk.intakes.save(intake.id, intake.version, IntakeFields()),
        "complete intake": lambda: desk.intakes.complete(intake.id, intake.version),
        "facts": lambda: desk.intakes.facts(patient_id),
        "start": lambda: desk.sessions.start(patient_id),
        "session": lambda: desk.sessions.get(session.id),
        "open": lambda: desk.sessions.open(session.id),
        "read ahead": lambda: desk.sessions.read_ahead(session.id),
        "look": lambda: desk.sessions.look(session.id),
        "sessions": lambda: desk.sessions.for_patient(patient_id),
        "summary": lambda: desk.sessions.summary(session.id),
        "previous": lambda: desk.sessions.previous(session.id),
        "screening": lambda: desk.sessions.screening(session.id),
        "missing": lambda: desk.sessions.missing(session.id),
        "standing": lambda: desk.sessions.standing(session.id),
        "save": lambda: desk.sessions.save(draft.id, draft.version, SessionFields()),
        "discard": lambda: desk.sessions.discard_draft(draft.id, draft.version, "By mistake"),
        "sign": lambda: desk.sessions.sign(draft.id, draft.version, PASSWORD),
        "add": lambda: desk.sessions.add_addendum(session.id, "Later"),
        "chart": lambda: desk.charts.load(session.id),
        "earlier": lambda: desk.charts.earlier(session.id),
        "undo": lambda: desk.charts.undo(draft.id, 1),
        "exposure": lambda: desk.exposure.for_patient(patient_id),
        "timeline": lambda: desk.timeline.page(patient_id),
        "check": lambda: desk.follow_ups.get(check.id),
        "checks": lambda: desk.follow_ups.for_patient(patient_id),
        "checks of session": lambda: desk.follow_ups.for_session(session.id),
        "outstanding": lambda: desk.follow_ups.outstanding(patient_id, missed=3),
        "flags": lambda: desk.follow_ups.red_flags(check.id),
        "answer": lambda: desk.follow_ups.save(check.id, check.version, FollowUpFields()),
        "shown": lambda: desk.follow_ups.record_shown(check.id, check.version, ()),
        "close": lambda: desk.follow_ups.complete(check.id, check.version),
        "attempt": lambda: desk.calls.record_attempt(
            check.id, AttemptFields(Channel.PHONE, AttemptOutcome.NO_ANSWER)
        ),
        "rings": lambda: desk.calls.begin(patient_id),
        "handle": lambda: desk.calls.handle(check.id, "Seen"),
        "miss": lambda: desk.follow_ups.mark_missed(check.id, check.version, "Away"),
        "restrict": lambda: desk.restricted.restrict(patient_id, "Mine", [desk.user.id]),
        "lift": lambda: desk.restricted.lift(patient_id),
    }


def seen(calls):
    """Return which calls are not refused for want of sight."""
    found = set()
    for name, call in calls.items():
        try:
            call()
        except RestrictedError:
            continue
        except (RefusedError, NotFoundError, ConflictError, InvalidError):
            pass
        found.add(name)
    return found


def test_whoever_is_no_member_reaches_nothing_of_the_record(desk, kit, signed, other):
    calls = by_id(desk, kit.patient.id, signed)
    desk.restricted.restrict(kit.patient.id, "A relative of the staff", [other])
    before = actions(desk)
    assert seen(calls) == set()
    assert set(actions(desk)[len(before) :]) == {"access.refuse"}


def test_a_member_goes_on_as_before(desk, kit, signed, other):
    calls = by_id(desk, kit.patient.id, signed)
    desk.restricted.restrict(kit.patient.id, "At his wish", [other, desk.user.id])
    for name in ("get", "history", "open", "chart", "exposure", "check", "sessions", "earlier"):
        calls[name]()
    assert desk.restricted.standing(kit.patient.id).reason == "At his wish"


def test_others_are_not_touched(desk, kit, signed, other, typed_patient):
    restricted = desk.patients.create(typed_patient(family_name="Ito", given_names="Jun"))
    desk.restricted.restrict(restricted.id, "At his wish", [other])
    calls = by_id(desk, kit.patient.id, signed)
    assert seen(calls) == set(calls)


def test_lists_name_a_restricted_patient_by_number_alone(desk, kit, signed, other, clock):
    draft = desk.sessions.start(kit.patient.id)
    clock.move(days=3)
    before = desk.today.overview()
    assert [each.id for each in before.drafts] == [draft.id]
    desk.restricted.restrict(kit.patient.id, "At his wish", [other])
    after = desk.today.overview()
    waiting = (*after.overdue, *after.due)
    assert len(waiting) == len((*before.overdue, *before.due)) > 0
    assert {(each.patient_name, each.patient_phone) for each in waiting} == {
        (kit.patient.record_number, "")
    }
    assert all(each.restricted and each.regions == () for each in waiting)
    assert after.drafts == ()
    assert desk.sessions.drafts() == ()


def test_search_finds_name_and_number_and_no_more(desk, kit, other):
    desk.restricted.restrict(kit.patient.id, "At his wish", [other])
    fields = kit.patient.fields
    [hit] = desk.patients.search(fields.family_name)
    [twin] = desk.patients.duplicates(
        fields.family_name, fields.given_names, fields.birth_date, fields.phone
    )
    for each in (hit, twin.hit):
        assert (each.record_number, each.restricted) == (kit.patient.record_number, True)
        assert (each.birth_date, each.phone) == (None, "")


def test_nobody_finds_out_a_phone_or_birth_date_by_trying(desk, kit, other, typed_patient):
    patient = desk.patients.create(
        typed_patient(
            family_name="O'Brien Müller",
            given_names="Jun",
            birth_date=date(1971, 8, 23),
            phone="+34 612 345 678",
        )
    )

    def found(text):
        return [each.id for each in desk.patients.search(text)]

    def why(family, given, phone=""):
        born = date(1971, 8, 23)
        return [each.reasons for each in desk.patients.duplicates(family, given, born, phone)]

    by_trying = ("612345678", "345 678", "23.8.1971", "muller 1971")
    assert all(found(text) == [patient.id] for text in by_trying)
    assert why("Other", "Ann", "612345678") == [("Same phone number",)]
    desk.restricted.restrict(patient.id, "At his wish", [other])
    assert [found(text) for text in by_trying] == [[]] * len(by_trying)
    assert why("Other", "Ann", "612345678") == []
    assert why("O'Brien Müller", "Jun") == [("Same name",)]
    for typed in ("müller", "Mueller", "O'Brien, jun", "obri", patient.record_number, "ulle", ""):
        assert patient.id in found(typed), typed


def test_the_check_of_the_vault_sees_all(desk, kit, signed, other):
    desk.restricted.restrict(kit.patient.id, "At his wish", [other])
    assert desk.checks.check_all() == []


def test_that_it_was_tried_is_kept_once_a_visit(desk, kit, other):
    desk.restricted.restrict(kit.patient.id, "At his wish", [other])
    for _ in range(3):
        with pytest.raises(RestrictedError, match="restricted"):
            desk.patients.get(kit.patient.id)
    assert actions(desk).count("access.refuse") == 1
    with desk.store.vault.engine.connect() as connection:
        query = "SELECT object_type, object_id, outcome FROM audit_entry ORDER BY seq DESC"
        last = connection.execute(text(query)).first()
    assert tuple(last) == ("patient", kit.patient.id.bytes, "refused")


def test_members_change_and_the_restriction_is_lifted(desk, kit, other):
    own = desk.user.id
    desk.restricted.restrict(kit.patient.id, "First", [own])
    desk.restricted.restrict(kit.patient.id, "Second", [own, other])
    standing = desk.restricted.standing(kit.patient.id)
    assert (standing.reason, set(standing.members)) == ("Second", {own, other})
    desk.restricted.lift(kit.patient.id)
    desk.restricted.lift(kit.patient.id)
    assert desk.restricted.standing(kit.patient.id) is None
    assert actions(desk)[-3:] == ["patient.restrict", "patient.restrict", "patient.lift"]


def test_a_record_is_never_left_to_nobody_who_treats(desk, kit):
    assistant = colleague(desk, Role.ASSISTANT)
    for members in ([], [assistant], [new_id()]):
        with pytest.raises(RefusedError):
            desk.restricted.restrict(kit.patient.id, "At his wish", members)
    assert desk.restricted.standing(kit.patient.id) is None


def test_an_emergency_opens_the_record_for_an_hour(desk, kit, signed, other, running):
    calls = by_id(desk, kit.patient.id, signed)
    desk.restricted.restrict(kit.patient.id, "At his wish", [other])
    assert not desk.restricted.standing(kit.patient.id).visible
    assert desk.restricted.standing(kit.patient.id).reason == ""
    opened = desk.restricted.open_emergency(kit.patient.id, "Collapsed in the waiting room")
    assert (opened.left_ms, opened.user_name) == (HOUR, "Olga Owner")
    for name in ("get", "open", "history", "check"):
        calls[name]()
    assert desk.restricted.running() == (opened,)
    assert desk.restricted.standing(kit.patient.id).open_for_ms == HOUR
    running[0] += HOUR - 1
    calls["get"]()
    running[0] += 1
    assert seen(calls) == set()
    assert desk.restricted.running() == ()
    assert "emergency.open" in actions(desk)


def test_a_clock_set_back_does_not_keep_it_open(desk, kit, other, running, clock):
    desk.restricted.restrict(kit.patient.id, "At his wish", [other])
    desk.restricted.open_emergency(kit.patient.id, "Collapsed")
    running[0] += 61 * 60 * 1000
    clock.move(hours=-2)
    with pytest.raises(RestrictedError):
        desk.patients.get(kit.patient.id)


def test_a_program_started_anew_asks_again(desk, kit, other, running, open_again):
    desk.restricted.restrict(kit.patient.id, "At his wish", [other])
    desk.restricted.open_emergency(kit.patient.id, "Collapsed")
    desk.patients.get(kit.patient.id)
    desk.close()
    again = open_again()
    with pytest.raises(RestrictedError):
        again.patients.get(kit.patient.id)
    assert [each.left_ms for each in again.restricted.to_review()] == [0]


def test_an_emergency_needs_a_reason_and_a_closed_door(desk, kit, other):
    with pytest.raises(RefusedError, match="open to you already"):
        desk.restricted.open_emergency(kit.patient.id, "Collapsed")
    desk.restricted.restrict(kit.patient.id, "At his wish", [other])
    with pytest.raises(InvalidError):
        desk.restricted.open_emergency(kit.patient.id, " ")
    with pytest.raises(RestrictedError):
        desk.patients.get(kit.patient.id)


def test_an_emergency_is_reviewed_once(desk, kit, other, running):
    desk.restricted.restrict(kit.patient.id, "At his wish", [other])
    opened = desk.restricted.open_emergency(kit.patient.id, "Collapsed")
    with pytest.raises(InvalidError):
        desk.restricted.review(opened.id, opened.version, "")
    kept = desk.restricted.review(opened.id, opened.version, "It was right")
    assert (kept.review, kept.reviewed_at is None) == ("It was right", False)
    # There is one owner, who opened it: that is said, and stands on the log.
    assert (kept.own, kept.others) == (True, False)
    assert reviews(desk) == [{"by_themself": True}]
    assert desk.restricted.to_review() == ()
    with pytest.raises(ConflictError):
        desk.restricted.review(opened.id, kept.version, "It was wrong")


def reviews(desk):
    with desk.store.read(Right.AUDIT_READ) as tx:
        asked = select(AuditEntryRow.details).where(AuditEntryRow.action == "emergency.review")
        return [
            each if isinstance(each, dict) else json.loads(each) for each in tx.db.scalars(asked)
        ]


def test_a_review_by_somebody_else_does_not_say_so(desk, kit, other, running):
    second = let_work(desk, role=Role.OWNER)
    desk.restricted.restrict(kit.patient.id, "At his wish", [other])
    opened = desk.restricted.open_emergency(kit.patient.id, "Collapsed")
    (waits,) = desk.restricted.to_review()
    assert (waits.own, waits.others) == (True, True)
    desk.access.switch(second, COLLEAGUES)
    (waits,) = desk.restricted.to_review()
    assert not waits.own
    desk.restricted.review(opened.id, waits.version, "It was right")
    assert reviews(desk) == [{}]


def test_another_owner_reviews_what_an_owner_opened(desk, kit, running):
    second = colleague(desk, Role.OWNER)
    desk.restricted.restrict(kit.patient.id, "At his wish", [second])
    opened = desk.restricted.open_emergency(kit.patient.id, "Collapsed")
    with pytest.raises(RefusedError, match="another owner"):
        desk.restricted.review(opened.id, opened.version, "It was right")
    with desk.store.write(Right.PEOPLE) as tx:
        tx.db.execute(update(UserRow).where(UserRow.id == second).values(active=False))
        tx.audit("user.leave", "app_user", second)
        tx.touch(Topic.CLINIC)
    assert desk.restricted.review(opened.id, opened.version, "It was right").review


def become(desk, role):
    """Give who is at the desk another role."""
    own = desk.user.id
    with desk.store.write(Right.PEOPLE) as tx:
        tx.db.execute(update(UserRow).where(UserRow.id == own).values(role=role))
        tx.audit("user.role", "app_user", own)
        tx.touch(Topic.CLINIC)
    return own


def test_an_emergency_lets_nobody_in_for_good(desk, kit, other, running):
    own = become(desk, Role.THERAPIST)
    desk.restricted.restrict(kit.patient.id, "At his wish", [other])
    desk.restricted.open_emergency(kit.patient.id, "Collapsed")
    for call in (
        lambda: desk.restricted.restrict(kit.patient.id, "Mine", [own, other]),
        lambda: desk.restricted.lift(kit.patient.id),
    ):
        with pytest.raises(RefusedError, match="for an emergency alone"):
            call()
    assert desk.restricted.standing(kit.patient.id).members == (other,)
    running[0] += HOUR
    with pytest.raises(RestrictedError):
        desk.patients.get(kit.patient.id)


def test_an_owner_opens_what_its_members_left_behind(desk, kit, other, running):
    desk.restricted.restrict(kit.patient.id, "At his wish", [other])
    desk.restricted.open_emergency(kit.patient.id, "The only member has left")
    desk.restricted.lift(kit.patient.id)
    running[0] += HOUR
    assert desk.patients.get(kit.patient.id).id == kit.patient.id


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="other systems count sleep anyway")
def test_the_hour_runs_while_the_computer_sleeps(monkeypatch):
    slept_ms = 8 * HOUR
    clocks = {time.CLOCK_BOOTTIME: slept_ms * 1_000_000}
    monkeypatch.setattr(time, "clock_gettime_ns", lambda clock: clocks.get(clock, 0))
    assert sight.running_ms() == slept_ms


def test_an_emergency_ends_when_it_is_ended_and_may_begin_again(desk, kit, other, running):
    desk.restricted.restrict(kit.patient.id, "At his wish", [other])
    desk.restricted.open_emergency(kit.patient.id, "Collapsed")
    desk.patients.get(kit.patient.id)
    desk.restricted.end_emergency(kit.patient.id)
    with pytest.raises(RestrictedError):
        desk.patients.get(kit.patient.id)
    assert desk.restricted.running() == ()
    assert [each.left_ms for each in desk.restricted.to_review()] == [0]
    assert "emergency.end" in actions(desk)
    desk.restricted.open_emergency(kit.patient.id, "Collapsed again")
    desk.patients.get(kit.patient.id)


def test_what_was_done_meanwhile_is_told_and_nothing_else(desk, kit, signed, other, running):
    desk.restricted.restrict(kit.patient.id, "At his wish", [other])
    opened = desk.restricted.open_emergency(kit.patient.id, "Collapsed")
    desk.patients.get(kit.patient.id)
    desk.patients.get(kit.patient.id)
    desk.sessions.open(signed.id)
    told = desk.restricted.meanwhile(opened.id)
    assert [(each.action, each.count) for each in told] == [
        ("patient.view", 2), ("session.view", 1),
    ]  # fmt: skip
    desk.restricted.end_emergency(kit.patient.id)
    again = desk.restricted.open_emergency(kit.patient.id, "Collapsed again")
    desk.patients.get(kit.patient.id)
    assert desk.restricted.meanwhile(opened.id) == told
    assert [each.count for each in desk.restricted.meanwhile(again.id)] == [1]

"""Follow-up checks: due and overdue, answered in parts, red flags shown, missed ones visible."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.changes import Topic
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.followup import (
    Channel,
    CheckAnswer,
    FollowUpFields,
    FollowUpState,
    ShownInstruction,
)
from mesodesk.domain.red_flags import judged_answers, raised_flags
from mesodesk.domain.rights import Right
from mesodesk.domain.schedule import load_schedule
from mesodesk.services.desk import open_desk
from mesodesk.services.errors import ConflictError, InvalidError, NotFoundError, RefusedError

NO = CheckAnswer(Answer.NO)
YES = CheckAnswer(Answer.YES)


@pytest.fixture
def first(desk, kit):
    """The 24-hour check of a signed session."""
    return desk.follow_ups.for_session(kit.signed().id)[0]


def ids(records) -> list[str]:
    return [each.check_id for each in records]


def shown_for(desk, follow_up) -> tuple[ShownInstruction, ...]:
    return tuple(
        ShownInstruction(flag.item_id, flag.band, flag.instruction, desk.store.clock.now(), "")
        for flag in desk.follow_ups.red_flags(follow_up.id)
    )


# When


def test_a_check_is_due_from_its_window_until_its_time_and_overdue_then(desk, first, clock):
    hour = timedelta(hours=1)
    signed_at = clock.now()
    for passed, due, overdue in (
        (timedelta(0), [], []),
        (12 * hour - timedelta(seconds=1), [], []),
        (12 * hour, ["hours_24"], []),
        (24 * hour, ["hours_24"], []),
        (24 * hour + timedelta(seconds=1), [], ["hours_24"]),
        (40 * hour, ["hours_72"], ["hours_24"]),
        (timedelta(days=4), [], ["hours_24", "hours_72"]),
    ):
        clock.moment = signed_at + passed
        assert (ids(desk.follow_ups.due()), ids(desk.follow_ups.overdue())) == (due, overdue)
        assert ids(desk.follow_ups.open_on(clock.now())) == sorted([*due, *overdue])


def test_outstanding_are_those_to_work_or_to_come_and_the_last_missed(desk, kit, first, clock):
    def outstanding(missed):
        return ids(desk.follow_ups.outstanding(kit.patient.id, missed=missed))

    every = ids(desk.follow_ups.for_patient(kit.patient.id))
    assert outstanding(3) == every
    closed = desk.follow_ups.for_patient(kit.patient.id)[3].window_to
    clock.moment = closed
    assert outstanding(0) == every[3:]
    clock.moment = closed + timedelta(seconds=1)
    assert outstanding(0) == every[4:]
    assert outstanding(2) == every[2:]
    # What was marked by hand is missed whatever the time; what was answered is not outstanding.
    check = desk.follow_ups.for_patient(kit.patient.id)[6]
    desk.follow_ups.mark_missed(check.id, check.version, "moved away")
    assert outstanding(0) == every[4:6]
    assert outstanding(1) == every[4:]
    answered = FollowUpFields(Channel.PHONE, {"fever": NO})
    kept = desk.follow_ups.save(first.id, first.version, answered)
    desk.follow_ups.complete(kept.id, kept.version)
    assert outstanding(9) == every[1:]
    assert desk.follow_ups.outstanding(new_id(), missed=3) == ()


def test_a_check_knows_whom_to_call_and_what_was_treated(desk, kit, first):
    patient = desk.patients.get(kit.patient.id)
    desk.patients.update(
        patient.id, patient.version, replace(patient.fields, phone="+34 600 123 456")
    )
    check = desk.follow_ups.get(first.id)
    assert (check.patient_name, check.patient_phone) == (
        "García López, María José",
        "+34 600 123 456",
    )
    assert (check.session_number, check.regions) == (1, ("abdomen_upper.midline",))
    assert check.schedule_version == load_schedule().version
    assert desk.follow_ups.for_patient(kit.patient.id)[0] == check


# Answering


def test_answers_are_kept_as_they_come(desk, first, open_again, clock):
    clock.move(days=1)
    typed = FollowUpFields(
        Channel.PHONE,
        {
            "fever": NO,
            "pain": CheckAnswer(value=" 7 "),
            "swelling": CheckAnswer(
                Answer.YES,
                onset_on=date(2026, 3, 11),
                still_present=Answer.YES,
                note="left side\r\nonly",
            ),
            "bruising": CheckAnswer(),
        },
        note=" Sounds well ",
    )
    kept = desk.follow_ups.save(first.id, first.version, typed)
    assert kept.fields.items == {
        "fever": NO,
        "pain": CheckAnswer(value="7"),
        "swelling": replace(typed.items["swelling"], note="left side\nonly"),
    }
    assert (kept.fields.channel, kept.fields.note) == (Channel.PHONE, "Sounds well")
    assert (kept.state, kept.version) == (FollowUpState.OPEN, first.version + 1)
    desk.close()
    assert open_again().follow_ups.get(first.id) == kept


def test_an_answer_is_changed_and_taken_back(desk, first):
    items = {"fever": NO, "hives": NO}
    kept = desk.follow_ups.save(first.id, first.version, FollowUpFields(None, items))
    kept = desk.follow_ups.save(first.id, kept.version, FollowUpFields(None, {"fever": YES}))
    assert kept.fields.items == {"fever": YES}
    same = desk.follow_ups.save(first.id, kept.version, FollowUpFields(None, {"fever": YES}))
    assert same == kept


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        (FollowUpFields(None, {"no_such_item": NO}), "items[no_such_item]"),
        (FollowUpFields(None, {"nodule": NO}), "items[nodule]"),
        (FollowUpFields(None, {"pain": CheckAnswer(value="11")}), "items[pain].value"),
        (FollowUpFields(None, {"pain": CheckAnswer(value="2.5")}), "items[pain].value"),
        (FollowUpFields(None, {"fever": CheckAnswer(note="\x00")}), "items[fever].note"),
        (
            FollowUpFields(None, {"fever": CheckAnswer(Answer.YES, onset_on=date(2026, 3, 12))}),
            "items[fever].onset_on",
        ),
        (
            FollowUpFields(None, {"fever": CheckAnswer(Answer.YES, onset_on=date(2026, 3, 9))}),
            "items[fever].onset_on",
        ),
        (FollowUpFields(None, {}, "x" * 4001), "note"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_place(desk, first, clock, typed, place):
    clock.move(days=1)
    with pytest.raises(InvalidError) as error:
        desk.follow_ups.save(first.id, first.version, typed)
    assert [problem.place for problem in error.value.problems] == [place]
    assert desk.follow_ups.get(first.id) == first


def test_thousands_of_digits_pasted_into_a_scale_are_refused_in_words(desk, first):
    typed = FollowUpFields(None, {"pain": CheckAnswer(value="9" * 5000)})
    with pytest.raises(InvalidError, match="at most 4,000 letters"):
        desk.follow_ups.save(first.id, first.version, typed)


def test_two_windows_cannot_both_win(desk, first):
    other = open_desk(desk.store.vault, desk.store.clock)
    theirs = other.follow_ups.save(first.id, first.version, FollowUpFields(Channel.VISIT))
    for call in (
        lambda: desk.follow_ups.save(first.id, first.version, FollowUpFields(Channel.PHONE)),
        lambda: desk.follow_ups.complete(first.id, first.version),
        lambda: desk.follow_ups.mark_missed(first.id, first.version, "No answer"),
    ):
        with pytest.raises(ConflictError) as error:
            call()
        assert error.value.record == theirs


def test_a_check_that_is_not_there(desk):
    with pytest.raises(NotFoundError):
        desk.follow_ups.get(new_id())


# Red flags


def test_a_red_flag_brings_the_shipped_instruction_and_the_most_urgent_first(desk, first):
    typed = FollowUpFields(Channel.PHONE, {"hives": YES, "breathing": YES, "burning": YES})
    desk.follow_ups.save(first.id, first.version, typed)
    flags = desk.follow_ups.red_flags(first.id)
    assert [(flag.item_id, flag.band) for flag in flags] == [
        ("breathing", "emergency"),
        ("hives", "same_day"),
    ]
    assert flags[0].instruction == load_schedule().band("emergency").instruction.get("en")
    assert flags[0].item.endswith("?")


def test_the_clinic_s_own_instruction_stands_before_the_shipped_one(desk, first):
    clinic = desk.clinic.record()
    own = replace(clinic.fields, escalation={"emergency": "Call 112, then Dr García."})
    desk.clinic.update(clinic.version, own)
    typed = FollowUpFields(Channel.PHONE, {"breathing": YES})
    desk.follow_ups.save(first.id, first.version, typed)
    (flag,) = desk.follow_ups.red_flags(first.id)
    assert flag.instruction == "Call 112, then Dr García."


def test_not_asked_raises_nothing_and_is_no_no(desk, first):
    assert desk.follow_ups.red_flags(first.id) == ()
    typed = FollowUpFields(Channel.PHONE, {"fever": NO})
    kept = desk.follow_ups.save(first.id, first.version, typed)
    assert "breathing" not in kept.fields.items


def test_what_was_shown_is_kept_word_for_word(desk, first, clock):
    saved = desk.follow_ups.save(
        first.id, first.version, FollowUpFields(Channel.PHONE, {"breathing": YES})
    )
    (said,) = shown_for(desk, saved)
    future = replace(said, shown_at=clock.now() + timedelta(days=1), shown_to="Somebody else")
    kept = desk.follow_ups.record_shown(first.id, saved.version - 1, (future,))
    assert kept.shown == (replace(said, shown_to="Olga Owner"),)
    assert kept.version == saved.version
    clinic = desk.clinic.record()
    desk.clinic.update(clinic.version, replace(clinic.fields, escalation={"emergency": "New"}))
    assert desk.follow_ups.get(first.id).shown[0].instruction == said.instruction
    with desk.store.read(Right.RECORD_READ) as tx:
        entry = tx.db.scalars(
            select(AuditEntryRow).where(AuditEntryRow.action == "follow_up.shown")
        ).one()
    assert entry.details == '{"items":["breathing emergency"]}'


def test_nothing_shown_leaves_no_trace(desk, first):
    heard = []
    desk.subscribe(heard.append)
    assert desk.follow_ups.record_shown(first.id, first.version, ()) == first
    assert heard == []


def test_what_was_shown_can_be_neither_changed_nor_removed(desk, first):
    desk.follow_ups.save(first.id, first.version, FollowUpFields(None, {"breathing": YES}))
    desk.follow_ups.record_shown(first.id, 2, shown_for(desk, first))
    for statement in ("UPDATE follow_up_shown SET instruction = ''", "DELETE FROM follow_up_shown"):
        with desk.store.vault.engine.connect() as connection, pytest.raises(DBAPIError):
            connection.exec_driver_sql(statement)


def test_flags_of_an_unknown_check_and_of_a_number_that_is_none():
    schedule = load_schedule()
    assert raised_flags(schedule, "no_such_check", {"fever": YES}, {}) == ()
    check = schedule.check("hours_24")
    items = {"pain": CheckAnswer(value="x"), "fever": YES, "unknown": CheckAnswer(value="text")}
    assert judged_answers(check, items) == {"fever": Answer.YES, "unknown": "text"}


# Closing


def test_a_completed_check_is_closed(desk, first, clock):
    clock.move(days=1)
    typed = FollowUpFields(Channel.PHONE, {"fever": NO})
    kept = desk.follow_ups.save(first.id, first.version, typed)
    done = desk.follow_ups.complete(first.id, kept.version)
    assert (done.state, done.done_at, done.done_by) == (
        FollowUpState.DONE,
        datetime(2026, 3, 11, 9, tzinfo=UTC),
        "Olga Owner",
    )
    for call in (
        lambda: desk.follow_ups.save(first.id, done.version, FollowUpFields()),
        lambda: desk.follow_ups.complete(first.id, done.version),
        lambda: desk.follow_ups.mark_missed(first.id, done.version, "Why"),
    ):
        with pytest.raises(RefusedError, match="completed"):
            call()
    for statement in (
        "UPDATE follow_up SET note = 'x'",
        "UPDATE follow_up_item SET answer = 'yes'",
        "DELETE FROM follow_up_item",
        "REPLACE INTO follow_up_item SELECT * FROM follow_up_item",
    ):
        with desk.store.vault.engine.connect() as connection, pytest.raises(DBAPIError):
            connection.exec_driver_sql(statement)
    assert desk.follow_ups.get(first.id) == done


def test_a_check_is_not_completed_before_it_says_something(desk, first):
    with pytest.raises(RefusedError, match="how the patient was reached"):
        desk.follow_ups.complete(first.id, first.version)
    kept = desk.follow_ups.save(first.id, first.version, FollowUpFields(Channel.VISIT))
    with pytest.raises(RefusedError, match="nothing was answered"):
        desk.follow_ups.complete(first.id, kept.version)


def test_a_check_is_not_completed_before_its_red_flag_was_shown(desk, first):
    typed = FollowUpFields(Channel.PHONE, {"breathing": YES, "hives": YES})
    kept = desk.follow_ups.save(first.id, first.version, typed)
    both = shown_for(desk, kept)
    desk.follow_ups.record_shown(first.id, kept.version, both[:1])
    with pytest.raises(RefusedError, match="hives"):
        desk.follow_ups.complete(first.id, kept.version)
    desk.follow_ups.record_shown(first.id, kept.version, both[1:])
    assert desk.follow_ups.complete(first.id, kept.version, early=True).state is FollowUpState.DONE


def test_a_missed_check_stays_visible_and_can_be_made_up_for(desk, kit, first, clock):
    clock.move(days=3)
    with pytest.raises(InvalidError):
        desk.follow_ups.mark_missed(first.id, first.version, " ")
    missed = desk.follow_ups.mark_missed(first.id, first.version, "Did not answer")
    assert (missed.state, missed.missed_reason) == (FollowUpState.MISSED, "Did not answer")
    assert "hours_24" not in ids(desk.follow_ups.overdue())
    assert desk.follow_ups.for_patient(kit.patient.id)[0] == missed
    with pytest.raises(RefusedError, match="already"):
        desk.follow_ups.mark_missed(first.id, missed.version, "Again")
    kept = desk.follow_ups.save(
        first.id, missed.version, FollowUpFields(Channel.PHONE, {"fever": NO})
    )
    done = desk.follow_ups.complete(first.id, kept.version)
    assert (done.state, done.missed_reason) == (FollowUpState.DONE, "Did not answer")


def test_a_superseded_check_is_left_to_the_later_session(desk, kit, first, clock):
    clock.move(days=21)
    kit.signed()
    late = next(f for f in desk.follow_ups.for_session(first.session_id) if f.check_id == "week_8")
    assert late.state is FollowUpState.SUPERSEDED
    with pytest.raises(RefusedError, match="later session"):
        desk.follow_ups.save(late.id, late.version, FollowUpFields(Channel.PHONE))


def test_views_are_told(desk, first):
    heard = []
    desk.subscribe(heard.append)
    desk.follow_ups.save(first.id, first.version, FollowUpFields(Channel.VISIT))
    assert heard == [Topic.FOLLOW_UPS]

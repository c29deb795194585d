"""Calls: attempts, a patient who rings, the diary, bands and what was done, the day's list."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.documents.call_pages import call_list_pdf, call_list_told
from mesodesk.domain.answers import Answer
from mesodesk.domain.records.followup import (
    AttemptFields,
    AttemptOutcome,
    Channel,
    CheckAnswer,
    DiaryScore,
    DiarySource,
    FollowUpFields,
    FollowUpState,
    ShownInstruction,
)
from mesodesk.domain.red_flags import diary_place, last_scores, raised_bands
from mesodesk.domain.rights import Right
from mesodesk.domain.schedule import RED_BANDS, load_schedule
from mesodesk.services.errors import ConflictError, InvalidError, NotFoundError, RefusedError

NO, YES = CheckAnswer(Answer.NO), CheckAnswer(Answer.YES)
IN_VAIN = AttemptFields(Channel.PHONE, AttemptOutcome.NO_ANSWER)


@pytest.fixture
def first(desk, kit, clock):
    """The 24-hour check of a signed session, when its time has come."""
    check = desk.follow_ups.for_session(kit.signed().id)[0]
    clock.move(hours=23)
    return check


def answered(desk, check, items=None, *, diary=None, show=True):
    """Keep answers, and what they put before the user."""
    check = desk.follow_ups.get(check.id)
    typed = FollowUpFields(Channel.PHONE, items or {}, diary=diary or {})
    kept = desk.follow_ups.save(check.id, check.version, typed)
    shown = tuple(
        ShownInstruction(each.item_id, each.band, each.instruction, desk.store.clock.now(), "")
        for each in desk.follow_ups.red_flags(kept.id)
    )
    return desk.follow_ups.record_shown(kept.id, kept.version, shown) if show and shown else kept


def audited(desk, action):
    with desk.store.read(Right.RECORD_READ) as tx:
        chosen = select(AuditEntryRow.details).where(AuditEntryRow.action == action)
        return tx.db.scalars(chosen).all()


# Attempts


def test_attempts_are_kept_with_time_person_and_next_try(desk, first, clock, open_again):
    later = clock.now() + timedelta(hours=4)
    desk.calls.record_attempt(first.id, IN_VAIN)
    clock.move(minutes=5)
    typed = AttemptFields(Channel.MESSAGE, AttemptOutcome.LEFT_MESSAGE, later, " Mailbox ")
    kept = desk.calls.record_attempt(first.id, typed)
    assert [each.fields for each in kept.attempts] == [IN_VAIN, replace(typed, note="Mailbox")]
    assert [each.tried_by for each in kept.attempts] == ["Olga Owner"] * 2
    assert kept.attempts[1].tried_at - kept.attempts[0].tried_at == timedelta(minutes=5)
    assert (kept.next_try, kept.state, kept.version) == (later, FollowUpState.OPEN, first.version)
    assert audited(desk, "follow_up.attempt")[-1] == (
        '{"channel":"message","outcome":"left_message"}'
    )
    (due,) = desk.today.overview().due
    assert due == kept
    desk.close()
    assert open_again().follow_ups.get(first.id) == kept


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=-1), timedelta(days=400)])
def test_a_next_try_lies_ahead(desk, first, clock, ahead):
    with pytest.raises(InvalidError) as error:
        desk.calls.record_attempt(first.id, replace(IN_VAIN, next_at=clock.now() + ahead))
    assert [problem.place for problem in error.value.problems] == ["next_at"]
    assert desk.follow_ups.get(first.id).attempts == ()


def test_nobody_tries_for_a_check_that_is_done_and_no_attempt_is_changed(desk, first):
    desk.calls.record_attempt(first.id, IN_VAIN)
    for statement in ("UPDATE follow_up_attempt SET note = 'x'", "DELETE FROM follow_up_attempt"):
        with desk.store.vault.engine.connect() as connection, pytest.raises(DBAPIError):
            connection.exec_driver_sql(statement)
    kept = answered(desk, first, {"fever": NO})
    desk.follow_ups.complete(first.id, kept.version)
    with pytest.raises(RefusedError, match="completed"):
        desk.calls.record_attempt(first.id, IN_VAIN)


# A patient who rings


def test_a_patient_who_rings_is_asked_about_the_last_session(desk, kit, first, clock):
    rung = desk.calls.begin(kit.patient.id)
    assert (rung.check_id, rung.session_id, rung.state) == (
        "any_time",
        first.session_id,
        FollowUpState.OPEN,
    )
    assert desk.calls.begin(kit.patient.id).id == rung.id
    assert rung.id in [each.id for each in desk.today.overview().due]
    kept = answered(desk, rung, {"late_lump": NO})
    desk.follow_ups.complete(rung.id, kept.version)
    again = desk.calls.begin(kit.patient.id)
    assert again.id != rung.id
    clock.move(days=1)
    assert desk.calls.begin(kit.patient.id).id != again.id
    # The one of yesterday that nobody completed stays in sight.
    assert again.id in [each.id for each in desk.today.overview().overdue]


def test_without_a_signed_session_there_is_nothing_to_ask_about(desk, kit):
    with pytest.raises(RefusedError, match="No session of this patient is signed yet"):
        desk.calls.begin(kit.patient.id)


def test_a_planned_check_is_there_once_and_the_examination_knows_the_others(desk, kit, first):
    answers = FollowUpFields(Channel.PHONE, {"late_lump": NO})
    for _ in range(2):
        rung = desk.calls.begin(kit.patient.id)
        kept = desk.follow_ups.save(rung.id, rung.version, answers)
        desk.follow_ups.complete(kept.id, kept.version)
    with (
        desk.store.vault.engine.begin() as connection,
        pytest.raises(DBAPIError, match="UNIQUE constraint"),
    ):
        connection.exec_driver_sql(
            "UPDATE follow_up SET check_id = 'hours_72' WHERE"
            " state = 'open' AND check_id = 'day_14'"
        )
    assert desk.checks.check_all() == []


# Diary


def test_the_diary_is_kept_by_day_and_source(desk, first, clock, open_again):
    clock.move(days=2)
    told = {
        "burning.1": DiaryScore(6, DiarySource.HOME),
        "burning.2": DiaryScore(3),
        "swelling.1": DiaryScore(0),
    }
    kept = answered(desk, first, diary=told)
    assert kept.fields.diary == told
    changed = answered(desk, first, diary={"burning.1": DiaryScore(5), "swelling.1": DiaryScore(0)})
    assert changed.fields.diary == {"burning.1": DiaryScore(5), "swelling.1": DiaryScore(0)}
    assert audited(desk, "follow_up.update")[-1] == (
        '{"changed":["diary.burning.1","diary.burning.2"]}'
    )
    done = desk.follow_ups.complete(first.id, changed.version)
    assert done.fields.diary == changed.fields.diary
    for statement in (
        "UPDATE follow_up_diary SET score = 9",
        "DELETE FROM follow_up_diary",
        "REPLACE INTO follow_up_diary SELECT * FROM follow_up_diary",
    ):
        with desk.store.vault.engine.connect() as connection, pytest.raises(DBAPIError):
            connection.exec_driver_sql(statement)
    desk.close()
    assert open_again().follow_ups.get(first.id) == done


@pytest.mark.parametrize(
    ("key", "score", "sentence"),
    [
        ("burning.2", 3, "Day 2 after the session is still to come."),
        ("burning.6", 3, "does not belong to the diary"),
        ("burning.0", 3, "does not belong to the diary"),
        ("moon.1", 3, "does not belong to the diary"),
        ("burning", 3, "does not belong to the diary"),
        ("burning.1", 11, "A whole number from 0 to 10."),
        ("burning.1", -1, "A whole number from 0 to 10."),
    ],
)
def test_what_is_no_score_of_a_day_is_said_at_its_place(desk, first, key, score, sentence):
    typed = FollowUpFields(diary={key: DiaryScore(score)})
    with pytest.raises(InvalidError, match=sentence) as error:
        desk.follow_ups.save(first.id, first.version, typed)
    assert [problem.place for problem in error.value.problems] == [f"diary[{key}]"]


def test_of_a_diary_the_last_day_told_counts():
    diary = {"burning.1": DiaryScore(9), "burning.3": DiaryScore(4), "swelling.2": DiaryScore(7)}
    assert last_scores("burning", diary) == ((3, 4),)
    assert last_scores("moon", diary) == ()
    raised = raised_bands(load_schedule(), "hours_72", FollowUpFields(diary=diary), {})
    assert [(each.item_id, each.band, each.item) for each in raised] == [
        ("diary.swelling.2", "same_day", "Swelling: 7/10"),
        ("diary.burning.3", "call_again", "Burning: 4/10"),
    ]
    assert diary_place("burning.3") == ("burning", 3)
    assert diary_place("burning") == ("", 0)


# Bands


@pytest.mark.parametrize(
    ("check_id", "items", "raised"),
    [
        ("hours_24", {"burning": YES, "fever": NO}, [("burning", "observe")]),
        ("hours_24", {"pain": CheckAnswer(value="3")}, []),
        ("hours_24", {"pain": CheckAnswer(value="4")}, [("pain", "call_again")]),
        ("hours_24", {"pain": CheckAnswer(value="7")}, [("pain", "same_day")]),
        ("day_5_7", {"swelling_gone": NO}, [("swelling_gone", "call_again")]),
        ("day_5_7", {"swelling_gone": YES, "new_itch": NO}, []),
        ("day_14", {"discoloration": YES}, [("discoloration", "call_again")]),
        (
            "day_14",
            {"discoloration": YES, "nodule": YES, "contour": YES},
            [
                ("nodule", "refer_culture"),
                ("discoloration", "call_again"),
                ("contour", "observe"),
            ],
        ),
    ],
)
def test_answers_raise_bands(check_id, items, raised):
    found = raised_bands(load_schedule(), check_id, FollowUpFields(items=items), {})
    assert [(each.item_id, each.band) for each in found] == raised


def test_discoloration_and_late_lumps_are_asked_up_to_week_12():
    asked = {
        check.id: {item.id for item in check.items}
        for check in load_schedule().checks
        if check.due >= 14
    }
    for name in ("day_14", "day_28", "week_8", "week_12"):
        assert "discoloration" in asked[name]
        assert asked[name] & {"nodule", "late_lump"}


def test_every_band_level_and_question_of_the_calls_names_its_source():
    schedule = load_schedule()
    assert all(each.sources for each in (*schedule.bands, *schedule.checks, *schedule.diary))


def test_what_a_check_calls_for_waits_on_today_until_somebody_says_what_was_done(
    desk, first, clock, open_again
):
    kept = answered(desk, first, {"fever": YES, "bruising": YES})
    done = desk.follow_ups.complete(first.id, kept.version)
    assert (done.escalation.band, done.escalation.items) == ("same_day", ("fever",))
    assert desk.today.overview().to_handle == (done,)
    with pytest.raises(InvalidError):
        desk.calls.handle(first.id, " ")
    clock.move(hours=1)
    handled = desk.calls.handle(first.id, "Seen by Dr Ruiz, paracetamol.")
    assert handled.escalation.handled == "Seen by Dr Ruiz, paracetamol."
    assert (handled.escalation.handled_by, handled.escalation.handled_at) == (
        "Olga Owner",
        clock.now(),
    )
    assert desk.today.overview().to_handle == ()
    with pytest.raises(ConflictError):
        desk.calls.handle(first.id, "Twice")
    assert audited(desk, "follow_up.escalate") == ['{"band":"same_day","items":["fever"]}']
    assert audited(desk, "follow_up.handle") == ['{"band":"same_day"}']
    for statement in (
        "UPDATE follow_up_escalation SET handled = 'x'",
        "UPDATE follow_up_escalation SET band = 'observe'",
        "DELETE FROM follow_up_escalation",
    ):
        with desk.store.vault.engine.connect() as connection, pytest.raises(DBAPIError):
            connection.exec_driver_sql(statement)
    desk.close()
    assert open_again().follow_ups.get(first.id) == handled


def test_what_was_done_can_be_said_as_the_check_is_completed(desk, first):
    kept = answered(desk, first, {"fever": YES})
    done = desk.follow_ups.complete(first.id, kept.version, handled=" Sent to Dr Ruiz ")
    assert done.escalation.handled == "Sent to Dr Ruiz"
    assert desk.today.overview().to_handle == ()


def test_what_is_only_observed_leaves_nothing_to_handle(desk, first):
    kept = answered(desk, first, {"burning": YES})
    done = desk.follow_ups.complete(first.id, kept.version)
    assert done.escalation is None
    with pytest.raises(NotFoundError, match="calls for nothing"):
        desk.calls.handle(first.id, "Nothing")


def test_a_grave_score_of_the_diary_is_shown_before_the_check_is_completed(desk, first):
    told = {"burning.1": DiaryScore(8)}
    kept = answered(desk, first, {"fever": NO}, diary=told, show=False)
    with pytest.raises(RefusedError, match="Burning: 8/10"):
        desk.follow_ups.complete(first.id, kept.version)
    kept = answered(desk, first, {"fever": NO}, diary=told)
    done = desk.follow_ups.complete(first.id, kept.version)
    assert done.escalation.items == ("diary.burning.1",)
    assert done.escalation.band in RED_BANDS


def test_a_check_whose_answer_calls_for_action_is_not_missed(desk, first):
    kept = answered(desk, first, {"fever": YES})
    with pytest.raises(RefusedError, match="calls for action"):
        desk.follow_ups.mark_missed(first.id, kept.version, "No answer")
    assert desk.follow_ups.get(first.id).state is FollowUpState.OPEN


# When


def test_a_check_before_its_window_is_asked_about(desk, kit, first):
    day_14 = desk.follow_ups.for_patient(kit.patient.id)[3]
    kept = answered(desk, day_14, {"nodule": NO})
    with pytest.raises(RefusedError, match=r"its window begins on 20 Mar 2026\. Everything"):
        desk.follow_ups.complete(day_14.id, kept.version)
    done = desk.follow_ups.complete(day_14.id, kept.version, early=True)
    assert done.state is FollowUpState.DONE
    assert audited(desk, "follow_up.complete") == ['{"early":true}']


def test_a_check_before_its_session_is_refused_even_if_it_is_to_count(desk, first, clock):
    kept = answered(desk, first, {"fever": NO})
    clock.moment = datetime(2026, 3, 1, tzinfo=UTC)
    with pytest.raises(RefusedError, match="has not taken place yet"):
        desk.follow_ups.complete(first.id, kept.version, early=True)


def test_a_missed_check_stays_on_today_for_four_weeks_and_with_the_patient(desk, kit, first, clock):
    clock.move(days=3)
    missed = desk.follow_ups.mark_missed(first.id, first.version, "No answer")
    assert desk.today.overview().missed == (missed,)
    clock.move(days=23)
    assert desk.today.overview().missed == (missed,)
    clock.move(days=3)
    assert desk.today.overview().missed == ()
    assert missed in desk.follow_ups.for_patient(kit.patient.id)
    kept = answered(desk, missed, {"fever": NO})
    desk.follow_ups.complete(missed.id, kept.version)
    assert desk.today.overview().missed == ()


# The day's list


def test_the_list_of_the_day_says_whom_to_call_and_what_was_done(desk, kit, first):
    patient = desk.patients.get(kit.patient.id)
    typed = replace(patient.fields, phone="+34 600 123 456", language="fr")
    desk.patients.update(patient.id, patient.version, typed)
    listed = desk.calls.print_list()
    assert [each.id for each in listed.checks] == [first.id]
    assert listed.checks[0].patient_phone == "+34 600 123 456"
    treated = listed.sessions[first.session_id]
    assert treated.products[0].startswith("Procaine")
    assert (treated.day.isoformat(), treated.therapist) == ("2026-03-10", "Olga Owner")
    assert listed.languages == {kit.patient.id: "fr"}
    assert audited(desk, "follow_up.print") == ['{"checks":1}']
    (call,) = call_list_told(listed)["calls"]
    assert (call["name"], call["phone"]) == ("García López, María José", "+34 600 123 456")
    assert call["facts"][0].startswith("Treated 10 Mar 2026; Upper abdomen; Procaine")
    assert call["facts"][1] == "Speaks French"
    assert len(call["questions"]) == len(
        load_schedule().check("hours_24").items_for(frozenset(listed.checks[0].regions))
    )
    assert [each["days"] for each in call["diary"]] == [5, 5]
    assert call_list_pdf(listed).startswith(b"%PDF-")


def test_of_a_restricted_record_the_list_holds_the_number_only(desk, first):
    listed = desk.calls.print_list()
    veiled = replace(
        listed.checks[0], patient_name="00001", patient_phone="", restricted=True, regions=()
    )
    (call,) = call_list_told(replace(listed, checks=(veiled,)))["calls"]
    assert (call["name"], call["phone"]) == ("00001", "restricted record")
    assert (call["facts"], call["questions"], call["diary"]) == ([], [], [])

"""Plans on a real encrypted vault: too soon, one too many, shortened, ended, by a protocol."""

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text

from mesodesk.db.errors import StorageBug
from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.plan import SessionPlanRow
from mesodesk.documents.session_pages import Pictures, session_page
from mesodesk.domain.changes import Topic
from mesodesk.domain.favourites import favourite_of
from mesodesk.domain.ids import new_id
from mesodesk.domain.protocols import ProtocolCheck, ProtocolContent, as_shipped
from mesodesk.domain.records.followup import Channel, FollowUpFields
from mesodesk.domain.records.plan import Interval, IntervalUnit, PlanFields, PlanState
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.rights import Right
from mesodesk.domain.schedule import load_schedule
from mesodesk.services.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from mesodesk.services.printed import printed_session
from mesodesk.services.sealing import seal_holds
from mesodesk.services.session_rows import find_session

PASSWORD = "plain tea in the morning"
SIX = PlanFields("Contour", ("abdomen_upper.midline",), 6, Interval(14), 8)
REASON = "She leaves for three months tomorrow"


def of_plan(desk, session):
    """Return what the plan says at Check."""
    return [each for each in desk.sessions.screening(session.id) if each.rule_id[:4] == "plan"]


def entries(desk, prefix):
    with desk.store.read(Right.OWN) as tx:
        rows = tx.db.scalars(select(AuditEntryRow).order_by(AuditEntryRow.seq)).all()
    return [(e.action, json.loads(e.details)) for e in rows if e.action.startswith(prefix)]


@pytest.fixture
def plan(desk, patient):
    return desk.plans.begin(patient.id, SIX)


@pytest.fixture
def sign_next(kit, clock):
    """Signs the next session of a plan, and lets days pass."""

    def do(plan, days=0, **fields):
        begun = kit.desk.plans.begin_session(plan.id)
        signed = kit.signed(**fields)
        assert signed.id == begun.id
        clock.move(days=days)
        return signed

    return do


def test_a_plan_counts_its_sessions_and_its_days(desk, plan, sign_next):
    assert (plan.done, plan.glance.number, plan.glance.of, plan.glance.day) == (0, 1, 6, None)
    sign_next(plan, 20)
    second = sign_next(plan, 9, no_next_session=True, next_session_on=None)
    (stands,) = desk.plans.for_patient(plan.patient_id)
    glance = stands.glance
    assert (stands.done, glance.number, glance.of) == (2, 3, 6)
    assert (glance.day, glance.of_days, glance.too_soon) == (9, 14, True)
    assert (glance.last_on, glance.earliest_on) == (date(2026, 3, 30), date(2026, 4, 13))
    third = desk.plans.begin_session(plan.id)
    assert desk.plans.for_patient(plan.patient_id)[0].open_session == third.id
    assert desk.plans.begin_session(plan.id).id == third.id
    assert desk.plans.of_session(third.id).glance == glance
    assert desk.plans.of_session(second.id).glance.number == 2
    assert [action for action, _ in entries(desk, "plan.")] == ["plan.begin"]
    assert [each["number"] for _, each in entries(desk, "session.plan")] == [1, 2, 3]


def test_today_says_where_plans_stand(desk, clock, plan, sign_next):
    sign_next(plan, 9, no_next_session=False, next_session_on=date(2026, 3, 20))
    today = desk.today.overview()
    (planned,) = today.planned
    assert planned.plan_id == plan.id
    glance = today.plans[plan.id]
    assert (glance.number, glance.of, glance.day, glance.of_days) == (2, 6, 9, 14)
    desk.plans.begin_session(plan.id)
    today = desk.today.overview()
    (draft,) = today.drafts
    assert (draft.plan_id, draft.plan_number, draft.plan_of) == (plan.id, 2, 6)
    assert today.plans == {plan.id: glance}
    assert today.planned == ()


def test_too_soon_takes_a_reason_that_is_sealed_and_prints(desk, kit, clock, plan, sign_next):
    sign_next(plan, 9)
    draft = desk.plans.begin_session(plan.id)
    (found,) = of_plan(desk, draft)
    assert found.message == (
        "Too soon: day 9 of 14. The last session of this course was on 10 Mar 2026; the plan"
        " “Contour” allows the next from 24 Mar 2026."
    )
    assert found.source == "The patient's plan, as set by Olga Owner"
    assert all(e.rule_id != "before_planned_day" for e in desk.sessions.screening(draft.id))
    ready = kit.ready()
    missing = desk.sessions.missing(ready.id)
    assert [(each.code, each.values.get("rule_id")) for each in missing] == [
        ("finding_open", "plan_too_soon")
    ]
    with pytest.raises(RefusedError):
        desk.sessions.sign(ready.id, ready.version, PASSWORD)
    given = desk.sessions.acknowledge(ready.id, ready.version, found.rule_id, 1, REASON, True)
    clock.move(days=1)  # it is still too soon, for the same reason
    assert desk.sessions.missing(given.id) == ()
    signed = desk.sessions.sign(given.id, given.version, PASSWORD)
    clock.move(days=20)
    with desk.store.read(Right.RECORD_READ) as tx:
        printed = printed_session(tx, signed.id)
    reasons = [e.acknowledgement.reason for e in printed.entries if e.finding.rule_id[:4] == "plan"]
    assert reasons == [REASON]
    page = session_page(printed, desk.clinic.record().fields, Pictures({}))
    assert page["before"][0] == [
        "Plan", "Contour: session 2 of 6; last on 10 Mar 2026; next from 24 Mar 2026",
    ]  # fmt: skip
    assert any(REASON in each["reason"] for each in page["findings"])


def test_one_over_the_maximum_takes_a_reason(desk, patient, sign_next):
    plan = desk.plans.begin(patient.id, PlanFields("Hair", (), None, None, 1))
    sign_next(plan, 1)
    (found,) = of_plan(desk, desk.plans.begin_session(plan.id))
    assert found.rule_id == "plan_over_maximum"
    assert found.message == "Over the maximum: session 2 of at most 1 of the plan “Hair”."


def test_an_unlinked_session_on_the_same_skin_counts_for_the_interval_alone(
    desk, kit, clock, patient
):
    kit.signed()
    clock.move(days=5)
    near = desk.plans.begin(patient.id, SIX)
    far = desk.plans.begin(patient.id, replace(SIX, regions=("calf.left",)))
    anywhere = desk.plans.begin(patient.id, replace(SIX, regions=()))
    assert (near.done, near.glance.number, near.glance.day) == (0, 1, 5)
    assert far.glance.day is None
    assert anywhere.glance.day == 5


def test_nothing_is_invented_for_old_sessions(desk, kit, clock, patient):
    old = kit.signed()
    draft = desk.sessions.start(patient.id)
    plan = desk.plans.begin(patient.id, SIX)
    assert desk.plans.of_session(old.id) is None
    assert desk.plans.of_session(draft.id) is None
    joined = desk.plans.begin_session(plan.id)
    assert joined.id == draft.id
    assert desk.plans.of_session(draft.id).glance.number == 1
    out = desk.plans.put_session(joined.id, joined.version, None)
    assert desk.plans.of_session(draft.id) is None
    with pytest.raises(ConflictError):
        desk.plans.put_session(joined.id, joined.version, plan.id)
    assert desk.plans.put_session(out.id, out.version, plan.id).version == out.version + 1
    with pytest.raises(RefusedError, match="is signed"):
        desk.plans.put_session(old.id, old.version, plan.id)


def test_a_plan_is_not_shortened_below_what_was_done(desk, plan, sign_next):
    sign_next(plan, 20)
    sign_next(plan, 20)
    with pytest.raises(RefusedError) as refused:
        desk.plans.update(plan.id, plan.version, replace(SIX, planned_sessions=1))
    assert "2 sessions of this plan were done, so it cannot be shortened to 1" in str(refused.value)
    kept = desk.plans.update(plan.id, plan.version, replace(SIX, planned_sessions=2))
    assert kept.fields.planned_sessions == 2
    assert entries(desk, "plan.update")[0][1]["changed"] == ["planned_sessions"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"indication": " "}, "Indication is missing."),
        ({"planned_sessions": 0}, "Planned sessions: a whole number from 1 to 100"),
        ({"planned_sessions": 9}, "more than the maximum of 8"),
        ({"interval": Interval(0)}, "Interval: a whole number from 1 to 730 days"),
        ({"interval": Interval(25, IntervalUnit.MONTHS)}, "from 1 to 24 months"),
        ({"regions": ("moon.left",)}, "Regions: choose them from the list."),
    ],
)
def test_what_cannot_be_a_plan_is_refused_with_a_sentence(desk, plan, change, said):
    with pytest.raises(InvalidError, match=said):
        desk.plans.begin(plan.patient_id, replace(SIX, **change))


def test_a_plan_ends_and_is_taken_up_again(desk, clock, plan):
    draft = desk.plans.begin_session(plan.id)
    with pytest.raises(RefusedError, match="A session of this plan is open"):
        desk.plans.finish(plan.id, plan.version)
    desk.sessions.discard_draft(draft.id, draft.version, "Not today")
    with pytest.raises(InvalidError):
        desk.plans.stop(plan.id, plan.version, " ")
    stopped = desk.plans.stop(plan.id, plan.version, "She moved away")
    assert (stopped.state, stopped.reason) == (PlanState.STOPPED, "She moved away")
    assert (stopped.ended_by, stopped.ended_at) == ("Olga Owner", clock.now())
    with pytest.raises(RefusedError, match="has ended"):
        desk.plans.begin_session(plan.id)
    active = desk.plans.resume(stopped.id, stopped.version)
    assert (active.state, active.reason, active.ended_at) == (PlanState.ACTIVE, "", None)
    assert desk.plans.finish(active.id, active.version).state is PlanState.FINISHED
    with pytest.raises(NotFoundError):
        desk.plans.get(new_id())


def test_an_amendment_stays_the_same_session_of_the_plan(desk, kit, clock, plan, sign_next):
    first = sign_next(plan, 1)
    draft = desk.amending.begin(first.id, "Wrong depth")
    assert desk.plans.of_session(draft.id).glance.number == 1
    assert of_plan(desk, draft) == []
    with pytest.raises(RefusedError, match="amends a signed session"):
        desk.plans.put_session(draft.id, draft.version, None)
    (stands,) = desk.plans.for_patient(plan.patient_id)
    assert (stands.done, stands.glance.number, stands.open_session) == (1, 2, None)
    signed = desk.sessions.sign(draft.id, draft.version, PASSWORD)
    assert signed.seal.holds
    assert desk.plans.get(plan.id).done == 1
    wrong = desk.amending.enter_in_error(signed.id, "Another patient's", PASSWORD)
    assert wrong.state is SessionState.ENTERED_IN_ERROR
    assert desk.plans.get(plan.id).done == 0


def test_the_seal_covers_the_plan(desk, plan, sign_next, tamper):
    signed = sign_next(plan)
    assert signed.seal.holds
    tamper("UPDATE session_plan SET number = 5")
    with desk.store.read(Right.RECORD_READ) as tx:
        assert not seal_holds(tx.db, find_session(tx, signed.id))
        assert tx.db.get(SessionPlanRow, signed.id).number == 5


# Protocols

CALL = ProtocolCheck("hours_72", "days", 2, 1, 3, Channel.PHONE)
LATE = next(each for each in as_shipped(load_schedule()) if each.check_id == "week_12")


@pytest.fixture
def content(desk, kit):
    """What a protocol holds: a field with its mixture, an interval, two checks, aftercare."""
    session = kit.put(desk.sessions.start(kit.patient.id), (kit.lot(), "5"), label="Mix")
    kit.chart(session, 100, 100)
    session = desk.sessions.get(session.id)
    kept = favourite_of(desk.charts.load(session.id).fields, session.syringes, session.atlas_id)
    desk.sessions.discard_draft(session.id, session.version, "Made a protocol of it")
    return ProtocolContent(
        indication="Contour",
        interval=Interval(1, IntervalUnit.MONTHS),
        max_sessions=6,
        source="our own practice",
        injecting=kept,
        checks=(CALL, LATE),
        aftercare_id="general",
    )


def test_a_session_by_a_protocol_is_followed_by_its_checks(
    desk, content, patient, sign_next, clock
):
    protocol = desk.protocols.create("Abdomen", content)
    typed = PlanFields("Contour", (), 6, content.interval, 6, protocol.id)
    plan = desk.plans.begin(patient.id, typed)
    assert (plan.protocol_name, plan.protocol_version) == ("Abdomen", 1)
    draft = desk.plans.begin_session(plan.id)
    later = desk.protocols.change(
        protocol.id, protocol.version, "Abdomen", replace(content, checks=None)
    )
    assert later.number == 2
    begun = desk.plans.of_session(draft.id)
    assert (begun.protocol_name, begun.protocol_version) == ("Abdomen", 1)
    assert begun.protocol == content
    first = sign_next(plan, 40)
    checks = desk.follow_ups.for_session(first.id)
    assert [(e.check_id, e.title, e.wanted_channel) for e in checks] == [
        ("hours_72", "Day 2", Channel.PHONE),
        ("week_12", "", None),
    ]
    second = sign_next(plan)
    assert len(desk.follow_ups.for_session(second.id)) > len(checks)
    # The late check of the first session is taken over, as those of the schedule are.
    assert [e.state.value for e in desk.follow_ups.for_session(first.id)] == ["open", "superseded"]
    assert list(desk.checks.check_all()) == []


def test_the_source_of_an_interval_is_the_protocol_as_long_as_it_is_that(
    desk, content, patient, sign_next
):
    protocol = desk.protocols.create("Abdomen", content)
    typed = PlanFields("Contour", (), 6, content.interval, 6, protocol.id)
    plan = desk.plans.begin(patient.id, typed)
    sign_next(plan, 3)
    draft = desk.plans.begin_session(plan.id)
    (found,) = of_plan(desk, draft)
    assert "day 3 of 31" in found.message
    assert found.source == (
        "The patient's plan, as set by Olga Owner; protocol “Abdomen”, version 1: our own practice"
    )
    desk.plans.update(plan.id, plan.version, replace(typed, interval=Interval(10)))
    (found,) = of_plan(desk, draft)
    assert found.source == "The patient's plan, as set by Olga Owner"


def test_each_change_of_a_protocol_is_a_version_and_on_record(desk, content, patient):
    seen = []
    desk.subscribe(seen.append)
    first = desk.protocols.create("  Abdomen ", content)
    same = desk.protocols.change(first.id, first.version, "Abdomen", content)
    assert (same.version, same.number) == (first.version, 1)
    renamed = desk.protocols.change(same.id, same.version, "Belly", content)
    assert (renamed.name, renamed.number) == ("Belly", 1)
    second = desk.protocols.change(
        renamed.id, renamed.version, "Belly", replace(content, note="Weigh")
    )
    assert [e.number for e in desk.protocols.versions(first.id)] == [2, 1]
    assert desk.protocols.versions(first.id)[1].content == content
    with pytest.raises(ConflictError, match="What you typed is still here"):
        desk.protocols.change(first.id, first.version, "Other", content)
    with pytest.raises(InvalidError, match="a protocol of this name already"):
        desk.protocols.create("BELLY", content)
    gone = desk.protocols.archive(second.id, second.version)
    assert desk.protocols.all() == ()
    assert [e.name for e in desk.protocols.all(archived=True)] == ["Belly"]
    with pytest.raises(RefusedError, match="archived"):
        desk.plans.begin(patient.id, PlanFields("Contour", protocol_id=gone.id))
    assert not desk.protocols.restore(gone.id, gone.version).archived
    assert [action for action, _ in entries(desk, "protocol.")] == [
        "protocol.create", "protocol.change", "protocol.change", "protocol.archive",
        "protocol.restore",
    ]  # fmt: skip
    assert all(topic & Topic.PLANS for topic in seen)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source": ""}, "Source: say where the interval"),
        ({"aftercare_id": "none"}, "Aftercare: choose a text"),
        ({"checks": ()}, "a protocol plans one check at least"),
        ({"checks": (CALL, CALL)}, "each of the list at most once"),
        ({"checks": (replace(CALL, check_id="any_time"),)}, "each of the list at most once"),
        ({"checks": (replace(CALL, due=9),)}, "it is due within its window"),
        ({"checks": (replace(CALL, window_from=-1),)}, "it is due within its window"),
        ({"checks": (replace(CALL, window_to=900),)}, "at most 168 hours or 730 days"),
        ({"checks": (replace(CALL, unit="hours", window_to=169),)}, "at most 168 hours"),
        ({"checks": (replace(CALL, title="x" * 41),)}, "at most 40 letters"),
    ],
)
def test_what_cannot_be_a_protocol_is_refused_with_a_sentence(desk, change, said):
    whole = ProtocolContent(interval=Interval(14), source="our own practice", checks=(CALL,))
    with pytest.raises(InvalidError, match=said):
        desk.protocols.create("Abdomen", replace(whole, **change))


def test_a_damaged_protocol_plans_the_schedule_of_the_program(
    desk, content, patient, sign_next, tamper
):
    protocol = desk.protocols.create("Abdomen", content)
    plan = desk.plans.begin(patient.id, PlanFields("Contour", protocol_id=protocol.id))
    tamper("UPDATE protocol_version SET content = '{}'")
    assert desk.protocols.all()[0].content is None
    signed = sign_next(plan)
    planned = {each.check_id for each in desk.follow_ups.for_session(signed.id)}
    assert planned == {each.check_id for each in as_shipped(load_schedule())}


def test_a_check_is_not_completed_before_its_session(desk, kit, clock):
    signed = kit.signed()
    check = desk.follow_ups.for_session(signed.id)[0]
    kept = desk.follow_ups.save(check.id, check.version, FollowUpFields(Channel.PHONE))
    clock.move(days=-1)
    with pytest.raises(RefusedError, match="has not taken place yet"):
        desk.follow_ups.complete(kept.id, kept.version)
    clock.move(days=2)
    with pytest.raises(RefusedError, match="nothing was answered"):
        desk.follow_ups.complete(kept.id, kept.version)


def test_the_file_itself_closes_what_a_signed_session_began_with(desk, plan, sign_next):
    sign_next(plan)
    for statement in (
        "UPDATE session_plan SET number = 9",
        "DELETE FROM session_plan",
        "DELETE FROM plan",
    ):
        with pytest.raises(StorageBug):
            with desk.store.write(Right.OWN) as tx:
                tx.connection.execute(text(statement))

"""What screening is told of a session: its syringes, its chart, the sessions before it."""

from datetime import date
from decimal import Decimal

import pytest

from mesodesk.domain.answers import Answer
from mesodesk.domain.findings import Severity
from mesodesk.domain.records.followup import CheckAnswer, FollowUpFields
from mesodesk.domain.records.session import SessionFields
from mesodesk.domain.records.stock import LotFields
from mesodesk.domain.schedule import load_schedule
from mesodesk.domain.screening import evaluate, load_rules


@pytest.fixture
def lidocaine(desk):
    """A lot of the starter catalogue's lidocaine 1 %."""
    product = next(p for p in desk.catalogue.products() if p.starter_id == "lidocaine_1")
    return desk.catalogue.add_lot(
        product.id, LotFields("L1", date(2027, 1, 31), received_on=date(2026, 3, 1))
    )


def facts(kit, session):
    return kit.desk.intakes.facts(kit.patient.id, session_id=session.id)


def test_an_empty_session_exposes_to_nothing(kit):
    told = facts(kit, kit.desk.sessions.start(kit.patient.id))
    assert told.product_classes == told.ingredients == told.traits == frozenset()
    assert told.component_names == told.regions == frozenset()
    assert (told.last_sessions, told.session_counts) == ({}, {})
    assert told.in_session


def test_syringes_tell_class_ingredient_traits_and_names(kit, lidocaine):
    session = kit.put(kit.desk.sessions.start(kit.patient.id), (lidocaine, "2"))
    told = facts(kit, session)
    assert told.product_classes == {"local_anaesthetics"}
    assert told.ingredients == {"lidocaine"}
    assert "local_anaesthetic" in told.traits
    assert lidocaine.product.fields.name in told.component_names
    assert "Lidocaine" in told.component_names


def test_a_syringe_put_away_tells_nothing(kit, lidocaine):
    session = kit.put(kit.desk.sessions.start(kit.patient.id), (lidocaine, "2"))
    kit.desk.sessions.remove_syringe(session.id, session.version, session.syringes[0].id)
    assert facts(kit, session).product_classes == frozenset()


def test_an_own_product_without_class_is_known_by_the_name_of_its_active(kit):
    lot = kit.lot("House mix with Procaine", product_class="")
    session = kit.put(kit.desk.sessions.start(kit.patient.id), (lot, "2"))
    assert "procaine" in facts(kit, session).ingredients


def test_the_chart_tells_its_regions(kit, draft):
    kit.chart(draft, 100, regions=("abdomen_upper.left", "flank.left"))
    assert facts(kit, draft).regions == {"abdomen_upper.left", "flank.left"}


def test_the_weight_of_the_day_comes_before_that_of_the_intake(kit):
    kit.complete_intake()
    session = kit.desk.sessions.start(kit.patient.id)
    assert facts(kit, session).weight_kg == Decimal(62)
    weighed = SessionFields(weight_kg=Decimal("59.4"), emergency_kit=Answer.YES)
    kit.desk.sessions.save(session.id, session.version, weighed)
    told = facts(kit, session)
    assert (told.weight_kg, told.emergency_kit_checked) == (Decimal("59.4"), Answer.YES)


def test_what_is_told_at_the_check_is_a_finding_until_it_is_taken_back(kit):
    kit.complete_intake()
    session = kit.desk.sessions.start(kit.patient.id)
    told = SessionFields(
        anything_changed=Answer.YES,
        changes="a new blood thinner",
        reaction_to_last=Answer.NO,
        reaction_to_last_detail="not said",
        emergency_kit=Answer.YES,
    )
    kept = kit.desk.sessions.save(session.id, session.version, told)
    assert facts(kit, session).told_today == {"anything_changed": "a new blood thinner"}
    found = {one.rule_id: one for one in kit.desk.sessions.screening(session.id)}
    assert found["change_told"].severity is Severity.CAUTION
    assert "reaction_told" not in found
    kit.desk.sessions.save(session.id, kept.version, SessionFields(anything_changed=Answer.NO))
    assert not facts(kit, session).told_today
    header = kit.desk.intakes.facts(kit.patient.id)
    assert not header.told_today


def test_signed_sessions_before_count_by_class_and_drafts_do_not(kit, lidocaine, clock):
    first = kit.signed(lidocaine)
    assert facts(kit, first).session_counts == {}
    clock.move(days=15)
    second = kit.signed(lidocaine)
    clock.move(days=15)
    third = kit.put(kit.desk.sessions.start(kit.patient.id), (lidocaine, "1"))
    told = facts(kit, third)
    assert told.session_counts == {"local_anaesthetics": 2}
    assert told.last_sessions == {"local_anaesthetics": date(2026, 3, 25)}
    assert facts(kit, second).last_sessions == {"local_anaesthetics": date(2026, 3, 10)}
    header = kit.desk.intakes.facts(kit.patient.id)
    assert header.session_counts == {"local_anaesthetics": 2}
    assert not header.in_session


def test_a_lump_found_by_a_check_stops_until_a_check_says_it_is_gone(kit, clock):
    desk = kit.desk
    kit.signed()
    checks = {one.check_id: one for one in desk.follow_ups.for_patient(kit.patient.id)}
    day_14, week_8 = checks["day_14"], checks["week_8"]
    found = FollowUpFields(None, {"nodule": CheckAnswer(Answer.YES)})
    desk.follow_ups.save(day_14.id, day_14.version, found)
    told = kit.desk.intakes.facts(kit.patient.id)
    assert told.answer("late_nodule") is Answer.YES
    assert "follow-up" in told.detail("late_nodule")
    kit.complete_intake(late_nodule=Answer.NO)
    assert kit.desk.intakes.facts(kit.patient.id).answer("late_nodule") is Answer.YES
    session = desk.sessions.start(kit.patient.id)
    assert "late_nodule" in {one.rule_id for one in desk.sessions.screening(session.id)}
    clock.move(days=40)
    gone = FollowUpFields(None, {"late_lump": CheckAnswer(Answer.NO)})
    desk.follow_ups.save(week_8.id, week_8.version, gone)
    assert kit.desk.intakes.facts(kit.patient.id).answer("late_nodule") is not Answer.YES


def test_a_red_flag_of_a_check_is_a_caution_until_a_later_check_finds_none(kit, clock):
    desk = kit.desk
    kit.signed()
    checks = {one.check_id: one for one in desk.follow_ups.for_patient(kit.patient.id)}
    first = load_schedule().check("hours_24")
    found = FollowUpFields(None, {"fever": CheckAnswer(Answer.YES)})
    desk.follow_ups.save(checks[first.id].id, checks[first.id].version, found)
    told = desk.intakes.facts(kit.patient.id)
    assert len(told.red_flags) == 1
    rules = {one.rule_id for one in evaluate(load_rules(), told.before_products())}
    assert "red_flag_in_checks" in rules
    session = desk.sessions.start(kit.patient.id)
    assert "red_flag_in_checks" in {one.rule_id for one in desk.sessions.screening(session.id)}
    clock.move(days=40)
    later = checks["week_8"]
    nothing = FollowUpFields(None, {"late_lump": CheckAnswer(Answer.NO)})
    desk.follow_ups.save(later.id, later.version, nothing)
    assert desk.intakes.facts(kit.patient.id).red_flags == ()

"""Findings of a session, the reasons given for them, and what keeps it from being signed."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.rights import Right
from mesodesk.services.errors import InvalidError, RefusedError


def actions(desk) -> list[str]:
    with desk.store.read(Right.RECORD_READ) as tx:
        return list(tx.db.scalars(select(AuditEntryRow.action).order_by(AuditEntryRow.seq)))


def test_a_stop_is_overridden_on_purpose_and_with_a_reason(desk, kit):
    kit.complete_intake(pregnant=Answer.YES)
    session = desk.sessions.start(kit.patient.id)
    finding = next(f for f in desk.sessions.screening(session.id) if f.severity == "stop")
    wanted = (session.id, session.version, finding.rule_id, finding.rule_version)
    with pytest.raises(InvalidError):
        desk.sessions.acknowledge(*wanted, "  ", True)
    with pytest.raises(RefusedError, match="on purpose"):
        desk.sessions.acknowledge(*wanted, "Told to", False)
    kept = desk.sessions.acknowledge(*wanted, "Trial with consent", True)
    (given,) = kept.acknowledgements
    assert (given.reason, given.by, given.overridden) == ("Trial with consent", "Olga Owner", True)
    assert open_rules(desk, session.id).isdisjoint({finding.rule_id})
    assert actions(desk)[-1] == "session.override"


def open_rules(desk, session_id) -> set[str]:
    return {
        each.values["rule_id"]
        for each in desk.sessions.missing(session_id)
        if each.code == "finding_open"
    }


def test_a_caution_needs_a_reason_and_no_override(desk, kit):
    kit.complete_intake(takes_anticoagulant=Answer.YES)
    session = desk.sessions.start(kit.patient.id)
    finding = next(f for f in desk.sessions.screening(session.id) if f.rule_id == "anticoagulant")
    assert finding.severity == "caution"
    kept = desk.sessions.acknowledge(
        session.id, session.version, finding.rule_id, finding.rule_version, "Seen", False
    )
    assert [each.overridden for each in kept.acknowledgements] == [False]
    assert finding.rule_id not in open_rules(desk, session.id)


def test_a_therapist_does_not_override_what_is_left_to_a_prescriber(desk, kit, open_again):
    kit.complete_intake(pregnant=Answer.YES)
    session = desk.sessions.start(kit.patient.id)
    finding = next(f for f in desk.sessions.screening(session.id) if f.severity == "stop")
    with desk.store.write(Right.OWN) as tx:
        tx.db.execute(update(UserRow).values(role=Role.THERAPIST))
        tx.audit("user.role", "app_user", tx.actor.id)
    desk.close()
    again = open_again()
    with pytest.raises(RefusedError, match="overridden by you"):
        again.sessions.acknowledge(
            session.id, session.version, finding.rule_id, finding.rule_version, "Why not", True
        )
    assert again.sessions.get(session.id).acknowledgements == ()


def test_a_reason_is_replaced_and_taken_back(desk, kit):
    kit.complete_intake(pregnant=Answer.YES)
    session = desk.sessions.start(kit.patient.id)
    finding = next(f for f in desk.sessions.screening(session.id) if f.severity == "stop")
    for reason in ("First", "Second"):
        session = desk.sessions.acknowledge(
            session.id, session.version, finding.rule_id, finding.rule_version, reason, True
        )
    assert [each.reason for each in session.acknowledgements] == ["Second"]
    session = desk.sessions.withdraw_acknowledgement(session.id, session.version, finding.rule_id)
    assert session.acknowledgements == ()
    assert finding.rule_id in open_rules(desk, session.id)
    again = desk.sessions.withdraw_acknowledgement(session.id, session.version, finding.rule_id)
    assert again == session


def test_a_finding_that_does_not_stand_takes_no_reason(desk, kit, begun):
    with pytest.raises(RefusedError, match="does not stand"):
        desk.sessions.acknowledge(begun.id, begun.version, "no_such_rule", 1, "Why", True)


def test_a_lot_that_expired_after_drawing_needs_a_reason(desk, kit, clock):
    session = kit.ready(kit.lot(expires_on=date(2026, 3, 10)))
    assert desk.sessions.missing(session.id) == ()
    clock.move(days=1)
    (found,) = desk.sessions.missing(session.id)
    assert found.code == "finding_open"
    (finding,) = (f for f in desk.sessions.screening(session.id) if f.severity == "stop")
    assert "10 Mar 2026" in finding.message
    session = desk.sessions.acknowledge(
        session.id, session.version, finding.rule_id, finding.rule_version, "Injected before", True
    )
    assert desk.sessions.missing(session.id) == ()


def test_a_lot_used_up_after_drawing_is_reported(desk, kit, typed_patient):
    """A syringe comes back by undo after somebody else has drawn the rest of its lot."""
    lot = kit.lot(received_ml="5")
    session = kit.ready(lot, "2.5")
    (field,) = desk.charts.load(session.id).fields
    desk.charts.append(session.id, 1, kit.changing(field, None))
    session = desk.sessions.remove_syringe(session.id, session.version, field.syringe_id)
    other = desk.sessions.start(desk.patients.create(typed_patient("Ito", "Ken")).id)
    other = kit.put(other, (lot, "4"))
    desk.charts.undo(session.id, 2)
    (found,) = desk.sessions.missing(session.id)
    assert (found.code, found.values["by_ml"]) == ("lot_used_up", "1.5")
    kit.put(other, (lot, "2.5"), syringe_id=other.syringes[0].id)
    assert desk.sessions.missing(session.id) == ()


# Missing


def test_a_new_session_lacks_something_at_every_station(desk, begun):
    assert {each.station for each in desk.sessions.missing(begun.id)} == {
        "check",
        "prepare",
        "chart",
        "finish",
    }


def test_points_count_against_what_was_drawn(desk, kit):
    session = kit.ready(volume="0.5")
    kit.chart(session, 1)
    (found,) = desk.sessions.missing(session.id)
    assert (found.code, found.values["by_ml"]) == ("more_than_drawn", "0.001")


def test_the_reaction_to_the_last_session_is_asked_from_the_second_on(desk, kit):
    first = kit.ready()
    first = desk.sessions.save(
        first.id, first.version, replace(first.fields, reaction_to_last=Answer.NOT_ASKED)
    )
    assert desk.sessions.missing(first.id) == ()
    desk.sessions.sign(first.id, first.version, "plain tea in the morning")
    second = kit.ready()
    second = desk.sessions.save(
        second.id, second.version, replace(second.fields, reaction_to_last=Answer.NOT_ASKED)
    )
    assert "reaction_to_last_not_asked" in {m.code for m in desk.sessions.missing(second.id)}


def early(desk, session_id) -> list[str]:
    found = desk.sessions.screening(session_id)
    return [each.message for each in found if each.rule_id == "before_planned_day"]


def test_a_session_before_the_planned_day_takes_a_reason(desk, kit, clock):
    kit.signed(next_session_on=date(2026, 3, 24), no_next_session=False)
    clock.move(days=9)
    kit.complete_intake()
    session = desk.sessions.start(kit.patient.id)
    assert early(desk, session.id) == [
        "The last session planned this one for 24 Mar 2026; that is in 5 days."
    ]
    assert "before_planned_day" in open_rules(desk, session.id)
    desk.sessions.acknowledge(
        session.id, session.version, "before_planned_day", 1, "She travels tomorrow", False
    )
    assert "before_planned_day" not in open_rules(desk, session.id)
    clock.move(days=4)
    assert early(desk, session.id) == [
        "The last session planned this one for 24 Mar 2026; that is tomorrow."
    ]
    clock.move(days=1)
    assert early(desk, session.id) == []


def test_the_session_before_this_plans_it_whatever_the_clock_said(desk, kit, clock):
    kit.signed(next_session_on=date(2026, 3, 24), no_next_session=False)
    clock.move(days=-2)
    kit.signed(next_session_on=date(2026, 3, 30), no_next_session=False)
    clock.move(days=9)
    session = desk.sessions.start(kit.patient.id)
    (told,) = early(desk, session.id)
    assert "30 Mar 2026" in told


def test_without_a_planned_day_no_session_is_early(desk, kit, clock):
    kit.signed()
    clock.move(days=1)
    session = desk.sessions.start(kit.patient.id)
    assert early(desk, session.id) == []

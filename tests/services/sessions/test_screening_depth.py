"""What screening says of a session with its syringes and chart, and of the clinic's own rules."""

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from mesodesk.db.models.session import SessionSnapshotRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.findings import Cause, Severity
from mesodesk.domain.records.intake import Allergy, Medicine
from mesodesk.domain.records.screening_rules import OwnRuleFields
from mesodesk.domain.rights import Right
from mesodesk.domain.session_rules import Station, settled_at


def found(desk, session_id):
    return {each.rule_id: each for each in desk.sessions.screening(session_id)}


def months_allowed(desk, months):
    clinic = desk.clinic.record()
    desk.clinic.update(clinic.version, replace(clinic.fields, intake_months=months))


def test_a_stop_names_the_syringe_and_lot_and_stands_at_prepare(desk, kit):
    kit.complete_intake(allergy_ester_anaesthetic=Answer.YES)
    session = desk.sessions.start(kit.patient.id)
    assert found(desk, session.id)["ester_allergy"].severity is Severity.INFO
    session = kit.put(session, (kit.lot(), "2.0"))
    finding = found(desk, session.id)["ester_allergy"]
    assert finding.severity is Severity.STOP
    assert finding.causes == (Cause(1, "Procaine 2 % no. 1", "L1"),)
    assert settled_at(finding) is Station.PREPARE
    (open_one,) = [
        m for m in desk.sessions.missing(session.id) if m.values.get("rule_id") == "ester_allergy"
    ]
    assert open_one.station == "prepare"


def test_a_region_of_the_chart_brings_a_rule_of_the_clinic_in(desk, kit):
    kit.complete_intake()
    session = kit.put(desk.sessions.start(kit.patient.id), (kit.lot(), "2.0"))
    kit.chart(session, 100, regions=("chin.left", "abdomen_upper.midline"))
    own = OwnRuleFields(message="Mark the vein first.", source="House rule 3", regions=("chin",))
    made = desk.rules.keep_own(None, 0, own, "After a bruise", active=True)
    finding = found(desk, session.id)[made.rule_id]
    assert [each.region for each in finding.causes] == ["chin.left"]
    assert settled_at(finding) is Station.FINISH
    assert finding.clinic_says.startswith("Rule of this clinic, by Olga Owner")
    desk.rules.keep_own(
        made.rule_id, 1, replace(own, regions=("knee_inner",)), "Elsewhere", active=True
    )
    assert made.rule_id not in found(desk, session.id)


def test_a_rule_switched_off_says_so_in_the_session_and_in_its_seal(desk, kit):
    kit.complete_intake(keloid=Answer.YES)
    desk.rules.change_shipped("keloid", 0, "Dr B sees them all", active=False, severity=None)
    session = kit.signed()
    finding = found(desk, session.id)["keloid"]
    assert finding.severity is Severity.INFO
    assert "switched off" in finding.message
    assert "Dr B sees them all" in finding.clinic_says
    desk.rules.change_shipped("keloid", 1, "On again", active=True, severity=None)
    assert found(desk, session.id)["keloid"] == finding
    with desk.store.read(Right.RECORD_READ) as tx:
        payload = tx.db.scalar(
            select(SessionSnapshotRow.payload).where(SessionSnapshotRow.session_id == session.id)
        )
    entries = {e["rule_id"]: e for e in json.loads(payload)["screening"]["entries"]}
    assert entries["keloid"]["clinic_says"] == finding.clinic_says


def test_a_medicine_that_nothing_knows_is_never_passed_over(desk, kit):
    kit.complete_intake()
    draft = desk.intakes.start(kit.patient.id)
    fields = replace(
        draft.fields,
        medicines=(Medicine("Foobarol"), Medicine("Xarelto")),
        medicines_asked=True,
        allergies=(Allergy("Bazine"),),
        allergies_asked=True,
    )
    desk.intakes.save(draft.id, draft.version, fields)
    says = found(desk, desk.sessions.start(kit.patient.id).id)
    assert [e.detail for e in says["medicine_not_recognised"].evidence] == ["Foobarol"]
    assert [e.detail for e in says["allergy_not_recognised"].evidence] == ["Bazine"]
    assert says["allergy_not_recognised"].severity is Severity.CAUTION
    assert [e.detail for e in says["anticoagulant"].evidence] == ["Xarelto"]


@pytest.mark.parametrize(
    ("months", "days", "expired"), [(None, 900, False), (6, 180, False), (6, 190, True)]
)
def test_an_intake_expires_by_the_clinic_s_own_months(desk, kit, clock, months, days, expired):
    kit.complete_intake()
    months_allowed(desk, months)
    clock.move(days=days)
    session = desk.sessions.start(kit.patient.id)
    assert ("intake_expired" in found(desk, session.id)) is expired


def test_an_expired_intake_is_acknowledged_or_gone_through_again(desk, kit, clock):
    kit.complete_intake()
    months_allowed(desk, 6)
    clock.move(days=200)
    session = desk.sessions.start(kit.patient.id)
    finding = found(desk, session.id)["intake_expired"]
    assert (finding.severity, finding.evidence[0].detail) == (Severity.CAUTION, "2026-03-10")
    codes = {m.values.get("rule_id") for m in desk.sessions.missing(session.id)}
    assert "intake_expired" in codes
    kept = desk.sessions.acknowledge(
        session.id, session.version, "intake_expired", finding.rule_version, "Bleeding", False
    )
    assert "intake_expired" not in {
        m.values.get("rule_id") for m in desk.sessions.missing(session.id)
    }
    desk.sessions.withdraw_acknowledgement(session.id, kept.version, "intake_expired")
    # A review that is only begun does not end it.
    desk.intakes.start(kit.patient.id)
    assert "intake_expired" in found(desk, session.id)
    kit.complete_intake()
    assert "intake_expired" not in found(desk, session.id)
    assert date(2026, 3, 10) < clock.now().date()

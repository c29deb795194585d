"""Limits at signing: what is over the line or cannot be checked takes a reason, kept for good."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from mesodesk.db.models.session import SessionSealRow, SessionSnapshotRow
from mesodesk.domain.findings import Severity
from mesodesk.domain.records.limits import LimitChange, LimitSettings
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.rights import Right
from mesodesk.domain.session_rules import MissingCode
from mesodesk.services.signing import MissingError

PASSWORD = "plain tea in the morning"
OVER = "limit.lidocaine_plain_session"
BY_WEIGHT = "limit.lidocaine_plain_per_kg"


def lidocaine(kit, percent="2"):
    return kit.lot("Vial", percent=percent, ingredient="lidocaine")


def limits_found(desk, session):
    found = desk.sessions.screening(session.id)
    return {each.rule_id: each for each in found if each.rule_id.startswith("limit.")}


def acknowledge(desk, session, rule_id, reason="Two sittings in one day, observed"):
    finding = limits_found(desk, session)[rule_id]
    return desk.sessions.acknowledge(
        session.id,
        session.version,
        rule_id,
        finding.rule_version,
        reason,
        finding.severity is Severity.STOP,
    )


def set_limits(desk, **said):
    clinic = desk.clinic.record()
    desk.clinic.update(clinic.version, replace(clinic.fields, limits=LimitSettings(**said)))


@pytest.fixture
def over(kit):
    """A draft that lacks nothing but a reason: 400 mg of lidocaine in 61.5 kg."""
    return kit.ready(lidocaine(kit), volume="20")


def test_what_is_within_its_limits_signs_without_a_word(desk, kit):
    signed = kit.signed(lidocaine(kit))
    assert signed.state is SessionState.SIGNED
    assert not [each for each in desk.sessions.screening(signed.id) if "limit." in each.rule_id]


def test_over_the_line_signing_is_refused_and_says_where_the_reason_goes(desk, over):
    found = limits_found(desk, over)
    assert set(found) == {OVER, BY_WEIGHT}
    assert {each.severity for each in found.values()} == {Severity.STOP}
    assert "400\u00a0mg of 300\u00a0mg" in found[OVER].message
    with pytest.raises(MissingError) as error:
        desk.sessions.sign(over.id, over.version, PASSWORD)
    missing = error.value.missing
    assert {each.place for each in missing} == {f"finding_{OVER}", f"finding_{BY_WEIGHT}"}
    assert {(each.code, each.station) for each in missing} == {(MissingCode.FINDING, "finish")}
    assert desk.sessions.get(over.id).state is SessionState.DRAFT


@pytest.mark.parametrize("name", ["Xylocaine 2 %", "Xylocaine 2 % sans adrénaline"])
def test_a_label_without_epinephrine_is_held_to_the_stricter_limit(desk, kit, name):
    draft = kit.ready(kit.lot(name, percent="2", ingredient="lidocaine"), volume="20")
    assert set(limits_found(desk, draft)) == {OVER, BY_WEIGHT}


def test_one_reason_is_not_enough_for_two_limits(desk, over):
    draft = acknowledge(desk, over, OVER)
    with pytest.raises(MissingError) as error:
        desk.sessions.sign(draft.id, draft.version, PASSWORD)
    assert [each.place for each in error.value.missing] == [f"finding_{BY_WEIGHT}"]


def test_with_reasons_it_is_signed_and_all_of_it_is_kept(desk, over, open_again):
    draft = acknowledge(desk, acknowledge(desk, over, OVER), BY_WEIGHT)
    desk.sessions.sign(draft.id, draft.version, PASSWORD)
    desk.close()
    again = open_again()
    signed = again.sessions.get(draft.id)
    assert signed.seal.holds
    assert {each.rule_id: each.overridden for each in signed.acknowledgements} == {
        OVER: True,
        BY_WEIGHT: True,
    }
    with again.store.read(Right.RECORD_READ) as tx:
        payload = json.loads(tx.db.scalars(select(SessionSnapshotRow.payload)).one())
        sealed = json.loads(tx.db.scalars(select(SessionSealRow.content)).one())
    entry = next(e for e in payload["screening"]["entries"] if e["rule_id"] == OVER)
    assert entry["acknowledgement"]["reason"] == "Two sittings in one day, observed"
    assert entry["evidence"] == [["limit", "yes", "400 mg / 300 mg"]]
    assert "Roxane lidocaine" in entry["source"]
    said = {each["id"]: each for each in payload["limits"]}
    assert (said["lidocaine_plain_session"]["used"], said["lidocaine_plain_session"]["level"]) == (
        "400 mg",
        "over",
    )
    assert said["lidocaine_plain_per_kg"]["allowed"] == "276.75 mg"
    assert sealed["snapshot"] == payload


def test_more_of_it_asks_again(desk, kit, over):
    draft = acknowledge(desk, acknowledge(desk, over, OVER), BY_WEIGHT)
    cursor = desk.charts.load(draft.id).cursor
    more = kit.field(draft.syringes[0].id, 1)
    desk.charts.append(draft.id, cursor, kit.placing(more))
    missing = {each.place for each in desk.sessions.missing(draft.id)}
    assert {f"finding_{OVER}", f"finding_{BY_WEIGHT}"} <= missing


def test_all_syringes_count(desk, kit):
    draft = kit.ready(lidocaine(kit), volume="10")
    assert limits_found(desk, draft) == {}
    draft = kit.put(draft, (lidocaine(kit, "1"), "20"), digit=2)
    cursor = desk.charts.load(draft.id).cursor
    second = kit.field(draft.syringes[1].id, *[4000] * 5)
    desk.charts.append(draft.id, cursor, kit.placing(second))
    message = limits_found(desk, draft)[OVER].message
    assert "2 syringes: 200\u00a0mg + 200\u00a0mg = 400\u00a0mg of 300\u00a0mg" in message


def test_two_fields_from_two_syringes_on_one_skin_are_held_to_their_spacing(desk, kit):
    spacing = "limit.deoxycholic_spacing"
    acid = [kit.lot("Vial", percent="1", ingredient="deoxycholic_acid") for _ in range(2)]
    draft = kit.ready(acid[0], volume="1")
    assert spacing not in limits_found(desk, draft)
    draft = kit.put(draft, (acid[1], "1"), digit=2)
    cursor = desk.charts.load(draft.id).cursor
    second = kit.field(draft.syringes[1].id, *[200] * 5)
    desk.charts.append(draft.id, cursor, kit.placing(second))
    found = limits_found(desk, draft)[spacing]
    assert found.severity is Severity.STOP
    assert "0\u00a0mm between points of two fields, syringes 1 and 2" in found.message


# Unknown


def without_weight(desk, kit, draft):
    """Take the weight out of the session and out of the intake that it stands in for."""
    draft = desk.sessions.save(draft.id, draft.version, replace(draft.fields, weight_kg=None))
    review = desk.intakes.start(kit.patient.id)
    typed = replace(desk.intakes.latest(kit.patient.id).fields, weight_kg=None)
    desk.intakes.save(review.id, review.version, typed)
    return desk.sessions.get(draft.id)


def test_an_unknown_weight_takes_a_reason_at_the_check(desk, kit):
    draft = without_weight(desk, kit, kit.ready(lidocaine(kit)))
    found = limits_found(desk, draft)
    assert set(found) == {BY_WEIGHT}
    assert found[BY_WEIGHT].severity is Severity.CAUTION
    assert "weight not known: 4.5\u00a0mg/kg cannot be checked" in found[BY_WEIGHT].message
    assert "weight_unknown" not in {each.rule_id for each in desk.sessions.screening(draft.id)}
    lacking = {each.place: each.station for each in desk.sessions.missing(draft.id)}
    assert lacking[f"finding_{BY_WEIGHT}"] == "check"
    draft = acknowledge(desk, draft, BY_WEIGHT, "The scale is broken; 5 mg in all")
    assert f"finding_{BY_WEIGHT}" not in {e.place for e in desk.sessions.missing(draft.id)}


def test_a_reason_to_go_on_without_a_weight_lasts_while_points_are_placed(desk, kit):
    draft = without_weight(desk, kit, kit.ready(lidocaine(kit)))
    draft = acknowledge(desk, draft, BY_WEIGHT)
    cursor = desk.charts.load(draft.id).cursor
    more = kit.field(draft.syringes[0].id, 1)
    desk.charts.append(draft.id, cursor, kit.placing(more))
    assert f"finding_{BY_WEIGHT}" not in {e.place for e in desk.sessions.missing(draft.id)}


def test_without_the_limit_the_rule_still_asks_for_the_weight(desk, kit):
    set_limits(desk, changes={"lidocaine_plain_per_kg": LimitChange(on=False)})
    draft = without_weight(desk, kit, kit.ready(lidocaine(kit)))
    rules = {each.rule_id for each in desk.sessions.screening(draft.id)}
    assert "weight_unknown" in rules
    assert BY_WEIGHT not in rules


def test_an_unknown_strength_takes_a_reason(desk, kit):
    draft = kit.ready(lidocaine(kit, None))
    assert set(limits_found(desk, draft)) == {OVER, BY_WEIGHT}
    assert {each.severity for each in limits_found(desk, draft).values()} == {Severity.CAUTION}


# What the clinic says


def test_a_limit_switched_off_asks_for_nothing(desk, over):
    names = ("lidocaine_plain_session", "lidocaine_plain_per_kg")
    set_limits(desk, changes={name: LimitChange(on=False) for name in names})
    assert desk.sessions.missing(over.id) == ()
    assert desk.sessions.sign(over.id, over.version, PASSWORD).seal.holds


def test_a_stricter_value_of_the_clinic_counts_and_says_so(desk, kit):
    set_limits(desk, changes={"procaine_session": LimitChange(value=Decimal(5))})
    draft = kit.ready()
    found = limits_found(desk, draft)["limit.procaine_session"]
    assert "10\u00a0mg of 5\u00a0mg" in found.message
    assert "by this clinic instead of 1000\u00a0mg" in found.source


def test_limits_of_the_clinics_own(desk, kit):
    set_limits(desk, total_volume_ml=Decimal("0.4"), masses_mg={"procaine": Decimal(9)})
    found = limits_found(desk, kit.ready())
    assert set(found) == {"limit.own.total_volume", "limit.own.mass.procaine"}
    assert {each.source for each in found.values()} == {"Set by this clinic"}

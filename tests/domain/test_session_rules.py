"""What keeps a session from being signed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.domain.answers import Answer
from mesodesk.domain.findings import Evidence, Override, Severity
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.patient import BodySex
from mesodesk.domain.records.session import (
    ComponentRecord,
    SessionFields,
    SessionRecord,
    SessionState,
    SyringeRecord,
)
from mesodesk.domain.screening import Finding, FindingKind
from mesodesk.domain.session_rules import (
    Charted,
    LotFacts,
    MissingCode,
    SigningFacts,
    Station,
    missing,
)

LOT, SYRINGE = new_id(), new_id()
COMPLETE = SessionFields(
    anything_changed=Answer.NO,
    reaction_to_last=Answer.NO,
    emergency_kit=Answer.YES,
    skin_preparation="chlorhexidine",
    aseptic_steps={"gloves": Answer.YES},
    pain=0,
    reactions={"faint": Answer.NO, "wheal": Answer.YES},
    observation_min=0,
    aftercare_id="general",
    aftercare_version=1,
    aftercare_language="en",
    aftercare_given=Answer.YES,
    no_next_session=True,
)


def a_syringe(
    drawn: str = "5", wasted: str | None = None, left: str | None = None
) -> SyringeRecord:
    part = ComponentRecord(
        id=new_id(),
        lot_id=LOT,
        product_id=new_id(),
        product_name="Caffeine",
        product_class="",
        lot_number="A12",
        expires_on=date(2026, 1, 31),
        diluent=False,
        volume_ml=Decimal(drawn),
        actives=(),
    )
    return SyringeRecord(
        id=SYRINGE,
        digit=1,
        label="",
        components=(part,),
        wasted_ml=None if wasted is None else Decimal(wasted),
        left_ml=None if left is None else Decimal(left),
    )


def a_session(fields: SessionFields = COMPLETE, *syringes: SyringeRecord) -> SessionRecord:
    return SessionRecord(
        id=new_id(),
        version=1,
        patient_id=new_id(),
        number=2,
        state=SessionState.DRAFT,
        therapist_id=new_id(),
        therapist="Dr A",
        started_at=datetime(2025, 3, 10, 9, tzinfo=UTC),
        atlas_id="a1",
        body_sex=BodySex.FEMALE,
        height_cm=None,
        fields=fields,
        syringes=syringes or (a_syringe(),),
        acknowledgements=(),
        addenda=(),
        seal=None,
    )


def facts(
    session: SessionRecord | None = None, *, injected: str | None = "5", **others: object
) -> SigningFacts:
    charted = {} if injected is None else {SYRINGE: Charted(10, Decimal(injected))}
    given_facts: dict[str, object] = {
        "session": session or a_session(),
        "charted": charted,
        "lots": {LOT: LotFacts("A12", None)},
        "intake_completed": True,
        "has_earlier_session": True,
        "aseptic_steps": ("gloves",),
        "reactions": ("faint", "wheal"),
    }
    return SigningFacts(**(given_facts | others))  # type: ignore[arg-type]


def codes(given_facts: SigningFacts) -> list[str]:
    return [each.code for each in missing(given_facts)]


def test_a_complete_session_lacks_nothing():
    assert missing(facts()) == ()


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"anything_changed": Answer.NOT_ASKED}, MissingCode.CHANGES, "anything_changed"),
        ({"anything_changed": Answer.YES}, MissingCode.CHANGES_DETAIL, "changes"),
        ({"anything_changed": Answer.YES, "changes": " "}, MissingCode.CHANGES_DETAIL, "changes"),
        ({"reaction_to_last": Answer.NOT_ASKED}, MissingCode.REACTION_TO_LAST, "reaction_to_last"),
        (
            {"reaction_to_last": Answer.YES},
            MissingCode.REACTION_TO_LAST_DETAIL,
            "reaction_to_last_detail",
        ),
        ({"emergency_kit": Answer.NOT_ASKED}, MissingCode.EMERGENCY_KIT, "emergency_kit"),
        ({"skin_preparation": ""}, MissingCode.SKIN_PREPARATION, "skin_preparation"),
        ({"aseptic_steps": {}}, MissingCode.ASEPTIC_STEP, "aseptic_step_gloves"),
        ({"pain": None}, MissingCode.PAIN, "pain"),
        ({"reactions": {"wheal": Answer.NO}}, MissingCode.REACTION, "reaction_faint"),
        ({"observation_min": None}, MissingCode.OBSERVATION, "observation_min"),
        ({"aftercare_given": Answer.NOT_ASKED}, MissingCode.AFTERCARE, "aftercare_given"),
        ({"aftercare_id": ""}, MissingCode.AFTERCARE_TEXT, "aftercare_id"),
        ({"aftercare_given": Answer.NO}, MissingCode.AFTERCARE_REASON, "session_note"),
        ({"no_next_session": False}, MissingCode.NEXT_SESSION, "next_session_on"),
    ],
)
def test_one_gap_is_one_line_that_leads_to_its_place(change, code, place):
    (found,) = missing(facts(a_session(replace(COMPLETE, **change))))
    assert (found.code, found.place) == (code, place)


def test_lines_come_in_the_order_of_the_stations():
    everything = missing(facts(a_session(SessionFields()), injected=None))
    stations = [Station(each.station) for each in everything]
    assert stations == sorted(stations, key=list(Station).index)
    assert set(stations) == set(Station)


def test_a_planned_date_answers_as_well_as_no_next_session():
    planned = replace(COMPLETE, no_next_session=False, next_session_on=date(2025, 4, 10))
    assert missing(facts(a_session(planned))) == ()


def test_no_for_the_aftercare_needs_only_a_note():
    without = replace(COMPLETE, aftercare_given=Answer.NO, aftercare_id="", note="Left early")
    assert missing(facts(a_session(without))) == ()


def test_the_first_session_has_no_last_one_to_react_to():
    first = a_session(replace(COMPLETE, reaction_to_last=Answer.NOT_ASKED))
    assert missing(facts(first, has_earlier_session=False)) == ()


def a_finding(kind: FindingKind, *items: str, rule_id: str = "pregnancy") -> Finding:
    return Finding(
        rule_id=rule_id,
        rule_version=1,
        severity=Severity.STOP,
        kind=kind,
        message="Pregnant.",
        action="Postpone.",
        source="S",
        override=Override.PRESCRIBER,
        scope="all",
        evidence=tuple(Evidence(item, Answer.NOT_ASKED) for item in items),
        rule_severity=Severity.STOP,
    )


def test_an_open_finding_is_named():
    (found,) = missing(facts(findings=(a_finding(FindingKind.TRIGGERED, "pregnant"),)))
    assert (found.code, found.place) == (MissingCode.FINDING, "finding_pregnancy")
    assert found.values == {"rule_id": "pregnancy", "severity": "stop", "message": "Pregnant."}


def test_without_an_intake_its_unasked_questions_are_one_line_but_what_is_known_stays():
    findings = (
        a_finding(FindingKind.UNANSWERED, "pregnant"),
        a_finding(FindingKind.TRIGGERED, "birth_date", rule_id="age"),
    )
    found = missing(facts(findings=findings, intake_completed=False))
    assert [each.code for each in found] == [MissingCode.INTAKE, MissingCode.FINDING]
    assert found[1].values["rule_id"] == "age"


def test_the_unchecked_kit_is_one_line_and_a_kit_that_is_not_there_is_a_finding():
    kit = a_finding(FindingKind.TRIGGERED, "emergency_kit", rule_id="kit")
    unasked = a_session(replace(COMPLETE, emergency_kit=Answer.NOT_ASKED))
    assert codes(facts(unasked, findings=(kit,))) == [MissingCode.EMERGENCY_KIT]
    absent = a_session(replace(COMPLETE, emergency_kit=Answer.NO))
    assert codes(facts(absent, findings=(kit,))) == [MissingCode.FINDING]


def test_a_session_needs_a_syringe_and_points():
    empty = replace(a_session(), syringes=())
    assert codes(facts(empty, injected=None)) == [MissingCode.NO_SYRINGE, MissingCode.NO_POINTS]


def test_more_than_drawn_is_said_once_with_the_figures():
    (found,) = missing(facts(injected="5.05"))
    assert found.code == MissingCode.MORE_THAN_DRAWN
    assert found.values == {"digit": "1", "drawn_ml": "5", "injected_ml": "5.05", "by_ml": "0.05"}


@pytest.mark.parametrize(
    ("drawn", "injected", "wasted", "left", "expected"),
    [
        ("5", "5", None, None, []),
        ("5", "4.9", None, None, []),
        ("5", "4.899", None, None, [MissingCode.REST_UNTOLD]),
        ("5", "4", "1", None, []),
        ("5", "4", None, "0.9", []),
        ("5", "4", "0.5", None, [MissingCode.REST_UNTOLD]),
        ("5", "4", "0.5", "0", [MissingCode.NOT_BALANCED]),
        ("5", "4", "0.5", "0.5", []),
        ("5", "4", "2", None, [MissingCode.NOT_BALANCED]),
        ("5", "4", "1.1", "0", []),
        ("5", "4", "1.101", "0", [MissingCode.NOT_BALANCED]),
    ],
)
def test_drawn_is_injected_and_wasted_and_left(drawn, injected, wasted, left, expected):
    session = a_session(COMPLETE, a_syringe(drawn, wasted, left))
    assert codes(facts(session, injected=injected)) == expected


@given(
    injected=st.decimals(0, 5, places=3),
    wasted=st.decimals(0, 5, places=3),
    left=st.decimals(0, 5, places=3),
)
def test_a_told_rest_passes_exactly_within_the_tolerance(injected, wasted, left):
    session = a_session(COMPLETE, a_syringe("5", str(wasted), str(left)))
    balanced = abs(5 - injected - wasted - left) <= Decimal("0.1")
    assert (codes(facts(session, injected=str(injected))) == []) is balanced


@pytest.mark.parametrize(("left", "expected"), [("0", []), ("-0.4", [MissingCode.LOT_USED_UP])])
def test_a_lot_cannot_have_given_more_than_it_held(left, expected):
    lots = {LOT: LotFacts("A12", Decimal(left))}
    assert codes(facts(lots=lots)) == expected


def test_a_lot_used_twice_in_a_syringe_is_named_once():
    part = a_syringe().components[0]
    double = replace(a_syringe(), components=(part, replace(part, id=new_id())))
    lots = {LOT: LotFacts("A12", Decimal("-0.1"))}
    (found,) = missing(facts(a_session(COMPLETE, double), injected="10", lots=lots))
    assert (found.code, found.place) == (MissingCode.LOT_USED_UP, "syringe_1")
    assert found.values == {"digit": "1", "lot": "A12", "by_ml": "0.1"}

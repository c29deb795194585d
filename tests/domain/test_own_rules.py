"""What the clinic says of rules, laid over those shipped: it adds, and takes nothing else away."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from screened import by_rule

from mesodesk.domain.answers import Answer
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.findings import Cause, FindingKind, Override, Severity
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.screening_rules import OwnRuleFields, RuleChange
from mesodesk.domain.rule_changes import book_in_force, may_switch_off, stricter_than
from mesodesk.domain.screening import ScreeningFacts, evaluate, load_rules
from mesodesk.domain.screening_facts import DrawnPart

BOOK = load_rules()
NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
ITEMS = tuple(i.id for i in load_questionnaire().items if i.kind is ItemKind.YES_NO)
PRODUCTS = {
    "procaine": DrawnPart(
        digit=2,
        product="Procaine 2 %",
        lot="A12",
        **dict(
            zip(
                ("classes", "ingredients", "traits"),
                load_catalogue().exposure(("local_anaesthetic",), ("procaine",)),
                strict=True,
            )
        ),
    ),
    "lidocaine": DrawnPart(
        digit=3,
        product="Lidocaine 1 %",
        lot="B7",
        **dict(
            zip(
                ("classes", "ingredients", "traits"),
                load_catalogue().exposure(("local_anaesthetic",), ("lidocaine",)),
                strict=True,
            )
        ),
    ),
}
OWN = OwnRuleFields(
    message="Ask the eye clinic first.",
    source="House rule 7",
    items=("keloid",),
    regions=("eyelid",),
)


def change(rule_id, *, active=True, severity=None, own=None):
    return RuleChange(
        rule_id=rule_id,
        number=1,
        active=active,
        severity=severity,
        own=own,
        reason="Agreed with Dr B",
        made_by="Olga Owner",
        made_at=NOW,
    )


def drawn(facts, *names):
    """Put products into the syringes, as the services gather them."""
    parts = tuple(PRODUCTS[name] for name in names)
    return replace(
        facts,
        drawn=parts,
        product_classes=frozenset().union(*(each.classes for each in parts)),
        ingredients=frozenset().union(*(each.ingredients for each in parts)),
        traits=frozenset().union(*(each.traits for each in parts)),
        component_names=frozenset(each.product for each in parts),
    )


FACTS = st.builds(
    ScreeningFacts,
    on=st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    answers=st.dictionaries(st.sampled_from(ITEMS), st.sampled_from(Answer)),
    age_years=st.none() | st.integers(0, 110),
    body_sex=st.sampled_from([None, "female", "male"]),
    jurisdiction=st.sampled_from([None, "FR", "US"]),
    medicines=st.lists(st.sampled_from(["aspirin", "Bactrim", "Foobarol"])).map(tuple),
    allergies=st.lists(st.sampled_from(["lidocaine", "Novocain", "Foobarol"])).map(tuple),
    allergies_asked=st.booleans(),
    regions=st.frozensets(st.sampled_from(["submental", "cheek.left", "eyelid_lower.left"])),
)
SOME = st.lists(st.sampled_from(sorted(PRODUCTS)), unique=True)


def found(book, facts):
    return by_rule(evaluate(book, facts))


@given(FACTS, SOME, st.sampled_from(sorted(PRODUCTS)))
def test_a_further_syringe_never_takes_a_finding_away(facts, names, more):
    before = found(BOOK, drawn(facts, *names))
    after = found(BOOK, drawn(facts, *dict.fromkeys([*names, more])))
    assert before.keys() <= after.keys()
    for rule_id, finding in before.items():
        assert after[rule_id].severity.rank <= finding.severity.rank
        assert set(finding.causes) <= set(after[rule_id].causes)


@given(FACTS, SOME, st.sampled_from([r.id for r in BOOK.rules if may_switch_off(r)]))
def test_switching_a_rule_off_takes_only_its_findings_away(facts, names, rule_id):
    here = drawn(facts, *names)
    before = found(BOOK, here)
    after = found(book_in_force(BOOK, [change(rule_id, active=False)]), here)
    others = {name: each for name, each in before.items() if name != rule_id}
    assert {name: each for name, each in after.items() if name != rule_id} == others
    spoke = before.get(rule_id)
    if spoke is not None and spoke.kind is FindingKind.TRIGGERED:
        assert after[rule_id].severity is Severity.INFO
        assert spoke.message in after[rule_id].message
        assert after[rule_id].clinic_says == (
            "Switched off by Olga Owner, 4 May 2026: Agreed with Dr B"
        )
    else:
        assert rule_id not in after


@given(FACTS, SOME, st.sampled_from(BOOK.rules))
def test_a_stricter_rule_speaks_wherever_it_spoke(facts, names, rule):
    here = drawn(facts, *names)
    before = found(BOOK, here)
    for severity in stricter_than(rule.severity):
        after = found(book_in_force(BOOK, [change(rule.id, severity=severity)]), here)
        assert before.keys() == after.keys()
        if rule.id in before and before[rule.id].kind is FindingKind.TRIGGERED:
            assert after[rule.id].severity is severity


@given(FACTS, SOME, st.sampled_from(ITEMS))
def test_not_asked_never_silences_a_rule_of_the_clinic(facts, names, item):
    book = book_in_force(BOOK, [change("own.1", own=replace(OWN, items=(item,), regions=()))])
    here = drawn(facts, *names)
    told = {
        answer: found(book, replace(here, answers={**here.answers, item: answer}))
        for answer in Answer
    }
    for answer in set(Answer) - {Answer.YES}:
        assert told[answer].keys() <= told[Answer.NOT_ASKED].keys()
    assert told[Answer.YES]["own.1"].severity is Severity.CAUTION


@given(FACTS, SOME)
def test_rules_of_the_clinic_change_nothing_in_those_shipped(facts, names):
    here = drawn(facts, *names)
    after = found(book_in_force(BOOK, [change("own.1", own=OWN)]), here)
    after.pop("own.1", None)
    assert after == found(BOOK, here)


def test_a_finding_names_syringe_lot_and_region(a_patient):
    allergic = drawn(a_patient("allergy_ester_anaesthetic"), "procaine", "lidocaine")
    assert found(BOOK, allergic)["ester_allergy"].causes == (Cause(2, "Procaine 2 %", "A12"),)
    book = book_in_force(BOOK, [change("own.1", own=OWN)])
    charted = a_patient("keloid", regions=frozenset({"eyelid_lower.left", "cheek.left"}))
    assert found(book, charted)["own.1"].causes == (Cause(region="eyelid_lower.left"),)


def test_an_allergy_by_its_trade_name_points_to_the_syringe(a_patient):
    told = drawn(a_patient(allergies=("Rapidocain",)), "procaine", "lidocaine")
    finding = found(BOOK, told)["allergy_to_component"]
    assert finding.severity is Severity.STOP
    assert finding.causes == (Cause(3, "Lidocaine 1 %", "B7"),)


def test_another_product_asks_again_and_another_lot_does_not(a_patient):
    told = a_patient("heart_block")
    one = found(BOOK, drawn(told, "procaine"))["heart_block"]
    two = found(BOOK, drawn(told, "procaine", "lidocaine"))["heart_block"]
    relotted = replace(one, causes=(one.causes[0]._replace(lot="Z9", digit=5),))
    assert one.fingerprint != two.fingerprint
    assert one.fingerprint == relotted.fingerprint


def test_the_law_is_not_switched_off(a_patient):
    rule = BOOK.rule("france_phosphatidylcholine")
    assert rule.override is Override.NEVER
    assert not may_switch_off(rule)
    book = book_in_force(BOOK, [change(rule.id, active=False)])
    here = a_patient(jurisdiction="FR", products="phosphatidylcholine_5_deoxycholate_2_5")
    assert found(book, here)[rule.id].severity is Severity.STOP


def test_a_rule_that_lost_its_questions_speaks_rather_than_never(healthy):
    gone = replace(OWN, items=("a_question_of_old",), regions=())
    book = book_in_force(BOOK, [change("own.1", own=gone)])
    assert found(book, healthy)["own.1"].kind is FindingKind.TRIGGERED


@pytest.mark.parametrize(
    ("typed", "words", "speaks"),
    [
        ("Foobarol 5 mg", ("foobarol",), True),
        ("FOOBÁROL", ("foobar*",), True),
        ("Bar", ("foo",), False),
    ],
)
def test_words_of_the_clinic_find_a_medicine(healthy, typed, words, speaks):
    own = replace(OWN, items=(), regions=(), medicine_words=words)
    book = book_in_force(BOOK, [change("own.1", own=own)])
    assert ("own.1" in found(book, replace(healthy, medicines=(typed,)))) is speaks


def test_a_rule_of_the_clinic_survives_being_stored():
    own = replace(OWN, classes=("hyaluronidase",), severity=Severity.STOP)
    assert OwnRuleFields.from_plain(own.to_plain()) == own

"""Laws that no screening rule may break, whoever the patient is."""

import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st
from screened import by_rule

from mesodesk.domain.answers import Answer
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.screening import (
    Override,
    ScreeningFacts,
    Severity,
    acknowledge,
    evaluate,
    load_rules,
)
from mesodesk.domain.screening_snapshot import ScreeningSnapshot, take_snapshot

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
BOOK = load_rules()
CATALOGUE = load_catalogue()
ITEMS = tuple(i.id for i in load_questionnaire().items if i.kind is ItemKind.YES_NO)

ANSWERS = st.dictionaries(st.sampled_from(ITEMS), st.sampled_from(Answer))
SOME = {
    "product_classes": st.frozensets(st.sampled_from(sorted(CATALOGUE.classes))),
    "ingredients": st.frozensets(st.sampled_from(sorted(CATALOGUE.ingredients))),
    "traits": st.frozensets(st.sampled_from(sorted(CATALOGUE.traits))),
    "regions": st.frozensets(st.sampled_from(["submental", "cheek.left", "abdomen_lower"])),
}
FACTS = st.builds(
    ScreeningFacts,
    on=st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    answers=ANSWERS,
    age_years=st.none() | st.integers(0, 110),
    body_sex=st.sampled_from([None, "female", "male"]),
    height_cm=st.none() | st.decimals(50, 230, places=1),
    weight_kg=st.none() | st.decimals(20, 300, places=1),
    skin_type=st.none() | st.integers(1, 6),
    jurisdiction=st.sampled_from([None, "FR", "IT", "US"]),
    medicines=st.lists(st.sampled_from(["aspirin", "Eliquis", "paracetamol"])).map(tuple),
    allergies=st.lists(st.sampled_from(["lidocaine", "soja", "pollen"])).map(tuple),
    allergies_asked=st.booleans(),
    emergency_kit_checked=st.sampled_from(Answer),
    **SOME,
)


def weights(facts: ScreeningFacts) -> dict[str, int]:
    """How grave each finding is; higher is graver."""
    found = by_rule(evaluate(BOOK, facts))
    return {rule_id: 2 - finding.severity.rank for rule_id, finding in found.items()}


@given(FACTS, st.sampled_from(ITEMS))
def test_a_further_yes_never_takes_a_finding_away(facts, item):
    before = weights(facts)
    after = weights(replace(facts, answers={**facts.answers, item: Answer.YES}))
    assert all(after.get(rule, -1) >= weight for rule, weight in before.items())


@given(FACTS, st.sampled_from(["Warfarin", "Bactrim"]), st.sampled_from(["latex", "procaine"]))
def test_a_further_medicine_or_allergy_never_takes_a_finding_away(facts, medicine, allergy):
    before = weights(facts)
    more = replace(
        facts,
        medicines=(*facts.medicines, medicine),
        allergies=(*facts.allergies, allergy),
    )
    after = weights(more)
    assert all(after.get(rule, -1) >= weight for rule, weight in before.items())


@given(FACTS, st.sampled_from(ITEMS))
def test_not_asked_never_blocks_less_than_no(facts, item):
    unasked = weights(replace(facts, answers={**facts.answers, item: Answer.NOT_ASKED}))
    denied = weights(replace(facts, answers={**facts.answers, item: Answer.NO}))
    assert all(unasked.get(rule, -1) >= weight for rule, weight in denied.items())


@given(FACTS)
def test_missing_means_not_asked(facts):
    spelt_out = {item: facts.answers.get(item, Answer.NOT_ASKED) for item in ITEMS}
    assert evaluate(BOOK, facts) == evaluate(BOOK, replace(facts, answers=spelt_out))


@given(FACTS, st.randoms(use_true_random=False))
def test_the_order_of_rules_and_answers_does_not_matter(facts, rng: random.Random):
    rules, answers = list(BOOK.rules), list(facts.answers.items())
    rng.shuffle(rules)
    rng.shuffle(answers)
    shuffled = evaluate(
        replace(BOOK, rules=tuple(rules)), replace(facts, answers=dict(answers)), "es"
    )
    assert shuffled == evaluate(BOOK, facts, "es")


@given(FACTS)
def test_gravest_comes_first_and_no_rule_speaks_twice(facts):
    findings = evaluate(BOOK, facts)
    ranks = [finding.severity.rank for finding in findings]
    assert ranks == sorted(ranks)
    assert len({finding.rule_id for finding in findings}) == len(findings)


@given(FACTS)
def test_an_unknown_weight_is_never_within_the_dose(facts):
    drawn = replace(facts, weight_kg=None, traits=facts.traits | {"local_anaesthetic"})
    severity = {finding.rule_id: finding.severity for finding in evaluate(BOOK, drawn)}
    assert severity["weight_unknown"] is Severity.CAUTION


@given(FACTS)
def test_a_snapshot_survives_json(facts):
    findings = evaluate(BOOK, facts, "it")
    given_reasons = [
        acknowledge(finding, "seen", "Dr A", NOW)
        for finding in findings
        if finding.override is not Override.NEVER
    ]
    snapshot = take_snapshot(
        findings,
        given_reasons,
        facts,
        at=NOW,
        language="it",
        questionnaire=("mesotherapy-intake", 1),
        rules_version=BOOK.version,
    )
    assert ScreeningSnapshot.from_json(json.loads(json.dumps(snapshot.to_json()))) == snapshot
    assert [entry.finding for entry in snapshot.entries] == list(findings)

"""Going on in spite of a finding, the snapshot of it, and the chips in the header."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mesodesk.domain.answers import Answer
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.findings import Evidence
from mesodesk.domain.screening import (
    Acknowledgement,
    ScreeningFacts,
    Severity,
    acknowledge,
    chips,
    evaluate,
    load_rules,
    may_override,
    open_findings,
)
from mesodesk.domain.screening_facts import DrawnPart
from mesodesk.domain.screening_snapshot import ScreeningSnapshot, take_snapshot

TODAY = date(2026, 5, 4)
NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
BOOK = load_rules()
STOP, CAUTION, INFO = Severity.STOP, Severity.CAUTION, Severity.INFO


def test_a_snapshot_holds_answer_reason_and_facts(a_patient, the):
    facts = a_patient("keloid", details={"keloid": "ear lobe"}, medicines=("aspirin",))
    findings = evaluate(BOOK, facts)
    given_reasons = [acknowledge(the("keloid", facts), "test area", "Dr A", NOW)]
    snapshot = take_snapshot(
        findings,
        given_reasons,
        facts,
        at=NOW,
        language="en",
        questionnaire=("q", 3),
        rules_version=1,
    )
    by_rule = {entry.finding.rule_id: entry for entry in snapshot.entries}
    assert by_rule["keloid"].acknowledgement.reason == "test area"
    assert by_rule["keloid"].finding.evidence == (Evidence("keloid", Answer.YES, "ear lobe"),)
    assert by_rule["anticoagulant"].acknowledgement is None
    assert Evidence("keloid", Answer.YES, "ear lobe") in snapshot.answers
    assert dict(snapshot.facts)["medicines"] == "aspirin"
    assert dict(snapshot.facts)["weight_kg"] == "62"
    with pytest.raises(ValueError, match="unknown format 3"):
        ScreeningSnapshot.from_json({**snapshot.to_json(), "format": 3})


def test_an_allergy_that_nothing_knows_keeps_its_place_in_the_header(a_patient):
    facts = a_patient(allergies=("Bazine", "nickel"))
    labels = [chip.label for chip in chips(evaluate(BOOK, facts), facts.allergies)]
    assert "Allergy: Bazine" in labels
    assert "Allergy: nickel" not in labels


def stops(facts):
    found = evaluate(BOOK, facts)
    return {each.rule_id: each for each in found if each.severity is STOP and each.causes}


def drawn_up(a_patient, *allergies, products):
    """Somebody with allergies, and a syringe with each of some starter products."""
    parts = []
    for digit, product in enumerate(products, start=1):
        held = load_catalogue().exposure((), (), (product,))
        names = frozenset({product, *held.ingredients})
        parts.append(
            DrawnPart(
                digit=digit,
                product=product,
                lot="L1",
                classes=held.product_classes,
                ingredients=held.ingredients,
                traits=held.traits,
                names=names,
            )
        )
    names = frozenset(name for part in parts for name in part.names)
    return a_patient(
        products=tuple(products), allergies=allergies, drawn=tuple(parts), component_names=names
    )


def test_one_allergy_stops_once_and_names_the_sources_of_both_rules(a_patient):
    lidocaine, caffeine = "lidocaine_1", "caffeine"
    by_id = {rule.id: rule for rule in BOOK.rules}
    found = stops(drawn_up(a_patient, "lidocaine", products=[lidocaine]))
    assert set(found) == {"amide_allergy"}
    once = found["amide_allergy"]
    for rule in ("amide_allergy", "allergy_to_component"):
        assert all(part in once.source for part in by_id[rule].source.split("; ")), rule
    assert once.override is by_id["allergy_to_component"].override
    # Another allergy, or another product that it is in, is not said by that rule.
    both = stops(drawn_up(a_patient, "lidocaine", "caffeine", products=[lidocaine, caffeine]))
    assert set(both) == {"amide_allergy", "allergy_to_component"}
    assert both["amide_allergy"].source == by_id["amide_allergy"].source
    alone = stops(drawn_up(a_patient, "caffeine", products=[caffeine]))
    assert set(alone) == {"allergy_to_component"}


def test_a_snapshot_of_the_first_format_is_still_read(a_patient):
    facts = a_patient("keloid")
    snapshot = take_snapshot(
        evaluate(BOOK, facts),
        [],
        facts,
        at=NOW,
        language="en",
        questionnaire=("q", 3),
        rules_version=1,
    )
    first = {**snapshot.to_json(), "format": 1}
    for entry in first["entries"]:
        del entry["causes"], entry["clinic_says"]
    assert ScreeningSnapshot.from_json(first) == snapshot


# ---------------------------------------------------------------- going on in spite of a finding


def test_open_findings_close_with_the_right_reason_only(a_patient, the):
    facts = a_patient(("cancer_active", "keloid", "needle_fear"))
    stop, caution = the("active_cancer", facts), the("keloid", facts)
    findings = evaluate(BOOK, facts)
    assert open_findings(findings, ()) == (stop, caution)
    reasons = [acknowledge(f, "letter seen", "Dr A", NOW) for f in (stop, caution)]
    assert open_findings(findings, reasons) == ()
    assert [reason.overridden for reason in reasons] == [True, False]
    assert open_findings(findings, [replace(reasons[0], overridden=False)]) == (stop, caution)
    assert open_findings(findings, [replace(reasons[1], reason=" ")]) == (stop, caution)
    assert open_findings(findings, [replace(reasons[1], rule_version=2)]) == (stop, caution)


def test_a_reason_does_not_cover_new_evidence_or_a_new_kind(a_patient, healthy, the):
    aspirin = a_patient(medicines=("aspirin",))
    reason = acknowledge(the("anticoagulant", aspirin), "small dose", "Dr A", NOW)
    assert open_findings([the("anticoagulant", aspirin)], [reason]) == ()
    both = the("anticoagulant", a_patient(medicines=("aspirin", "Eliquis")))
    assert open_findings([both], [reason]) == (both,)
    assert open_findings([both], [replace(reason, fingerprint="")]) == ()

    unasked = {k: v for k, v in healthy.answers.items() if k != "cancer_active"}
    unanswered = the("active_cancer", replace(healthy, answers=unasked))
    reason = replace(acknowledge(unanswered, "not now", "Dr A", NOW), fingerprint="")
    assert open_findings([unanswered], [reason]) == ()
    triggered = the("active_cancer", a_patient("cancer_active"))
    assert open_findings([triggered], [reason]) == (triggered,)


def test_a_forbidden_class_can_never_be_overridden(a_patient, the):
    facts = a_patient(jurisdiction="FR", products="phosphatidylcholine_5_deoxycholate_2_5")
    finding = the("france_phosphatidylcholine", facts)
    assert not any(may_override(finding, role) for role in ("owner", "prescriber", "therapist"))
    with pytest.raises(ValueError, match="cannot be overridden"):
        acknowledge(finding, "please", "Dr A", NOW)
    forged = Acknowledgement(
        finding.rule_id, finding.rule_version, "please", "Dr A", NOW, overridden=True
    )
    assert open_findings([finding], [forged]) == (finding,)


@pytest.mark.parametrize(
    ("yes", "role", "may"),
    [
        ("cancer_active", "prescriber", True),
        ("cancer_active", "owner", True),
        ("cancer_active", "therapist", False),
        ("keloid", "therapist", True),
    ],
)
def test_a_stop_is_for_the_prescriber_to_override(yes, role, may, a_patient):
    (finding,) = evaluate(BOOK, a_patient(yes))
    assert may_override(finding, role) is may


def test_a_reason_must_say_something(a_patient):
    (finding,) = evaluate(BOOK, a_patient("keloid"))
    with pytest.raises(ValueError, match="a reason is needed"):
        acknowledge(finding, "  ", "Dr A", NOW)


# ---------------------------------------------------------------- chips


def labels(facts: ScreeningFacts, language: str = "en") -> list[tuple[Severity, str]]:
    findings = evaluate(BOOK, facts.before_products(), language)
    return [(chip.severity, chip.label) for chip in chips(findings, facts.allergies, language)]


def test_chips_show_allergies_and_medicines_whatever_is_planned(a_patient):
    facts = a_patient(
        "keloid", allergies=("Lidocaine", "penicillin"), medicines=("clopidogrel",), skin_type=5
    )
    assert labels(facts) == [
        (STOP, "Lidocaine allergy"),
        (CAUTION, "Anticoagulant or antiplatelet"),
        (CAUTION, "Keloid scars"),
        (CAUTION, "Allergy: penicillin"),
        (INFO, "Pigment risk"),
    ]
    assert labels(facts, "fr")[0] == (STOP, "Allergie à la lidocaïne")


def test_chips_count_what_was_not_asked_and_blocks():
    assert labels(ScreeningFacts(on=TODAY)) == [(STOP, "Could stop, not asked: 11")]


def test_chips_come_once(a_patient):
    facts = a_patient(
        ("takes_anticoagulant", "allergy_latex"), allergies=("latex", "pollen", "pollen")
    )
    shown = [label for _, label in labels(facts)]
    assert len(shown) == len(set(shown)) == 3

"""The screening rules: when they speak, how gravely, and in which words."""

import re
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.assets import resources
from mesodesk.domain.answers import Answer
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.conditions import add_months
from mesodesk.domain.findings import Evidence
from mesodesk.domain.rulebook import check_critical, check_products
from mesodesk.domain.screening import FindingKind, ScreeningFacts, Severity, evaluate, load_rules
from mesodesk.domain.screening_facts import age_in_years
from mesodesk.domain.texts import LANGUAGES
from mesodesk.domain.words import load_words

TODAY = date(2026, 5, 4)
BOOK = load_rules()
CATALOGUE = load_catalogue()
STOP, INFO = Severity.STOP, Severity.INFO


def test_says_nothing_of_a_healthy_patient(healthy):
    assert evaluate(BOOK, healthy) == ()


def test_shipped_rules_agree_with_catalogue_questionnaire_and_atlas():
    check_products(BOOK, CATALOGUE.classes, CATALOGUE.ingredients, CATALOGUE.traits)
    check_critical(BOOK)
    atlas = tomllib.loads((resources() / "bodymap" / "regions.toml").read_text("utf-8"))
    for rule in BOOK.rules:
        assert rule.scope.regions <= set(atlas["regions"]), rule.id


def test_shipped_rules_speak_all_languages_in_short_sentences():
    for rule in BOOK.rules:
        texts = [rule.message, rule.action, *filter(None, (rule.chip, rule.scope.name))]
        for text in texts:
            assert text.languages == LANGUAGES, rule.id
        for language in LANGUAGES:
            assert rule.message.get(language).endswith("."), rule.id
            assert rule.message.get(language).count(". ") == 0, rule.id
            assert len(rule.message.get(language)) <= 110, rule.id
            assert len(rule.action.get(language)) <= 130, rule.id
            assert rule.chip is None or len(rule.chip.get(language)) <= 40, rule.id
    assert all(text.languages == LANGUAGES for text in BOOK.phrases.values())
    assert all(text.languages == LANGUAGES for text in BOOK.fact_names.values())


def test_every_word_list_is_used():
    text = "".join(path.read_text("utf-8") for path in (resources() / "clinical").glob("rules*"))
    used = set(
        re.findall(r'"(\w+)"', "".join(re.findall(r"(?:medicine|allergy)_in = \[.*\]", text)))
    )
    assert used == set(load_words())


# The rule table of the clinical specification, row by row: who, and what is found.
def test_an_unasked_question_blocks_where_its_yes_would_stop(found):
    said = found(ScreeningFacts(on=TODAY, in_session=False))
    stops = {rule for rule, (severity, _) in said.items() if severity is STOP}
    assert stops == {
        "pregnant_or_breastfeeding",
        "under_minimum_age",
        "site_not_healthy",
        "allergy_to_component",
        "late_nodule",
        "bleeding_disorder_severe",
        "active_cancer",
    }
    assert {kind for _, kind in said.values()} == {FindingKind.UNANSWERED}
    assert said["anticoagulant"] == (INFO, FindingKind.UNANSWERED)


def test_names_what_was_not_asked_in_the_language_asked_for(the):
    nothing = ScreeningFacts(on=TODAY)
    assert (
        the("pregnant_or_breastfeeding", nothing).message == "Not asked: pregnancy, breastfeeding."
    )
    french = the("pregnant_or_breastfeeding", nothing, "fr_FR")
    assert french.message == "Non demandé : grossesse, allaitement."
    assert the("diabetes", nothing).message == "Not asked: diabetes."
    assert the("under_minimum_age", nothing).evidence == (Evidence("birth_date", Answer.NOT_ASKED),)


def test_pregnancy_is_not_missing_from_a_male_body_but_a_yes_counts(healthy, found):
    unasked = {k: v for k, v in healthy.answers.items() if k not in {"pregnant", "breastfeeding"}}
    male = replace(healthy, body_sex="male", answers=unasked)
    assert "pregnant_or_breastfeeding" not in found(male)
    unknown = replace(male, body_sex=None)
    assert found(unknown)["pregnant_or_breastfeeding"] == (STOP, FindingKind.UNANSWERED)
    said = replace(male, answers={**unasked, "pregnant": Answer.YES})
    assert found(said)["pregnant_or_breastfeeding"] == (STOP, FindingKind.TRIGGERED)


def test_a_follow_on_question_blocks_once_its_first_is_a_yes(healthy, found):
    unasked = {k: v for k, v in healthy.answers.items() if k != "bleeding_disorder_severe"}
    assert "bleeding_disorder_severe" not in found(replace(healthy, answers=unasked))
    opened = replace(healthy, answers={**unasked, "bleeding_disorder": Answer.YES})
    assert found(opened)["bleeding_disorder_severe"] == (STOP, FindingKind.UNANSWERED)


def test_a_medicine_raises_the_finding_whatever_the_answer(a_patient, the):
    for answer in Answer:
        facts = a_patient(medicines=("Plavix 75 mg", "Vitamin D"))
        facts = replace(facts, answers={**facts.answers, "takes_anticoagulant": answer})
        finding = the("anticoagulant", facts)
        assert finding.kind is FindingKind.TRIGGERED
        assert Evidence("medicines", Answer.YES, "Plavix 75 mg") in finding.evidence


def test_a_detail_counts_like_the_list(a_patient, found):
    facts = a_patient("allergy_medicine", details={"allergy_medicine": "xylocaine at the dentist"})
    assert found(facts)["amide_allergy"] == (INFO, FindingKind.IF_USED)
    no_longer = replace(facts, answers={**facts.answers, "allergy_medicine": Answer.NO})
    assert "amide_allergy" not in found(no_longer)


def test_an_allergy_list_never_asked_for_blocks(healthy, the):
    facts = replace(healthy, allergies_asked=False)
    finding = the("allergy_to_component", facts)
    assert (finding.severity, finding.kind) == (STOP, FindingKind.UNANSWERED)
    assert finding.message == "Not asked: allergies."


def test_an_allergy_list_taken_over_and_not_asked_for_again_blocks(healthy, the):
    facts = replace(healthy, allergies=("nickel",), allergies_asked=False)
    finding = the("allergy_to_component", facts)
    assert (finding.severity, finding.kind) == (STOP, FindingKind.UNANSWERED)


def test_a_product_rule_informs_until_the_product_is_in_a_syringe(a_patient, found, the):
    early = a_patient("allergy_ester_anaesthetic")
    assert found(early)["ester_allergy"] == (INFO, FindingKind.IF_USED)
    finding = the("ester_allergy", early)
    assert finding.message.startswith("Matters if procaine is used: ")
    assert (finding.scope, finding.rule_severity) == ("procaine", STOP)
    other = a_patient("allergy_ester_anaesthetic", products="lidocaine_1")
    assert found(other)["ester_allergy"] == (INFO, FindingKind.IF_USED)
    drawn = a_patient("allergy_ester_anaesthetic", products="procaine_1")
    assert found(drawn)["ester_allergy"] == (STOP, FindingKind.TRIGGERED)
    assert found(drawn.before_products())["ester_allergy"] == (INFO, FindingKind.IF_USED)


def test_rules_of_the_day_do_not_inform_early(a_patient, found):
    french = a_patient(jurisdiction="FR", weight_kg=None)
    assert found(french) == {}


def test_a_product_drawn_makes_its_unasked_questions_block(a_patient, healthy, found):
    unasked = {k: v for k, v in healthy.answers.items() if k != "allergy_fish"}
    facts = replace(healthy, answers=unasked)
    assert "fish_allergy" not in found(facts)
    drawn = a_patient(products="polynucleotides", answers=unasked)
    assert found(drawn)["fish_allergy"] == (STOP, FindingKind.UNANSWERED)


@pytest.mark.parametrize(
    ("regions", "severity"),
    [
        (set(), STOP),
        ({"submental"}, STOP),
        ({"abdomen_upper.left", "submental"}, STOP),
        ({"abdomen_upper.left"}, INFO),
    ],
)
def test_an_unknown_region_never_excuses_a_product(regions, severity, a_patient, found):
    facts = a_patient("dysphagia", products="deoxycholic_acid_10", regions=frozenset(regions))
    assert found(facts)["dysphagia"][0] is severity


def test_a_region_rule_follows_the_chart(a_patient, healthy, found):
    assert found(a_patient("neck_laxity"))["submental_examination"] == (INFO, FindingKind.IF_USED)
    rule = BOOK.rule("submental_examination")
    assert rule.applies_now(a_patient(regions=frozenset({"submental.left"})))
    assert not rule.applies_now(a_patient(regions=frozenset({"submentalis"})))
    assert BOOK.rule("keloid").applies_now(healthy)


def test_a_jurisdiction_left_open_blocks_a_forbidden_class(a_patient, found):
    for nowhere in (None, ""):
        facts = a_patient(jurisdiction=nowhere, products="phosphatidylcholine_5_deoxycholate_2_5")
        assert found(facts)["france_phosphatidylcholine"] == (STOP, FindingKind.UNANSWERED)


def test_a_rule_is_silent_before_it_is_valid():
    late = replace(BOOK, rules=tuple(replace(r, valid_from=date(2027, 1, 1)) for r in BOOK.rules))
    assert evaluate(late, ScreeningFacts(on=TODAY)) == ()


def test_rules_and_names_are_found_by_id():
    with pytest.raises(KeyError):
        BOOK.rule("moon")
    assert BOOK.name_of("weight", "it") == "peso"
    assert BOOK.name_of("keloid", "en") == "keloid or thick scars"


def test_findings_name_source_and_grade(a_patient, the):
    finding = the("late_nodule", a_patient("late_nodule"))
    assert "PubMed 17550571 (A)" in finding.source
    assert all(f.source.endswith(")") for f in evaluate(BOOK, ScreeningFacts(on=TODAY)))


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 5, 31), 6, date(2026, 11, 30)),
        (date(2026, 5, 31), 0, date(2026, 5, 31)),
    ],
)
def test_adds_calendar_months(day, months, later):
    assert add_months(day, months) == later


@given(st.dates(date(1950, 1, 1), date(2050, 1, 1)), st.integers(0, 48))
def test_a_month_later_is_in_the_month_meant(day, months):
    later = add_months(day, months)
    assert later.year * 12 + later.month == day.year * 12 + day.month + months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2008, 5, 4), date(2026, 5, 4), 18),
        (date(2008, 5, 5), date(2026, 5, 4), 17),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_reckons_age(born, on, years):
    assert age_in_years(born, on) == years


def test_body_mass_index_is_unknown_without_both_figures(healthy):
    assert healthy.bmi is not None
    assert round(healthy.bmi, 2) == Decimal("21.97")
    assert replace(healthy, height_cm=None).bmi is None
    assert replace(healthy, weight_kg=None).bmi is None
    assert replace(healthy, height_cm=Decimal(0)).bmi is None

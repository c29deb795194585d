"""The intake questionnaire and the reading of clinical files."""

import re

import pytest

from mesodesk.domain.answers import Answer
from mesodesk.domain.clinical_files import ClinicalDataError, load_sources
from mesodesk.domain.questionnaire import ItemKind, is_open, load_questionnaire
from mesodesk.domain.records.patient import BodySex
from mesodesk.domain.texts import LANGUAGES, LocalText, fold, tokens
from mesodesk.domain.words import load_words, same_substance

CRITICAL = {
    "site_infection",
    "herpes_active",
    "site_sunburn",
    "late_nodule",
    "pregnant",
    "breastfeeding",
    "may_become_pregnant",
    "allergy_planned_products",
    "allergy_amide_anaesthetic",
    "allergy_ester_anaesthetic",
    "allergy_sulfite",
    "allergy_soy",
    "allergy_egg",
    "allergy_fish",
    "allergy_bee_wasp",
    "allergy_benzyl_alcohol",
    "allergy_vitamin_b",
    "takes_sulfonamide",
    "bleeding_disorder_severe",
    "cancer_active",
    "dysphagia",
}


def test_shipped_questionnaire_speaks_all_languages():
    questionnaire = load_questionnaire()
    texts = [questionnaire.title, *(section.title for section in questionnaire.sections)]
    for item in questionnaire.items:
        texts += [item.text, item.short, item.help, item.detail, *(c.text for c in item.choices)]
    for text in texts:
        assert text is None or text.languages == LANGUAGES
    assert (questionnaire.id, questionnaire.version) == ("mesotherapy-intake", 1)


def test_questions_are_questions_and_yes_asks_for_detail():
    for item in load_questionnaire().items:
        for language in LANGUAGES:
            assert item.text.get(language).endswith("?"), item.id
            assert not item.short.get(language).endswith("?"), item.id
        if item.kind is ItemKind.YES_NO and item.id != "diabetes_insulin":
            assert item.detail is not None, item.id


def test_marks_as_critical_exactly_what_would_stop():
    assert {item.id for item in load_questionnaire().items if item.critical} == CRITICAL


@pytest.mark.parametrize(
    ("body_sex", "asked"),
    [(BodySex.FEMALE, True), (BodySex.MALE, False), (None, True)],
)
def test_asks_for_pregnancy_unless_the_body_is_male(body_sex, asked):
    asked_items = {item.id for item in load_questionnaire().items_for(body_sex, 30)}
    assert ("pregnant" in asked_items) is asked
    assert "diabetes" in asked_items


@pytest.mark.parametrize(("age", "asked"), [(60, True), (61, False), (None, True)])
def test_an_unknown_age_never_exempts(age, asked):
    item = load_questionnaire().item("may_become_pregnant")
    assert item.concerns(BodySex.FEMALE, age) is asked


def test_follow_on_question_closes_on_a_no_only():
    item = load_questionnaire().item("diabetes_insulin")
    assert is_open(item, {"diabetes": Answer.YES})
    assert is_open(item, {})
    assert not is_open(item, {"diabetes": Answer.NO})
    assert is_open(load_questionnaire().item("diabetes"), {})


def test_asks_again_at_each_session_what_can_change_overnight():
    again = {item.id for item in load_questionnaire().every_session()}
    assert {"pregnant", "site_infection", "late_nodule", "takes_anticoagulant"} <= again
    assert "keloid" not in again


def test_finds_items_by_id_and_section():
    questionnaire = load_questionnaire()
    assert [item.id for item in questionnaire.items_of("reason")] == ["reason", "expected_outcome"]
    with pytest.raises(KeyError):
        questionnaire.item("shoe_size")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('short.en = "pregnancy"\n', "", "item 'pregnant': `short` has no 'en' text"),
        ('id = "breastfeeding"', 'id = "pregnant"', "the id 'pregnant' is used twice"),
        (
            'section = "pregnancy"',
            'section = "moon"',
            "item 'pregnant': there is no section 'moon'",
        ),
        (
            'detail = "until"',
            'detail = "moon"',
            "item 'pregnant': `detail` names the prompt 'moon'",
        ),
        ("every_session", "evry_session", "has the unknown key `evry_session`"),
        ('kind = "text"', 'kind = "txt"', "item 'reason': `kind` is 'txt', but must be one of"),
        ("critical = true", 'kind = "date"\ncritical = true', "only a yes/no item can be critical"),
        ('sex = "female"', 'asked_if = "moon"', "item 'pregnant': `asked_if` must name a yes/no"),
        (
            '"allergy_ester_anaesthetic"]',
            '"pregnant"]',
            "item 'allergy_medicine': `cases` must name",
        ),
        ('text.en = "What brings you here?"', 'text.en = " "', "item 'reason': `text.en` must be"),
        ("version = 1", "version = -1", "intake.toml: file: `version` must be a whole number"),
        ('id = "mesotherapy-intake"', 'id = " "', "intake.toml: file: `id` is empty"),
        ("version = 1", "", "intake.toml: file: has no `version`"),
        ("version = 1", "version = ", "intake.toml: not a TOML file"),
        ("intake_health.toml", "gone.toml", "gone.toml: the file is missing"),
        ('kind = "date"', 'kind = "choice"', "item 'last_period': an item of kind `choice` needs"),
    ],
)
def test_refuses_a_wrong_questionnaire_by_file_and_id(altered, old, new, sentence):
    path = altered("intake.toml", old, new)
    with pytest.raises(ClinicalDataError, match=re.escape(sentence)):
        load_questionnaire(path)


def test_refuses_a_section_without_items_and_a_chain_of_questions(altered):
    path = altered("intake_health.toml", 'asked_if = "diabetes"', 'asked_if = "asthma_sulfite"')
    with pytest.raises(ClinicalDataError, match="`asked_if` must name an item always asked"):
        load_questionnaire(path.with_name("intake.toml"))
    empty = '[[section]]\nid = "hair"\ntitle.en = "Hair"\n\n[[section]]\nid = "skin"'
    path = altered("intake.toml", '[[section]]\nid = "skin"', empty)
    with pytest.raises(ClinicalDataError, match="section 'hair' has no items"):
        load_questionnaire(path)


def test_refuses_a_source_of_unknown_grade(altered):
    path = altered("sources.toml", 'grade = "A"', 'grade = "Z"')
    with pytest.raises(ClinicalDataError, match="`grade` is 'Z', but must be one of A, B, C, U, D"):
        load_sources(path)


def test_refuses_a_text_without_english():
    with pytest.raises(ValueError, match="'en'"):
        LocalText.of({"fr": "bonjour"})


@pytest.mark.parametrize(
    ("language", "text"), [("fr", "oui"), ("fr_CA", "oui"), ("de", "yes"), ("en-GB", "yes")]
)
def test_falls_back_to_english(language, text):
    assert LocalText.of({"en": "yes", "fr": "oui"}).get(language) == text


def test_folds_case_and_accents():
    assert fold("GARCÍA Çelik") == "garcia celik"
    assert tokens("Vitamine-B12, 2 mg") == ("vitamine", "b12", "2", "mg")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Warfarine 5 mg", {"anticoagulant"}),
        ("ELIQUIS", {"anticoagulant"}),
        ("eparina a basso peso", {"anticoagulant"}),
        ("Acenocumarol", {"anticoagulant"}),
        ("clopidogrel 75", {"antiplatelet"}),
        ("aspirina", {"antiplatelet", "nsaid"}),
        ("ibuprofène", {"nsaid"}),
        ("cotrimossazolo", {"sulfonamide"}),
        ("Prednisona", {"immunosuppressant"}),
        ("Insuline Lantus", {"insulin"}),
        ("lidocaïne", {"amide_anaesthetic"}),
        ("procaína", {"ester_anaesthetic"}),
        ("anestésico local", {"any_local_anaesthetic"}),
        ("soja", {"soy"}),
        ("œufs", {"egg"}),
        ("salmone", {"fish"}),
        ("piqûre de guêpe", {"bee_wasp"}),
        ("alcool benzylique", {"benzyl_alcohol"}),
        ("alcool", set()),
        ("Vitamine B1", {"vitamin_b"}),
        ("vitamin C", set()),
        ("paracetamol 1 g", set()),
        ("levothyroxine", set()),
        ("", set()),
    ],
)
def test_recognises_medicines_and_allergens_in_four_languages(written, found):
    assert {name for name, words in load_words().items() if words.found_in(written)} == found


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("lidocaine", "Lidocaine 1 % (10 mg/mL)", True),
        ("allergic to CAFÉINE tablets", "Caféine", True),
        ("penicillin", "Lidocaine 1 %", False),
        ("vitamin C", "Vitamin complex", False),
        ("10", "Lidocaine 10 mg/mL", False),
        ("", "Lidocaine", False),
    ],
)
def test_compares_an_allergy_with_a_product_name(one, other, same):
    assert same_substance(one, other) is same
    assert same_substance(other, one) is same


def test_refuses_an_empty_word_list(altered):
    with pytest.raises(ClinicalDataError, match="list 'latex': has no words"):
        load_words(altered("words.toml", '["latex", "lattice", "látex"]', "[]"))
    with pytest.raises(ClinicalDataError, match=r"'\?' holds no word"):
        load_words(altered("words.toml", '["nickel", "nichel", "níquel"]', '["?"]'))

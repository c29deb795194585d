"""The terms of a session and the aftercare texts."""

import re
from decimal import Decimal

import pytest

from mesodesk.domain.clinical_files import ClinicalDataError
from mesodesk.domain.texts import LANGUAGES
from mesodesk.domain.vocabulary import aftercare_for, load_aftercare, load_vocabulary

VOCABULARY = load_vocabulary()


def test_shipped_vocabulary_speaks_all_languages():
    terms = [
        *VOCABULARY.skin_preparations,
        *VOCABULARY.aseptic_steps,
        *VOCABULARY.immediate_reactions,
        *VOCABULARY.techniques,
        VOCABULARY.pain,
    ]
    texts = [term.name for term in terms]
    texts += [technique.depth_hint for technique in VOCABULARY.techniques]
    texts += [text for _, text in VOCABULARY.pain.anchors]
    texts += [needle.note for needle in VOCABULARY.needles if needle.note]
    texts += [text for care in load_aftercare() for text in (care.title, care.text)]
    assert all(text.languages == LANGUAGES for text in texts)


def test_names_the_immediate_reactions_of_the_first_half_hour():
    assert [term.id for term in VOCABULARY.immediate_reactions] == [
        "bleeding",
        "wheal",
        "faint",
        "hives",
        "wheeze",
        "tightness",
        "anaesthetic_toxicity",
        "emergency_signs",
    ]


def test_finds_techniques_and_needles_by_id():
    assert VOCABULARY.technique("intra_epidermal").code == "IED"
    assert VOCABULARY.needle("30g_13").label == "30G x 13 mm"
    assert VOCABULARY.needle("32g_4").diameter_mm == Decimal("0.23")
    with pytest.raises(KeyError):
        VOCABULARY.technique("moon")
    with pytest.raises(KeyError):
        VOCABULARY.needle("moon")


def test_a_higher_gauge_is_thinner():
    by_gauge = {needle.gauge: needle.diameter_mm for needle in VOCABULARY.needles}
    diameters = [by_gauge[gauge] for gauge in sorted(by_gauge)]
    assert diameters == sorted(diameters, reverse=True)
    assert len({needle.label for needle in VOCABULARY.needles}) == len(VOCABULARY.needles)


def test_pain_runs_from_0_to_10():
    assert (VOCABULARY.pain.lowest, VOCABULARY.pain.highest) == (0, 10)
    assert [value for value, _ in VOCABULARY.pain.anchors] == [0, 5, 10]


def test_aftercare_says_when_to_call_and_how_long_to_watch():
    signs = {
        "en": ("difficulty breathing", "fever", "six months"),
        "fr": ("difficulté à respirer", "fièvre", "six mois"),
        "it": ("difficoltà a respirare", "febbre", "sei mesi"),
        "es": ("dificultad para respirar", "fiebre", "seis meses"),
    }
    for care in load_aftercare():
        lines = {language: len(care.text.get(language).splitlines()) for language in LANGUAGES}
        assert len(set(lines.values())) == 1
        for language, words in signs.items():
            assert all(word in care.text.get(language) for word in words), (care.id, language)


def test_chooses_the_aftercare_of_what_was_injected():
    texts = load_aftercare()
    assert aftercare_for(texts, frozenset()).id == "general"
    assert aftercare_for(texts, frozenset({"local_anaesthetic"})).id == "general"
    assert aftercare_for(texts, frozenset({"lipolytic", "local_anaesthetic"})).id == "lipolytic"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'sources = ["rotunda_2006", ',
            'sources = ["moon", ',
            "technique 'subcutaneous_fat': names",
        ),
        ('sources = ["pain_loinc", "clinic_to_confirm"]\n', "", "file.pain: has no source"),
        ("value = 10", "value = 11", "an anchor lies outside the scale"),
        ('id = "gloves"', 'id = "hands"', "the id 'hands' is used twice"),
        ("length_mm = 4", "lenght_mm = 4", "needle '27g_4': has no `length_mm`"),
    ],
)
def test_refuses_a_wrong_vocabulary_by_file_and_id(altered, old, new, sentence):
    with pytest.raises(ClinicalDataError, match=re.escape(sentence)):
        load_vocabulary(altered("vocabulary.toml", old, new))


def test_refuses_a_vocabulary_without_a_kind_of_term(altered):
    path = altered("vocabulary.toml")
    text = re.sub(r"\[\[skin_preparation\]\](\n[^\n\[]+)+", "", path.read_text("utf-8"))
    path.write_text(text, "utf-8")
    with pytest.raises(ClinicalDataError, match="there is no `skin_preparation`"):
        load_vocabulary(path)


def test_refuses_aftercare_without_source_or_text(altered):
    path = altered("aftercare.toml", 'sources = ["ntm_series"', 'sources = ["moon"')
    with pytest.raises(ClinicalDataError, match="aftercare 'general': names the source 'moon'"):
        load_aftercare(path)
    nothing = path.with_name("nothing.toml")
    nothing.write_text("")
    with pytest.raises(ClinicalDataError, match="there is no aftercare text"):
        load_aftercare(nothing)

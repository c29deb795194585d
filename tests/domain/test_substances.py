"""What is typed as a medicine or an allergy is recognised or handed back, never taken as fine."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.domain.clinical_files import ClinicalDataError
from mesodesk.domain.substances import load_substances, recognised
from mesodesk.domain.texts import tokens
from mesodesk.domain.words import load_words

KNOWN = load_substances()
WORDS = load_words()


def read(text):
    return recognised(text, KNOWN, WORDS)


@pytest.mark.parametrize(
    ("text", "substances", "groups", "unknown"),
    [
        ("Xarelto 20 mg", ["rivaroxaban"], ("anticoagulant",), ()),
        ("rivaroxabán", ["rivaroxaban"], ("anticoagulant",), ()),
        ("ASPIRINE 75", ["acetylsalicylic_acid"], ("antiplatelet", "nsaid"), ()),
        ("blood thinner", [], ("anticoagulant",), ()),
        ("pénicilline et soja", ["penicillin"], ("soy",), ()),
        ("Levothyrox 75 µg", ["levothyroxine"], (), ()),
        ("Eliquis, Foobarol", ["apixaban"], ("anticoagulant",), ("Foobarol",)),
        ("Novocain", [], ("ester_anaesthetic",), ()),
        ("metabisolfito", [], ("sulfite",), ()),
        ("Zzz", [], (), ("Zzz",)),
        ("Eliquis, 5 mg", ["apixaban"], ("anticoagulant",), ()),
        ("Ni", [], (), ("Ni",)),
        ("20 mg", [], (), ("20 mg",)),
    ],
)
def test_recognises(text, substances, groups, unknown):
    found = read(text)
    assert [each.id for each in found.substances] == substances
    assert (found.groups, found.unknown) == (groups, unknown)


def test_a_trade_name_of_the_catalogue_is_its_active():
    assert read("Rapidocain").ingredients == ("lidocaine",)
    assert KNOWN.ingredients_in("Xylocaïne") == {"lidocaine"}


@given(st.text(max_size=40))
def test_whatever_holds_a_word_is_recognised_or_handed_back(text):
    found = read(text)
    if tokens(text):
        assert found.substances or found.groups or found.ingredients or found.unknown
    assert all(part in text for part in found.unknown)


@pytest.mark.parametrize("substance", KNOWN.all, ids=lambda each: each.id)
def test_every_substance_is_found_by_its_own_name(substance):
    for language in ("en", "fr", "it", "es"):
        name = substance.name.get(language)
        assert substance.words.found_in(name), (language, name)


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        (
            "substances.toml",
            'sources = ["who_atc_b01a", "clinic_to_confirm"]\n',
            "",
            "has no source",
        ),
        ("substances.toml", '"who_atc_b01a"', '"my_uncle"', "names the source 'my_uncle'"),
        ("substances.toml", 'id = "acenocoumarol"', 'id = "warfarin"', "is used twice"),
        ("words.toml", 'sources = ["who_atc_b01a", "clinic_to_confirm"]\n', "", "has no source"),
    ],
)
def test_refuses_what_names_no_source(altered, name, old, new, sentence):
    load = load_substances if name == "substances.toml" else load_words
    with pytest.raises(ClinicalDataError, match=re.escape(sentence)) as caught:
        load(altered(name, old, new))
    assert str(caught.value).startswith(name)

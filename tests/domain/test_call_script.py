"""The call script: in the patient's language, filled in, and nothing to a mailbox."""

import re

import pytest

from mesodesk.domain.call_script import FIELDS, ScriptPlace, load_call_script, said, spoken
from mesodesk.domain.clinical_files import ClinicalDataError
from mesodesk.domain.texts import LANGUAGES

SCRIPT = load_call_script()
FILLED = {
    "person": "Olga Owner",
    "clinic": "Clinic of the tests",
    "patient": "María José García",
    "day": "10 Mar 2026",
    "phone": "+34 900 000 000",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", ScriptPlace)
def test_each_place_is_said_whole_in_every_language(language, place):
    lines = said(SCRIPT, place, language, FILLED)
    assert len(lines) == sum(part.place is place for part in SCRIPT) > 0
    assert not any(set("{}") & set(line) for line in lines)
    assert all(part.text.languages == LANGUAGES and part.sources for part in SCRIPT)
    if language != "en":
        assert not set(lines) & set(said(SCRIPT, place, "en", FILLED))


def test_the_opening_says_who_calls_whom_about_which_day():
    lines = " ".join(said(SCRIPT, ScriptPlace.OPENING, "en", FILLED))
    assert all(FILLED[name] in lines for name in ("person", "clinic", "patient", "day"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mailbox_hears_of_no_patient_clinic_or_session(language):
    lines = " ".join(said(SCRIPT, ScriptPlace.MAILBOX, language, FILLED))
    assert not any(FILLED[name] in lines for name in ("patient", "clinic", "day"))


def test_a_part_that_names_what_is_not_known_is_left_out():
    lines = said(SCRIPT, ScriptPlace.CLOSING, "en", {**FILLED, "phone": ""})
    assert len(lines) == 2
    assert said(SCRIPT, ScriptPlace.MAILBOX, "en", {}) == ()


@pytest.mark.parametrize(
    ("kept", "language"),
    [("fr", "fr"), ("fr_CA", "fr"), (" IT ", "it"), ("", "es"), ("de", "es"), ("French", "es")],
)
def test_the_patient_s_language_is_spoken_where_there_are_texts(kept, language):
    assert spoken(kept, "es") == language


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("of {clinic}.", "of {moon}.", "part 'greeting': `text.en` names {moon}"),
        ("this is {person}. I will", "{patient}. I will", "part 'mailbox': `text.en` names"),
        ("of {clinic}.", "of {clinic.", "part 'greeting': `text.en` has a brace"),
        ('sources = ["clinic_to_confirm"]\ntext.en = "Is there', 'text.en = "Is', "has no source"),
    ],
)
def test_refuses_a_wrong_script_by_file_and_id(altered, old, new, sentence):
    path = altered("call_script.toml", old, new)
    with pytest.raises(ClinicalDataError, match=re.escape(sentence)):
        load_call_script(path)


def test_every_field_is_used_somewhere():
    texts = " ".join(part.text.get("en") for part in SCRIPT)
    assert all(f"{{{name}}}" in texts for name in FIELDS)

"""Terms of reactions as data: every grade has a scale and a source, and wrong files are refused."""

import re

import pytest

from mesodesk.domain.clinical_files import ClinicalDataError
from mesodesk.domain.reaction_terms import load_reaction_terms
from mesodesk.domain.schedule import load_schedule
from mesodesk.domain.texts import LANGUAGES

TERMS = load_reaction_terms()


def test_the_scales_are_those_of_the_sources():
    grades = {each.id: len(each.grades) for each in TERMS.scales.values()}
    assert grades == {"injection_site": 5, "diameter": 4, "pain": 4, "itching": 3, "effect": 5}
    assert list(TERMS.relatedness) == ["unrelated", "possible", "probable", "definite"]
    assert TERMS.scales["itching"].label(4) is None
    unsure = {each.id for each in TERMS.criteria.values() if each.sources[0].grade == "U"}
    assert unsure == {"intervention", "important"}


def test_every_term_has_a_source_and_all_languages():
    tables = (TERMS.scales, TERMS.kinds, TERMS.criteria, TERMS.relatedness, TERMS.actions)
    texts = []
    for table in (*tables, TERMS.outcomes, TERMS.recipients):
        for each in table.values():
            assert each.sources, each.id
            texts.append(each.name)
    for scale in TERMS.scales.values():
        texts += [each.label for each in scale.grades] + ([scale.hint] if scale.hint else [])
    assert TERMS.near_sources
    assert {text.languages for text in texts} == {LANGUAGES}


def test_every_answer_that_calls_for_action_leads_to_one_kind():
    flagged = {item.id for check in load_schedule().checks for item in check.items if item.band}
    led = [item for kind in TERMS.kinds.values() for item in kind.items]
    assert len(set(led)) == len(led)
    assert flagged <= {*led, "improving"}
    assert TERMS.kind_of_items(["satisfaction", "late_lump", "pus"]) == "nodule"
    assert TERMS.kind_of_items([]) == ""


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('id = "diameter"\nsources = ["reaction_grades", "higher_of_two_grades"]',
         'id = "diameter"', "scale 'diameter': has no source"),
        ('id = "bruising"\nscale = "effect"', 'id = "bruising"\nscale = "mood"',
         "`scale` names 'mood'"),
        ('items = ["fever"]', 'items = ["mood"]', "`items` names 'mood'"),
        ("grade = 2", "grade = 3", "the grades must be 1, 2 and so on"),
        ('id = "death"', 'id = "demise"', "`serious` names 'death'"),
        ('id = "possible"', 'id = "probable"', "is used twice"),
        ("mm = 15", "mm = 15\nmore = 1", "has the unknown key `more`"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_by_name(altered, old, new, sentence):
    path = altered("reactions.toml", old, new)
    with pytest.raises(ClinicalDataError, match=re.escape(sentence)):
        load_reaction_terms(path)

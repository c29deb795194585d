"""Measures as data: every figure has a source, and files that are wrong are refused by name."""

import re
from decimal import Decimal

import pytest

from mesodesk.domain.clinical_files import ClinicalDataError
from mesodesk.domain.measures import MeasureKind, load_measures
from mesodesk.domain.texts import LANGUAGES

MEASURES = load_measures()


def test_the_figures_are_those_of_the_sources():
    bands = {name: each.band.value for name, each in MEASURES.items() if each.band is not None}
    assert bands == {
        "weight": Decimal(1),
        "waist": Decimal(2),
        "hip": Decimal(2),
        "thigh": Decimal("1.5"),
        "arm": Decimal(1),
        "neck": Decimal(1),
    }
    assert [each.id for each in MEASURES["waist"].protocols] == [
        "midpoint", "umbilicus", "iliac_crest",
    ]  # fmt: skip
    assert MEASURES["hexsel"].scale == (0, 15)
    assert MEASURES["nurnberger_mueller"].scale == (0, 3)
    assert MEASURES["gais"].scale == (1, 5)
    totals = [(each.least, each.most, each.name.get()) for each in MEASURES["hexsel"].totals]
    assert totals == [(1, 5, "mild"), (6, 10, "moderate"), (11, 15, "severe")]
    assert MEASURES["hexsel"].total(0) is None


def test_every_figure_has_a_source_and_every_word_all_languages():
    for measure in MEASURES.values():
        assert measure.sources, measure.id
        for figure in (measure.agree, measure.band, measure.jump):
            assert figure is None or re.search(r"\([ABCUD]\)", figure.source), measure.id
        texts = [measure.name, measure.how]
        for part in (*measure.protocols, *measure.items, *measure.totals):
            assert part.sources, (measure.id, part)
            texts.append(part.name)
        texts += [level.label for item in measure.items for level in item.levels]
        texts += [each.name for each in measure.regions] + [each.how for each in measure.protocols]
        assert {text.languages for text in texts} == {LANGUAGES}, measure.id
        if measure.kind is not MeasureKind.RATING:
            assert measure.jump is not None, measure.id


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('band = { value = 1, sources = ["weight_fluctuation"] }', "band = { value = 1 }",
         "measure 'weight'.band: has no source"),
        ('sources = ["hexsel_2009", "hexsel_2017", "clinic_to_confirm"]\n', "",
         "measure 'hexsel': has no source"),
        ("least = 40\nmost = 250", "least = 250\nmost = 250", "`least` must be above 0 and below"),
        ("jump = { value = 8,", "jump = { value = 0,", "`jump.value` must be above 0"),
        ("readings = 3", "readings = 4", "`readings` must be 1, 2 or 3"),
        ('items = ["grade"]', 'items = ["mood"]', "`items` names 'mood'"),
        ('items = ["grade"]', "", "a rating has items"),
        ("{ score = 1, label.en = \"only", "{ score = 0, label.en = \"only", "must rise"),
        ('id = "hip"', 'id = "waist"', "is used twice"),
        ("version = 1", "version = 1\nmore = 1", "has the unknown key `more`"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_by_name(altered, old, new, sentence):
    path = altered("measurements.toml", old, new)
    with pytest.raises(ClinicalDataError, match=re.escape(sentence)):
        load_measures(path)

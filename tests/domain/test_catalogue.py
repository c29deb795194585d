"""The starter catalogue and its typed strengths."""

import re
from dataclasses import fields
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.domain.catalogue import LimitKind, ProductTemplate, load_catalogue
from mesodesk.domain.clinical_files import ClinicalDataError
from mesodesk.domain.strength import Strength, StrengthUnit, mg_per_ml, per_ml
from mesodesk.domain.texts import LANGUAGES

CATALOGUE = load_catalogue()
VALUES = st.decimals("0.0001", "10000", places=4)
MASS_UNITS = [unit for unit in StrengthUnit if mg_per_ml(Strength(Decimal(1), unit)) is not None]


def test_shipped_catalogue_speaks_all_languages():
    things = [*CATALOGUE.classes.values(), *CATALOGUE.ingredients.values()]
    for thing in [*things, *CATALOGUE.products.values(), *CATALOGUE.traits.values()]:
        assert thing.name.languages == LANGUAGES, thing.id
    for thing in things:
        for note in (*thing.notes, *thing.status_notes):
            assert note.text.languages == LANGUAGES, thing.id


def test_no_product_carries_a_status():
    assert not [field.name for field in fields(ProductTemplate) if "status" in field.name]


def test_every_limit_of_a_series_is_off_and_names_its_source():
    limits = [limit for thing in CATALOGUE.classes.values() for limit in thing.limits]
    assert len(limits) == 2
    assert not any(limit.switched_on for limit in limits)
    assert all(limit.sources for limit in limits)


def test_a_series_of_deoxycholic_acid_is_limited_as_on_the_label():
    of_class = CATALOGUE.classes["deoxycholic_acid"].limits
    assert {(limit.kind, limit.value, limit.unit) for limit in of_class} == {
        (LimitKind.SESSIONS, Decimal(6), "1"),
        (LimitKind.INTERVAL, Decimal(1), "mo"),
    }


def test_a_template_has_only_strengths_that_a_source_names():
    for product in CATALOGUE.products.values():
        for part in product.components:
            named = CATALOGUE.ingredients[part.ingredient_id].strengths
            assert part.strength is None or part.strength in named, product.id
            assert bool(product.components) != product.diluent


@pytest.mark.parametrize(
    ("product", "traits", "ingredients"),
    [
        ("lidocaine_1", {"local_anaesthetic", "amide_anaesthetic"}, {"lidocaine"}),
        (
            "lidocaine_1_epinephrine",
            {"local_anaesthetic", "contains_epinephrine", "may_contain_sulfite"},
            {"lidocaine", "epinephrine"},
        ),
        (
            "hyaluronic_acid_gel_lidocaine",
            {"local_anaesthetic"},
            {"lidocaine", "hyaluronic_acid_gel"},
        ),
        ("deoxycholic_acid_10", {"lipolytic", "admixture_forbidden"}, {"deoxycholic_acid"}),
        ("polynucleotides", {"fish_origin"}, {"polynucleotides"}),
        ("sodium_chloride_0_9", set(), set()),
    ],
)
def test_exposure_of_a_starter_product(product, traits, ingredients):
    exposure = CATALOGUE.exposure((), (), (product,))
    assert exposure.traits >= traits
    assert exposure.ingredients == ingredients
    assert CATALOGUE.products[product].class_id in exposure.product_classes


def test_exposure_of_the_clinics_own_products():
    by_active = CATALOGUE.exposure((), ("procaine",))
    assert by_active.product_classes == {"local_anaesthetics"}
    assert "ester_anaesthetic" in by_active.traits
    by_class = CATALOGUE.exposure(("polynucleotides", "my_own_class", ""), ("moon", ""), ("gone",))
    assert by_class.product_classes == {"polynucleotides", "my_own_class"}
    assert (by_class.ingredients, by_class.traits) == ({"moon"}, {"fish_origin"})
    by_name = CATALOGUE.exposure((), (), (), ("LIDOCAÏNE Dubois 10 mg/ml", "Water"))
    assert (by_name.ingredients, "amide_anaesthetic" in by_name.traits) == ({"lidocaine"}, True)
    assert CATALOGUE.exposure((), ()) == (frozenset(), frozenset(), frozenset())


@pytest.mark.parametrize(
    ("value", "unit", "mg"),
    [
        ("1", StrengthUnit.PERCENT, "10"),
        ("0.3", StrengthUnit.PERCENT, "3"),
        ("10", StrengthUnit.MG_PER_ML, "10"),
        ("10", StrengthUnit.G_PER_L, "10"),
        ("500", StrengthUnit.UG_PER_ML, "0.5"),
    ],
)
def test_converts_strengths_exactly(value, unit, mg):
    assert mg_per_ml(Strength(Decimal(value), unit)) == Decimal(mg)


@given(VALUES)
def test_units_of_biological_activity_are_no_mass(value):
    for unit, ucum in (
        (StrengthUnit.IU_PER_ML, "[iU]"),
        (StrengthUnit.USP_UNITS_PER_ML, "[USP'U]"),
    ):
        assert mg_per_ml(Strength(value, unit)) is None
        assert per_ml(Strength(value, unit)) == (value, ucum)


@given(VALUES, VALUES, st.sampled_from(MASS_UNITS))
def test_conversion_is_exact_and_keeps_sums(one, other, unit):
    def mg(value: Decimal) -> Decimal:
        amount, ucum = per_ml(Strength(value, unit))
        assert ucum == "mg"
        return amount

    assert mg(one) + mg(other) == mg(one + other)
    assert mg(one).normalize().as_tuple().digits == one.normalize().as_tuple().digits


@pytest.mark.parametrize("value", ["0", "-1", "NaN", "Infinity"])
def test_refuses_what_is_no_strength(value):
    with pytest.raises(ValueError, match="above 0"):
        Strength(Decimal(value), StrengthUnit.PERCENT)


def test_labels_units_as_people_write_them():
    assert [unit.label for unit in StrengthUnit] == [
        "mg/mL",
        "µg/mL",
        "g/L",
        "%",
        "IU/mL",
        "USP U/mL",
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        (
            "catalogue.toml",
            'unit = "mo"\nsources = ["kybella_label"]',
            'unit = "mo"',
            "class 'deoxycholic_acid', limit no. 2: has no source",
        ),
        (
            "catalogue_ingredients.toml",
            'sources = ["rejuran_pages"]',
            'sources = ["moon"]',
            "ingredient 'polynucleotides', note no. 1: names the source 'moon'",
        ),
        (
            "catalogue.toml",
            "value = 6\n",
            "value = 0\n",
            "limit no. 1: `value` must be above 0",
        ),
        (
            "catalogue_ingredients.toml",
            'strengths = [{ value = 10, unit = "mg/mL" }]',
            'strengths = [{ value = 0, unit = "mg/mL" }]',
            "`value`: a strength must be a number above 0",
        ),
        (
            "catalogue_ingredients.toml",
            'strengths = [{ value = 10, unit = "mg/mL" }]',
            'strengths = [{ value = 10, unit = "mg" }]',
            "`unit` is 'mg', but must be one of mg/mL",
        ),
        (
            "catalogue.toml",
            'traits = ["fish_origin"]',
            'traits = ["moon"]',
            "`traits` names 'moon'",
        ),
        ("catalogue.toml", 'class = "diluents"', 'class = "moon"', "`class` names 'moon'"),
        ("catalogue.toml", "diluent = true\n", "", "contains nothing: only a diluent may be"),
        (
            "catalogue.toml",
            'ingredient = "dmae"',
            'ingredient = "moon"',
            "`ingredient` names 'moon'",
        ),
        (
            "catalogue.toml",
            'ingredient = "dmae"',
            'ingredient = "dmae", unit = "%"',
            "has the unknown key `unit`",
        ),
        (
            "catalogue.toml",
            'id = "lidocaine_2"',
            'id = "lidocaine_2"\nstatus = "approved"',
            "product 'lidocaine_2': has the unknown key `status`",
        ),
        (
            "catalogue.toml",
            'id = "lidocaine_2"',
            'id = "lidocaine_1"',
            "'lidocaine_1' is used twice",
        ),
        (
            "trade_names.toml",
            'sources = ["rapidocain_ch"]\n',
            "",
            "trade_name no. 5: has no source",
        ),
        (
            "trade_names.toml",
            'ingredient = "procaine"\nnames = ["pasconeural"]',
            'ingredient = "moon"\nnames = ["pasconeural"]',
            "`ingredient` names 'moon'",
        ),
        ("trade_names.toml", 'names = ["pasconeural"]', "names = []", "has no names"),
    ],
)
def test_refuses_a_wrong_catalogue_by_file_and_id(altered, name, old, new, sentence):
    path = altered(name, old, new)
    with pytest.raises(ClinicalDataError, match=re.escape(sentence)):
        load_catalogue(path.with_name("catalogue.toml"))

"""Mixtures, delivered amounts and the balance of a syringe."""

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.domain.dosing import (
    ActiveStrength,
    Amount,
    Component,
    Mixture,
    combined,
    mass_delivered,
    reconcile,
    to_decimal,
)
from mesodesk.domain.strength import Strength, StrengthUnit, mg_per_ml

LOT = UUID(int=1)
volumes = st.decimals(min_value="0.001", max_value=50, places=3)
strengths = st.builds(
    Strength,
    st.decimals(min_value="0.001", max_value=1000, places=3),
    st.sampled_from(
        [unit for unit in StrengthUnit if mg_per_ml(Strength(Decimal(1), unit)) is not None]
    ),
)
actives = st.builds(
    ActiveStrength, st.just("name"), st.sampled_from(["caffeine", "lidocaine"]), strengths
)
components = st.builds(
    Component, st.just(LOT), st.just("part"), volumes, st.lists(actives, max_size=3).map(tuple)
)
mixtures = st.lists(components, min_size=1, max_size=4).map(lambda parts: Mixture(tuple(parts)))


def strength(value, unit=StrengthUnit.MG_PER_ML):
    return Strength(Decimal(value), unit)


def part(volume, *named):
    return Component(
        LOT, "part", Decimal(volume), tuple(ActiveStrength(n.title(), n, s) for n, s in named)
    )


def per_ml(mixture):
    return {(c.ingredient_id, c.unit): c.per_ml for c in mixture.concentrations()}


def test_dilution_by_hand():
    """C1 x V1 = C2 x V2: 2 mL of 50 mg/mL and 2 mL of saline give 25 mg/mL."""
    mixture = Mixture((part("2", ("caffeine", strength("50"))), part("2")))
    assert per_ml(mixture) == {("caffeine", "mg"): 25}
    (caffeine,) = mixture.delivered(Decimal("3.5"))
    assert caffeine.mass_mg == Fraction(175, 2)
    assert caffeine.name == "Caffeine"


def test_one_ingredient_from_two_products_and_units_is_added_up():
    mixture = Mixture(
        (
            part("1", ("lidocaine", strength("2", StrengthUnit.PERCENT))),
            part(
                "3",
                ("lidocaine", strength("4")),
                ("caffeine", strength("500", StrengthUnit.UG_PER_ML)),
            ),
        )
    )
    assert per_ml(mixture) == {("lidocaine", "mg"): 8, ("caffeine", "mg"): Fraction(3, 8)}


def test_thirds_are_exact():
    mixture = Mixture((part("1", ("caffeine", strength("10"))), part("2")))
    assert per_ml(mixture) == {("caffeine", "mg"): Fraction(10, 3)}
    assert mixture.delivered(Decimal(3))[0].value == 10


def test_international_and_pharmacopoeia_units_never_mix_with_mass_or_each_other():
    mixture = Mixture(
        (
            part("1", ("hyaluronidase", strength("150", StrengthUnit.USP_UNITS_PER_ML))),
            part("1", ("hyaluronidase", strength("300", StrengthUnit.IU_PER_ML))),
            part("1", ("hyaluronidase", strength("3"))),
        )
    )
    assert per_ml(mixture) == {
        ("hyaluronidase", "[USP'U]"): 50,
        ("hyaluronidase", "[iU]"): 100,
        ("hyaluronidase", "mg"): 1,
    }
    assert [a.mass_mg for a in mixture.delivered(Decimal(2))] == [None, None, 2]


@pytest.mark.parametrize("unknown_first", [True, False])
@pytest.mark.parametrize("unit", [StrengthUnit.MG_PER_ML, StrengthUnit.IU_PER_ML])
def test_an_unknown_strength_is_never_zero(unknown_first, unit):
    parts = [part("1", ("dmae", None)), part("1", ("dmae", strength("30", unit)))]
    mixture = Mixture(tuple(parts if unknown_first else reversed(parts)))
    assert per_ml(mixture) == {("dmae", "mg"): None}
    (dmae,) = mixture.delivered(Decimal(1))
    assert dmae.value is None
    assert dmae.mass_mg is None


def freely_named(name, value):
    return ActiveStrength(name, "", value and strength(value))


def test_what_the_catalogue_does_not_have_is_known_by_its_name():
    """Stock keeps no ingredient for an active that the clinic named itself."""
    mixture = Mixture(
        (
            Component(LOT, "A", Decimal(5), (freely_named("Rutin", "100"),)),
            Component(LOT, "B", Decimal(5), (freely_named("Zinc gluconate", "20"),)),
        )
    )
    assert [(a.name, a.value) for a in mixture.delivered(Decimal(1))] == [
        ("Rutin", 50),
        ("Zinc gluconate", 10),
    ]
    twice = combined([*mixture.delivered(Decimal(1)), *mixture.delivered(Decimal(2))])
    assert [(a.name, a.value) for a in twice] == [("Rutin", 150), ("Zinc gluconate", 30)]


def test_an_unknown_strength_hides_no_other_active():
    mixture = Mixture(
        (
            Component(LOT, "A", Decimal(1), (freely_named("Rutin", "100"),)),
            Component(LOT, "B", Decimal(1), (freely_named("Silica", None),)),
        )
    )
    assert [(a.name, a.per_ml) for a in mixture.concentrations()] == [
        ("Rutin", 50),
        ("Silica", None),
    ]


def test_one_name_is_one_active_however_it_is_typed():
    typed = ("Sélénium  oligo", "selenium oligo", "SÉLÉNIUM OLIGO ")
    parts = tuple(Component(LOT, "A", Decimal(1), (freely_named(each, "3"),)) for each in typed)
    assert [(a.name, a.per_ml) for a in Mixture(parts).concentrations()] == [(typed[0], 3)]
    also = ActiveStrength("Coffeinum", "caffeine", None)
    assert (
        also.key == ActiveStrength("Caffeine", "caffeine", None).key != freely_named("X", None).key
    )


def test_a_diluent_alone_holds_nothing():
    assert Mixture((part("5"),)).concentrations() == ()
    assert Mixture(()).concentrations() == ()
    assert Mixture(()).volume_ml == 0


@pytest.mark.parametrize("volume", ["0", "-1", "NaN", "Infinity"])
def test_a_component_needs_a_volume(volume):
    with pytest.raises(ValueError, match="above 0"):
        part(volume)


@given(mixtures)
def test_the_whole_mixture_delivers_what_went_in(mixture):
    went_in = {}
    for component in mixture.components:
        for active in component.actives:
            mass = Fraction(mg_per_ml(active.strength)) * Fraction(component.volume_ml)
            went_in[active.ingredient_id] = went_in.get(active.ingredient_id, 0) + mass
    delivered = {a.ingredient_id: a.mass_mg for a in mixture.delivered(mixture.volume_ml)}
    assert delivered == went_in


@given(mixtures, st.lists(volumes, max_size=6))
def test_parts_deliver_what_the_sum_delivers(mixture, parts):
    whole = mixture.delivered(sum(parts, Decimal(0)))
    pieces = combined(a for volume in parts for a in mixture.delivered(volume))
    assert {(a.ingredient_id, a.value) for a in pieces} == {
        (a.ingredient_id, a.value) for a in whole if parts
    }


def test_an_unknown_part_makes_the_sum_unknown():
    known, unknown = Amount("x", "X", "mg", Fraction(1)), Amount("x", "X", "mg", None)
    for order in ([known, unknown], [unknown, known]):
        assert [a.value for a in combined(order)] == [None]


def test_nothing_negative_is_delivered():
    with pytest.raises(ValueError, match="negative"):
        mass_delivered(Decimal("-0.1"), Fraction(1))
    with pytest.raises(ValueError, match="negative"):
        mass_delivered(Decimal("0.1"), Fraction(-1))


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(1, 3), 2, "0.33"),
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(-1, 8), 2, "-0.13"),
        (Fraction(175, 2), 1, "87.5"),
        (Fraction(0), 1, "0.0"),
        (Fraction(5, 2), 0, "3"),
    ],
)
def test_display_rounds_as_people_do(value, places, text):
    assert str(to_decimal(value, places)) == text


@pytest.mark.parametrize(
    ("wasted", "left", "difference", "closes"),
    [
        ("0.2", "0.3", "0", True),
        ("0.1", "0.3", "0.1", True),
        ("0.3", "0.3", "-0.1", True),
        ("0.099", "0.3", "0.101", False),
        ("0.301", "0.3", "-0.101", False),
    ],
)
def test_a_syringe_closes_within_a_tenth(wasted, left, difference, closes):
    balance = reconcile(Decimal(4), Decimal("3.5"), Decimal(wasted), Decimal(left))
    assert balance.difference_ml == Decimal(difference)
    assert balance.closes is closes


@pytest.mark.parametrize(
    ("wasted", "left", "known", "untold"),
    [
        ("0.5", None, ("0.5", "0"), False),
        (None, "0.5", ("0", "0.5"), False),
        ("0.45", None, ("0.45", None), True),
        (None, None, (None, None), True),
        ("0.55", None, ("0.55", None), False),
        ("0.2", "0.25", ("0.2", "0.25"), False),
    ],
)
def test_what_was_not_told_is_nothing_only_where_nothing_is_missing(wasted, left, known, untold):
    told = (None if each is None else Decimal(each) for each in (wasted, left))
    balance = reconcile(Decimal(4), Decimal("3.5"), *told)
    assert (balance.wasted_ml, balance.left_ml) == tuple(
        None if each is None else Decimal(each) for each in known
    )
    assert balance.is_untold is untold
    assert balance.is_exact is (balance.difference_ml == 0)


def test_a_balance_of_negative_volumes_is_refused():
    with pytest.raises(ValueError, match="negative"):
        reconcile(Decimal(4), Decimal(3), Decimal(-1), Decimal(2))

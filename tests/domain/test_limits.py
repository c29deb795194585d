"""Limits: exact, never green on what is not known, never better for more."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.domain.bodymap.edits import move_point, set_dose
from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.dosing import ActiveStrength, Component, Mixture
from mesodesk.domain.limit_facts import Drawn, actives_of, syringe_uses
from mesodesk.domain.limit_files import limits_in_force, load_limits
from mesodesk.domain.limit_words import LimitWords, exact_text, kept
from mesodesk.domain.limits import Lack, Level, SyringeUse, evaluate
from mesodesk.domain.records.limits import LimitChange, LimitSettings
from mesodesk.domain.strength import Strength, StrengthUnit

BOOK = load_limits()
SHIPPED = BOOK.limits
KG = Decimal(62)


def active(ingredient: str, percent: str | None, name: str = "") -> ActiveStrength:
    strength = None if percent is None else Strength(Decimal(percent), StrengthUnit.PERCENT)
    return ActiveStrength(name or ingredient, ingredient, strength)


def drawn(digit: int, *actives: ActiveStrength, ml: str = "10", label: str = "Vial") -> Drawn:
    part = Component(uuid4(), label, Decimal(ml), actives)
    return Drawn(uuid4(), digit, Mixture((part,)))


def field(syringe: Drawn, *volumes_ul: int, **others) -> ChartField:
    points = PackedPoints(ChartPoint(at, 0.2, 0.3, ul, 2000) for at, ul in enumerate(volumes_ul))
    return ChartField(uuid4(), syringe.id, "papule", Decimal(2), "30g_4mm", points=points, **others)


def look(syringes, fields, weight_kg=KG, limits=SHIPPED, **others):
    """Return the findings by the id of the limit."""
    uses = syringe_uses(syringes, fields)
    others = {"jurisdiction": "ES", **others}
    found = evaluate(limits, uses, weight_kg=weight_kg, **others)
    return {each.limit.id: each for each in found}


LIDOCAINE = drawn(1, active("lidocaine", "2"))
MORE_LIDOCAINE = drawn(2, active("lidocaine", "1"))
WEAKEST = "0.0005"  # per cent: 1:200 000
WITH = drawn(3, active("lidocaine", "1"), active("epinephrine", WEAKEST))
ACID = drawn(4, active("deoxycholic_acid", "1"))


# What is asked, and what the arithmetic says


def test_nothing_is_said_of_what_is_not_drawn_up():
    assert look([drawn(1, active("caffeine", "5"))], []) == {}


def test_all_sources_of_lidocaine_are_added_up():
    fields = [field(LIDOCAINE, *[100] * 15), field(MORE_LIDOCAINE, *[100] * 45)]
    found = look([LIDOCAINE, MORE_LIDOCAINE], fields)
    per_kg = found["lidocaine_plain_per_kg"]
    assert (per_kg.level, per_kg.used, per_kg.allowed) == (Level.OK, 75, 279)
    assert LimitWords(per_kg).arithmetic == (
        "2 syringes: 30\u00a0mg + 45\u00a0mg = 75\u00a0mg of "
        "4.5\u00a0mg/kg \u00d7 62\u00a0kg = 279\u00a0mg"
    )
    assert LimitWords(per_kg).syringes == (
        "syringe 1: 1.5\u00a0mL \u00d7 20\u00a0mg/mL = 30\u00a0mg",
        "syringe 2: 4.5\u00a0mL \u00d7 10\u00a0mg/mL = 45\u00a0mg",
    )
    assert LimitWords(found["lidocaine_plain_session"]).figure == "75 / 300\u00a0mg"


@pytest.mark.parametrize(
    ("volume_ul", "level"),
    [(11_999, Level.OK), (12_000, Level.NEAR), (15_000, Level.NEAR), (15_001, Level.OVER)],
)
def test_amber_comes_before_the_line_and_red_above_it(volume_ul, level):
    found = look([LIDOCAINE], [field(LIDOCAINE, volume_ul)], Decimal(500))
    assert found["lidocaine_plain_session"].level is level


def test_a_figure_just_over_the_line_does_not_read_as_the_line():
    over = look([LIDOCAINE], [field(LIDOCAINE, 15_001)])["lidocaine_plain_session"]
    assert LimitWords(over).figure == "300.02 / 300\u00a0mg"
    assert LimitWords(over, "fr").figure == "300,02 / 300\u00a0mg"


def test_one_syringe_without_epinephrine_puts_all_under_the_stricter_limit():
    mixed = look([LIDOCAINE, WITH], [field(WITH, *[1000] * 9)])
    assert {name for name in mixed if name.startswith("lidocaine")} == {
        "lidocaine_plain_per_kg",
        "lidocaine_plain_session",
    }
    assert mixed["lidocaine_plain_per_kg"].used == 90
    alone = look([WITH], [field(WITH, *[1000] * 9)])
    assert {name for name in alone if name.startswith("lidocaine")} == {
        "lidocaine_epinephrine_per_kg",
        "lidocaine_epinephrine_session",
    }
    assert alone["lidocaine_epinephrine_per_kg"].allowed == 434


def test_the_label_of_deoxycholic_acid_is_within_its_limits():
    grid = field(ACID, *[200] * 40, pattern=Pattern.SQUARE, spacing_mm=Decimal(10))
    found = look([ACID], [grid])
    assert {name: each.level for name, each in found.items()} == {
        "deoxycholic_points": Level.NEAR,
        "deoxycholic_session_volume": Level.NEAR,
        "deoxycholic_session_mass": Level.NEAR,
        "deoxycholic_point_volume": Level.OK,
        "deoxycholic_spacing": Level.OK,
    }


@pytest.mark.parametrize(
    ("made", "limit"),
    [
        ({"volumes": [201], "spacing_mm": Decimal(10)}, "deoxycholic_point_volume"),
        ({"volumes": [10] * 51, "spacing_mm": Decimal(10)}, "deoxycholic_points"),
        ({"volumes": [10] * 2, "spacing_mm": Decimal("9.9")}, "deoxycholic_spacing"),
        ({"volumes": [], "zone_ml": Decimal(1), "punctures": 4}, "deoxycholic_point_volume"),
        ({"volumes": [], "zone_ml": Decimal(1), "punctures": 51}, "deoxycholic_points"),
    ],
)
def test_each_limit_of_deoxycholic_acid_can_be_passed(made, limit):
    volumes = made.pop("volumes")
    found = look([ACID], [field(ACID, *volumes, **made)])
    assert {name for name, each in found.items() if each.level is Level.OVER} == {limit}


def test_the_worst_comes_first():
    fields = [field(LIDOCAINE, *[1000] * 16), field(ACID, 100)]
    uses = syringe_uses([LIDOCAINE, ACID], fields)
    found = evaluate(SHIPPED, uses, weight_kg=None, jurisdiction="ES")
    levels = [each.level for each in found]
    assert levels == sorted(levels, reverse=True)
    assert found[0].limit.id == "lidocaine_plain_session"


# What is not known


def test_an_unknown_weight_is_never_within_a_limit():
    found = look([LIDOCAINE], [], weight_kg=None)["lidocaine_plain_per_kg"]
    assert (found.level, found.lacks, found.allowed) == (Level.UNKNOWN, (Lack.WEIGHT,), None)
    assert found.needs_reason
    assert LimitWords(found).lacks == ("weight not known: 4.5\u00a0mg/kg cannot be checked",)


def test_an_unknown_strength_makes_every_dose_unknown():
    acid = drawn(1, active("deoxycholic_acid", None))
    found = look([acid], [field(acid, 100)])
    assert {name for name, each in found.items() if Lack.STRENGTH in each.lacks} == {
        "deoxycholic_point_volume",
        "deoxycholic_session_volume",
        "deoxycholic_session_mass",
    }
    assert all(each.level is Level.UNKNOWN for each in found.values() if each.lacks)


def test_what_is_known_is_enough_to_be_over():
    blind = drawn(2, active("lidocaine", None))
    found = look([LIDOCAINE, blind], [field(LIDOCAINE, 15_001), field(blind, 100)])
    assert found["lidocaine_plain_session"].level is Level.OVER


def test_points_placed_one_by_one_are_unknown_until_they_are_measured():
    singles = [field(ACID, 100, spacing_mm=Decimal(10)), field(ACID, 100)]
    found = look([ACID], singles)["deoxycholic_spacing"]
    assert (found.level, found.lacks) == (Level.UNKNOWN, (Lack.GAP,))
    assert not found.needs_reason
    assert "deoxycholic_spacing" not in look([ACID], singles[:1])


def test_a_field_of_one_point_takes_no_spacing_from_what_it_was_made_with():
    wide = Decimal(10)
    found = look([ACID], [field(ACID, 100, 100, spacing_mm=wide), field(ACID, 100, spacing_mm=1)])
    assert found["deoxycholic_spacing"].used == wide
    assert found["deoxycholic_spacing"].lacks == (Lack.GAP,)


@pytest.mark.parametrize("order", [1, -1])
def test_the_least_spacing_of_several_fields_counts(order):
    fields = [field(ACID, 100, 100, spacing_mm=Decimal(mm)) for mm in (9, 12)][::order]
    found = look([ACID], fields)["deoxycholic_spacing"]
    assert (found.used, found.level) == (9, Level.OVER)


@pytest.mark.parametrize("order", [1, -1])
def test_one_zone_without_punctures_is_enough_not_to_know_the_points(order):
    fields = [field(ACID, 100), field(ACID, zone_ml=Decimal("0.1")), field(ACID, 100)][::order]
    assert look([ACID], fields)["deoxycholic_points"].lacks == (Lack.POINTS,)


def test_a_point_moved_by_hand_has_no_known_spacing():
    grid = field(ACID, *[100] * 4, pattern=Pattern.SQUARE, spacing_mm=Decimal(10))
    at = grid.points[1]
    moved = move_point(grid, 3, SurfacePoint(at.triangle, at.u, at.v)).changes[0][2]
    found = look([ACID], [moved])["deoxycholic_spacing"]
    assert (found.level, found.lacks, found.used) == (Level.UNKNOWN, (Lack.SPACING,), 10)
    assert LimitWords(found).lacks[0].startswith("points that were moved, or laid without")
    dosed = set_dose(grid, 3, Decimal("0.05")).changes[0][2]
    assert look([ACID], [dosed])["deoxycholic_spacing"].level is Level.OK


@pytest.mark.parametrize(
    ("made", "level"),
    [
        ({"punctures": 20, "spacing_mm": Decimal(3)}, Level.OVER),
        ({"punctures": 20, "spacing_mm": Decimal(10)}, Level.OK),
        ({"punctures": 20}, Level.UNKNOWN),
        ({"punctures": 1}, None),
        ({"spacing_mm": Decimal(3)}, Level.OVER),
        ({}, Level.UNKNOWN),
    ],
)
def test_the_punctures_of_a_zone_are_held_to_the_spacing_like_points(made, level):
    zone = field(ACID, pattern=Pattern.ZONE, zone_ml=Decimal("0.1"), **made)
    found = look([ACID], [zone]).get("deoxycholic_spacing")
    assert (found.level if found else None) is level
    if level is Level.UNKNOWN:
        assert found.lacks == (Lack.SPACING,)


def test_a_zone_without_punctures_has_no_known_points():
    found = look([ACID], [field(ACID, zone_ml=Decimal(1))])
    assert found["deoxycholic_points"].lacks == (Lack.POINTS,)
    assert found["deoxycholic_point_volume"].level is Level.UNKNOWN
    assert found["deoxycholic_session_volume"].used == 1


def test_an_active_of_another_name_counts_as_the_ingredient_in_it():
    own = drawn(1, active("own_1", "2", "Lidocaine hydrochloride"))
    assert actives_of(own.mixture)["lidocaine"] == 20


def test_a_product_that_only_names_an_ingredient_has_it_in_unknown_strength():
    filler = drawn(1, active("hyaluronic_acid_gel", "2"), label="Gel with lidocaine")
    assert actives_of(filler.mixture)["lidocaine"] is None
    assert look([filler], [])["lidocaine_plain_session"].level is Level.UNKNOWN


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Lidocaine without epinephrine", "Lidocaine"),
        ("Lidocaine with epinephrine", "Lidocaine"),
        ("Xylocaine 2 % sans adrénaline", "Lidocaine"),
        ("Adrénaline", "Lidocaine"),
        ("Vial", "Lidocaine, no epinephrine"),
    ],
)
def test_a_name_alone_never_puts_lidocaine_under_the_wider_limit(label, name):
    for ingredient in ("lidocaine", "own_1"):
        plain = drawn(1, active(ingredient, "1", name), label=label)
        assert "lidocaine_plain_per_kg" in look([plain], [])


def test_epinephrine_that_the_clinic_called_by_another_name_is_known():
    for name in ("Epinefrina (adrenalina)", "Adrénaline", "Epinephrine bitartrate 1:200 000"):
        for ingredient in ("own_2", "", "epinephrine"):
            own = replace(active(ingredient, WEAKEST, name), ingredient_id=ingredient)
            assert "lidocaine_epinephrine_per_kg" in look(
                [drawn(1, active("lidocaine", "1"), own)], []
            )


@pytest.mark.parametrize(
    "percent",
    [None, "0.00049"],
)
def test_too_little_epinephrine_or_nobody_knows_how_much_is_as_good_as_none(percent):
    thin = drawn(1, active("lidocaine", "1"), active("epinephrine", percent))
    assert "lidocaine_plain_per_kg" in look([thin], [])
    assert "lidocaine_epinephrine_per_kg" not in look([thin], [])


def test_a_drop_with_epinephrine_does_not_widen_the_limit_of_a_syringe_full_of_lidocaine():
    mixture = Mixture(
        (
            Component(uuid4(), "Vial", Decimal(19), (active("lidocaine", "2"),)),
            Component(
                uuid4(),
                "Vial",
                Decimal("0.1"),
                (active("lidocaine", "2"), active("epinephrine", WEAKEST)),
            ),
        )
    )
    syringe = Drawn(uuid4(), 1, mixture)
    found = look([syringe], [field(syringe, 19_000)], Decimal(60))
    assert found["lidocaine_plain_session"].level is Level.OVER
    assert "lidocaine_epinephrine_session" not in found


def test_an_active_that_only_names_epinephrine_is_not_it():
    """It was once taken for epinephrine, with the strength of what it is."""
    names = ("Xylocaine sans adrénaline", "Lidocaine without adrenaline", "Adrenaline-free")
    for name in names:
        mixed = drawn(1, active("lidocaine", "1"), active("epinephrine", "2", name))
        assert "lidocaine_plain_per_kg" in look([mixed], [])
    was_lidocaine = drawn(1, active("epinephrine", "2", "Lidocaine sans adrénaline"))
    assert actives_of(was_lidocaine.mixture) == {"lidocaine": 20}


def test_the_stricter_limit_says_how_little_epinephrine_is_as_good_as_none():
    found = look([LIDOCAINE], [])["lidocaine_plain_session"]
    assert "or with less than 5\u00a0µg/mL of it: at most 300\u00a0mg" in LimitWords(found).message
    assert "confirmed by the clinic" in LimitWords(found).source


def test_units_of_activity_are_no_mass():
    strength = Strength(Decimal(150), StrengthUnit.USP_UNITS_PER_ML)
    part = ActiveStrength("Hyaluronidase", "hyaluronidase", strength)
    assert actives_of(drawn(1, part).mixture)["hyaluronidase"] is None


# Switches and places


def test_a_limit_switched_off_is_silent():
    fields = [field(LIDOCAINE, 15_001)]
    off = {"lidocaine_plain_session"}
    assert off.isdisjoint(look([LIDOCAINE], fields, switched_off=frozenset(off)))
    settings = LimitSettings({name: LimitChange(on=False) for name in off})
    assert off.isdisjoint(look([LIDOCAINE], fields, limits=limits_in_force(BOOK, settings)))


@pytest.mark.parametrize(("where", "speaks"), [("FR", True), ("ES", False), (None, True)])
def test_a_limit_of_one_country_stands_there_and_where_the_country_is_unknown(where, speaks):
    limits = [replace(each, jurisdictions=frozenset({"FR"})) for each in SHIPPED]
    assert bool(look([LIDOCAINE], [], limits=limits, jurisdiction=where)) is speaks


def test_the_clinics_own_limits_are_checked_alike():
    settings = LimitSettings(total_volume_ml=Decimal(2), masses_mg={"caffeine": Decimal(40)})
    caffeine = drawn(1, active("caffeine", "5"))
    fields = [field(caffeine, *[100] * 9), field(ACID, *[100] * 12)]
    found = look([caffeine, ACID], fields, limits=limits_in_force(BOOK, settings))
    assert found["own.total_volume"].level is Level.OVER
    assert found["own.total_volume"].used == Fraction(21, 10)
    assert found["own.mass.caffeine"].level is Level.OVER


def test_what_is_kept_is_exact():
    thirds = Mixture(
        (
            Component(uuid4(), "Vial", Decimal(1), (active("lidocaine", "1"),)),
            Component(uuid4(), "Water", Decimal(2)),
        )
    )
    syringe = Drawn(uuid4(), 1, thirds)
    found = look([syringe], [field(syringe, 100)])["lidocaine_plain_session"]
    said = kept(found)
    assert (said["used"], said["allowed"], said["level"]) == ("1/3 mg", "300 mg", "ok")
    assert exact_text(Fraction(1, 8)) == "0.125"


# Laws

VOLUMES = st.lists(st.integers(1, 20_000), max_size=6)
STRENGTHS = st.sampled_from([None, "0.5", "1", "2", "10"])
WEIGHTS = st.none() | st.decimals("0.5", "300", places=1)
ACTIVES = st.sampled_from(["lidocaine", "procaine", "deoxycholic_acid"])


@st.composite
def charts(draw) -> tuple[list[Drawn], list[ChartField]]:
    syringes, fields = [], []
    for digit in range(1, draw(st.integers(1, 3)) + 1):
        parts = [active(draw(ACTIVES), draw(STRENGTHS))]
        if draw(st.booleans()):
            parts.append(active("epinephrine", draw(st.sampled_from([None, WEAKEST]))))
        syringes.append(drawn(digit, *parts))
        spacing = draw(st.none() | st.just(Decimal(10)))
        fields.append(field(syringes[-1], *draw(VOLUMES), spacing_mm=spacing))
    return syringes, fields


SETTINGS = LimitSettings(total_volume_ml=Decimal(12), masses_mg={"procaine": Decimal(50)})
ALL = limits_in_force(BOOK, SETTINGS)


@given(charts(), WEIGHTS, VOLUMES.filter(bool))
def test_more_volume_never_looks_better(chart, weight_kg, added):
    syringes, fields = chart
    before = look(syringes, fields, weight_kg, ALL)
    more = [*fields, field(syringes[0], *added, spacing_mm=Decimal(10))]
    after = look(syringes, more, weight_kg, ALL)
    assert after.keys() >= before.keys()
    for name, finding in before.items():
        assert after[name].level >= finding.level, name


@given(charts())
def test_no_limit_by_weight_is_good_without_one(chart):
    for found in look(*chart, weight_kg=None, limits=ALL).values():
        if found.limit.kind.unit == "mg/kg":
            assert found.level >= Level.UNKNOWN


@given(charts(), WEIGHTS)
def test_no_dose_is_good_while_a_strength_is_unknown(chart, weight_kg):
    syringes, _ = chart
    blind = {
        name for each in syringes for name, mg in actives_of(each.mixture).items() if mg is None
    }
    for found in look(*chart, weight_kg, ALL).values():
        if found.limit.active in blind and found.limit.kind.unit in {"mg", "mg/kg", "mL"}:
            assert found.level >= Level.UNKNOWN


@given(charts(), WEIGHTS)
def test_the_terms_add_up_to_what_is_used(chart, weight_kg):
    for found in look(*chart, weight_kg, ALL).values():
        known = [term.amount for term in found.terms if term.amount is not None]
        if found.limit.kind.unit in {"mg", "mg/kg"} or found.limit.kind.endswith("session"):
            assert found.used == sum(known)
        assert LimitWords(found).arithmetic


@given(charts())
def test_uses_agree_with_the_fields(chart):
    syringes, fields = chart
    for use in syringe_uses(syringes, fields):
        mine = [each for each in fields if each.syringe_id == use.syringe_id]
        assert use.volume_ml == sum(Fraction(each.volume_ml) for each in mine)
        assert use.points == sum(len(each.points) for each in mine)


def test_an_unused_syringe_counts_as_drawn():
    (use,) = syringe_uses([LIDOCAINE], [])
    assert use == SyringeUse(syringe_id=LIDOCAINE.id, digit=1, actives={"lidocaine": Fraction(20)})

"""What a chart adds up to, kept up to date while it is edited."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.bodymap.edits import (
    Edit,
    PointSettings,
    delete_points,
    move_point,
    place_point,
    set_dose,
    set_syringe,
)
from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.bodymap.totals import Supply, Tally, shortage, totals
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.dosing import ActiveStrength, Component, Mixture
from mesodesk.domain.ids import new_id
from mesodesk.domain.strength import Strength, StrengthUnit

ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)
SETTINGS = PointSettings("point_by_point", Decimal(4), "30G 4 mm", Decimal("0.05"))


@dataclass(frozen=True)
class Region:
    key: str
    side: str


@dataclass(frozen=True)
class Place:
    triangle: int
    u: float = 0.25
    v: float = 0.25


class Stripes:
    """A body of triangles: the even ones are the left thigh, the odd ones the right."""

    regions = (Region("thigh.left", "left"), Region("thigh.right", "right"))
    sides = ("left", "right", "midline")

    def region_indices(self, triangles):
        return triangles % 2

    def side_indices(self, triangles, _u, _v):
        return triangles % 2


def component(volume, *actives):
    return Component(new_id(), "", Decimal(volume), tuple(actives))


def active(name, value, unit=StrengthUnit.MG_PER_ML):
    strength = None if value is None else Strength(Decimal(value), unit)
    return ActiveStrength(name.title(), name, strength)


MIXTURES = {
    ONE: Mixture(
        (component("3", active("caffeine", "100"), active("carnitine", "200")), component("1"))
    ),
    TWO: Mixture((component("4", active("silicium", "1", StrengthUnit.PERCENT)),)),
    THREE: Mixture((component("1", active("caffeine", None)),)),
}


def chart(*points):
    """Build a chart of single points given as (syringe, triangle, mL)."""
    document = ChartDocument()
    for syringe_id, triangle, dose in points:
        chosen = replace(SETTINGS, dose_ml=Decimal(dose))
        document.apply(place_point(new_id(), syringe_id, chosen, Place(triangle)))
    return document


def sums(document):
    return totals(document.fields, Stripes(), MIXTURES)


def masses(part):
    return {amount.name: amount.value for amount in part.amounts}


def test_sums_by_syringe_side_and_active():
    result = sums(chart((ONE, 0, "0.05"), (ONE, 1, "0.10"), (ONE, 2, "0.05"), (TWO, 3, "0.2")))
    assert (result.whole.points, result.whole.volume_ml) == (4, Decimal("0.4"))
    assert {k: (s.points, s.volume_ml) for k, s in result.by_syringe.items()} == {
        ONE: (3, Decimal("0.2")),
        TWO: (1, Decimal("0.2")),
    }
    assert {k: (s.points, s.volume_ml) for k, s in result.by_side.items()} == {
        "left": (2, Decimal("0.1")),
        "right": (2, Decimal("0.3")),
    }
    assert masses(result.by_side["left"]) == {"Caffeine": Fraction(15, 2), "Carnitine": 15}
    assert masses(result.by_side["right"]) == {
        "Caffeine": Fraction(15, 2),
        "Carnitine": 15,
        "Silicium": 2,
    }
    assert [(a.amount.name, a.points, a.volume_ml, a.amount.value) for a in result.by_active] == [
        ("Caffeine", 3, Decimal("0.2"), 15),
        ("Carnitine", 3, Decimal("0.2"), 30),
        ("Silicium", 1, Decimal("0.2"), 2),
    ]


def test_an_active_of_unknown_strength_makes_its_sum_unknown_but_counts_its_points():
    result = sums(chart((ONE, 0, "0.05"), (THREE, 1, "0.05")))
    caffeine = result.by_active[0]
    assert (caffeine.amount.value, caffeine.points, caffeine.volume_ml) == (None, 2, Decimal("0.1"))
    assert masses(result.by_side["left"])["Caffeine"] == Fraction(15, 4)


def test_a_syringe_without_a_known_mixture_still_counts_its_volume():
    result = sums(chart((UUID(int=99), 0, "0.05")))
    assert result.whole.volume_ml == Decimal("0.05")
    assert result.whole.amounts == ()


def test_an_empty_chart_adds_up_to_nothing():
    result = sums(chart())
    assert (result.whole.points, result.whole.volume_ul, result.by_active) == (0, 0, ())
    assert result.injected_ml(ONE) == 0


def test_a_zone_counts_its_volume_and_keeps_its_estimate_apart():
    zone = ChartField(
        new_id(), TWO, "nappage", Decimal(1), "30G", Pattern.ZONE,
        punctures=200, zone_ml=Decimal("1.5"),
    )  # fmt: skip
    part = sums(ChartDocument([zone])).by_side[""]
    assert (part.points, part.punctures, part.volume_ml) == (0, 200, Decimal("1.5"))


def test_what_the_other_fields_add_up_to_has_their_zones_too():
    zones = [
        ChartField(
            new_id(), TWO, "nappage", Decimal(1), "30G", Pattern.ZONE,
            punctures=punctures, zone_ml=Decimal("1.5"),
        )
        for punctures in (200, 30, 7)
    ]  # fmt: skip
    tally = Tally(Stripes(), {})
    tally.update({zone.id: zone for zone in zones}, [zone.id for zone in zones])
    others = tally.of_others([zones[0].id]).whole
    assert (others.punctures, others.volume_ml) == (37, Decimal("3.0"))


def test_a_field_over_two_regions_counts_in_each():
    points = PackedPoints(ChartPoint(i, 0.25, 0.25, 50, 4000) for i in range(5))
    document = ChartDocument([ChartField(new_id(), ONE, "t", Decimal(4), "n", points=points)])
    assert {k: s.points for k, s in sums(document).by_side.items()} == {"left": 3, "right": 2}


# Sides, on the real body


def skin_at(atlas, key, x_mm):
    """Return the place of a region that lies nearest to so far left of the midline."""
    own = np.flatnonzero(
        atlas.region_indices(np.arange(atlas.triangle_count)) == atlas.regions_by_key[key].index
    )
    third = np.full(len(own), 1 / 3)
    x = atlas.positions_mm(own, third, third, atlas._surface.height_mm / 10)[:, 0]
    return SurfacePoint(int(own[np.argmin(np.abs(x - x_mm))]), 1 / 3, 1 / 3)


def on_body(atlas, *places):
    points = PackedPoints(ChartPoint(p.triangle, p.u, p.v, 50, 4000) for p in places)
    field = ChartField(new_id(), ONE, "t", Decimal(4), "n", points=points)
    return totals({field.id: field}, atlas, MIXTURES)


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize("region", ["abdomen_upper.midline", "abdomen_lower.midline"])
def test_a_point_in_a_region_across_the_midline_is_on_the_side_where_it_lies(sex, region):
    atlas = load_atlas(sex)
    places = [skin_at(atlas, region, x_mm) for x_mm in (88, 40, 9, 2, -2, -9, -70)]
    result = on_body(atlas, *places)
    sides = {side: part.points for side, part in result.by_side.items()}
    assert sides == {"left": 3, "midline": 2, "right": 2}
    assert {cell.region_key for cell in result.cells} == {region}


def test_a_region_of_one_side_keeps_its_side_up_to_the_midline():
    atlas = load_atlas("female")
    for key in atlas.regions_by_key:
        side = key.partition(".")[2]
        if side != "midline":
            assert set(on_body(atlas, skin_at(atlas, key, 0)).by_side) == {side}


@st.composite
def places_on_skin(draw):
    triangle = draw(st.integers(0, load_atlas("female").triangle_count - 1))
    u = draw(st.floats(0, 1, width=32))
    return SurfacePoint(triangle, u, draw(st.floats(0, 1, width=32).map(lambda v: v * (1 - u))))


@settings(deadline=None)
@given(st.lists(places_on_skin(), min_size=1, max_size=30))
def test_mirroring_every_point_swaps_left_and_right(places):
    atlas = load_atlas("female")
    here, there = on_body(atlas, *places), on_body(atlas, *map(atlas.mirror, places))
    swapped = {"left": "right", "right": "left", "midline": "midline"}
    assert {swapped[side]: part for side, part in here.by_side.items()} == there.by_side


gestures = st.lists(
    st.tuples(
        st.sampled_from(["place", "grid", "move", "dose", "syringe", "delete", "undo", "redo"]),
        st.integers(0, 9),
        st.integers(1, 400),
        st.sampled_from([ONE, TWO, THREE]),
    ),
    max_size=25,
)


def perform(document, gesture):
    verb, number, dose, syringe_id = gesture
    refs = list(document.refs())
    if verb == "place":
        chosen = replace(SETTINGS, dose_ml=Decimal(dose) / 1000)
        document.apply(place_point(new_id(), syringe_id, chosen, Place(number)))
    elif verb == "grid":
        points = PackedPoints(ChartPoint(i, 0.25, 0.25, dose, 4000) for i in range(number + 1))
        field = ChartField(new_id(), syringe_id, "t", Decimal(4), "n", points=points)
        document.apply(Edit("grid", ((field.id, None, field),)))
    elif verb in ("undo", "redo"):
        getattr(document, verb)()
    elif refs:
        ref = refs[number % len(refs)]
        field = document.fields[ref.field_id]
        document.apply(
            {
                "move": lambda: move_point(field, ref.index, Place(number)),
                "dose": lambda: set_dose(field, ref.index, Decimal(dose) / 1000),
                "syringe": lambda: set_syringe(field, syringe_id),
                "delete": lambda: delete_points(document.fields, [ref]),
            }[verb]()
        )


@settings(deadline=None)
@given(gestures)
def test_the_running_tally_is_the_sum_and_nothing_gets_lost(script):
    document = ChartDocument()
    tally = Tally(Stripes(), MIXTURES)
    document.observe(lambda changed: tally.update(document.fields, changed))
    for gesture in script:
        perform(document, gesture)
    running, whole = tally.totals(), sums(document)
    assert set(running.cells) == set(whole.cells)
    injected = sum(field.points.volume_ul for field in document.fields.values())
    assert running.whole.volume_ul == injected
    for grouped in (running.by_syringe, running.by_side):
        assert sum(part.volume_ul for part in grouped.values()) == injected
        assert sum(part.points for part in grouped.values()) == document.point_count
    silicium = [a.amount.value for a in running.by_active if a.amount.name == "Silicium"]
    assert sum(silicium) == 10 * Fraction(running.injected_ml(TWO))


def supply(injected, wasted="0"):
    return Supply(ONE, Decimal(4), Decimal(wasted), Decimal(injected))


@pytest.mark.parametrize(
    ("injected", "asked", "missing"),
    [
        ("3.90", "0.05", None),
        ("3.95", "0.05", None),
        ("3.96", "0.05", "0.01"),
        ("4.00", "0.05", "0.05"),
        ("4.10", "0.05", "0.05"),
        ("4.10", "0", None),
        ("4.10", "-0.05", None),
    ],
)
def test_a_shortage_says_how_much_is_missing(injected, asked, missing):
    found = shortage(supply(injected), Decimal(asked))
    assert (found and found.missing_ml) == (missing and Decimal(missing))


def test_what_was_wasted_is_not_left():
    assert supply("3", wasted="0.4").remaining_ml == Decimal("0.6")
    found = shortage(supply("3", wasted="0.4"), Decimal(1))
    assert (found.syringe_id, found.asked_ml, found.remaining_ml) == (ONE, 1, Decimal("0.6"))

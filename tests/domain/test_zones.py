"""Where a zone lies: how much of it in each region and on each side."""

import json
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.domain.bodymap import outlines
from mesodesk.domain.bodymap.area import joined, settled
from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.codec import outline_from_plain, outline_to_plain
from mesodesk.domain.bodymap.drawing import along_stroke
from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.outlines import area_of, outline_of, region_outline, regions_in
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.bodymap.sharing import weighted_shares
from mesodesk.domain.bodymap.totals import Tally, totals
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.bodymap.zones import zone_parts

ATLAS = load_atlas("female")
SYRINGE = UUID(int=1)


def zone(outline, *, zone_ml="4", punctures=81, number=1):
    return ChartField(
        UUID(int=number), SYRINGE, "nappage", Decimal(1), "30G", Pattern.ZONE,
        outline=outline, punctures=punctures, zone_ml=Decimal(zone_ml),
    )  # fmt: skip


def disc(key, radius_mm=40.0, view_id="thighs_front"):
    """Return a round piece of skin in the middle of a region."""
    view, middle = ATLAS.view(view_id), ATLAS.middle_of(key)
    at = view.project(*outlines.arrays([middle]))[0]
    return along_stroke(ATLAS.skin, view, at, radius_mm)


def cells(*fields):
    found = totals({field.id: field for field in fields}, ATLAS, {}).cells
    return {(each.region_key, each.side): (each.punctures, each.volume_ul) for each in found}


def by_side(outline, **others):
    sums = totals({UUID(int=1): zone(outline, **others)}, ATLAS, {}).by_side
    return {side: part.volume_ml for side, part in sums.items()}


def over_both_thighs():
    left, right = disc("thigh_front_upper.left"), disc("thigh_front_upper.right")
    return outline_of(joined(ATLAS.skin, left, right), OutlineKind.CIRCLE)


def test_a_zone_over_both_thighs_counts_on_both_sides():
    sides = by_side(over_both_thighs())
    assert set(sides) == {"left", "right"}
    assert sum(sides.values()) == 4
    assert sides["left"] == pytest.approx(Decimal(2), abs=Decimal("0.02"))


def test_a_zone_counts_in_each_region_as_much_as_it_has_skin_there():
    outline = outline_of(disc("thigh_front_upper.left", 90.0), OutlineKind.CIRCLE)
    area = area_of(ATLAS, outline)
    inside = np.concatenate([sheet.shares * sheet.patch.skin_mm2 for sheet in area.sheets])
    triangles = np.concatenate([sheet.patch.triangles for sheet in area.sheets])
    found = cells(zone(outline))
    assert len(found) > 1
    for (key, _), (punctures, volume_ul) in found.items():
        own = ATLAS.region_indices(triangles) == ATLAS.regions_by_key[key].index
        share = inside[own].sum() / inside.sum()
        assert volume_ul == pytest.approx(4000 * share, abs=1)
        assert punctures == pytest.approx(81 * share, abs=1)
    assert sum(volume for _, volume in found.values()) == 4000
    assert sum(punctures for punctures, _ in found.values()) == 81


def test_a_zone_over_whole_regions_counts_in_those():
    keys = ["thigh_outer_upper.left", "thigh_outer_lower.right"]
    places = [(keys[0], "left"), (keys[1], "right")]
    found = cells(zone(region_outline(keys)))
    assert set(found) == set(places)
    skin = [ATLAS.skin.skin_mm2(ATLAS.triangles_of([key])) for key in keys]
    for place, mm2 in zip(places, skin, strict=True):
        assert found[place][1] == pytest.approx(4000 * mm2 / sum(skin), abs=1)


def test_a_zone_over_the_belly_is_on_both_sides_as_points_would_be():
    sides = by_side(region_outline(["abdomen_upper.midline"]))
    assert set(sides) == {"left", "right", "midline"}
    assert sides["left"] == pytest.approx(sides["right"], abs=Decimal("0.001"))
    assert sides["midline"] < sides["left"] / 4


def test_the_parts_of_a_zone_are_the_regions_that_its_outline_holds():
    outline = outline_of(disc("abdomen_upper.midline", 60.0, "front"), OutlineKind.CIRCLE)
    named = dict.fromkeys(ATLAS.regions[part.region].key for part in zone_parts(ATLAS, outline))
    assert tuple(named) == regions_in(ATLAS, outline)


@pytest.mark.parametrize("view_id", ["front", "back", "thighs_front", "buttocks", "abdomen"])
def test_a_zone_has_the_same_shares_after_a_restart(view_id):
    view, chance = ATLAS.view(view_id), np.random.default_rng(7)
    compared = 0
    while compared < 4:
        x, y = chance.uniform(0, view.width_px), chance.uniform(0, view.height_px)
        if view.pick(x, y) is None:
            continue
        compared += 1
        drawn = along_stroke(ATLAS.skin, view, np.array([[x, y]]), chance.uniform(15, 90))
        outline = outline_of(drawn, OutlineKind.CIRCLE)
        outlines.remember(ATLAS, outline, settled(drawn))
        before = zone_parts(ATLAS, outline), cells(zone(outline, zone_ml="3.217"))
        outlines.forget()
        zone_parts.cache_clear()
        again = outline_from_plain(json.loads(json.dumps(outline_to_plain(outline))))
        assert (zone_parts(ATLAS, again), cells(zone(again, zone_ml="3.217"))) == before


def test_shares_of_a_zone_are_computed_once(monkeypatch):
    outline, asked = over_both_thighs(), []
    zone_parts.cache_clear()
    monkeypatch.setattr(
        "mesodesk.domain.bodymap.zones.area_of",
        lambda atlas, which: asked.append(which) or area_of(atlas, which),
    )
    tally = Tally(ATLAS, {})
    for volume in ("1", "2", "3"):
        field = zone(outline, zone_ml=volume)
        tally.update({field.id: field}, [field.id])
    assert (len(asked), tally.totals().whole.volume_ml) == (1, 3)


def test_a_zone_that_cannot_be_laid_out_counts_where_its_border_runs():
    left, right = (ATLAS.middle_of(f"calf.{side}") for side in ("left", "right"))
    line = Outline(OutlineKind.LINE, ((left, right),))
    assert by_side(line, zone_ml="1") == {"left": Decimal("0.5"), "right": Decimal("0.5")}


@pytest.mark.parametrize(
    "outline",
    [
        None,
        Outline(OutlineKind.LASSO),
        Outline(OutlineKind.REGION, regions=("wing.left",)),
        Outline(OutlineKind.LASSO, ((SurfacePoint(10**7, 0.2, 0.2),),)),
    ],
)
def test_a_zone_of_another_body_counts_apart(outline):
    assert cells(zone(outline)) == {("", ""): (81, 4000)}


def test_points_and_zone_of_one_field_at_one_place_are_added_up():
    key = "thigh_outer_upper.left"
    both = replace(
        zone(region_outline([key]), zone_ml="1.5"),
        points=one_point(ATLAS.middle_of(key)),
    )
    (cell,) = totals({both.id: both}, ATLAS, {}).cells
    assert (cell.points, cell.punctures, cell.volume_ul) == (1, 81, 1550)


def one_point(place):
    return PackedPoints([ChartPoint(place.triangle, place.u, place.v, 50, 1000)])


def test_a_zone_taken_away_takes_its_punctures_with_it():
    first, second = (
        zone(region_outline(["calf.left"]), punctures=each, number=each) for each in (30, 12)
    )
    tally = Tally(ATLAS, {})
    fields = {first.id: first, second.id: second}
    tally.update(fields, fields)
    del fields[first.id]
    tally.update(fields, [first.id])
    assert (tally.totals().whole.punctures, tally.totals().whole.volume_ul) == (12, 4000)
    tally.update({}, [second.id])
    assert tally.totals().cells == ()


@given(st.integers(0, 2**32), st.lists(st.integers(0, 10**8), min_size=1, max_size=9))
def test_weighted_shares_add_up_and_are_never_off_by_one(total, weights):
    if not sum(weights):
        weights = [*weights, 1]
    found = weighted_shares(total, weights)
    assert sum(found) == total
    for share, weight in zip(found, weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < sum(weights)

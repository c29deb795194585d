"""What differs from the last session: counted, and told by region."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.bodymap.copying import copy_fields
from mesodesk.domain.bodymap.differing import Counts, Told, difference
from mesodesk.domain.bodymap.edits import (
    delete_points,
    set_depth,
    set_dose,
    set_needle,
    set_technique,
)
from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern, PointRef
from mesodesk.domain.bodymap.matching import MOVED_MM, SAME_PLACE_MM, What
from mesodesk.domain.bodymap.outlines import region_outline
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.dosing import ActiveStrength, Component, Mixture
from mesodesk.domain.ids import new_id
from mesodesk.domain.strength import Strength, StrengthUnit

ATLAS = load_atlas("female")
LAST = [UUID(int=at) for at in (1, 2, 3)]
TODAY = [UUID(int=at) for at in (11, 12, 13)]
STRONG, SALINE, FILLER, THINNED = (UUID(int=at) for at in (21, 22, 23, 24))


def mixture(label="", **mg_per_ml):
    actives = tuple(
        ActiveStrength(
            name, name, None if value is None else Strength(Decimal(value), StrengthUnit.MG_PER_ML)
        )
        for name, value in mg_per_ml.items()
    )
    return Mixture((Component(new_id(), label, Decimal(2), actives),))


WEAK = mixture(caffeine=10)
CONTENTS = {
    LAST[0]: WEAK,
    TODAY[0]: mixture(caffeine=10),
    **dict.fromkeys((LAST[1], TODAY[1]), mixture(procaine=20)),
    **{each: mixture(lidocaine=None) for each in (LAST[2], TODAY[2])},
    STRONG: mixture(caffeine=20),
    SALINE: mixture("Saline"),
    FILLER: mixture("Hyaluronic acid"),
    THINNED: Mixture((*mixture("Hyaluronic acid").components, *mixture("Saline").components)),
}


def field(syringe_id, *volumes_ul, triangle=10, pattern=Pattern.STAGGERED, **others):
    points = PackedPoints(
        ChartPoint(triangle + 40 * at, 0.25, 0.5, volume, 2000)
        for at, volume in enumerate(volumes_ul)
    )
    made = ChartField(new_id(), syringe_id, "papule", Decimal(2), "30g_4", pattern, points=points)
    return replace(made, **others)


def zone(key="calf.left", zone_ml="1", syringe_id=LAST[0], **others):
    made = {"outline": region_outline([key]), "zone_ml": Decimal(zone_ml), "punctures": 40}
    return field(syringe_id, pattern=Pattern.ZONE, **(made | others))


def positions(records):
    return ATLAS.positions_mm(records["triangle"], records["u"], records["v"], 168.0)


def compared(today, last):
    return difference(today, last, CONTENTS, ATLAS, 168.0)


def points_of(today, last):
    found = compared(today, last)
    assert found.zones == Counts()
    return found.points


VOLUMES = st.lists(st.integers(1, 20_000), max_size=5)
FIELDS = st.lists(
    st.builds(
        lambda syringe, volumes, millilitres: field(
            syringe, *volumes, zone_ml=None if volumes else Decimal(millilitres).scaleb(-3)
        ),
        st.sampled_from(LAST),
        VOLUMES,
        st.integers(1, 5_000),
    ),
    max_size=6,
)


def copied(*fields):
    edit = copy_fields(fields, {LAST[0]: TODAY[0], LAST[1]: TODAY[1]})
    document = ChartDocument()
    document.apply(edit)
    return document


def test_right_after_a_copy_nothing_differs():
    last = [field(LAST[0], 50, 60, 70), field(LAST[1], 40, triangle=3000)]
    found = compared(copied(*last).fields.values(), last)
    assert found.points == Counts(alike=4)
    assert found.nothing
    assert found.akin
    assert found.told == ()


def test_dose_depth_and_mixture_alter_a_point_where_it_is():
    last = [field(LAST[0], 50, 60, 70)]
    document = copied(*last)
    (made,) = document.fields.values()
    document.apply(set_dose(made, 0, Decimal("0.08")))
    document.apply(set_depth(document.fields[made.id], 1, Decimal(5)))
    assert points_of(document.fields.values(), last) == Counts(1, 2, 0, 0, 0)
    other = replace(made, syringe_id=TODAY[1])
    assert points_of([other], last) == Counts(0, 3, 0, 0, 0)


def test_added_and_removed_points_are_told():
    last = [field(LAST[0], 50, 60, 70)]
    document = copied(*last)
    (made,) = document.fields.values()
    document.apply(delete_points(document.fields, [PointRef(made.id, 1)]))
    extra = field(TODAY[0], 50, 50, triangle=9000)
    found = points_of([*document.fields.values(), extra], last)
    assert found == Counts(2, 0, 0, 2, 1)


def shifted(packed, index, mm):
    """Return points of which one has gone so many mm along the skin: by its own triangle."""
    point = packed[index]
    for triangle in range(ATLAS.triangle_count):
        other = ChartPoint(triangle, 1 / 3, 1 / 3, point.volume_ul, point.depth_um)
        moved = packed.replaced({index: other})
        at = positions(
            np.concatenate([packed.records[index : index + 1], moved.records[index : index + 1]])
        )
        if mm[0] < float(np.linalg.norm(at[0] - at[1])) <= mm[1]:
            return moved
    raise AssertionError("no such triangle")


@pytest.mark.parametrize(
    ("mm", "expected"),
    [
        ((SAME_PLACE_MM + 1, MOVED_MM), Counts(2, 0, 1, 0, 0)),
        ((MOVED_MM, 2 * MOVED_MM), Counts(2, 0, 0, 1, 1)),
    ],
)
def test_a_point_has_moved_as_far_as_it_can_be_known_again(mm, expected):
    last = [field(LAST[0], 50, 60, 70, triangle=9000)]
    (made,) = copied(*last).fields.values()
    found = points_of([replace(made, points=shifted(made.points, 1, mm))], last)
    assert found == expected


def test_each_of_very_many_moved_points_finds_its_own_partner():
    last = field(LAST[0], *[50] * 600)
    today = replace(last, syringe_id=TODAY[0])
    records = today.points.records.copy()
    records["u"] += 0.01
    moved = [replace(today, points=PackedPoints.from_records(records))]
    near = points_of(moved, [last])
    assert (near.alike + near.moved, near.added, near.removed) == (600, 0, 0)


def test_a_tremble_within_a_millimetre_is_the_same_place():
    last = [field(LAST[0], 50)]
    (made,) = copied(*last).fields.values()
    point = replace(made.points[0], u=made.points[0].u + 0.02)
    today = [replace(made, points=PackedPoints([point]))]
    assert points_of(today, last) == Counts(1, 0, 0, 0, 0)


def test_a_chart_drawn_anew_elsewhere_is_not_akin():
    found = compared([field(TODAY[0], 50, triangle=9000)], [field(LAST[0], 50)])
    assert not found.akin
    assert not compared([], [field(LAST[0], 50)]).akin


@settings(max_examples=40)
@given(FIELDS, FIELDS)
def test_every_point_and_zone_of_both_charts_is_counted_once(today, last):
    found = compared(today, last)
    for counts, size in (
        (found.points, lambda each: len(each.points)),
        (found.zones, lambda each: not len(each.points)),
    ):
        pairs = counts.alike + counts.changed
        assert pairs + counts.added == sum(map(size, today))
        assert pairs + counts.removed == sum(map(size, last))
    apart = [each for each in found.told if each.what in (What.ADDED, What.REMOVED, What.MOVED)]
    assert sum(each.count for each in apart) == sum(
        each.added + each.removed + each.moved for each in (found.points, found.zones)
    )


# What is told of it


def region_at(triangle):
    return ATLAS.regions[int(ATLAS.region_indices(np.array([triangle]))[0])].key


def spread(syringe_id, *keys, each=2, volume_ul=50):
    """Return a field with some points in each of some regions."""
    places = [(key, at) for key in keys for at in range(each)]
    points = PackedPoints(
        ChartPoint(int(ATLAS.triangles_of([key])[60 * at]), 0.25, 0.5, volume_ul, 2000)
        for key, at in places
    )
    return replace(field(syringe_id), points=points)


def copy_of(first, **others):
    return replace(first, id=new_id(), **others)


def test_twice_the_strength_is_another_mixture_and_most_of_it_is_named_first():
    last = [spread(LAST[0], "calf.left"), spread(LAST[0], "calf.right", each=3)]
    found = compared([copy_of(each, syringe_id=STRONG) for each in last], last)
    assert found.points == Counts(altered=5)
    assert found.told == (
        Told(What.MIXTURE, ("calf.right", "calf.left"), 5, now=(CONTENTS[STRONG],), was=(WEAK,)),
    )


def test_the_same_unknown_strength_is_no_other_mixture():
    last = spread(LAST[2], "calf.left")
    assert compared([copy_of(last, syringe_id=TODAY[2])], [last]).nothing


def test_actives_that_the_catalogue_does_not_have_are_told_apart_by_name():
    def own(name):
        strength = Strength(Decimal(10), StrengthUnit.MG_PER_ML)
        active = ActiveStrength(name, "", strength)
        return Mixture((Component(new_id(), "", Decimal(2), (active,)),))

    last = spread(LAST[0], "calf.left")
    contents = {LAST[0]: own("House mix"), TODAY[0]: own("Other mix"), TODAY[1]: own("house  MIX")}
    for syringe_id, expected in ((TODAY[0], Counts(altered=2)), (TODAY[1], Counts(alike=2))):
        today = copy_of(last, syringe_id=syringe_id)
        assert difference([today], [last], contents, ATLAS, 168.0).points == expected


@pytest.mark.parametrize("other", [FILLER, THINNED])
def test_products_without_actives_are_told_apart_by_name_and_share(other):
    last = spread(SALINE, "calf.left")
    found = compared([copy_of(last, syringe_id=other)], [last])
    assert [(each.what, each.count) for each in found.told] == [(What.MIXTURE, 2)]


@pytest.mark.parametrize(
    ("edit", "what", "now", "was"),
    [
        (lambda made: set_technique(made, "nappage"), What.TECHNIQUE, "nappage", "papule"),
        (lambda made: set_needle(made, "32g_4"), What.NEEDLE, "32g_4", "30g_4"),
    ],
)
def test_another_technique_or_needle_is_told(edit, what, now, was):
    last = spread(LAST[0], "calf.left")
    today = edit(copy_of(last, syringe_id=TODAY[0])).changes[0][2]
    found = compared([today], [last])
    assert found.points == Counts(altered=2)
    assert found.told == (Told(what, ("calf.left",), 2, now=(now,), was=(was,)),)


def test_doses_and_depths_are_told_by_region_with_their_ends():
    last = spread(LAST[0], "calf.left", "shin.left", each=3)
    records = last.points.records.copy()
    records["volume"][:3] = 100
    records["volume"][3:5] = 80, 90
    records["depth"][5] = 4500
    today = copy_of(last, syringe_id=TODAY[0], points=PackedPoints.from_records(records))
    found = compared([today], [last])
    once, ml = Decimal("0.05"), Decimal
    assert found.points == Counts(altered=6)
    assert found.told == (
        Told(What.VOLUME, ("calf.left",), 3, now=(ml("0.1"),), was=(once,)),
        Told(What.VOLUME, ("shin.left",), 2, now=(ml("0.08"), ml("0.09")), was=(once,)),
        Told(What.DEPTH, ("shin.left",), 1, now=(ml("4.5"),), was=(ml(2),)),
    )


def test_added_removed_and_moved_points_are_told_by_region():
    last = [spread(LAST[0], "calf.left", "shin.left"), field(LAST[0], 50, triangle=9000)]
    made = copy_of(last[0], syringe_id=TODAY[0], points=last[0].points.without([0]))
    moved = copy_of(last[1], points=shifted(last[1].points, 0, (SAME_PLACE_MM + 1, MOVED_MM)))
    more = spread(TODAY[0], "calf.right")
    found = compared([made, moved, more], last)
    where = region_at(moved.points[0].triangle)
    assert found.told == (
        Told(What.ADDED, ("calf.right",), 2),
        Told(What.REMOVED, ("calf.left",), 1),
        Told(What.MOVED, (where,), 1),
    )


def test_two_syringes_on_one_skin_each_find_their_own():
    first, second = spread(LAST[0], "calf.left"), spread(LAST[1], "calf.left", volume_ul=70)
    found = compared([copy_of(second, syringe_id=TODAY[1])], [first, second])
    assert found.points == Counts(alike=2, removed=2)


# Zones


def test_a_copied_zone_is_akin_and_the_same():
    found = compared([copy_of(zone(), syringe_id=TODAY[0])], [zone()])
    assert found.zones == Counts(alike=1)
    assert found.akin
    assert found.nothing


def test_a_zone_of_another_volume_mixture_technique_needle_or_depth_is_altered():
    last = zone()
    for what, others in (
        (What.VOLUME, {"zone_ml": Decimal(5)}),
        (What.MIXTURE, {"syringe_id": STRONG}),
        (What.TECHNIQUE, {"technique": "nappage"}),
        (What.NEEDLE, {"needle": "32g_4"}),
        (What.DEPTH, {"depth_mm": Decimal(3)}),
    ):
        found = compared([copy_of(last, **others)], [last])
        assert found.zones == Counts(altered=1)
        assert found.akin
        assert not found.nothing
        assert [(each.what, each.zones, each.regions) for each in found.told] == [
            (what, True, ("calf.left",))
        ]
    (told,) = compared([copy_of(last, zone_ml=Decimal(5))], [last]).told
    assert (told.now, told.was) == ((Decimal(5),), (Decimal(1),))


def test_a_zone_that_is_gone_or_new_is_told():
    found = compared([zone("calf.right")], [zone("calf.left")])
    assert found.zones == Counts(added=1, removed=1)
    assert not found.akin
    assert found.told == (
        Told(What.ADDED, ("calf.right",), 1, zones=True),
        Told(What.REMOVED, ("calf.left",), 1, zones=True),
    )
    assert not compared([], [zone()]).nothing


def test_of_two_zones_on_one_skin_each_finds_its_own():
    thin, thick = zone(zone_ml="1"), zone(zone_ml="5")
    assert compared([copy_of(thick)], [thin, thick]).zones == Counts(alike=1, removed=1)
    found = compared([copy_of(thin), copy_of(thin), copy_of(thick)], [thick, thin])
    assert found.zones == Counts(alike=2, added=1)


def test_a_band_is_the_same_zone_on_a_taller_body():
    ring = tuple(ATLAS.middle_of(key) for key in ("calf.left", "shin.left", "calf.left"))
    band = Outline(OutlineKind.BAND, (ring,), width_mm=Decimal(20))
    wider = replace(band, width_mm=Decimal(23))
    assert compared([zone(outline=wider)], [zone(outline=band)]).nothing

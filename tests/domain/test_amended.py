"""What an amendment made of a chart: every point and zone kept, changed, moved, struck or added."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesodesk.domain.bodymap.amended import Fate, amended
from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.differing import Counts, difference
from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.matching import What
from mesodesk.domain.bodymap.outlines import region_outline
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.dosing import ActiveStrength, Component, Mixture
from mesodesk.domain.ids import new_id
from mesodesk.domain.strength import Strength, StrengthUnit

ATLAS = load_atlas("female")
STRONG, WEAK, STRONG_COPY, WEAK_COPY = (UUID(int=at) for at in range(1, 5))
COPY = {STRONG: STRONG_COPY, WEAK: WEAK_COPY}


def holds(mg_per_ml):
    strength = Strength(Decimal(mg_per_ml), StrengthUnit.MG_PER_ML)
    active = ActiveStrength("caffeine", "Caffeine", strength)
    return Mixture((Component(new_id(), "Caffeine", Decimal(2), (active,)),))


CONTENTS = {STRONG: holds(50), STRONG_COPY: holds(50), WEAK: holds(20), WEAK_COPY: holds(20)}


def point(place, volume_ul=50, depth_um=2000):
    """Return a point in one of the triangles; no two of these are within 20 mm."""
    return ChartPoint(PLACES[place], 0.25, 0.5, volume_ul, depth_um)


def spread_places():
    triangles = np.arange(0, ATLAS.triangle_count, 97)
    u, v = np.full(len(triangles), 0.25), np.full(len(triangles), 0.5)
    every = ATLAS.positions_mm(triangles, u, v, 168.0)
    chosen: list[int] = []
    for at, place in enumerate(every):
        if all(((place - every[other]) ** 2).sum() > 50**2 for other in chosen):
            chosen.append(at)
    return triangles[chosen].tolist()


PLACES = spread_places()


def beside(place):
    """Return a triangle some millimetres from a place."""
    triangles = np.arange(ATLAS.triangle_count)
    u, v = np.full(len(triangles), 0.25), np.full(len(triangles), 0.5)
    every = ATLAS.positions_mm(triangles, u, v, 168.0)
    away = np.sqrt(((every - every[PLACES[place]]) ** 2).sum(axis=1))
    return int(np.flatnonzero((away > 4) & (away < 15))[0])


def field(syringe_id, *points, **others):
    made = ChartField(
        new_id(), syringe_id, "papule", Decimal(2), "30g_4", points=PackedPoints(points)
    )
    return replace(made, **others)


def zone(key="calf.left", zone_ml="1", syringe_id=STRONG):
    outline = region_outline([key])
    return field(
        syringe_id, pattern=Pattern.ZONE, outline=outline, zone_ml=Decimal(zone_ml), punctures=40
    )


def copied(fields):
    return [replace(each, id=new_id(), syringe_id=COPY[each.syringe_id]) for each in fields]


def compared(was, now):
    return amended(was, now, CONTENTS, ATLAS, 168.0)


def fates(marked):
    return [Fate(each) for each in marked.fate.tolist()]


POINTS = st.lists(
    st.tuples(st.integers(0, len(PLACES) - 1), st.integers(1, 20_000)),
    max_size=12,
    unique_by=lambda each: each[0],
)
SYRINGES = st.sampled_from((STRONG, WEAK))


@st.composite
def charts(draw):
    """Return fields of points, no two at one place, and zones."""
    parts = draw(POINTS)
    cut = draw(st.integers(0, len(parts)))
    made = [
        field(draw(SYRINGES), *(point(*each) for each in part))
        for part in (parts[:cut], parts[cut:])
        if part
    ]
    keys = draw(st.lists(st.sampled_from(("calf.left", "calf.right")), max_size=2, unique=True))
    return made + [zone(key, syringe_id=draw(SYRINGES)) for key in keys]


@given(charts())
@settings(max_examples=40, deadline=None)
def test_right_after_the_copy_nothing_is_struck(was):
    found = compared(was, copied(was))
    assert found.nothing
    assert not len(found.was.points.touched)
    assert not len(found.now.zones.touched)


@given(charts(), charts())
@settings(max_examples=60, deadline=None)
def test_every_point_is_kept_changed_moved_struck_or_added(was, now):
    now = copied(now)
    found = compared(was, now)
    for side, fields in ((found.was, was), (found.now, now)):
        assert len(side.points) == sum(len(each.points) for each in fields)
        assert len(side.zones) == sum(not len(each.points) for each in fields)
        for marked in (side.points, side.zones):
            assert sum(marked.count(fate) for fate in Fate) == len(marked)
            alone = marked.fate == Fate.ALONE
            assert ((marked.partner == -1) == alone).all()
    for before, after in (
        (found.was.points, found.now.points),
        (found.was.zones, found.now.zones),
    ):
        paired = np.flatnonzero(before.partner >= 0)
        partners = before.partner[paired]
        assert len(set(partners.tolist())) == len(partners)
        assert (after.partner[partners] == paired).all()
        assert (after.fate[partners] == before.fate[paired]).all()
        assert (after.differs[partners] == before.differs[paired]).all()


@given(charts(), charts())
@settings(max_examples=40, deadline=None)
def test_the_other_way_round_struck_and_added_change_places(was, now):
    now = copied(now)
    there, back = compared(was, now), compared(now, was)
    for one, other in ((there.points, back.points), (there.zones, back.zones)):
        assert other == replace(one, added=one.removed, removed=one.added)
    assert there.was.points.fate.tolist() == back.now.points.fate.tolist()


@given(charts(), charts())
@settings(max_examples=40, deadline=None)
def test_it_counts_what_the_words_count(was, now):
    now = copied(now)
    found, told = compared(was, now), difference(now, was, CONTENTS, ATLAS, 168.0)
    assert (found.points, found.zones) == (told.points, told.zones)


def test_each_point_has_its_own_fate():
    was = [field(STRONG, point(0), point(1), point(2), point(3))]
    kept, moved = point(0), replace(point(3), triangle=beside(3))
    now = [field(STRONG_COPY, point(4), kept, point(1, volume_ul=80), moved)]
    found = compared(was, now)
    assert fates(found.was.points) == [Fate.KEPT, Fate.CHANGED, Fate.ALONE, Fate.MOVED]
    assert fates(found.now.points) == [Fate.ALONE, Fate.KEPT, Fate.CHANGED, Fate.MOVED]
    assert found.was.points.what_differs(1) == (What.VOLUME,)
    assert found.was.points.what_differs(3) == ()
    assert found.was.points.partner.tolist() == [1, 2, -1, 3]
    assert found.was.points.index.tolist() == [0, 1, 2, 3]
    assert found.points == Counts(alike=1, altered=1, moved=1, added=1, removed=1)


def test_another_mixture_depth_technique_or_needle_is_a_change():
    was = [field(STRONG, point(0)), field(STRONG, point(1), point(2, depth_um=3000))]
    now = [
        field(WEAK_COPY, point(0)),
        field(STRONG_COPY, point(1), point(2), technique="nappage", needle="32g_4"),
    ]
    found = compared(was, now)
    assert found.was.points.what_differs(0) == (What.MIXTURE,)
    assert found.was.points.what_differs(1) == (What.TECHNIQUE, What.NEEDLE)
    assert found.was.points.what_differs(2) == (What.TECHNIQUE, What.NEEDLE, What.DEPTH)
    assert found.was.points.field.tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("now", "was_fate", "now_fates"),
    [
        ([], Fate.ALONE, []),
        ([zone(syringe_id=STRONG_COPY)], Fate.KEPT, [Fate.KEPT]),
        ([zone(zone_ml="2", syringe_id=STRONG_COPY)], Fate.CHANGED, [Fate.CHANGED]),
        ([zone("calf.right", syringe_id=STRONG_COPY)], Fate.ALONE, [Fate.ALONE]),
    ],
)
def test_a_zone_is_kept_changed_or_struck_by_its_outline(now, was_fate, now_fates):
    found = compared([zone()], now)
    assert fates(found.was.zones) == [was_fate]
    assert fates(found.now.zones) == now_fates
    assert not len(found.was.points)


def test_a_line_without_points_is_a_zone():
    line = Outline(OutlineKind.LINE, ((SurfacePoint(10, 0.2, 0.2), SurfacePoint(50, 0.2, 0.2)),))
    drawn = replace(zone(), outline=line)
    assert fates(compared([drawn], []).was.zones) == [Fate.ALONE]

"""A course of sessions: what is summed, what is unknown, what is listed at a place."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.exposure import KERNEL_MM
from mesodesk.domain.bodymap.exposure_course import VOLUME, Course, Substance
from mesodesk.domain.bodymap.exposure_picture import ExposurePicture
from mesodesk.domain.bodymap.exposure_scale import VOLUME_ML
from mesodesk.domain.bodymap.outlines import region_outline
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.dosing import ActiveStrength, Component, Mixture
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.exposure import (
    ExposurePart,
    ExposureSession,
    ExposureSyringe,
    ExposureZone,
)
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.strength import Strength, StrengthUnit

ATLAS = load_atlas("female")
TODAY = date(2026, 3, 10)
CAFFEINE = Substance("caffeine", "mg", "Caffeine")


def at(x_share, y_share):
    """Return the skin at a share of the front view."""
    view = ATLAS.view("front")
    return view.pick(x_share * view.width_px, y_share * view.height_px)


BELLY, THIGH = at(0.50, 0.40), at(0.61, 0.58)


def syringe(*places, mg_per_ml="25", volume_ul=100, name="Caffeine", lot="L1", ingredient=None):
    strength = mg_per_ml and Strength(Decimal(mg_per_ml), StrengthUnit.MG_PER_ML)
    active = ActiveStrength(
        name, name.lower() if ingredient is None else ingredient, strength or None
    )
    return ExposureSyringe(
        new_id(),
        1,
        Mixture((Component(new_id(), name, Decimal(2), (active,)),)),
        (ExposurePart(name, lot),),
        PackedPoints(ChartPoint(p.triangle, p.u, p.v, volume_ul, 2000) for p in places),
    )


def session(number, days_ago, *syringes):
    on = TODAY - timedelta(days=days_ago)
    return ExposureSession(new_id(), number, SessionState.SIGNED, on, syringes)


@pytest.fixture
def course():
    """Three sessions: belly twice, thigh twice, of a weaker and a stronger mixture."""
    return Course(
        ATLAS,
        (
            session(3, 3, syringe(BELLY, THIGH, mg_per_ml="50", lot="L3")),
            session(2, 20, syringe(THIGH, lot="L2")),
            session(1, 40, syringe(BELLY, volume_ul=300, lot="L1")),
        ),
        168.0,
    )


ALL = (True, True, True)


def test_volume_and_mass_are_summed_over_the_sessions_that_count(course):
    area = course.exposure.areas_cm2
    assert (course.density(VOLUME, ALL) * area).sum() == pytest.approx(0.6)
    assert (course.density(CAFFEINE, ALL) * area).sum() == pytest.approx(10 + 2.5 + 7.5)
    last = (True, False, False)
    assert (course.density(CAFFEINE, last) * area).sum() == pytest.approx(10)
    sums = course.sums(CAFFEINE, ALL)
    assert (sums.sessions, sums.points, sums.volume_ml) == (3, 4, Decimal("0.600"))
    assert sums.unknown_points == 0


def test_an_unknown_strength_is_counted_and_never_taken_as_nothing(course):
    unknown = session(4, 1, syringe(BELLY, mg_per_ml=""))
    mixed = Course(ATLAS, (unknown, *course.sessions), 168.0)
    assert mixed.substances == (CAFFEINE,)
    assert mixed.sums(CAFFEINE, (True, *ALL)).unknown_points == 1
    assert mixed.sums(CAFFEINE, (False, *ALL)).unknown_points == 0
    assert mixed.sums(VOLUME, (True, *ALL)).unknown_points == 0
    assert mixed.around(BELLY, (True, *ALL))[0].amounts[0].value is None
    alone = Course(ATLAS, (unknown,), 168.0)
    assert alone.scale(CAFFEINE) == ()


def test_an_unknown_strength_hides_in_every_unit():
    units = syringe(BELLY, name="Enzyme")
    in_units = Strength(Decimal(150), StrengthUnit.IU_PER_ML)
    part = Component(
        new_id(), "Enzyme", Decimal(2), (ActiveStrength("Enzyme", "enzyme", in_units),)
    )
    known = replace(units, mixture=Mixture((part,)))
    course = Course(
        ATLAS, (session(1, 1, known, syringe(THIGH, mg_per_ml="", name="Enzyme")),), None
    )
    for substance in course.substances:
        assert course.sums(substance, (True,)).unknown_points == 1


def test_scales_are_fixed_by_the_strongest_mixture_not_by_what_was_summed(course):
    assert course.scale(VOLUME) == VOLUME_ML
    assert course.scale(CAFFEINE)[0] == Fraction(1, 5)
    many = Course(ATLAS, [session(n, n, syringe(BELLY, mg_per_ml="50")) for n in range(30)], 168.0)
    assert many.scale(CAFFEINE) == course.scale(CAFFEINE)


def test_a_place_lists_its_sessions_the_latest_first_with_exact_sums(course):
    newest, oldest = course.around(BELLY, ALL)
    assert (newest.session.number, newest.points, newest.volume_ml) == (3, 1, Decimal("0.100"))
    assert [(each.name, each.value) for each in newest.amounts] == [("Caffeine", Fraction(5))]
    assert newest.parts == (ExposurePart("Caffeine", "L3"),)
    assert (oldest.session.number, oldest.volume_ml) == (1, Decimal("0.300"))
    assert [each.session.number for each in course.around(BELLY, (False, True, True))] == [1]
    assert [each.session.number for each in course.around(THIGH, ALL)] == [3, 2]
    assert course.around(at(0.66, 0.83), ALL) == ()


def test_the_picture_shows_the_values_where_the_points_are(course):
    view = ATLAS.view("front")
    picture = ExposurePicture(course.exposure, view)
    shown = picture.shown(course.density(VOLUME, ALL), 0.0)
    assert shown[cell(view, picture, BELLY)] == pytest.approx(0.4 * 3 / np.pi, rel=0.15)
    assert shown[cell(view, picture, THIGH)] == pytest.approx(0.2 * 3 / np.pi, rel=0.15)
    cell_mm = view.mm_per_px(168.0) * picture.step
    # What the view sees of both discs, from nearly straight before them.
    assert (shown > 0.001).sum() * cell_mm**2 == pytest.approx(2 * np.pi * KERNEL_MM**2, rel=0.25)
    assert shown.sum() * (cell_mm / 10) ** 2 == pytest.approx(0.6, rel=0.2)
    back = ExposurePicture(course.exposure, ATLAS.view("back"))
    assert back.shown(course.density(VOLUME, ALL), 0.0).size == 0


def test_days_show_how_near_the_points_of_each_class_are(course):
    view = ATLAS.view("front")
    picture = ExposurePicture(course.exposure, view)
    distances = course.distances(ALL, TODAY.toordinal())

    def near(number, place):
        return picture.shown(np.minimum(distances[number], 30), 30)[cell(view, picture, place)]

    for number, place in ((0, BELLY), (0, THIGH), (2, THIGH), (3, BELLY)):
        assert near(number, place) < KERNEL_MM / 2
    for number, place in ((1, BELLY), (2, BELLY), (3, THIGH), (6, BELLY)):
        assert near(number, place) > KERNEL_MM
    today_only = course.distances((True, False, False), TODAY.toordinal())
    assert np.isinf(today_only[2]).all()


def cell(view, picture, place: SurfacePoint):
    """Return where in the picture's window a place shows."""
    xy, _ = view.project(np.array([place.triangle]), np.array([place.u]), np.array([place.v]))
    column, row = (xy[0] // picture.step).astype(int)
    return row - picture.window[0].start, column - picture.window[1].start


def test_actives_of_no_ingredient_are_mapped_each_by_itself():
    rutin = syringe(BELLY, name="Rutin", ingredient="")
    zinc = syringe(THIGH, name="Zinc", mg_per_ml=None, ingredient="")
    course = Course(ATLAS, (session(1, 0, rutin, zinc),), None)
    rutin, zinc = course.substances
    assert (rutin.name, zinc.name) == ("Rutin", "Zinc")
    assert course.sums(rutin, (True,)).unknown_points == 0
    assert course.sums(zinc, (True,)).unknown_points == 1
    assert course.density(rutin, (True,)).sum() > 0
    assert course.density(zinc, (True,)).sum() == 0


def test_zones_are_those_of_the_sessions_that_count_and_hold_the_active():
    front, back = region_outline(["thigh_front_upper.left"]), region_outline(["sole.left"])
    with_zone = replace(syringe(BELLY), zones=(ExposureZone(front, 500),), zone_ul=500)
    other = replace(syringe(name="DMAE"), zones=(ExposureZone(back, 200),), zone_ul=700)
    course = Course(ATLAS, (session(2, 3, with_zone, other), session(1, 9, with_zone)), None)
    assert course.zones(None, (True, True)) == (front, back)
    assert course.zones(None, (False, True)) == (front,)
    assert course.zones(CAFFEINE, (True, True)) == (front,)
    assert course.zones(None, (False, False)) == ()
    assert course.sessions[0].placed_ml == Decimal("0.7")
    assert course.sessions[0].zone_ml == Decimal("1.2")
    assert "DMAE" in {each.name for each in course.substances}


def test_no_sessions_are_an_empty_map():
    course = Course(ATLAS, (), None)
    assert course.substances == ()
    assert course.density(VOLUME, ()).sum() == 0
    assert course.sums(VOLUME, ()).points == 0
    picture = ExposurePicture(course.exposure, ATLAS.view("front"))
    assert picture.shown(course.density(VOLUME, ()), 0.0).size == 0
    assert all(not each.size for each in course.distances((), TODAY.toordinal()))
    assert course.around(BELLY, ()) == ()

"""What was given in one area: nothing gets lost between areas; what is not known stays unknown."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from mesodesk.domain.area_doses import doses_by_area
from mesodesk.domain.bodymap.area_groups import load_groups
from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.fields import Outline, OutlineKind
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.dosing import ActiveStrength, Component, Mixture
from mesodesk.domain.ids import new_id
from mesodesk.domain.progress import VOLUME, Substance, given_before
from mesodesk.domain.records.exposure import (
    ExposureSession,
    ExposureSyringe,
    ExposureZone,
    PatientExposure,
)
from mesodesk.domain.records.measurement import BodySide
from mesodesk.domain.records.progress import Given, ProgressSession
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.strength import Strength, StrengthUnit

ATLAS = load_atlas("female")
DAY, AFTER = date(2026, 3, 1), date(2026, 4, 1)
LEFT, RIGHT, BOTH = BodySide.LEFT, BodySide.RIGHT, BodySide.NONE
CAFFEINE = Substance("caffeine", "mg", "Caffeine")


def points(key, count, microlitres=100):
    """Points in the middle of triangles of a region."""
    index = ATLAS.regions_by_key[key].index
    among = np.flatnonzero(ATLAS.region_indices(np.arange(ATLAS.triangle_count)) == index)
    step = len(among) // count
    return [
        ChartPoint(int(each), 0.33, 0.33, microlitres, 2000) for each in among[:: max(step, 1)]
    ][:count]


def mixture(strength=Strength(Decimal(50), StrengthUnit.MG_PER_ML)):  # noqa: B008  frozen
    active = ActiveStrength("Caffeine", "caffeine", strength)
    return Mixture((Component(new_id(), "Caffeine 5 %", Decimal(5), (active,)),))


def whole_skin(key):
    index = ATLAS.regions_by_key[key].index
    among = np.flatnonzero(ATLAS.region_indices(np.arange(ATLAS.triangle_count)) == index)
    return Outline(OutlineKind.REGION, regions=(key,), skin=tuple((int(t), 1) for t in among))


def drawn(*given, zones=(), zone_ul=None, mixed=None):
    """A signed session with one syringe, and what the charts know of it without areas."""
    placed = sum(zone.volume_ul for zone in zones)
    syringe = ExposureSyringe(
        new_id(), 1, mixed or mixture(), (), PackedPoints(list(given)), zones=zones,
        zone_ul=placed if zone_ul is None else zone_ul,
    )  # fmt: skip
    session = ExposureSession(new_id(), 1, SessionState.SIGNED, DAY, (syringe,))
    told = {("caffeine", "mg"): Given("Caffeine", "mg", Decimal(1))}
    return session, ProgressSession(session.id, 1, DAY, Decimal(1), told)


def dose(session, known, groups, side, substance=VOLUME):
    doses = doses_by_area(PatientExposure((session,)), ATLAS)
    return given_before(doses.in_area((known,), groups, side), substance, AFTER)


def test_points_count_where_they_lie():
    left, right = points("thigh_front_upper.left", 3), points("thigh_front_upper.right", 2)
    of = drawn(*left, *right, *points("chin.midline", 4))
    assert dose(*of, ["thigh"], LEFT) == Decimal("0.3")
    assert dose(*of, ["thigh"], RIGHT) == Decimal("0.2")
    assert dose(*of, ["thigh"], BOTH) == Decimal("0.5")
    assert dose(*of, ["thigh"], LEFT, CAFFEINE) == Decimal(15)
    assert dose(*of, ["abdomen"], BOTH) == 0
    assert dose(*of, ["abdomen"], BOTH, CAFFEINE) == 0
    assert sum(dose(*of, [group], BOTH) for group in load_groups()) == Decimal("0.9")


def test_a_strength_that_is_unknown_hides_the_milligrams_of_its_area_alone():
    of = drawn(*points("thigh_front_upper.left", 1), mixed=mixture(None))
    assert dose(*of, ["thigh"], LEFT, CAFFEINE) is None
    assert dose(*of, ["thigh"], LEFT) == Decimal("0.1")
    assert dose(*of, ["abdomen"], BOTH, CAFFEINE) == 0


def test_a_zone_counts_by_its_skin_and_one_without_a_place_hides_the_sum():
    zone = ExposureZone(whole_skin("thigh_front_upper.right"), 400)
    of = drawn(*points("thigh_front_upper.left", 1), zones=(zone,))
    assert dose(*of, ["thigh"], RIGHT) == Decimal("0.4")
    assert dose(*of, ["thigh"], BOTH) == Decimal("0.5")
    unplaced = drawn(*points("thigh_front_upper.left", 1), zones=(zone,), zone_ul=500)
    assert dose(*unplaced, ["thigh"], LEFT) is None
    assert dose(*unplaced, ["thigh"], LEFT, CAFFEINE) is None


@pytest.mark.parametrize("groups", [["thigh"], ["face"]])
def test_a_session_that_cannot_be_read_is_not_taken_for_none(groups):
    _, known = drawn(*points("chin.midline", 1))
    doses = doses_by_area(PatientExposure(()), ATLAS)
    assert given_before(doses.in_area((known,), groups, BOTH), VOLUME, AFTER) is None

"""Spacing across fields: what two fields of one session put on one skin is held to the limit."""

from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

import numpy as np
import pytest

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.filling import lay_points
from mesodesk.domain.bodymap.nearness import nearest_between
from mesodesk.domain.bodymap.outlines import area_of, region_outline
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.bodymap.resizing import Body
from mesodesk.domain.limit_facts import syringe_uses
from mesodesk.domain.limit_words import LimitWords
from mesodesk.domain.limits import Lack, Level, evaluate
from mesodesk.domain.spacing_facts import with_gaps

from .test_limits import ACID, LIDOCAINE, SHIPPED, active, drawn

OTHER_ACID = drawn(5, active("deoxycholic_acid", "1"))
TEN = Decimal(10)


@pytest.fixture(scope="module")
def body():
    return Body(load_atlas("female"))


def laid(body, syringe, region, spacing_mm=10):
    outline = region_outline([region])
    points = lay_points(area_of(body.atlas, outline), Pattern.SQUARE, float(spacing_mm), body.scale)
    packed = [
        ChartPoint(int(t), float(u), float(v), 100, 8000)
        for t, u, v in zip(points.triangle, points.u, points.v, strict=True)
    ]
    return ChartField(
        uuid4(), syringe.id, "papule", Decimal(8), "30g_13mm", Pattern.SQUARE,
        Decimal(spacing_mm), outline=outline, points=PackedPoints(packed),
    )  # fmt: skip


def zone(syringe, region):
    return ChartField(
        uuid4(), syringe.id, "papule", Decimal(8), "30g_13mm", Pattern.ZONE, TEN,
        outline=region_outline([region]), punctures=12, zone_ml=Decimal("1.2"),
    )  # fmt: skip


def single(syringe, of, index):
    """Return a point by itself, where one of a field lies."""
    points = PackedPoints([of.points[index]])
    return ChartField(uuid4(), syringe.id, "papule", Decimal(8), "30g_13mm", points=points)


def spacing(body, fields, syringes=(ACID, OTHER_ACID, LIDOCAINE)):
    uses = with_gaps(syringe_uses(syringes, fields), fields, SHIPPED, body)
    found = evaluate(SHIPPED, uses, weight_kg=Decimal(60), jurisdiction="US")
    return next((each for each in found if each.limit.id == "deoxycholic_spacing"), None)


@pytest.mark.parametrize(("first", "second"), [(ACID, OTHER_ACID), (ACID, ACID)])
def test_two_fields_on_one_skin_are_held_to_the_spacing_together(body, first, second):
    fields = [
        laid(body, first, "abdomen_lower.midline", 10),
        laid(body, second, "abdomen_lower.midline", 12),
    ]
    found = spacing(body, fields)
    assert found.level is Level.OVER
    assert found.used < 8
    assert found.needs_reason
    said = LimitWords(found).arithmetic
    assert "between points of two fields" in said
    assert said.endswith("at least 10\u00a0mm")
    assert f"{first.digit}" in said
    assert f"{second.digit}" in said


def test_fields_far_from_one_another_stay_green(body):
    fields = [
        laid(body, ACID, "abdomen_lower.midline"),
        laid(body, OTHER_ACID, "upper_arm_outer.left"),
    ]
    found = spacing(body, fields)
    assert (found.level, found.lacks, found.used) == (Level.OK, (), 10)


def test_a_field_without_the_active_is_near_to_nothing(body):
    fields = [
        laid(body, ACID, "abdomen_lower.midline"),
        laid(body, LIDOCAINE, "abdomen_lower.midline", 12),
    ]
    assert spacing(body, fields).level is Level.OK


def test_where_nobody_can_look_two_fields_are_unknown(body):
    fields = [
        laid(body, ACID, "abdomen_lower.midline"),
        laid(body, OTHER_ACID, "abdomen_lower.midline"),
    ]
    found = spacing(None, fields)
    assert (found.level, found.lacks) == (Level.UNKNOWN, (Lack.GAP,))
    assert "is not known" in LimitWords(found).arithmetic
    assert spacing(None, fields[:1]).level is Level.OK


def test_a_zone_on_the_skin_of_another_field_is_unknown(body):
    field = laid(body, ACID, "abdomen_lower.midline")
    assert spacing(body, [field, zone(OTHER_ACID, "abdomen_lower.midline")]).lacks == (Lack.GAP,)
    assert spacing(body, [field, zone(OTHER_ACID, "upper_arm_outer.left")]).level is Level.OK
    zones = [zone(ACID, "abdomen_lower.midline"), zone(OTHER_ACID, "abdomen_lower.midline")]
    assert spacing(body, zones).lacks == (Lack.GAP,)


def test_a_zone_hides_no_point_that_is_too_near(body):
    fields = [
        zone(ACID, "abdomen_lower.midline"),
        laid(body, ACID, "abdomen_lower.midline"),
        laid(body, OTHER_ACID, "abdomen_lower.midline", 12),
    ]
    found = spacing(body, fields)
    assert (found.level, found.lacks) == (Level.OVER, (Lack.GAP,))


def test_points_placed_one_by_one_are_measured(body):
    grid = laid(body, ACID, "abdomen_lower.midline", 12)
    alone = [single(ACID, grid, 0), single(OTHER_ACID, grid, 1)]
    found = spacing(body, alone)
    assert found.level is Level.OK
    assert found.lacks == ()
    on_point = [grid, single(OTHER_ACID, grid, 4)]
    assert (spacing(body, on_point).level, spacing(body, on_point).used) == (Level.OVER, 0)


def test_a_little_nearer_than_the_limit_is_amber_as_within_a_pattern(body):
    grid = laid(body, ACID, "abdomen_lower.midline", 9)
    alone = [single(ACID, grid, 0), single(OTHER_ACID, grid, 1)]
    found = spacing(body, alone)
    assert found.level is Level.NEAR
    assert Fraction(8) < found.used < 10
    assert not found.needs_reason


def test_lengths_are_those_of_the_patient(body):
    grid = laid(body, ACID, "abdomen_lower.midline", 9)
    alone = [single(ACID, grid, 0), single(OTHER_ACID, grid, 1)]
    tall = Body(body.atlas, 1.2)
    assert spacing(tall, alone).level is Level.OK


def test_skin_that_is_near_through_the_air_is_not_near(body):
    atlas = body.atlas
    middles = atlas.skin.middles
    left, right = (atlas.triangles_of([f"thigh_inner_lower.{side}"]) for side in ("left", "right"))
    away = np.linalg.norm(middles[left][:, None] - middles[right][None], axis=2)
    one, other = np.unravel_index(int(np.argmin(away)), away.shape)
    near = float(away[one, other])
    fields = [
        ChartField(
            uuid4(), syringe.id, "papule", Decimal(8), "30g_13mm",
            points=PackedPoints([ChartPoint(int(triangle), 0.3, 0.3, 100, 8000)]),
        )
        for syringe, triangle in ((ACID, left[one]), (OTHER_ACID, right[other]))
    ]  # fmt: skip
    assert near < 100
    found = nearest_between(body, fields, [1, 2], near + 3)
    assert not found

"""Lengths of a field on another body stay true, while its points stay in their places."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import numpy as np
import pytest

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.edits import PointSettings
from mesodesk.domain.bodymap.field_edits import FieldSettings, filled
from mesodesk.domain.bodymap.fields import Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.filling import lay_points, no_points
from mesodesk.domain.bodymap.outlines import area_of, region_outline
from mesodesk.domain.bodymap.resizing import Body, SpacingError, on_body, resized

FEMALE, MALE = load_atlas("female"), load_atlas("male")
HAND = PointSettings("papule", Decimal(4), "30g_4", Decimal("0.05"))


def laid(key, body, spacing="15"):
    """Return a field over a region of a body."""
    outline, spacing_mm = region_outline([key]), Decimal(spacing)
    points = lay_points(area_of(body.atlas, outline), Pattern.SQUARE, float(spacing), body.scale)
    settings = FieldSettings(Pattern.SQUARE, spacing_mm)
    return filled(UUID(int=1), UUID(int=2), HAND, settings, outline, points)


def usual_neighbour_mm(field, body):
    """Return how far from each point its nearest neighbour is on a body, usually."""
    records = field.points.records
    places = body.atlas.surface.places(
        records["triangle"].astype(int), records["u"].astype(float), records["v"].astype(float)
    )
    away = np.linalg.norm(places[:, None] - places[None], axis=2) * body.scale
    np.fill_diagonal(away, np.inf)
    return float(np.median(away.min(axis=1)))


def test_a_body_of_unknown_height_is_like_the_figure():
    assert Body.of_height(FEMALE, None).scale == 1
    assert Body.of_height(FEMALE, Decimal(200)).scale == pytest.approx(2000 / FEMALE.height_mm)


@pytest.mark.parametrize(
    ("former", "body"),
    [
        (Body(FEMALE), Body.of_height(FEMALE, Decimal(195))),
        (Body.of_height(FEMALE, Decimal(181)), Body.of_height(FEMALE, Decimal(155))),
        (Body(FEMALE), Body(MALE, 1.1)),
        (Body.of_height(MALE, Decimal(170)), Body(FEMALE)),
    ],
)
def test_a_spacing_stays_true_on_another_body(former, body):
    field = laid("thigh_outer_upper.left", former)
    (moved,) = on_body([field], former, body)
    stretched = usual_neighbour_mm(field, body) / usual_neighbour_mm(field, former)
    assert float(moved.spacing_mm) == pytest.approx(15 * stretched, rel=0.02)
    assert moved.spacing_mm != field.spacing_mm
    assert moved.points == field.points


def test_on_the_same_body_nothing_changes():
    field = replace(laid("calf.left", Body(FEMALE, 1.07)), spacing_mm=Decimal("14.73"))
    assert on_body([field], Body(FEMALE, 1.07), Body(FEMALE, 1.07)) == (field,)


def test_a_band_grows_in_width_and_a_zone_keeps_its_punctures():
    ring = tuple(FEMALE.middle_of(key) for key in ("calf.left", "shin.left", "calf.left"))
    band = Outline(OutlineKind.BAND, (ring,), width_mm=Decimal(20))
    settings = FieldSettings(Pattern.ZONE, Decimal(10), Decimal(1))
    zone = filled(UUID(int=1), UUID(int=2), HAND, settings, band, no_points(), 40)
    taller = resized(zone, Decimal("1.15"))
    assert (taller.outline.width_mm, taller.spacing_mm) == (Decimal(23), Decimal("11.5"))
    assert (taller.punctures, taller.zone_ml) == (40, Decimal(1))
    (male,) = on_body([zone], Body(FEMALE), Body(MALE, 1.3))
    skin = [atlas.skin.skin_mm2(np.unique([p.triangle for p in ring])) for atlas in (FEMALE, MALE)]
    longer = 1.3 * float(np.sqrt(skin[1] / skin[0]))
    assert float(male.outline.width_mm) == pytest.approx(20 * longer, abs=0.06)
    nowhere = replace(zone, outline=None)
    assert on_body([nowhere], Body(FEMALE), Body(MALE, 1.5))[0].spacing_mm == Decimal(15)


def test_what_no_field_can_have_is_refused():
    wide = laid("thigh_outer_upper.left", Body(FEMALE), "38")
    with pytest.raises(SpacingError) as caught:
        on_body([laid("calf.left", Body(FEMALE)), wide], Body(FEMALE), Body(FEMALE, 1.1))
    assert caught.value.spacing_mm == Decimal("41.8")


def test_a_length_that_stays_as_it_is_was_taken_before():
    body = Body.of_height(FEMALE, Decimal(168))
    odd = replace(laid("calf.left", body), spacing_mm=Decimal("46.7"))
    assert on_body([odd], body, body) == (odd,)

"""How much skin two areas share: against what shapely says where both lie on one flat sheet."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesodesk.domain.bodymap.area import Area, joined, without
from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.drawing import along_stroke
from mesodesk.domain.bodymap.outlines import area_of, region_outline
from mesodesk.domain.bodymap.overlap import shared_mm2

ATLAS = load_atlas("female")


def circle(x: float, y: float, radius_mm: float, view_id: str = "abdomen") -> Area:
    view = ATLAS.view(view_id)
    middle = np.array([[x * view.width_px, y * view.height_px]])
    return along_stroke(ATLAS.skin, view, middle, radius_mm)


@settings(deadline=None, max_examples=25)
@given(st.floats(0.42, 0.58), st.floats(0.42, 0.58), st.floats(12.0, 60.0), st.floats(12.0, 60.0))
def test_what_two_areas_share_is_what_their_sum_has_more_than_their_union(
    x: float, y: float, radius: float, other_radius: float
) -> None:
    one, other = circle(0.5, 0.5, radius), circle(x, y, other_radius)
    shared = shared_mm2(one, other)
    union = joined(ATLAS.skin, one, other).area_mm2
    smaller = min(one.area_mm2, other.area_mm2)
    assert shared == pytest.approx(one.area_mm2 + other.area_mm2 - union, abs=0.05 * smaller + 15)
    assert shared == pytest.approx(shared_mm2(other, one), abs=1e-6)


def test_areas_of_both_sides_or_beside_one_another_share_nothing() -> None:
    left, right = (
        area_of(ATLAS, region_outline([f"thigh_front_upper.{side}"])) for side in ("left", "right")
    )
    below = area_of(ATLAS, region_outline(["thigh_front_lower.left"]))
    assert shared_mm2(left, right) == 0.0
    assert shared_mm2(left, below) < 1.0
    assert shared_mm2(left, left) == pytest.approx(left.area_mm2, rel=0.02)
    assert shared_mm2(left, Area(())) == 0.0


def test_skin_of_a_fold_is_asked_for_on_each_area_s_own_sheet() -> None:
    """All around a limb no one sheet holds both: that must not hide what they share."""
    around = area_of(
        ATLAS, region_outline([f"thigh_{part}_upper.left" for part in ("front", "back", "inner")])
    )
    inner = area_of(ATLAS, region_outline(["thigh_inner_upper.left"]))
    assert shared_mm2(around, inner) == pytest.approx(inner.area_mm2, rel=0.02)


def test_an_area_tells_places_inside_from_those_outside() -> None:
    area = circle(0.5, 0.5, 40.0)
    ring = without(ATLAS.skin, area, circle(0.5, 0.5, 20.0))
    view = ATLAS.view("abdomen")
    per_mm = 1 / view.camera.mm_per_px
    middle = np.array([view.width_px, view.height_px]) / 2
    found = view.picks(middle + np.array([[0, 0], [30 * per_mm, 0], [60 * per_mm, 0]]))
    assert area.holds(*found).tolist() == [True, True, False]
    assert ring.holds(*found).tolist() == [False, True, False]


def test_what_was_cut_out_of_an_area_shares_nothing_with_it() -> None:
    """Along the cut both have a part of each triangle, yet no skin in common."""
    disc, middle = circle(0.5, 0.5, 40.0), circle(0.5, 0.5, 20.0)
    ring = without(ATLAS.skin, disc, middle)
    along = np.intersect1d(ring.covered, middle.covered)
    assert len(along) > 20
    assert shared_mm2(ring, middle) < 0.05 * ATLAS.skin.skin_mm2(along)

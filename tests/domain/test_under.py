"""What lies under a place: along the skin, on the patient's own body, never through the air."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.fields import OutlineKind
from mesodesk.domain.bodymap.outlines import area_of, outline_of, region_outline
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.bodymap.resizing import Body
from mesodesk.domain.bodymap.under import away_mm, holds_any, zone_away_mm
from mesodesk.domain.bodymap.view import SurfacePoint

ATLAS = load_atlas("female")
BODY = Body(ATLAS)
REACH = 60.0


def rows(*points: SurfacePoint):
    return PackedPoints(ChartPoint(p.triangle, p.u, p.v, 100, 2000) for p in points).records


def away(one: SurfacePoint, other: SurfacePoint, body: Body = BODY, reach: float = REACH) -> float:
    return float(away_mm(body, [one], rows(other), reach)[0])


weights = st.tuples(st.floats(0, 0.5), st.floats(0, 0.49))
near = st.builds(
    lambda at, step, weight: (
        SurfacePoint(at, 0.25, 0.25),
        SurfacePoint(int(max(ATLAS.skin.beside[at][step], 0)), *weight),
    ),
    st.integers(0, ATLAS.triangle_count - 1),
    st.integers(0, 2),
    weights,
)


@settings(max_examples=60, deadline=None)
@given(near)
def test_a_way_is_as_long_as_back_and_grows_with_the_body(pair):
    one, other = pair
    there, back = away(one, other), away(other, one)
    assert there == pytest.approx(back, abs=0.01)
    assert away(one, one) == pytest.approx(0, abs=0.01)
    larger = away(one, other, Body(ATLAS, 1.1), 1.1 * REACH)
    assert larger == pytest.approx(1.1 * there, rel=1e-6) or np.isinf(there)


def test_the_other_thigh_is_out_of_reach_though_it_is_near():
    inner = ATLAS.middle_of("thigh_inner_upper.left")
    mirrored = ATLAS.mirror(inner)
    straight = float(
        np.linalg.norm(
            np.subtract(
                *(
                    ATLAS.surface.places(np.array([p.triangle]), np.array([p.u]), np.array([p.v]))
                    for p in (inner, mirrored)
                )
            )
        )
    )
    assert np.isinf(away(inner, mirrored, reach=straight + 1))


def test_of_several_places_the_nearest_counts_and_a_zone_holds_what_is_in_it():
    one, far = ATLAS.middle_of("abdomen_upper.midline"), ATLAS.middle_of("calf.left")
    both = away_mm(BODY, [far, one], rows(one, far), REACH)
    assert both.tolist() == pytest.approx([0, 0], abs=0.01)
    assert len(away_mm(BODY, [one], rows(), REACH)) == 0
    zone = region_outline(["abdomen_upper.midline"])
    assert holds_any(ATLAS, zone, [far, one])
    assert not holds_any(ATLAS, zone, [far])


def beside(key, mm):
    """A place outside a region, about so far from its edge by mesh vertices."""
    inside = ATLAS.triangles_of([key])
    corners = ATLAS.surface.positions[np.unique(ATLAS.surface.triangles[inside])]
    for triangle in np.setdiff1d(np.arange(ATLAS.triangle_count), inside):
        place = SurfacePoint(int(triangle), 1 / 3, 1 / 3)
        spot = ATLAS.surface.places(np.array([triangle]), np.array([1 / 3]), np.array([1 / 3]))[0]
        away = float(np.linalg.norm(corners - spot, axis=1).min())
        if mm - 1 < away < mm + 1:
            return place, away
    raise AssertionError("no place is so far away")


def test_a_zone_lies_under_a_place_that_is_near_its_edge_and_says_how_near():
    key = "abdomen_upper.midline"
    zone, middle = region_outline([key]), ATLAS.middle_of(key)
    place, most = beside(key, 8)
    assert zone_away_mm(BODY, zone, [middle], 15) == 0
    away = zone_away_mm(BODY, zone, [place], 15)
    assert 0 < away <= most + 1e-6
    assert zone_away_mm(BODY, zone, [place, middle], 15) == 0
    assert np.isinf(zone_away_mm(BODY, zone, [place], away * 0.99))
    assert np.isinf(zone_away_mm(BODY, zone, [ATLAS.middle_of("calf.left")], 15))
    # On a taller patient the same skin lies further away.
    assert zone_away_mm(Body(ATLAS, 1.1), zone, [place], 16.5) == pytest.approx(1.1 * away)
    # A drawn outline has its own rings, and says the same within what rings are exact to.
    drawn = outline_of(area_of(ATLAS, zone), OutlineKind.LASSO)
    assert zone_away_mm(BODY, drawn, [place], 15) == pytest.approx(away, abs=1)


def test_a_zone_on_the_other_thigh_is_not_under_a_place():
    inner = ATLAS.middle_of("thigh_inner_upper.left")
    zone = region_outline(["thigh_inner_upper.right"])
    assert np.isinf(zone_away_mm(BODY, zone, [inner], 15))

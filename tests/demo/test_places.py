"""Points laid on the atlas keep their distance and stay where they belong."""

import numpy as np
import pytest

from mesodesk.demo.places import Layout, Rows, Skin
from mesodesk.domain.bodymap.atlas import load_atlas

HEIGHT_CM = 171.0
OUTER_THIGH = frozenset({"saddlebag.left", "thigh_outer_upper.left", "thigh_outer_lower.left"})
BELLY = frozenset({"abdomen_upper.midline", "periumbilical.midline", "abdomen_lower.midline"})


@pytest.fixture(scope="module")
def atlas():
    return load_atlas("female")


@pytest.fixture(scope="module")
def skin(atlas):
    return Skin(atlas, HEIGHT_CM)


def _distances(atlas, points):
    columns = ([getattr(point, name) for point in points] for name in ("triangle", "u", "v"))
    triangles, u, v = (np.array(column) for column in columns)
    places = atlas.positions_mm(triangles, u, v, HEIGHT_CM)
    away = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(away, np.inf)
    return away.min(axis=1)


@pytest.mark.parametrize(
    ("regions", "spacing_mm", "count"),
    [
        (OUTER_THIGH, 15, 60),
        (BELLY, 20.0, 40),
        (frozenset({"submental.midline"}), 10, 30),
        (frozenset({"cheek.right"}), 10, 12),
        (frozenset({"scalp_crown.midline", "scalp_frontal.midline"}), 10, 40),
        (frozenset({"knee_inner.left"}), 15, 10),
    ],
)
@pytest.mark.parametrize("rows", Rows)
def test_points_lie_in_their_regions_at_their_spacing(
    atlas, skin, regions, spacing_mm, count, rows
):
    points = skin.lay(Layout(regions, spacing_mm, count, rows))
    assert len(points) == count
    assert {atlas.region_of(point).key for point in points} <= regions
    nearest = _distances(atlas, points)
    # Skin that turns away from the middle lies further apart than the grid, never closer.
    assert nearest.min() >= spacing_mm * 0.999
    assert np.median(nearest) <= spacing_mm * 1.15


def test_points_come_row_by_row_from_the_top(atlas, skin):
    points = skin.lay(Layout(BELLY, 20, 30, Rows.SQUARE))
    triangles = np.array([point.triangle for point in points])
    u, v = (np.array([getattr(point, name) for point in points]) for name in "uv")
    heights = atlas.positions_mm(triangles, u, v, HEIGHT_CM)[:, 1]
    assert heights[0] > heights[-1]
    assert np.diff(heights).max() < 15


def test_a_shift_moves_every_point_and_an_area_too_small_yields_fewer(skin):
    here = skin.lay(Layout(BELLY, 20, 30))
    there = skin.lay(Layout(BELLY, 20, 30, shift=(0.3, 0.4)))
    assert not set(here) & set(there)
    assert 3 < len(skin.lay(Layout(frozenset({"glabella.midline"}), 8, 500))) < 40


def test_a_region_that_the_atlas_has_not_is_named(skin):
    with pytest.raises(ValueError, match="elbow"):
        skin.lay(Layout(frozenset({"elbow.left"}), 10, 5))

"""What a region or a drawn shape has of skin, estimated without cutting it."""

import numpy as np
import pytest

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.drawing import inside_loop
from mesodesk.domain.bodymap.estimates import Drawn, region_size, share_of_region
from mesodesk.domain.bodymap.outlines import area_of, region_outline


@pytest.fixture(scope="module")
def atlas():
    return load_atlas("female")


def around(view, middle, radius, count=32):
    """Return a round loop in pixels, given as shares of the picture's width."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius * view.width_px
    return ring + np.array(middle) * (view.width_px, view.height_px)


@pytest.mark.parametrize("key", ["thigh_front_upper.left", "cheek.right", "periumbilical.midline"])
def test_a_region_has_the_skin_of_its_area(atlas, key):
    area_mm2, rim_mm = region_size(atlas, key)
    assert area_mm2 == pytest.approx(area_of(atlas, region_outline([key])).area_mm2, rel=0.01)
    # No border is shorter than that of a circle; skin bulges a little.
    assert rim_mm > 0.85 * 2 * np.sqrt(np.pi * area_mm2)


def test_an_area_holds_all_of_its_region_and_nothing_of_others(atlas):
    own = area_of(atlas, region_outline(["thigh_front_upper.left"]))
    assert share_of_region(atlas, "thigh_front_upper.left", own) == pytest.approx(1, abs=0.01)
    assert share_of_region(atlas, "thigh_front_upper.right", own) == 0


@pytest.mark.parametrize(("middle", "tolerance"), [((0.5, 0.4), 0.15), ((0.6, 0.58), 0.25)])
def test_a_drawn_shape_shows_about_the_skin_that_is_cut(atlas, middle, tolerance):
    view = atlas.view("front")
    loop = around(view, middle, 0.05)
    area_mm2, _ = Drawn(view, loop).size
    cut = inside_loop(atlas.skin, view, loop)
    # Skin that slants away is longer than it looks.
    assert area_mm2 == pytest.approx(cut.area_mm2, rel=tolerance)


def test_only_what_is_on_skin_counts(atlas):
    view = atlas.view("front")
    assert Drawn(view, around(view, (0.05, 0.05), 0.03)).size == (0, 0)


def test_the_share_in_an_area_is_that_of_what_both_show(atlas):
    view = atlas.view("front")
    first = inside_loop(atlas.skin, view, around(view, (0.5, 0.4), 0.06))
    assert Drawn(view, around(view, (0.5, 0.4), 0.04)).share_in(first) == 1
    assert Drawn(view, around(view, (0.5, 0.4), 0.12)).share_in(first) == pytest.approx(
        0.25, abs=0.08
    )
    assert Drawn(view, around(view, (0.4, 0.58), 0.03)).share_in(first) == 0
    assert Drawn(view, around(view, (0.05, 0.05), 0.03)).share_in(first) == 0

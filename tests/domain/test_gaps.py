"""Narrow and crooked bands: no lattice fits them, yet no skin may be left bare."""

import numpy as np
import pytest
import shapely

from mesodesk.domain.bodymap.area import Area, settled
from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.drawing import along_stroke
from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.filling import estimated_points, lay_points
from mesodesk.domain.bodymap.gaps import places_between

ATLAS = load_atlas("female")


def arc(width_mm: float) -> Area:
    """Return a band bent like a horseshoe over the belly, some 22 cm long."""
    view = ATLAS.view("front")
    px = 1 / view.camera.mm_per_px
    angle = np.linspace(0, np.pi, 20)
    x = view.width_px * 0.5 + 80 * px * np.cos(angle)
    y = view.height_px * 0.4 + 60 * px * np.sin(angle)
    return along_stroke(ATLAS.skin, view, np.stack([x, y], axis=1), width_mm / 2)


@pytest.mark.parametrize("width_mm", [17.0, 18.8, 22.0, 26.0])
@pytest.mark.parametrize("spacing_mm", [14.8, 15.0, 10.0])
@pytest.mark.parametrize("pattern", [Pattern.SQUARE, Pattern.STAGGERED])
def test_a_band_hardly_wider_than_the_spacing_has_points_all_along(
    width_mm: float, spacing_mm: float, pattern: Pattern
) -> None:
    area = arc(width_mm)
    (sheet,) = area.sheets
    laid = lay_points(area, pattern, spacing_mm)
    rows = sheet.patch.rows_of(laid.triangle)
    points = shapely.multipoints(sheet.patch.to_flat(rows, laid.u, laid.v))
    inner = sheet.outline.buffer(-spacing_mm / 2)
    bare = inner.difference(points.buffer(1.5 * spacing_mm))
    # A little may be bare at an end, where one more point would be too near or too far.
    assert bare.area < 0.04 * inner.area
    assert estimated_points(area, pattern, spacing_mm) == pytest.approx(len(laid), rel=0.2)


def test_places_go_on_from_those_that_are_there_and_keep_the_spacing() -> None:
    strip = shapely.box(0, 0, 100, 4)
    there = np.array([[3.0, 2.0]])
    more = places_between(strip, there, 10.0)
    every = np.sort(np.concatenate([there, more])[:, 0])
    assert len(every) == 10
    assert np.diff(every) == pytest.approx(10.0, abs=1.2)
    assert shapely.contains_xy(strip.buffer(1e-9), more).all()
    assert not len(places_between(strip, np.array([[x, 2.0] for x in range(0, 101, 10)]), 10.0))


@pytest.mark.parametrize("spacing_mm", [12.0, 15.0])
@pytest.mark.parametrize("share", [1.0, 1.02, 1.05, 1.1, 1.3])
@pytest.mark.parametrize("pattern", [Pattern.SQUARE, Pattern.STAGGERED])
def test_a_band_as_wide_as_the_spacing_has_a_point_for_each_step_along_it(
    spacing_mm: float, share: float, pattern: Pattern
) -> None:
    view = ATLAS.view("abdomen")
    px = 1 / view.camera.mm_per_px
    middle = np.array([view.width_px, view.height_px]) / 2
    ends = middle + np.array([[-80 * px, 0.0], [80 * px, 20.0]])
    band = settled(along_stroke(ATLAS.skin, view, ends, share * spacing_mm / 2))
    room = int(160 / spacing_mm) + 1
    count = len(lay_points(band, pattern, spacing_mm))
    assert room <= count <= 1.3 * room
    assert estimated_points(band, pattern, spacing_mm) == pytest.approx(count, rel=0.12)


def test_a_strip_narrower_than_any_step_is_filled_too() -> None:
    strip = shapely.LineString([(0, 0), (80, 50), (160, 0)]).buffer(0.01)
    places = places_between(strip, np.zeros((0, 2)), 10.0)
    assert len(places) == pytest.approx(strip.length / 2 / 10, abs=2)

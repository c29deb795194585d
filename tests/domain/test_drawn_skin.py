"""What is drawn in a picture is the skin that was meant: none else, and none left out."""

import numpy as np
import pytest
import shapely

from mesodesk.domain.bodymap.area import Area, joined, settled, sheets_on, without
from mesodesk.domain.bodymap.atlas import Atlas, load_atlas
from mesodesk.domain.bodymap.drawing import along_stroke, inside_loop
from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.filling import lay_points
from mesodesk.domain.bodymap.on_sheet import folds, healed, parts_joined
from mesodesk.domain.bodymap.overlap import shared_mm2
from mesodesk.domain.bodymap.shown import shown_in
from mesodesk.domain.bodymap.view import SurfacePoint, View

# Ears and toes, which cannot be laid flat whole; all of a face and all of a body; plain skin.
DRAWN = {
    "ear": ("face_left", (0.42, 0.45), 0.12),
    "toes": ("foot_left", (0.75, 0.7), 0.2),
    "hand": ("hand_dorsum_left", (0.5, 0.5), 0.4),
    "face": ("face_front", (0.5, 0.5), 0.4),
    "front": ("front", (0.5, 0.45), 0.8),
    "back": ("back", (0.5, 0.25), 0.1),
}
# Some skin at the edge of what is seen is left out; nearly all places must be held.
_HELD = 0.96


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return load_atlas("female")


def view_of(atlas: Atlas, view_id: str) -> View:
    return next(view for view in atlas.views if view.view_id == view_id)


def loop_in(view: View, middle: tuple[float, float], reach: float) -> np.ndarray:
    """Return a loop about a place of a picture, all told in shares of its size."""
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    size = np.array([view.width_px, view.height_px])
    return middle * size + reach * view.width_px * np.stack([np.cos(angle), np.sin(angle)], 1)


def drawn(atlas: Atlas, name: str) -> tuple[View, shapely.Polygon, Area]:
    view_id, middle, reach = DRAWN[name]
    view = view_of(atlas, view_id)
    loop = loop_in(view, middle, reach)
    return view, shapely.Polygon(loop), inside_loop(atlas.skin, view, loop)


@pytest.mark.parametrize("name", DRAWN)
def test_each_place_of_a_sheet_means_one_place_of_the_skin(atlas: Atlas, name: str) -> None:
    _, _, area = drawn(atlas, name)
    assert area.sheets
    assert not any(folds(sheet.patch) for sheet in area.sheets)
    shared = np.concatenate([sheet.patch.triangles for sheet in area.sheets])
    assert len(np.unique(shared)) == len(shared)


@pytest.mark.parametrize("name", DRAWN)
def test_points_lie_inside_what_was_drawn(atlas: Atlas, name: str) -> None:
    view, shape, area = drawn(atlas, name)
    points = lay_points(settled(area), Pattern.STAGGERED, 5.0 if name != "front" else 20.0)
    assert len(points) > 10
    xy, seen = view.project(points.triangle, points.u, points.v)
    assert shapely.contains_xy(shape.buffer(0.5), xy).all()
    assert seen.mean() > _HELD


@pytest.mark.long
@pytest.mark.parametrize("name", DRAWN)
def test_no_skin_inside_what_was_drawn_is_left_out(atlas: Atlas, name: str) -> None:
    view, shape, area = drawn(atlas, name)
    chance = np.random.default_rng(1)
    low, high = np.array(shape.bounds[:2]), np.array(shape.bounds[2:])
    places = chance.uniform(low, high, size=(3000, 2))
    places = places[shapely.contains_xy(shape.buffer(-1.0), places)]
    triangle, u, v = view.picks(places)
    on = triangle >= 0
    told = zip(triangle[on].tolist(), u[on].tolist(), v[on].tolist(), strict=True)
    held = [area.contains(SurfacePoint(*place)) for place in told]
    assert np.mean(held) > _HELD


@pytest.mark.parametrize(
    "view_id",
    [
        "face_left",
        "foot_left",
        *(pytest.param(one, marks=pytest.mark.long) for one in ("front", "left", "buttocks")),
    ],
)
def test_what_is_shown_is_what_the_view_itself_tells(atlas: Atlas, view_id: str) -> None:
    view = view_of(atlas, view_id)
    shape = shapely.Polygon(loop_in(view, (0.5, 0.45), 0.3))
    shown = shown_in(atlas.skin, view, shape).triangles
    third = np.full(len(shown), 1 / 3)
    _, seen = view.project(shown, third, third)
    assert seen.mean() > 0.99
    # All that the middle of a triangle shows, but for what hides behind an edge.
    everything = np.arange(atlas.triangle_count)
    third = np.full(len(everything), 1 / 3)
    xy, seen = view.project(everything, third, third)
    inside = everything[seen & shapely.contains_xy(shape, xy)]
    assert np.isin(inside, shown).mean() > 0.97


def test_a_drawn_chest_keeps_its_lengths(atlas: Atlas) -> None:
    view = view_of(atlas, "chest")
    area = inside_loop(atlas.skin, view, loop_in(view, (0.5, 0.5), 0.4))
    corners = np.concatenate([sheet.patch.corners for sheet in area.sheets])
    skin = atlas.skin.surface
    places = np.concatenate([skin.corners(sheet.patch.triangles) for sheet in area.sheets])
    flat = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2)
    real = np.linalg.norm(places - np.roll(places, 1, axis=1), axis=2)
    assert np.quantile(np.abs(flat / real - 1), 0.9) < 0.13


@pytest.mark.parametrize("name", ["ear", "toes"])
def test_areas_of_much_bent_skin_are_joined_and_cut(atlas: Atlas, name: str) -> None:
    view, _, whole = drawn(atlas, name)
    _, middle, reach = DRAWN[name]
    near = (middle[0] + reach / 2, middle[1])
    one = inside_loop(atlas.skin, view, loop_in(view, middle, reach / 2))
    other = inside_loop(atlas.skin, view, loop_in(view, near, reach / 2))
    both, rest = joined(atlas.skin, one, other), without(atlas.skin, whole, one)
    common = shared_mm2(one, other)
    assert both.area_mm2 == pytest.approx(one.area_mm2 + other.area_mm2 - common, rel=0.03)
    shared = shared_mm2(whole, one)
    assert shared == pytest.approx(one.area_mm2, rel=0.03)
    assert rest.area_mm2 == pytest.approx(whole.area_mm2 - shared, rel=0.03)


def test_the_same_skin_makes_the_same_sheets(atlas: Atlas) -> None:
    _, _, area = drawn(atlas, "toes")
    again = sheets_on(atlas.skin, area.triangles[::-1])
    known = {tuple(patch.triangles.tolist()): patch for patch in again}
    for sheet in area.sheets:
        patch = known[tuple(sheet.patch.triangles.tolist())]
        assert np.array_equal(patch.corners, sheet.patch.corners)


@pytest.mark.parametrize(("view_id", "seed"), [("flank_right", 9936), ("abdomen", 3), ("back", 4)])
def test_cutting_a_jagged_area_takes_away_nothing_but_the_cut(
    atlas: Atlas, view_id: str, seed: int
) -> None:
    view = view_of(atlas, view_id)
    size, chance = np.array([view.width_px, view.height_px]), np.random.default_rng(seed)
    middle = chance.uniform(0.15, 0.85, 2) * size
    reach = chance.uniform(0.05, 0.25) * view.width_px
    count = int(chance.integers(6, 40))
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    jagged = reach * chance.uniform(0.2, 1, count)[:, None]
    loop = middle + jagged * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    area = inside_loop(atlas.skin, view, loop)
    band = along_stroke(atlas.skin, view, middle + chance.normal(size=(3, 2)) * reach, 4.0)
    shared = shared_mm2(area, band)
    assert 0 < shared < 0.6 * area.area_mm2
    left = without(atlas.skin, area, band).area_mm2
    assert left == pytest.approx(area.area_mm2 - shared, rel=0.03)


def test_slits_are_healed_and_nothing_is_lost() -> None:
    halves = shapely.multipolygons([shapely.box(0, 0, 10, 10), shapely.box(10.01, 0, 20, 10)])
    whole = healed(halves, 0.02)
    assert whole.geom_type == "Polygon"
    assert whole.area == pytest.approx(200.0, abs=0.01)
    apart = shapely.multipolygons([shapely.box(0, 0, 10, 10), shapely.box(10.1, 0, 20, 10)])
    assert healed(apart, 0.02).area == pytest.approx(199.0, abs=0.01)


def test_what_was_cut_one_by_one_is_joined_without_its_seams() -> None:
    """Corners of neighbours agree but for rounding, and the rest is not touched."""
    chance = np.random.default_rng(4)
    low = np.stack(np.meshgrid(np.arange(8.0), np.arange(6.0)), axis=-1).reshape(-1, 2)
    cells = np.stack([low, low + (1, 0), low + (1, 1), low + (0, 1)], axis=1)  # noqa: RUF005
    whole = parts_joined(list(shapely.polygons(cells + chance.normal(size=cells.shape) * 1e-12)))
    assert isinstance(whole, shapely.Polygon)
    assert not whole.interiors
    assert whole.area == pytest.approx(48.0, abs=1e-5)


def test_what_meets_in_the_middle_of_a_side_is_joined_as_well() -> None:
    halves = [shapely.box(0, 0, 2, 1), shapely.box(0, 1, 1, 2), shapely.box(1, 1, 2, 2)]
    whole = parts_joined(halves)
    assert isinstance(whole, shapely.Polygon)
    assert whole.area == pytest.approx(4.0)

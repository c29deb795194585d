"""Laws of fields on the skin: spacing, margins, areas, and what a drawing means."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from mesodesk.domain.bodymap.area import Area, Sheet, bounded, joined, whole, without
from mesodesk.domain.bodymap.atlas import Atlas, load_atlas
from mesodesk.domain.bodymap.drawing import along_stroke, inside_loop
from mesodesk.domain.bodymap.estimates import Drawn
from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.filling import (
    LaidPoints,
    close_pairs,
    estimated_points,
    lay_points,
)
from mesodesk.domain.bodymap.lattices import EVERY_WAY, NARROW_MARGIN, lattice
from mesodesk.domain.bodymap.overlap import shared_mm2
from mesodesk.domain.bodymap.patch import Patch

PATTERNS = (Pattern.SQUARE, Pattern.STAGGERED, Pattern.LINES, Pattern.RADIAL)
CODES = sorted({region.code for region in load_atlas("female").regions})
_AREAS: dict[tuple[str, str], Area] = {}


def area_of(sex: str, code: str) -> Area:
    """Return the area of a region, the left one where there are two."""
    atlas = load_atlas(sex)
    if (sex, code) not in _AREAS:
        key = next(region.key for region in atlas.regions if region.code == code)
        _AREAS[sex, code] = whole(atlas.skin, atlas.triangles_of([key]))
    return _AREAS[sex, code]


def walked_mm(patch: Patch, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return how far straight ways of the plane are on the skin, looked up at many places."""
    parts = 80
    share = np.linspace(0.0, 1.0, parts + 1)[:, None, None]
    rows, u, v = patch.find((start + share * (end - start)).reshape(-1, 2))
    places = patch.to_body(rows, u, v)
    places[rows < 0] = np.nan
    steps = np.diff(places.reshape(parts + 1, -1, 3), axis=0)
    return np.linalg.norm(steps, axis=2).sum(axis=0)


def nearest_mm(sheet: Sheet, laid: LaidPoints, spacing: float) -> np.ndarray:
    """Return how far the nearest neighbour of each point of a sheet is along the skin."""
    patch, rows = sheet.patch, sheet.patch.rows_of(laid.triangle)
    here = rows >= 0
    flat = patch.to_flat(rows[here], laid.u[here], laid.v[here])
    first, second = close_pairs(flat, 1.8 * spacing)
    length = walked_mm(patch, flat[first], flat[second])
    length = np.where(np.isnan(length), np.inf, length)
    nearest = np.full(len(flat), np.inf)
    np.minimum.at(nearest, first, length)
    np.minimum.at(nearest, second, length)
    return nearest


def assert_a_spacing_apart(area: Area, pattern: Pattern, spacing: float) -> None:
    laid = lay_points(area, pattern, spacing)
    for sheet in area.sheets:
        share = nearest_mm(sheet, laid, spacing) / spacing
        if len(share) < 2:
            continue  # one has no neighbour
        assert np.median(share) == pytest.approx(1.0, abs=0.05)
        assert np.quantile(share, 0.05) >= 0.8
        assert np.quantile(share, 0.95) <= 1.2


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(("female", "male")),
    st.sampled_from(CODES),
    st.sampled_from(PATTERNS),
    st.floats(5.0, 25.0),
)
def test_neighbours_are_a_spacing_apart_along_the_skin(
    sex: str, code: str, pattern: Pattern, spacing: float
) -> None:
    assert_a_spacing_apart(area_of(sex, code), pattern, spacing)


@pytest.mark.long
@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(("female", "male")),
    st.sampled_from(("ear", "nose", "palm", "foot_dorsum", "sole", "perioral")),
    st.sampled_from(PATTERNS),
    st.floats(5.0, 25.0),
)
def test_so_they_are_on_skin_that_is_bent_the_most(
    sex: str, code: str, pattern: Pattern, spacing: float
) -> None:
    assert_a_spacing_apart(area_of(sex, code), pattern, spacing)


@pytest.mark.parametrize(
    ("sex", "code", "pattern", "spacing"),
    [
        ("female", "ear", Pattern.SQUARE, 20.0),
        ("female", "perioral", Pattern.LINES, 22.487564),
        ("male", "palm", Pattern.RADIAL, 15.491796),
    ],
)
def test_so_they_are_where_a_few_points_hardly_fit(
    sex: str, code: str, pattern: Pattern, spacing: float
) -> None:
    assert_a_spacing_apart(area_of(sex, code), pattern, spacing)


@pytest.mark.parametrize("code", ["ear", "perioral", "ankle", "palm"])
def test_a_way_is_as_long_as_all_that_lies_on_it(code: str) -> None:
    sheet = area_of("female", code).sheets[0]
    laid = lay_points(Area((sheet,)), Pattern.SQUARE, 6.0)
    patch, rows = sheet.patch, sheet.patch.rows_of(laid.triangle)
    flat = patch.to_flat(rows, laid.u, laid.v)
    first, second = close_pairs(flat, 12.0)
    length = patch.way_lengths(rows[first], flat[first], rows[second], flat[second])
    looked_up = walked_mm(patch, flat[first], flat[second])
    known = ~np.isnan(length)
    assert known.mean() > 0.9
    assert length[known] == pytest.approx(looked_up[known], rel=0.02)
    back = patch.way_lengths(rows[second], flat[second], rows[first], flat[first])
    assert back[known] == pytest.approx(length[known])


def test_a_way_that_leaves_the_skin_has_no_length() -> None:
    sheet = area_of("female", "ear").sheets[0]
    low, _, high, _ = sheet.outline.bounds
    places = np.array([[low, 0.0], [high, 0.0]])
    inner = np.array(sheet.outline.representative_point().coords)
    row, _, _ = sheet.patch.find(inner)
    for outside in (places[0] - [5.0, 0.0], places[1] + [5.0, 0.0]):
        way = sheet.patch.way_lengths(row, inner, np.array([0]), outside[None])
        assert np.isnan(way).all()


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(CODES), st.sampled_from(PATTERNS), st.floats(4.0, 30.0))
def test_points_keep_half_a_spacing_from_the_outline(
    code: str, pattern: Pattern, spacing: float
) -> None:
    area = area_of("female", code)
    laid = lay_points(area, pattern, spacing)
    for sheet in area.sheets:
        rows = sheet.patch.rows_of(laid.triangle)
        here = rows >= 0
        flat = sheet.patch.to_flat(rows[here], laid.u[here], laid.v[here])
        away = shapely.distance(shapely.points(flat), sheet.outline.boundary)
        # Half of it; on a narrow band, where patterns may go on beside their rows, a hair less.
        inner = sheet.outline.buffer(-spacing / 2)
        narrow = pattern in EVERY_WAY and 2 * inner.area <= 1.01 * spacing * inner.length
        least = NARROW_MARGIN if narrow else 0.5
        assert (away >= 0.998 * least * spacing).all()
        assert shapely.contains_xy(sheet.outline, flat).all()


@settings(deadline=None, max_examples=20)
@given(st.floats(0.85, 1.25), st.floats(8.0, 20.0))
def test_a_taller_patient_has_more_skin_and_more_points(scale: float, spacing: float) -> None:
    area = area_of("female", "thigh_front_upper")
    laid = lay_points(area, Pattern.STAGGERED, spacing, scale)
    same = lay_points(area, Pattern.STAGGERED, spacing / scale)
    assert laid.triangle.tolist() == same.triangle.tolist()
    assert estimated_points(area, Pattern.STAGGERED, spacing, scale) == pytest.approx(
        estimated_points(area, Pattern.STAGGERED, spacing / scale), abs=1
    )


@pytest.mark.parametrize("code", ["abdomen_lower", "thigh_front_upper", "buttock"])
@pytest.mark.parametrize("spacing", [6.0, 10.0, 15.0])
def test_the_estimate_is_near_what_comes(code: str, spacing: float) -> None:
    area = area_of("female", code)
    for pattern in (Pattern.SQUARE, Pattern.STAGGERED):
        come = len(lay_points(area, pattern, spacing))
        assert estimated_points(area, pattern, spacing) == pytest.approx(come, rel=0.06)


def test_too_small_an_area_has_no_points() -> None:
    assert len(lay_points(area_of("female", "tear_trough"), Pattern.SQUARE, 40.0)) == 0
    with pytest.raises(ValueError, match="above 0"):
        lay_points(area_of("female", "cheek"), Pattern.SQUARE, 0.0)
    with pytest.raises(ValueError, match="lattice"):
        lattice(Pattern.ZONE, 5.0, np.zeros(2), np.ones(2))


def test_a_region_is_as_large_as_its_triangles() -> None:
    atlas = load_atlas("female")
    for code in ("thigh_front_upper", "ankle", "buttock", "ear"):
        area = area_of("female", code)
        patch = area.sheets[0].patch
        assert area.area_mm2 == pytest.approx(patch.skin_mm2.sum(), rel=2e-3)
        assert len(area.triangles) == len(
            atlas.triangles_of([atlas.regions[int(atlas.region_indices(area.triangles)[0])].key])
        )


def loop_on(view_id: str, share: float, at: tuple[float, float] = (0.5, 0.5)) -> np.ndarray:
    """Return a round loop in the picture of a view."""
    view = load_atlas("female").view(view_id)
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    x = view.width_px * (at[0] + share * np.cos(angle))
    y = view.height_px * at[1] + view.width_px * share * np.sin(angle)
    return np.stack([x, y], axis=1)


@settings(deadline=None, max_examples=12)
@given(st.floats(0.05, 0.2), st.floats(0.42, 0.58), st.floats(0.4, 0.6))
def test_a_place_in_the_loop_is_in_the_area_and_no_other(share: float, x: float, y: float) -> None:
    atlas: Atlas = load_atlas("female")
    view, loop = atlas.view("abdomen"), loop_on("abdomen", share, (x, y))
    area = inside_loop(atlas.skin, view, loop)
    drawn = shapely.Polygon(loop)
    for dx in np.linspace(-1.6, 1.6, 9):
        at = shapely.Point(view.width_px * (x + share * dx), view.height_px * y)
        place = view.pick(at.x, at.y)
        if place is not None and drawn.boundary.distance(at) > 2:
            assert area.contains(place) == drawn.contains(at)


def test_a_border_alone_gives_about_the_area_back() -> None:
    """As from outlines that were stored before the skin was kept with them."""
    atlas = load_atlas("female")
    for view_id in ("abdomen", "thighs_front", "face_front", "buttocks"):
        area = inside_loop(atlas.skin, atlas.view(view_id), loop_on(view_id, 0.14, (0.4, 0.45)))
        again = bounded(atlas.skin, area.rings, np.zeros(0, dtype=np.int64))
        assert again.area_mm2 == pytest.approx(area.area_mm2, rel=0.01)


def test_one_circle_on_the_skin_is_as_large_from_two_views() -> None:
    atlas = load_atlas("female")
    front = atlas.view("thighs_front")
    place = front.pick(front.width_px * 0.3, front.height_px * 0.45)
    assert place is not None
    sizes = []
    for view in atlas.views:
        at = np.array([place.triangle]), np.array([place.u]), np.array([place.v])
        xy, seen = view.project(*at)
        if seen[0]:
            sizes.append(along_stroke(atlas.skin, view, xy, 20.0).area_mm2)
    assert len(sizes) >= 3
    assert sizes == pytest.approx([np.pi * 400] * len(sizes), rel=0.03)


def test_union_and_cut_add_up() -> None:
    atlas = load_atlas("female")
    skin, view = atlas.skin, atlas.view("abdomen")
    first = inside_loop(skin, view, loop_on("abdomen", 0.15, (0.45, 0.5)))
    second = inside_loop(skin, view, loop_on("abdomen", 0.15, (0.58, 0.5)))
    common = shared_mm2(first, second)
    assert common > 1000
    either = joined(skin, first, second).area_mm2
    assert either == pytest.approx(first.area_mm2 + second.area_mm2 - common, rel=0.01)
    cut = without(skin, first, second).area_mm2
    assert cut == pytest.approx(first.area_mm2 - common, rel=0.01)
    assert without(skin, first, first).area_mm2 == pytest.approx(0.0, abs=5.0)
    assert joined(skin, Area(()), first).area_mm2 == first.area_mm2


def test_areas_apart_share_nothing() -> None:
    atlas = load_atlas("female")
    thigh, arm = area_of("female", "thigh_front_upper"), area_of("female", "forearm_back")
    assert shared_mm2(thigh, arm) == 0.0
    assert len(joined(atlas.skin, thigh, arm).sheets) == 2


def test_a_loop_off_the_body_or_of_two_corners_holds_nothing() -> None:
    atlas = load_atlas("female")
    view = atlas.view("front")
    corner = np.array([[1.0, 1.0], [9.0, 1.0], [9.0, 9.0]])
    assert inside_loop(atlas.skin, view, corner).is_empty
    assert inside_loop(atlas.skin, view, corner[:2]).is_empty
    assert along_stroke(atlas.skin, view, corner, 3.0).is_empty


def test_a_loop_that_crosses_itself_holds_what_it_goes_around() -> None:
    atlas = load_atlas("female")
    view = atlas.view("abdomen")
    w, h = view.width_px, view.height_px
    bow = np.array(
        [[0.4 * w, 0.45 * h], [0.6 * w, 0.55 * h], [0.6 * w, 0.45 * h], [0.4 * w, 0.55 * h]]
    )
    area = inside_loop(atlas.skin, view, bow)
    half = inside_loop(atlas.skin, view, np.array([bow[0], [0.5 * w, 0.5 * h], bow[3]]))
    assert area.area_mm2 == pytest.approx(2 * half.area_mm2, rel=0.15)


@pytest.mark.parametrize("turns", [1.15, 1.9, 2.0, 3.0])
@pytest.mark.parametrize("way", [1, -1])
def test_a_loop_that_goes_around_more_than_once_holds_it_all(turns: float, way: int) -> None:
    atlas = load_atlas("female")
    view = atlas.view("abdomen")
    middle = np.array([0.45 * view.width_px, 0.45 * view.height_px])

    def spiral(turns: float) -> np.ndarray:
        angle = way * np.linspace(0, 2 * np.pi * turns, int(60 * turns))
        # A hand never comes back to quite the same place.
        reach = 0.1 * view.width_px * (1 + 0.03 * np.abs(angle) / (2 * np.pi))
        return middle + reach[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)

    once = inside_loop(atlas.skin, view, spiral(1.0)).area_mm2
    area = inside_loop(atlas.skin, view, spiral(turns))
    assert once < area.area_mm2 < once * (1 + 0.08 * turns)
    assert len(area.rings) == 1
    assert Drawn(view, spiral(turns)).size[0] == pytest.approx(area.area_mm2, rel=0.15)


def test_a_star_in_one_stroke_holds_its_middle() -> None:
    atlas = load_atlas("female")
    view = atlas.view("abdomen")
    middle = np.array([0.45 * view.width_px, 0.45 * view.height_px])
    angle = np.arange(5) * 4 * np.pi / 5
    star = middle + 0.1 * view.width_px * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    place = view.pick(*middle)
    assert place is not None
    assert inside_loop(atlas.skin, view, star).contains(place)


@pytest.mark.parametrize("count", [2, 3])
def test_a_stroke_that_stays_in_one_place_is_a_circle(count: int) -> None:
    atlas = load_atlas("female")
    view = atlas.view("abdomen")
    place = np.array([[0.45 * view.width_px, 0.45 * view.height_px]])
    circle = along_stroke(atlas.skin, view, place, 10.0)
    still = along_stroke(atlas.skin, view, np.repeat(place, count, axis=0), 10.0)
    assert still.area_mm2 == pytest.approx(circle.area_mm2)
    assert inside_loop(atlas.skin, view, np.repeat(place, 3, axis=0)).is_empty


@pytest.mark.parametrize("spacing", [4.0, 8.0, 15.0])
@pytest.mark.parametrize("share", [0.8, 1.0, 1.3, 3.0])
def test_a_zone_has_a_puncture_for_each_square_of_its_spacing(spacing: float, share: float) -> None:
    atlas = load_atlas("female")
    view = atlas.view("abdomen")
    middle = np.array([0.5 * view.width_px, 0.5 * view.height_px])
    reach = np.array([80.0 / view.camera.mm_per_px, 0.0])
    band = along_stroke(
        atlas.skin, view, np.array([middle - reach, middle + reach]), share * spacing / 2
    )
    told = estimated_points(band, Pattern.ZONE, spacing)
    assert told == pytest.approx(band.area_mm2 / spacing**2, abs=0.5)
    assert told >= 8

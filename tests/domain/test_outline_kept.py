"""A drawn area means the same skin again when its outline was stored: point by point."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import numpy as np
import pytest
import shapely

from mesodesk.domain.bodymap import outlines
from mesodesk.domain.bodymap.area import Area, Sheet, joined, settled, sheets_on, without
from mesodesk.domain.bodymap.atlas import Atlas, load_atlas
from mesodesk.domain.bodymap.codec import (
    ChartDataError,
    field_from_plain,
    field_to_plain,
    outline_from_plain,
    outline_to_plain,
)
from mesodesk.domain.bodymap.drawing import along_stroke, inside_loop
from mesodesk.domain.bodymap.edits import PointSettings
from mesodesk.domain.bodymap.field_edits import FieldSettings, filled
from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.filling import LaidPoints, lay_points
from mesodesk.domain.bodymap.on_sheet import rim
from mesodesk.domain.bodymap.outlines import area_of, mirrored_outline, outline_of
from mesodesk.domain.bodymap.view import View

_SPACING_MM = 6.0


def drawn_in(atlas: Atlas, view: View, seed: int) -> Iterator[Area]:
    """Yield a lasso and a band about places of a view's skin, of the size of a hand's gesture."""
    chance = np.random.default_rng(seed)
    found = 0
    while found < 2:
        x, y = chance.uniform(0, view.width_px), chance.uniform(0, view.height_px)
        if view.pick(x, y) is None:
            continue
        reach = chance.uniform(0.03, 0.12) * view.width_px
        if found == 0:
            angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
            loop = np.stack([x + reach * np.cos(angle), y + 0.7 * reach * np.sin(angle)], axis=1)
            yield inside_loop(atlas.skin, view, loop)
        else:
            stroke = np.array([[x, y], [x + reach, y + reach]])
            yield along_stroke(atlas.skin, view, stroke, reach * view.camera.mm_per_px / 3)
        found += 1


def read_again(atlas: Atlas, outline: Outline) -> Area:
    """Return the area as another start of the program cuts it from what the vault holds."""
    outlines.forget()
    return area_of(atlas, outline_from_plain(json.loads(json.dumps(outline_to_plain(outline)))))


def same(one: LaidPoints, other: LaidPoints) -> bool:
    return (
        np.array_equal(one.triangle, other.triangle)
        and np.array_equal(one.u, other.u)
        and np.array_equal(one.v, other.v)
    )


def filled_with(outline: Outline) -> ChartField:
    hand = PointSettings("point_by_point", Decimal(4), "30g_4", Decimal("0.05"))
    points = laid(area_of(load_atlas("female"), outline))
    return filled(UUID(int=1), UUID(int=2), hand, FieldSettings(), outline, points)


def laid(area: Area) -> LaidPoints:
    return lay_points(area, Pattern.STAGGERED, _SPACING_MM)


@pytest.mark.parametrize(
    ("sex", "every"), [pytest.param("female", 1, marks=pytest.mark.long), ("male", 3)]
)
def test_what_was_drawn_in_any_view_is_the_same_skin_when_it_is_read_again(
    sex: str, every: int
) -> None:
    atlas = load_atlas(sex)
    views = atlas.views[::every]
    told_by_chance = 0
    for seed, view in enumerate(views):
        for drawn in drawn_in(atlas, view, seed):
            outline = outline_of(drawn, OutlineKind.LASSO)
            points = laid(settled(drawn))
            assert same(points, laid(read_again(atlas, outline))), view.view_id
            told_by_chance += same(points, laid(read_again(atlas, replace(outline, skin=()))))
    # Without the skin that it was drawn on, a border alone does not say what it goes around.
    assert told_by_chance < 0.9 * 2 * len(views)


def test_keeping_an_area_hardly_changes_it() -> None:
    atlas = load_atlas("female")
    for seed, view in enumerate(atlas.views[::3]):
        for drawn in drawn_in(atlas, view, seed):
            kept = settled(drawn).area_mm2
            assert kept == pytest.approx(drawn.area_mm2, rel=0.02), view.view_id


# Lassos with a smaller one cut out of them, where the skin ends nearby or bends much: the middle,
# both radii and how far apart the middles are, in shares of the picture.
_NEAR_A_RIM = [
    ("hand_dorsum_left", (0.31, 0.7), 0.11, 0.054, 0.0),
    ("hand_dorsum_right", (0.5, 0.36), 0.08, 0.04, 0.03),
    ("hand_dorsum_right", (0.7, 0.71), 0.07, 0.038, 0.03),
    ("face_left", (0.15, 0.62), 0.05, 0.027, 0.0),
    ("thigh_outer_right", (0.86, 0.41), 0.07, 0.028, 0.0),
]


@pytest.mark.parametrize(("view_id", "middle", "radius", "inner", "apart"), _NEAR_A_RIM)
def test_keeping_an_area_takes_none_of_its_corners_off(
    view_id: str, middle: tuple[float, float], radius: float, inner: float, apart: float
) -> None:
    atlas = load_atlas("female")
    view = atlas.view(view_id)
    size = np.array([view.width_px, view.height_px])
    # As many corners as the search had that came upon these.
    count = 60 if apart or view_id.startswith("face") else 24
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1) * view.width_px
    outer = inside_loop(atlas.skin, view, middle * size + radius * ring)
    other = (middle[0] + apart, middle[1])
    area = without(atlas.skin, outer, inside_loop(atlas.skin, view, other * size + inner * ring))
    kept = settled(area)
    assert kept.area_mm2 == pytest.approx(area.area_mm2, rel=0.01)
    assert read_again(atlas, outline_of(area, OutlineKind.LASSO)).area_mm2 == kept.area_mm2


def test_a_corner_just_beside_the_skin_is_put_on_its_rim() -> None:
    atlas = load_atlas("female")
    (patch,) = sheets_on(atlas.skin, atlas.triangles_of(["abdomen_lower.midline"]))
    border = rim(patch).boundary
    outside = rim(patch).buffer(0.1).boundary
    places = shapely.get_coordinates(outside.segmentize(2.0))
    assert (patch.find(places)[0] < 0).all()
    rows, u, v = patch.find_nearest(places, 0.5)
    put = patch.to_flat(rows, u, v)
    assert (rows >= 0).all()
    assert np.linalg.norm(put - places, axis=1) == pytest.approx(0.1, abs=0.001)
    assert shapely.distance(shapely.points(put), border) == pytest.approx(0.0, abs=1e-9)
    assert (patch.find_nearest(places, 0.05)[0] < 0).all()


def test_a_hole_is_still_a_hole_when_it_is_read_again() -> None:
    atlas = load_atlas("female")
    view = atlas.view("abdomen")
    middle = np.array([[view.width_px, view.height_px]]) / 2
    outer, inner, island = (
        along_stroke(atlas.skin, view, middle, radius) for radius in (50.0, 30.0, 12.0)
    )
    drawn = joined(atlas.skin, without(atlas.skin, outer, inner), island)
    outline = outline_of(drawn, OutlineKind.LASSO)
    assert len(outline.rings) == 3
    for kept in (settled(drawn), read_again(atlas, outline)):
        assert kept.area_mm2 == pytest.approx(drawn.area_mm2, rel=0.01)
        steps = np.array([[0, 0], [20, 0], [40, 0]]) / view.camera.mm_per_px
        assert kept.holds(*view.picks(middle + steps)).tolist() == [True, False, True]
    image = read_again(atlas, mirrored_outline(atlas, outline))
    assert image.area_mm2 == pytest.approx(drawn.area_mm2, rel=0.01)


def test_a_border_on_skin_that_bends_around_is_no_hole() -> None:
    """Around the edge of a hand a border may seem to run the other way, seen from outside."""
    atlas = load_atlas("female")
    belly, palm = (
        sheets_on(atlas.skin, atlas.triangles_of([key]))[0]
        for key in ("abdomen_lower.midline", "palm.left")
    )
    plain = shapely.maximum_inscribed_circle(rim(belly)).centroid.buffer(8.0)
    bent = shapely.Point(62.4, 54.5).buffer(42.3).intersection(rim(palm))
    bent = max(shapely.get_parts(bent), key=lambda part: part.area)
    area = Area((Sheet(belly, plain), Sheet(palm, bent)))
    drawn = outline_of(area, OutlineKind.LASSO)
    assert len(drawn.rings) == 2
    for order in (1, -1):
        outline = replace(drawn, rings=drawn.rings[::order])
        assert read_again(atlas, outline).area_mm2 == pytest.approx(area.area_mm2, rel=0.02)


def test_an_image_means_the_mirrored_skin_when_it_is_read_again() -> None:
    atlas = load_atlas("female")
    for view_id in ("front", "thigh_outer_left", "flank_right", "legs_back"):
        view = next(one for one in atlas.views if one.view_id == view_id)
        for drawn in drawn_in(atlas, view, 5):
            outline = outline_of(drawn, OutlineKind.LASSO)
            image = mirrored_outline(atlas, outline)
            assert mirrored_outline(atlas, image).skin == outline.skin
            assert read_again(atlas, image).area_mm2 == pytest.approx(
                settled(drawn).area_mm2, rel=0.01
            )


def test_joined_and_cut_areas_are_the_same_skin_when_they_are_read_again() -> None:
    atlas = load_atlas("female")
    front = next(view for view in atlas.views if view.view_id == "front")
    middle = np.array([front.width_px / 2, front.height_px * 0.4])
    one = along_stroke(atlas.skin, front, middle[None], 60.0)
    other = along_stroke(atlas.skin, front, middle[None] + (0.0, 60.0), 50.0)
    for made in (joined(atlas.skin, one, other), without(atlas.skin, one, other)):
        assert not made.is_empty
        outline = outline_of(made, OutlineKind.LASSO)
        assert same(laid(settled(made)), laid(read_again(atlas, outline)))


def test_runs_of_triangles_are_short_and_whole() -> None:
    atlas = load_atlas("female")
    back = next(view for view in atlas.views if view.view_id == "upper_back")
    reach = back.width_px * 0.3
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    loop = np.stack([np.cos(angle), np.sin(angle)], axis=1) * reach
    drawn = inside_loop(atlas.skin, back, loop + np.array([back.width_px, back.height_px]) / 2)
    skin = outline_of(drawn, OutlineKind.LASSO).skin
    told = np.concatenate([np.arange(first, first + count) for first, count in skin])
    assert np.array_equal(told, drawn.triangles)
    assert len(skin) < len(told) / 4


def test_outlines_of_before_corners_were_packed_are_still_read() -> None:
    atlas = load_atlas("female")
    for drawn in drawn_in(atlas, atlas.views[0], 5):
        outline = outline_of(drawn, OutlineKind.LASSO)
        plain = outline_to_plain(outline)
        assert outline_from_plain(plain) == outline
        plain["rings"] = [[[p.triangle, p.u, p.v] for p in ring] for ring in outline.rings]
        plain["skin"] = [list(run) for run in outline.skin]
        assert outline_from_plain(json.loads(json.dumps(plain))) == outline


@pytest.mark.parametrize("damage", [lambda ring: ring[:-4], lambda ring: "%" + ring[1:]])
def test_a_damaged_border_is_said_to_be_damaged(damage: Callable[[str], str]) -> None:
    atlas = load_atlas("female")
    (drawn, _) = drawn_in(atlas, atlas.views[0], 5)
    stored = field_to_plain(filled_with(outline_of(drawn, OutlineKind.LASSO)))
    stored["outline"]["rings"][0] = damage(stored["outline"]["rings"][0])
    with pytest.raises(ChartDataError):
        field_from_plain(stored)


@pytest.mark.long
def test_fields_of_before_the_skin_was_kept_are_still_read() -> None:
    atlas = load_atlas("female")
    (drawn, _) = drawn_in(atlas, atlas.views[0], 3)
    plain = outline_to_plain(outline_of(drawn, OutlineKind.LASSO))
    del plain["skin"]
    read = outline_from_plain(plain)
    assert read.skin == ()
    # A border alone tells only about what it goes around.
    assert area_of(atlas, read).area_mm2 == pytest.approx(drawn.area_mm2, rel=0.2)
    outline = Outline(OutlineKind.REGION, regions=("buttock.left",))
    field = replace(filled_with(outline), removed=2)
    stored = field_to_plain(field)
    assert field_from_plain(stored) == field
    del stored["removed"]
    assert field_from_plain(stored).removed == 0

"""A drawn area means the same skin again when its outline was stored: point by point."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import numpy as np
import pytest

from mesodesk.domain.bodymap import outlines
from mesodesk.domain.bodymap.area import Area, joined, settled, without
from mesodesk.domain.bodymap.atlas import Atlas, load_atlas
from mesodesk.domain.bodymap.codec import (
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


@pytest.mark.parametrize(("sex", "every"), [("female", 1), ("male", 3)])
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

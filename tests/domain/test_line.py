"""Laws of lines over the skin: the spacing along them, how long they are, that they never jump."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mesodesk.domain.bodymap import field_edits as fe
from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.codec import field_from_plain, field_to_plain
from mesodesk.domain.bodymap.edits import PointSettings
from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.filling import lay_along
from mesodesk.domain.bodymap.line import STEP_MM, drawn_line, line_mm, places_along
from mesodesk.domain.bodymap.outlines import area_of, arrays, mirrored_outline, regions_in
from mesodesk.domain.bodymap.packing import PointFlag
from mesodesk.domain.bodymap.view import SurfacePoint, View
from mesodesk.domain.ids import new_id

ATLASES = {sex: load_atlas(sex) for sex in ("female", "male")}
ATLAS = ATLASES["female"]
SKIN = ATLAS.skin
HAND = PointSettings("point_by_point", Decimal(4), "30g_4", Decimal("0.05"))
VIEWS = [view.view_id for view in ATLAS.views]


def stroke(view: View, *shares: tuple[float, float]) -> np.ndarray:
    return np.array(shares) * (view.width_px, view.height_px)


def thigh_line() -> tuple[SurfacePoint, ...]:
    view = ATLAS.view("thighs_front")
    drawn = drawn_line(SKIN, view, stroke(view, (0.25, 0.3), (0.28, 0.45), (0.3, 0.6)))
    assert not drawn.cut
    return drawn.line


def field_along(line: tuple[SurfacePoint, ...], spacing: int = 15) -> ChartField:
    laying = fe.FieldSettings(Pattern.STAGGERED, Decimal(spacing))
    outline = Outline(OutlineKind.LINE, rings=(line,))
    laid = lay_along(SKIN, line, spacing)
    return fe.filled(new_id(), UUID(int=7), HAND, laying, outline, laid)


def true_length(view: View, start: np.ndarray, end: np.ndarray) -> float:
    """Walk a straight line of the picture in tiny steps over the skin."""
    share = np.linspace(0, 1, 400)[:, None]
    triangle, u, v = view.picks(start + share * (end - start))
    on = triangle >= 0
    places = SKIN.surface.places(triangle[on], u[on], v[on])
    return float(np.linalg.norm(np.diff(places, axis=0), axis=1).sum())


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(VIEWS),
    st.tuples(*[st.floats(0.15, 0.85)] * 4),
    st.floats(4.0, 25.0),
)
def test_neighbours_are_a_spacing_apart_along_the_line(
    view_id: str, ends: tuple[float, float, float, float], spacing: float
) -> None:
    view = ATLAS.view(view_id)
    drawn = drawn_line(SKIN, view, stroke(view, ends[:2], ends[2:]))
    assume(drawn.line)
    laid = lay_along(SKIN, drawn.line, spacing)
    length = line_mm(SKIN.surface, drawn.line)
    assert len(laid) == int(length / spacing + 1e-6) + 1
    xy, _ = view.project(laid.triangle, laid.u, laid.v)
    places = SKIN.surface.places(laid.triangle, laid.u, laid.v)
    # At the bottom of a fold, as between the lips, the picture shows other skin there.
    shown = np.linalg.norm(SKIN.surface.places(*view.picks(xy)) - places, axis=1) < 0.1
    for at, (one, other) in enumerate(pairwise(xy)):
        if shown[at] and shown[at + 1]:
            assert true_length(view, one, other) == pytest.approx(spacing, rel=0.05)
        assert np.linalg.norm(places[at + 1] - places[at]) <= 1.01 * spacing


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(("female", "male")),
    st.sampled_from(VIEWS),
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6),
)
def test_a_line_is_dense_and_never_jumps(
    sex: str, view_id: str, shares: list[tuple[float, float]]
) -> None:
    atlas = ATLASES[sex]
    view = atlas.view(view_id)
    drawn = drawn_line(atlas.skin, view, stroke(view, *shares))
    if not drawn.line:
        assert drawn.cut
        return
    places = atlas.skin.surface.places(*arrays(drawn.line))
    assert (np.linalg.norm(np.diff(places, axis=0), axis=1) <= STEP_MM + 1e-9).all()
    laid = lay_along(atlas.skin, drawn.line, 7.0)
    # Each point lies on the line, or as near as a line over bent skin comes.
    at = atlas.skin.surface.places(laid.triangle, laid.u, laid.v)
    off = np.linalg.norm(at[:, None] - places[None], axis=2).min(axis=1)
    assert (off <= STEP_MM / 2 + 0.3).all()


@settings(deadline=None, max_examples=30)
@given(st.floats(2.0, 40.0), st.floats(0.85, 1.2))
def test_the_first_point_is_the_start_and_a_taller_body_holds_more(
    spacing: float, scale: float
) -> None:
    line = thigh_line()
    laid = lay_along(SKIN, line, spacing, scale)
    start = SKIN.surface.places(*arrays(line[:1]))
    first = SKIN.surface.places(laid.triangle[:1], laid.u[:1], laid.v[:1])
    assert np.allclose(first, start, atol=1e-6)
    count = int(line_mm(SKIN.surface, line) * scale / spacing + 1e-6) + 1
    assert len(laid) == count
    assert laid.starts_row.tolist() == [True] + [False] * (count - 1)


@settings(deadline=None, max_examples=20)
@given(st.integers(3, 40))
def test_the_image_of_the_image_of_a_line_is_the_line(spacing: int) -> None:
    field = field_along(thigh_line(), spacing)
    image = fe.mirrored(field, ATLAS, new_id())
    again = fe.mirrored(image, ATLAS, field.id)
    assert replace(again, mirror_of=None) == field
    assert image.outline is not None
    # Laid by itself the image has its points where they were mirrored to, the first one too.
    anew = lay_along(SKIN, image.outline.rings[0], spacing)
    records = image.points.records
    mirrored = SKIN.surface.places(
        records["triangle"].astype(np.int64), *(records[n].astype(np.float64) for n in ("u", "v"))
    )
    assert np.allclose(SKIN.surface.places(anew.triangle, anew.u, anew.v), mirrored, atol=0.01)


def test_a_line_laid_anew_and_back_is_the_same() -> None:
    field = field_along(thigh_line())
    assert field.outline is not None
    read = field_from_plain(field_to_plain(field))
    assert read == field
    assert read.outline is not None
    line = read.outline.rings[0]
    for spacing in (9, 15):
        laid = lay_along(SKIN, line, spacing)
        field = fe.laid_anew(
            field, fe.FieldSettings(Pattern.ZONE, Decimal(spacing)), read.outline, laid
        )
        assert field.pattern is Pattern.LINES
    assert field == read


def test_a_line_has_no_area_but_lies_in_regions() -> None:
    field = field_along(thigh_line())
    assert field.outline is not None
    assert area_of(ATLAS, field.outline).is_empty
    assert "thigh_front_upper.right" in regions_in(ATLAS, field.outline)
    assert mirrored_outline(ATLAS, mirrored_outline(ATLAS, field.outline)) == field.outline
    flags = field.points.records["flags"]
    assert np.flatnonzero(flags & int(PointFlag.ROW_START)).tolist() == [0]


def test_a_line_ends_where_the_skin_ends() -> None:
    view = ATLAS.view("front")
    across = stroke(view, (0.39, 0.62), (0.61, 0.62))  # from one thigh over the gap to the other
    drawn = drawn_line(SKIN, view, across)
    assert drawn.cut
    places = SKIN.surface.places(*arrays(drawn.line))
    assert (places[:, 0] < 0).all()
    beside = drawn_line(SKIN, view, stroke(view, (0.01, 0.9), (0.05, 0.95)))
    assert beside.line == ()


def test_a_click_is_a_line_of_one_place() -> None:
    view = ATLAS.view("abdomen")
    drawn = drawn_line(SKIN, view, stroke(view, (0.5, 0.5)))
    assert len(drawn.line) == 1
    assert line_mm(SKIN.surface, drawn.line) == 0
    assert len(lay_along(SKIN, drawn.line, 10)) == 1
    with pytest.raises(ValueError, match="above 0"):
        places_along(SKIN, drawn.line, 0)

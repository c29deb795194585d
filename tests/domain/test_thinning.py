"""A few points left out of a pattern: how many, which, and what the others are then."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.filling import lay_points
from mesodesk.domain.bodymap.outlines import area_of, region_outline
from mesodesk.domain.bodymap.thinning import thinned

ATLAS = load_atlas("female")
AREA = area_of(ATLAS, region_outline(["thigh_outer_upper.left"]))
PATTERNS = (Pattern.SQUARE, Pattern.STAGGERED, Pattern.LINES, Pattern.RADIAL)


def places(laid):
    return ATLAS.surface.places(laid.triangle, laid.u, laid.v)


def nearest(at):
    away = np.linalg.norm(at[:, None] - at[None], axis=2)
    np.fill_diagonal(away, np.inf)
    return away.min(axis=1)


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(PATTERNS), st.integers(8, 20), st.integers(0, 12))
def test_so_many_stay_where_they_were_and_lie_as_before(pattern, spacing_mm, one_of):
    laid = lay_points(AREA, pattern, spacing_mm)
    wanted = len(laid) - (len(laid) // one_of if one_of >= 8 else 0)
    kept = thinned(ATLAS.surface, laid, wanted)
    assert len(kept) == wanted
    before = {tuple(each) for each in places(laid)}
    assert {tuple(each) for each in places(kept)} <= before
    if wanted == len(laid):
        assert kept is laid
    # The law of spacing holds for what is left: a median within 5 %.
    assert np.median(nearest(places(kept))) == pytest.approx(
        np.median(nearest(places(laid))), rel=0.05
    )


def test_the_corners_are_left_out_first():
    laid = lay_points(AREA, Pattern.SQUARE, 15)
    at = places(laid)
    kept = {tuple(each) for each in places(thinned(ATLAS.surface, laid, len(laid) - 4))}
    reach = 1.3 * np.median(nearest(at))
    beside = (np.linalg.norm(at[:, None] - at[None], axis=2) <= reach).sum(axis=1) - 1
    out = [number for number, each in enumerate(at) if tuple(each) not in kept]
    assert max(beside[out]) <= min(beside[[n for n in range(len(at)) if n not in out]])


def test_each_thread_that_is_left_begins_once():
    laid = lay_points(AREA, Pattern.LINES, 12)
    kept = thinned(ATLAS.surface, laid, len(laid) - len(laid) // 8)
    row_of = dict(zip(map(tuple, places(laid)), np.cumsum(laid.starts_row), strict=True))
    rows = [row_of[tuple(each)] for each in places(kept)]
    begins = [at == 0 or rows[at] != rows[at - 1] for at in range(len(rows))]
    assert kept.starts_row.tolist() == begins

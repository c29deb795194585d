"""The share of a triangle that lies in a shape is the same as when it is cut out of it."""

from itertools import product

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mesodesk.domain.bodymap import inside
from mesodesk.domain.bodymap.inside import shares_inside

# On so coarse a grid, corners lie on sides and edges along them more often than not.
_GRID = st.integers(0, 6)
# A hand's own places, and those of a grid that is rounded to the last digit.
_FINE = st.floats(0.0, 6.0).map(lambda value: round(value, 12))

_RIGHT, _UP = np.array([1.0, 0.0]), np.array([0.0, 1.0])


def _turned(degrees: float) -> np.ndarray:
    turn = np.radians(degrees)
    return np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])


@st.composite
def _shapes(draw, number):
    """Polygons with holes and in several pieces: whatever a loop goes around once."""
    count = draw(st.integers(3, 9))
    loop = draw(arrays(np.float64, (count, 2), elements=number.map(float)))
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(shapely.Polygon(loop))))
    return shapely.MultiPolygon([part for part in parts if part.area > 1e-3])


def _net(turn: int, seed: int) -> np.ndarray:
    """Triangles that cover the grid, some of them turning the other way."""
    at = np.arange(6)
    x, y = (each.ravel() for each in np.meshgrid(at, at))
    low = np.stack([x, y], axis=1).astype(np.float64)
    right, up, both = low + _RIGHT, low + _UP, low + _RIGHT + _UP
    made = np.concatenate([np.stack([low, right, both], 1), np.stack([low, both, up], 1)])
    other = np.random.default_rng(seed).random(len(made)) < 0.3
    made[other] = made[other, ::-1]
    return np.roll(made, turn, axis=1)


def _cut_out(shape, corners):
    triangles = shapely.polygons(corners)
    return shapely.area(shapely.intersection(triangles, shape)) / shapely.area(triangles)


@given(shape=_shapes(_GRID) | _shapes(_FINE), turn=st.integers(0, 2), seed=st.integers(0, 9))
def test_it_is_as_much_as_is_cut_out(shape, turn, seed):
    corners = _net(turn, seed)
    assert shares_inside(shape, corners) == pytest.approx(_cut_out(shape, corners), abs=1e-9)


@given(
    shape=_shapes(_GRID), degrees=st.floats(0, 360), turn=st.integers(0, 2), seed=st.integers(0, 9)
)
def test_so_it_is_where_corners_meet_but_for_rounding(shape, degrees, turn, seed):
    matrix, corners = _turned(degrees), _net(turn, seed)
    turned = shapely.transform(shape, lambda places: places @ matrix)
    shares = shares_inside(turned, corners @ matrix)
    assert shares == pytest.approx(_cut_out(shape, corners), abs=1e-6)


def test_what_nothing_runs_through_is_in_or_out():
    shape = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    low = np.array([[1.0, 1.0], [4.5, 4.5], [12.0, 1.0]])
    corners = np.stack([low, low + _RIGHT, low + _UP], axis=1)
    assert shares_inside(shape, corners).tolist() == [1.0, 0.0, 0.0]


def test_an_edge_along_a_part_of_a_side_counts_once():
    """No corner is near it, so that only the edge itself tells."""
    corners = np.array([[[0, 0], [4, 0], [1, 3]], [[0, 0], [1, -3], [4, 0]]], dtype=np.float64)
    beside = shapely.box(1.1, 0.5, 1.3, 1.5)
    for shape in (
        shapely.box(1, 0, 2, 1),
        shapely.box(1, -1, 2, 0),
        shapely.MultiPolygon([shapely.box(1, -1, 2, 0), beside]),
    ):
        for turn, degrees in product(range(3), range(0, 360, 5)):
            matrix, rolled = _turned(degrees), np.roll(corners, turn, axis=1)
            # But for rounding it lies along the side.
            turned = shapely.transform(shape, lambda places, matrix=matrix: places @ matrix)
            shares = shares_inside(turned, rolled @ matrix)
            assert shares == pytest.approx(_cut_out(shape, rolled), abs=1e-6)


def test_a_line_is_in_or_out_as_its_corners_are():
    shape = shapely.box(0, 0, 10, 10)
    corners = np.array([[[1, 1], [2, 2], [3, 3]], [[8, 8], [9, 9], [12, 12]]], dtype=np.float64)
    assert shares_inside(shape, corners).tolist() == [1.0, 0.0]


def test_few_are_cut_out_one_by_one(monkeypatch):
    """A drawn shape, its corners rounded as those of a sheet are: the rest is a sum."""
    cut = []
    cut_out = inside._cut_out

    def noting(shape, corners):
        cut.append(len(corners))
        return cut_out(shape, corners)

    monkeypatch.setattr(inside, "_cut_out", noting)
    shape = shapely.Point(3.01, 2.98).buffer(2.2)
    corners = _net(0, 1)
    assert shares_inside(shape, corners) == pytest.approx(_cut_out(shape, corners), abs=1e-9)
    assert sum(cut) == 0

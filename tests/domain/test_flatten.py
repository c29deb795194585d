"""Laws of laying skin flat: known shapes come out as they must, nothing torn or turned over."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesodesk.domain.bodymap.flatten import lay_flat
from mesodesk.domain.bodymap.layered import LayeredSystem, Links
from mesodesk.domain.bodymap.patch import lay_out
from mesodesk.domain.bodymap.planar import TriangleGrid, cross
from mesodesk.domain.bodymap.view import Surface


def sheet(columns: int, rows: int) -> np.ndarray:
    """Return the triangles of a net of columns x rows vertices."""
    at = np.arange(columns * rows).reshape(rows, columns)
    a, b, c, d = at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]
    lower, upper = np.stack([a, b, c], -1), np.stack([a, c, d], -1)
    return np.concatenate([lower.reshape(-1, 3), upper.reshape(-1, 3)])


def rolled(columns: int, rows: int, radius: float, step: float) -> np.ndarray:
    """Return the vertices of a sheet rolled around a cylinder, seen from outside."""
    column, row = np.meshgrid(np.arange(columns), np.arange(rows))
    angle = column.ravel() * step / radius
    return np.stack([radius * np.sin(angle), row.ravel() * step, radius * np.cos(angle)], axis=1)


@settings(deadline=None, max_examples=25)
@given(st.integers(3, 14), st.integers(3, 14), st.floats(40.0, 400.0), st.floats(3.0, 12.0))
def test_a_rolled_sheet_comes_out_as_it_was(
    columns: int, rows: int, radius: float, step: float
) -> None:
    if columns * step > 5.0 * radius:
        columns = max(3, int(5.0 * radius / step))
    triangles = sheet(columns, rows)
    solid = rolled(columns, rows, radius, step)
    flat = lay_flat(solid, triangles)
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    there = np.linalg.norm(solid[edges[:, 0]] - solid[edges[:, 1]], axis=1)
    here = np.linalg.norm(flat[edges[:, 0]] - flat[edges[:, 1]], axis=1)
    assert here == pytest.approx(there, rel=0.01)
    a, b, c = flat[triangles].transpose(1, 0, 2)
    assert (cross(b - a, c - a) > 0).all()


def test_a_dome_keeps_its_lengths_within_a_tenth() -> None:
    # A cap of 100 mm radius, 45 degrees to its rim: as bent as a buttock.
    steps = np.linspace(-0.62, 0.62, 15)
    x, y = np.meshgrid(steps, steps)
    solid = 100 * np.stack([x, y, np.sqrt(1 - 0.7 * (x * x + y * y))], -1).reshape(-1, 3)
    solid = 100 * solid / np.linalg.norm(solid, axis=1, keepdims=True)
    triangles = sheet(15, 15)
    flat = lay_flat(solid, triangles)
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]]])
    there = np.linalg.norm(solid[edges[:, 0]] - solid[edges[:, 1]], axis=1)
    here = np.linalg.norm(flat[edges[:, 0]] - flat[edges[:, 1]], axis=1)
    assert np.quantile(np.abs(here / there - 1), 0.9) < 0.1


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 90), st.randoms(use_true_random=False))
def test_layers_solve_what_a_dense_solver_solves(count: int, random: object) -> None:
    seed = random.randrange(2**32)
    numbers = np.random.default_rng(seed)
    # A tree keeps it connected, some more links make it a net.
    parents = [int(numbers.integers(0, vertex)) for vertex in range(1, count)]
    pairs = {(parent, vertex) for vertex, parent in enumerate(parents, start=1)}
    for _ in range(count // 2):
        a, b = sorted(numbers.integers(0, count, 2).tolist())
        if a != b:
            pairs.add((a, b))
    first, second = np.array(sorted(pairs)).T
    beside = numbers.normal(size=len(first)) + 1j * numbers.normal(size=len(first))
    dense = np.zeros((count, count), dtype=complex)
    dense[first, second], dense[second, first] = beside, beside.conj()
    diagonal = np.abs(dense).sum(axis=1) + 1
    dense[np.arange(count), np.arange(count)] = diagonal
    wanted = numbers.normal(size=count)
    solved = LayeredSystem(Links(first, second, count), diagonal, beside).solve(wanted)
    assert dense @ solved == pytest.approx(wanted, abs=1e-8)


def test_what_is_not_connected_is_refused() -> None:
    links = Links(np.array([0, 2]), np.array([1, 3]), 4)
    with pytest.raises(ValueError, match="connected"):
        LayeredSystem(links, np.full(4, 3.0), np.ones(2))


def test_a_tube_is_cut_open() -> None:
    around = 24
    triangles = sheet(around + 1, 6) % (around + 1)
    angle = np.arange(around) * 2 * np.pi / around
    rings = [
        np.stack([30 * np.sin(angle), np.full(around, 8.0 * row), 30 * np.cos(angle)], axis=1)
        for row in range(6)
    ]
    at = np.arange(6 * around).reshape(6, around)
    at = np.concatenate([at, at[:, :1]], axis=1).ravel()
    triangles = at[sheet(around + 1, 6)]
    patch = lay_out(Surface(np.concatenate(rings), triangles, 40.0), np.arange(len(triangles)))
    assert patch.seamed
    assert len(patch.loops) == 1
    assert patch.flat_mm2.sum() == pytest.approx(patch.skin_mm2.sum(), rel=5e-3)


def test_two_sheets_that_meet_in_a_corner_are_kept_apart_there() -> None:
    # Bow tie with a bridge: vertex 2 belongs to two fans.
    positions = np.array(
        [[0, 0, 0], [20, 0, 0], [10, 10, 0], [0, 20, 0], [20, 20, 0], [40, 10, 0]], dtype=float
    )
    triangles = np.array([[0, 1, 2], [2, 4, 3], [1, 5, 2], [5, 4, 2]])[[0, 1]]
    ring = np.array([[0, 1, 2], [3, 2, 4], [1, 5, 4]])
    surface = Surface(positions, ring, 20.0)
    patch = lay_out(surface, np.arange(1))
    assert patch.flat_mm2.sum() == pytest.approx(100.0)
    assert len(triangles) == 2


def test_a_place_is_found_in_its_triangle() -> None:
    triangles = sheet(9, 7)
    solid = rolled(9, 7, 1e9, 5.0)
    grid = TriangleGrid(solid[:, :2][triangles])
    numbers = np.random.default_rng(4)
    places = numbers.uniform(0, (40.0, 30.0), size=(200, 2))
    row, u, v = grid.find(places)
    assert (row >= 0).all()
    a, b, c = solid[:, :2][triangles[row]].transpose(1, 0, 2)
    assert a + u[:, None] * (b - a) + v[:, None] * (c - a) == pytest.approx(places, abs=1e-6)
    assert grid.find(np.array([[-5.0, 3.0], [41.0, 3.0]]))[0].tolist() == [-1, -1]

"""Lays a piece of skin flat with its lengths kept as well as a curved thing can be.

First as it looks from above or, where that hides a part, by angles alone (least squares conformal
maps: Lévy and others, SIGGRAPH 2002), then by lengths (as rigid as possible: Liu and others, "A
local/global approach to mesh parameterization", Computer Graphics Forum 27(5), 2008). Places of
the plane are complex numbers meanwhile.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.layered import LayeredSystem, Links, steps_from

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
ComplexArray = NDArray[np.complex128]

# At most so many rounds; a round that brings less than this share more is the last.
_ROUNDS: Final = 20
_WORTH: Final = 0.03
# So many steps find the direction from which all of a piece is seen, if there is one.
_TURNS: Final = 60
# The cosine to the viewer down to which a triangle surely faces him, and down to which a few may be
# turned away at first: lengths turn them back.
_FACING: Final = 0.02
_NEARLY_FACING: Final = -0.1
# A flat angle has no finite cotangent, and a negative one pulls the wrong way.
_COTANGENTS: Final = (0.05, 20.0)


@dataclass(frozen=True, slots=True)
class _Mesh:
    """Triangles with the shape that each has by itself."""

    triangles: IntArray
    count: int
    links: Links
    link_of: IntArray  # shape (m, 3): of the edges opposite to each corner
    cotangent: FloatArray  # shape (m, 3): at each corner
    shape: ComplexArray  # shape (m, 3): each edge opposite to a corner, in the triangle's own plane


def lay_flat(positions: FloatArray, triangles: IntArray) -> FloatArray:
    """Return where each vertex lies in the plane.

    Args:
        positions: mm, shape (n, 3).
        triangles: shape (m, 3), counter-clockwise from outside; one connected piece that a plane
            can hold, which a tube is not.

    Returns:
        mm, shape (n, 2), seen from outside: counter-clockwise stays so.

    Raises:
        numpy.linalg.LinAlgError: if the piece cannot be laid flat.
    """
    mesh = _measured(positions, triangles)
    flat = _seen_from_above(positions, triangles)
    if flat is None:
        flat = _by_angles(mesh)
    flat *= np.sqrt(_area_of(mesh.shape) / max(_area_of(_edges(mesh, flat)), 1e-12))
    flat = _by_lengths(mesh, flat)
    return np.stack([flat.real, flat.imag], axis=1)


def _seen_from_above(positions: FloatArray, triangles: IntArray) -> ComplexArray | None:
    """Return the piece as it looks from where it faces, None if part of it faces away from there.

    A picture of skin in which nothing hides anything is never folded, so it is the safest start.
    """
    a, b, c = positions[triangles].transpose(1, 0, 2)
    across = np.cross(b - a, c - a)
    normals = across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-12)
    toward = across.sum(axis=0)
    toward /= max(float(np.linalg.norm(toward)), 1e-12)
    if (normals @ toward).min() < _FACING:
        toward = _most_open(normals)
        if not toward.any() or (normals @ toward).min() < _NEARLY_FACING:
            return None
    right = np.cross(np.eye(3)[int(np.argmin(np.abs(toward)))], toward)
    right /= np.linalg.norm(right)
    flat: ComplexArray = positions @ right + 1j * (positions @ np.cross(toward, right))
    return flat


def _most_open(normals: FloatArray) -> FloatArray:
    """Return about the direction to which the triangle that is turned away most is turned most.

    It is that of the point nearest to the origin among all means of the normals, which is
    approached step by step (Gilbert, SIAM Journal on Control 4(1), 1966). For a tube, which faces
    everywhere, it is nothing but zeros.
    """
    nearest = normals.mean(axis=0)
    for _ in range(_TURNS):
        worst = normals[int(np.argmin(normals @ nearest))]
        step = worst - nearest
        share = -(nearest @ step) / max(float(step @ step), 1e-12)
        nearest = nearest + min(max(share, 0.0), 1.0) * step
    length = float(np.linalg.norm(nearest))
    return nearest / length if length > 1e-6 else np.zeros(3)


def _measured(positions: FloatArray, triangles: IntArray) -> _Mesh:
    corners = positions[triangles]
    sides = np.linalg.norm(np.roll(corners, -1, 1) - np.roll(corners, -2, 1), axis=2)
    a, b, c = sides.T
    x = (b * b + c * c - a * a) / (2 * c)
    place = np.zeros((len(triangles), 3), dtype=np.complex128)
    place[:, 1] = c
    place[:, 2] = x + 1j * np.sqrt(np.maximum(b * b - x * x, 0.0))
    shape = np.roll(place, -2, 1) - np.roll(place, -1, 1)
    before, after = -np.roll(shape, -2, 1), np.roll(shape, -1, 1)
    product = after.conj() * before
    cotangent = np.clip(product.real / np.maximum(np.abs(product.imag), 1e-12), *_COTANGENTS)
    ends = np.sort(np.stack([np.roll(triangles, -1, 1), np.roll(triangles, -2, 1)], -1), axis=-1)
    count = len(positions)
    keys, which = np.unique(ends[..., 0] * count + ends[..., 1], return_inverse=True)
    links = Links(keys // count, keys % count, count)
    return _Mesh(triangles, count, links, which.reshape(-1, 3), cotangent, shape)


def _laplacian(mesh: _Mesh) -> tuple[FloatArray, FloatArray]:
    """Return the diagonal, and the entry of each link."""
    weight = np.bincount(mesh.link_of.ravel(), mesh.cotangent.ravel() / 2)
    first = np.bincount(mesh.links.first, weight, mesh.count)
    second = np.bincount(mesh.links.second, weight, mesh.count)
    return np.asarray(first + second, dtype=np.float64), np.asarray(-weight, dtype=np.float64)


def _by_angles(mesh: _Mesh) -> ComplexArray:
    """Lay the piece flat with its angles kept."""
    diagonal, beside = _laplacian(mesh)
    start, end = _border(mesh)
    if len(start) == 0:
        raise np.linalg.LinAlgError("a closed surface cannot be laid flat")
    beside = beside.astype(np.complex128)
    # The area inside the border, as a sum over its edges.
    low, high = np.minimum(start, end), np.maximum(start, end)
    at = np.searchsorted(mesh.links.first * mesh.count + mesh.links.second, low * mesh.count + high)
    beside[at] += np.where(start < end, 0.5j, -0.5j)
    # Two vertices are held, else everything would shrink into a point. Held softly: they may give.
    held = _far_apart(mesh, start)
    stiff = 1e4 * diagonal.max()
    diagonal[list(held)] += stiff
    wanted = np.zeros(mesh.count, dtype=np.complex128)
    wanted[held[1]] = stiff * 100.0
    return LayeredSystem(mesh.links, diagonal, beside).solve(wanted)


def _border(mesh: _Mesh) -> tuple[IntArray, IntArray]:
    """Return the ends of the border's edges, the piece at their left."""
    uses = np.bincount(mesh.link_of.ravel())
    triangle, corner = np.nonzero(uses[mesh.link_of] == 1)
    start = mesh.triangles[triangle, (corner + 1) % 3]
    end = mesh.triangles[triangle, (corner + 2) % 3]
    return start, end


def _far_apart(mesh: _Mesh, border: IntArray) -> tuple[int, int]:
    """Return two vertices of the border about as far apart as there are."""
    there = steps_from(int(border[0]), mesh.links)
    first = int(border[np.argmax(there[border])])
    back = steps_from(first, mesh.links)
    return first, int(border[np.argmax(back[border])])


def _by_lengths(mesh: _Mesh, flat: ComplexArray) -> ComplexArray:
    """Let every triangle keep its own lengths as far as its neighbours allow."""
    diagonal, beside = _laplacian(mesh)
    held = diagonal[0]
    diagonal[0] += held
    system = LayeredSystem(mesh.links, diagonal, beside)
    start, end = np.roll(mesh.triangles, -1, 1), np.roll(mesh.triangles, -2, 1)
    own, squared = mesh.cotangent * mesh.shape.conj(), np.abs(mesh.shape) ** 2
    before = np.inf
    for _ in range(_ROUNDS):
        edges = flat[end] - flat[start]
        agreement = (own * edges).sum(axis=1)
        # What edges are off when each triangle is turned at its best, squared.
        squares = mesh.cotangent * (np.abs(edges) ** 2 + squared)
        off = float(squares.sum() - 2 * np.abs(agreement).sum())
        if off >= (1 - _WORTH) * before:
            break
        before = off
        turn = agreement / np.maximum(np.abs(agreement), 1e-12)
        pull = mesh.cotangent / 2 * (turn[:, None] * mesh.shape)
        wanted = _summed(end, pull, mesh.count) - _summed(start, pull, mesh.count)
        wanted[0] += held * flat[0]
        flat = system.solve(wanted)
    return flat


def _edges(mesh: _Mesh, flat: ComplexArray) -> ComplexArray:
    """Return the edges opposite to each corner as they lie in the plane."""
    lying = flat[mesh.triangles]
    return np.roll(lying, -2, 1) - np.roll(lying, -1, 1)


def _area_of(edges: ComplexArray) -> float:
    return float(np.abs((edges[:, 0].conj() * edges[:, 1]).imag).sum()) / 2


def _summed(at: IntArray, values: ComplexArray, count: int) -> ComplexArray:
    where = at.ravel()
    real = np.bincount(where, values.real.ravel(), count)
    return real + 1j * np.bincount(where, values.imag.ravel(), count)

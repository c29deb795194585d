"""Solves the equations of a mesh, in which only neighbours meet, layer by layer.

The vertices are ordered in layers around one of them. Each meets only its own layer and the two
beside it, so the matrix is block tridiagonal, and factoring it costs what its widest layers cost: a
few milliseconds for a thousand vertices, without a library for sparse matrices.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Thin layers are joined: a call of NumPy costs as much as the arithmetic of so many rows.
_LEAST_LAYER = 24


@dataclass(frozen=True, slots=True)
class Links:
    """Which vertices meet: pairs of ends, each pair once, no vertex with itself."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    count: int


class LayeredSystem:
    """A Hermitian, positive definite matrix over a connected mesh, factored once, solved often."""

    def __init__(self, links: Links, diagonal: NDArray[Any], beside: NDArray[Any]) -> None:
        """Factor the matrix.

        Args:
            links: which vertices meet.
            diagonal: shape (count,), real.
            beside: shape (links,), the entry at (first, second) of each link; the one at (second,
                first) is its conjugate.

        Raises:
            numpy.linalg.LinAlgError: if the matrix is singular.
        """
        layer_of = layers(links)
        self._order = np.argsort(layer_of, kind="stable")
        rank = np.empty(links.count, dtype=np.int64)
        rank[self._order] = np.arange(links.count)
        sizes = np.bincount(layer_of)
        self._starts = np.concatenate([[0], np.cumsum(sizes)])
        self._inverse: list[NDArray[Any]] = []
        self._below: list[NDArray[Any]] = []
        self._factor(
            np.asarray(diagonal)[self._order],
            *_both_ways(rank[links.first], rank[links.second], np.asarray(beside)),
        )

    def _factor(
        self,
        diagonal: NDArray[Any],
        row: NDArray[np.int64],
        column: NDArray[np.int64],
        entry: NDArray[Any],
    ) -> None:
        starts = self._starts
        layer = np.searchsorted(starts, np.arange(starts[-1]), side="right") - 1
        by_row = np.argsort(layer[row], kind="stable")
        row, column, entry = row[by_row], column[by_row], entry[by_row]
        ends = np.searchsorted(layer[row], np.arange(len(starts)))
        carried: NDArray[Any] | None = None
        for number in range(len(starts) - 1):
            low, high = starts[number], starts[number + 1]
            part = slice(ends[number], ends[number + 1])
            own = (column[part] >= low) & (column[part] < high)
            block = np.zeros((high - low, high - low), dtype=entry.dtype)
            block[np.arange(high - low), np.arange(high - low)] = diagonal[low:high]
            block[row[part][own] - low, column[part][own] - low] = entry[part][own]
            if carried is not None:
                block -= carried
            inverse = np.linalg.inv(block)
            self._inverse.append(inverse)
            if number + 2 < len(starts):
                later = column[part] >= high
                below = np.zeros((starts[number + 2] - high, high - low), dtype=entry.dtype)
                at = column[part][later] - high, row[part][later] - low
                below[at] = entry[part][later].conj()
                self._below.append(below)
                carried = below @ inverse @ below.conj().T

    def solve(self, wanted: NDArray[Any]) -> NDArray[Any]:
        """Return x with A x = wanted, shape (count,)."""
        given = np.asarray(wanted)
        if np.iscomplexobj(given) and not np.iscomplexobj(self._inverse[0]):
            # Two real columns cost half of what the same in complex numbers does.
            columns = self._solve(np.stack([given.real, given.imag], axis=1))
            return columns[:, 0] + 1j * columns[:, 1]
        return self._solve(given)

    def _solve(self, wanted: NDArray[Any]) -> NDArray[Any]:
        starts, ordered = self._starts, wanted[self._order]
        parts = [ordered[starts[n] : starts[n + 1]] for n in range(len(starts) - 1)]
        for number, below in enumerate(self._below):
            parts[number + 1] = parts[number + 1] - below @ (self._inverse[number] @ parts[number])
        parts[-1] = self._inverse[-1] @ parts[-1]
        for number in range(len(self._below) - 1, -1, -1):
            known = self._below[number].conj().T @ parts[number + 1]
            parts[number] = self._inverse[number] @ (parts[number] - known)
        result = np.empty(ordered.shape, dtype=parts[0].dtype)
        result[self._order] = np.concatenate(parts)
        return result


def layers(links: Links) -> NDArray[np.int64]:
    """Return the layer of each vertex; linked ones are in the same or in neighbouring layers.

    Raises:
        ValueError: if the mesh is not connected.
    """
    near = _neighbours(links)
    # From the vertex farthest from any, layers are thin.
    far = int(np.argmax(_steps(0, *near)))
    steps = _steps(far, *near)
    if steps.min() < 0:
        raise ValueError("the mesh is not connected")
    return _joined(np.bincount(steps))[steps]


def _joined(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the new number of each layer, thin neighbours sharing one."""
    numbers, number, filled = [], 0, 0
    for size in sizes.tolist():
        if filled >= _LEAST_LAYER:
            number, filled = number + 1, 0
        numbers.append(number)
        filled += size
    return np.array(numbers)


def _both_ways(
    first: NDArray[np.int64], second: NDArray[np.int64], entry: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]]:
    return (
        np.concatenate([first, second]),
        np.concatenate([second, first]),
        np.concatenate([entry, entry.conj()]),
    )


def _neighbours(links: Links) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the neighbours of each vertex start, and all neighbours one after another."""
    source = np.concatenate([links.first, links.second])
    target = np.concatenate([links.second, links.first])
    order = np.argsort(source, kind="stable")
    starts = np.searchsorted(source[order], np.arange(links.count + 1))
    return starts, target[order]


def steps_from(vertex: int, links: Links) -> NDArray[np.int64]:
    """Return over how many links each vertex is reached, -1 where none lead there."""
    return _steps(vertex, *_neighbours(links))


def _steps(
    vertex: int, starts: NDArray[np.int64], neighbours: NDArray[np.int64]
) -> NDArray[np.int64]:
    steps = np.full(len(starts) - 1, -1, dtype=np.int64)
    front = np.array([vertex])
    steps[front] = 0
    step = 0
    while len(front):
        step += 1
        lengths = starts[front + 1] - starts[front]
        owner = np.repeat(starts[front] - (np.cumsum(lengths) - lengths), lengths)
        reached = neighbours[owner + np.arange(len(owner))]
        steps[reached[steps[reached] < 0]] = step
        front = np.flatnonzero(steps == step)
    return steps

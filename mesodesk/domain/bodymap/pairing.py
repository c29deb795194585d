"""Pairs of rows that stand for one another: equal ones, near ones, those that cost least."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from mesodesk.domain.bodymap.planar import FloatArray, IntArray

# Distances are looked up for so many rows at once, to keep memory small.
_ROWS: Final = 256


def equal(new: FloatArray, old: FloatArray) -> IntArray:
    """Pair equal rows one to one, in their order; shape (n, 2).

    Args:
        new: shape (n, k).
        old: shape (m, k).
    """
    keys = _numbered(np.concatenate([new, old])).tolist()
    waiting: dict[int, list[int]] = {}
    for row in range(len(old) - 1, -1, -1):
        waiting.setdefault(keys[len(new) + row], []).append(row)
    pairs = [(row, found.pop()) for row in range(len(new)) if (found := waiting.get(keys[row]))]
    return as_pairs(pairs)


def _numbered(table: FloatArray) -> IntArray:
    """Return one number for each row, the same for equal ones."""
    order = np.lexsort(table.T)
    lying = table[order]
    other = (lying[1:] != lying[:-1]).any(axis=1)
    numbers = np.zeros(len(table), dtype=np.int64)
    numbers[order[1:]] = np.cumsum(other)
    return numbers


def left(count: int, taken: IntArray) -> IntArray:
    """Return the rows of so many that are not taken."""
    free = np.ones(count, dtype=np.bool_)
    free[taken] = False
    return np.flatnonzero(free)


def nearest(new: FloatArray, old: FloatArray, within_mm: float) -> IntArray:
    """Pair points one to one, the nearest first, none farther apart than that."""
    by_new, by_old = np.argsort(new[:, 0]), np.argsort(old[:, 0])
    near, across = old[by_old], old[by_old, 0]
    found: list[tuple[float, int, int]] = []
    for start in range(0, len(new), _ROWS):
        part = by_new[start : start + _ROWS]
        # None is nearer than in one direction, so only a slice of the others is asked about.
        low = np.searchsorted(across, new[part[0], 0] - within_mm, "left")
        high = np.searchsorted(across, new[part[-1], 0] + within_mm, "right")
        away = ((new[part, None] - near[None, low:high]) ** 2).sum(axis=2)
        rows, columns = np.nonzero(away <= within_mm**2)
        others = by_old[low + columns]
        found += zip(
            away[rows, columns].tolist(), part[rows].tolist(), others.tolist(), strict=True
        )
    return one_to_one(found)


def one_to_one(found: list[tuple[float, int, int]]) -> IntArray:
    """Take of (cost, row, other row) the cheapest first, each row once."""
    pairs, used_new, used_old = [], set(), set()
    for _, row, other in sorted(found):
        if row not in used_new and other not in used_old:
            used_new.add(row)
            used_old.add(other)
            pairs.append((row, other))
    return as_pairs(pairs)


def as_pairs(pairs: Sequence[tuple[int, int]]) -> IntArray:
    """Return pairs of rows as an array, shape (n, 2); also of none."""
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)

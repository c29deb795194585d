"""Pairs of rows that stand for one another: equal ones, near ones, those that cost least."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from mesodesk.domain.bodymap.planar import FloatArray, IntArray

# Distances are looked up for so many rows at once, to keep memory small.
_ROWS: Final = 256


def equal(new: Sequence[object], old: Sequence[object]) -> IntArray:
    """Pair rows of one key, in their order; shape (n, 2)."""
    waiting: dict[object, list[int]] = {}
    for row, key in enumerate(old):
        waiting.setdefault(key, []).append(row)
    pairs = []
    for row, key in enumerate(new):
        found = waiting.get(key)
        if found:
            pairs.append((row, found.pop(0)))
    return as_pairs(pairs)


def left(count: int, taken: IntArray) -> IntArray:
    """Return the rows of so many that are not taken."""
    free = np.ones(count, dtype=np.bool_)
    free[taken] = False
    return np.flatnonzero(free)


def nearest(new: FloatArray, old: FloatArray, within_mm: float) -> IntArray:
    """Pair points one to one, the nearest first, none farther apart than that."""
    found: list[tuple[float, int, int]] = []
    for start in range(0, len(new), _ROWS):
        away = ((new[start : start + _ROWS, None] - old[None]) ** 2).sum(axis=2)
        rows, columns = np.nonzero(away <= within_mm**2)
        found += zip(
            away[rows, columns].tolist(), (rows + start).tolist(), columns.tolist(), strict=True
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

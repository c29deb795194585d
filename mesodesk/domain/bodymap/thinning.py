"""Leaves out a few points of a pattern, so that a field has the very number that was asked for."""

from typing import TYPE_CHECKING, Final

import numpy as np

from mesodesk.domain.bodymap.filling import LaidPoints

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mesodesk.domain.bodymap.planar import FloatArray
    from mesodesk.domain.bodymap.view import Surface

# What lies so many times as far as the nearest usually does is a neighbour still.
_NEAR: Final = 1.3
# So many points are compared with all others at a time, which bounds the memory.
_CHUNK: Final = 64


def thinned(surface: "Surface", laid: LaidPoints, count: int) -> LaidPoints:
    """Return the points without those that are missed least: the corners of what they cover.

    The others stay where they are, so what is between two of them stays as it is.

    Args:
        surface: of the body that they lie on.
        laid: in the order of their rows.
        count: how many stay; as many as there are, or more, leaves all of them.
    """
    spare = len(laid) - count
    if spare <= 0:
        return laid
    neighbours = _neighbours(surface.places(laid.triangle, laid.u, laid.v))
    # Of corners alike the last is left out, so that a row rather ends early than begins late.
    order = np.lexsort((-np.arange(len(laid)), neighbours))
    kept = np.ones(len(laid), dtype=np.bool_)
    kept[order[:spare]] = False
    return LaidPoints(
        laid.triangle[kept], laid.u[kept], laid.v[kept], _starts(laid.starts_row, kept)
    )


def _neighbours(places: "FloatArray") -> "NDArray[np.int64]":
    """Return how many neighbours each of some places has, shape (n,)."""
    parts = [slice(start, start + _CHUNK) for start in range(0, len(places), _CHUNK)]
    nearest = np.concatenate([_away(places, at).min(axis=1) for at in parts])
    reach = _NEAR * float(np.median(nearest))
    counts = [(_away(places, at) <= reach).sum(axis=1) for at in parts]
    return np.concatenate(counts).astype(np.int64)


def _away(places: "FloatArray", at: slice) -> "FloatArray":
    """Return how far some places are from all others, shape (m, n)."""
    away: FloatArray = np.linalg.norm(places[at, None] - places[None], axis=2)
    rows = np.arange(len(away))
    away[rows, rows + at.start] = np.inf
    return away


def _starts(starts: "NDArray[np.bool_]", kept: "NDArray[np.bool_]") -> "NDArray[np.bool_]":
    """Return which of the points that stay begin a row: the first one left of each."""
    row = np.cumsum(starts)[kept]
    result: NDArray[np.bool_] = np.diff(row, prepend=0) > 0
    return result

"""Where on the skin two states of a chart differ."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.outlines import area_of
from mesodesk.domain.bodymap.packing import POINT_DTYPE
from mesodesk.domain.bodymap.planar import FloatArray, IntArray

Places = tuple[IntArray, FloatArray, FloatArray]
"""Triangles, u and v of places of the skin, each shape (n,)."""


def changed_places(
    atlas: Atlas, before: Mapping[UUID, ChartField], after: Mapping[UUID, ChartField]
) -> Places:
    """Return where points came or are others, or else where some went.

    Where no point of a changed field differs, as after a change of its technique, all of it is
    meant; of a field without points, its skin. Fields that are the same object are the same.
    """
    none = (np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    parts = [none, *_parts(atlas, before, after)]
    triangle, u, v = (np.concatenate(column) for column in zip(*parts, strict=True))
    return triangle, u, v


def _parts(
    atlas: Atlas, before: Mapping[UUID, ChartField], after: Mapping[UUID, ChartField]
) -> Iterator[Places]:
    for field_id in dict.fromkeys((*before, *after)):
        was, now = before.get(field_id), after.get(field_id)
        if was is now:
            continue
        records, field = _others(was, now), now if now is not None else before[field_id]
        if len(records):
            yield (
                records["triangle"].astype(np.int64),
                records["u"].astype(np.float64),
                records["v"].astype(np.float64),
            )
        elif field.outline is not None:
            # An outline of another version of the atlas may name regions that this one lacks.
            with suppress(KeyError, ValueError, np.linalg.LinAlgError):
                triangles = area_of(atlas, field.outline).covered
                third = np.full(len(triangles), 1 / 3)
                yield triangles, third, third


def _others(was: ChartField | None, now: ChartField | None) -> NDArray[np.void]:
    """Return the points that only the new state has; else those that only the old one had."""
    none = np.zeros(0, dtype=POINT_DTYPE)
    old, new = (none if each is None else each.points.records for each in (was, now))
    if not len(old) or not len(new):
        return new if len(new) else old
    if len(old) == len(new):
        came = new[old != new]
        return came if len(came) else new
    came = new[~_among(new, old)]
    return came if len(came) else old[~_among(old, new)]


def _among(these: NDArray[np.void], those: NDArray[np.void]) -> NDArray[np.bool_]:
    """Tell which records are among others, byte by byte."""
    known = {each.tobytes() for each in those}
    return np.array([each.tobytes() in known for each in these], dtype=np.bool_)

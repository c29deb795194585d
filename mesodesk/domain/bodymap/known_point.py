"""Finding a point again after its field has changed: an index does not stay with its point."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.fields import ChartField, PointRef

_PLACE = ("triangle", "u", "v")


@dataclass(frozen=True, slots=True)
class KnownPoint:
    """A point, and its field as it was when the point was looked at."""

    ref: PointRef
    field: ChartField

    def now(self, fields: Mapping[UUID, ChartField]) -> "KnownPoint | None":
        """Return the same point on the chart as it is now; None if it is there no more.

        It is where it was, or is the only one that was moved.
        """
        field = fields.get(self.ref.field_id)
        if field is self.field:
            return self
        index = None if field is None else _found(self.field, field, self.ref.index)
        if field is None or index is None:
            return None
        return KnownPoint(PointRef(field.id, index), field)

    def next_now(self, fields: Mapping[UUID, ChartField]) -> "KnownPoint | None":
        """Return the same point as it is now, or the one after it if only that is left."""
        after = self.ref.index + 1
        found = self.now(fields)
        if found is None and after < len(self.field.points):
            return replace(self, ref=PointRef(self.ref.field_id, after)).now(fields)
        return found


def _found(before: ChartField, after: ChartField, index: int) -> int | None:
    was, now = before.points.records, after.points.records
    at_place = np.flatnonzero(_same(now, was[index : index + 1]))
    if len(at_place):
        # Two may lie at one place; as a rule nothing has changed its index.
        return index if index in at_place else int(at_place[0])
    if len(was) == len(now) and np.count_nonzero(~_same(now, was)) == 1:
        return index
    return None


def _same(one: NDArray[np.void], other: NDArray[np.void]) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = np.logical_and.reduce([one[name] == other[name] for name in _PLACE])
    return same

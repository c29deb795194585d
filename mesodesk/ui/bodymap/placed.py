"""Where the points of a chart show in one view, and which of them is under the pointer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.fields import ChartField, PointRef
from mesodesk.domain.bodymap.view import View


@dataclass(frozen=True, slots=True)
class Shown:
    """All points as arrays, in the order in which their fields were made.

    `xy` in picture pixels; `seen` in this view; `syringe`, `field` and `index` are the number of
    the syringe (see `PlacedPoints.syringes`), the number of the field in `fields`, and the index
    there. Rows that are not `alive` were deleted: they wait for an undo, and are never seen.
    """

    xy: NDArray[np.float64]
    seen: NDArray[np.bool_]
    alive: NDArray[np.bool_]
    syringe: NDArray[np.int64]
    field: NDArray[np.int64]
    index: NDArray[np.int64]
    fields: tuple[UUID, ...]

    @property
    def hidden(self) -> NDArray[np.int64]:
        """The rows of the points that only other views show."""
        return np.flatnonzero(self.alive & ~self.seen)

    def ref(self, row: int) -> PointRef:
        return PointRef(self.fields[int(self.field[row])], int(self.index[row]))


_NONE = np.zeros(0, dtype=np.int64)
_NEVER = np.zeros(0, dtype=np.bool_)
_NOTHING = Shown(np.zeros((0, 2)), _NEVER, _NEVER, _NONE, _NONE, _NONE, ())
# So many deleted rows are dropped, if they are the larger part.
_MANY_DEAD = 2000


class PlacedPoints:
    """Follows the document: only what changed is projected anew.

    Hit tests go through all points at once: 50,000 distances take half a millisecond, so a search
    structure would cost more to keep than it saves.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.syringes: list[UUID] = []
        self._shown = _NOTHING
        self._rows: dict[UUID, slice] = {}

    @classmethod
    def in_view(cls, view: View, fields: Mapping[UUID, ChartField]) -> Self:
        """Return where the points of fields show."""
        placed = cls(view)
        placed.update(fields, fields)
        return placed

    @property
    def shown(self) -> Shown:
        """Every point of the chart in this view."""
        return self._shown

    def update(self, fields: Mapping[UUID, ChartField], changed: Iterable[UUID]) -> None:
        """Project some fields anew; those no longer in `fields` are forgotten."""
        ids = tuple(changed)
        present = [fields[field_id] for field_id in ids if field_id in fields]
        known = [field for field in present if field.id in self._rows]
        added = sorted((field for field in present if field.id not in self._rows), key=_made)
        newest = self._shown.fields[-1] if self._shown.fields else None
        resized = any(not self._keeps_its_rows(field) for field in known)
        out_of_order = bool(added) and newest is not None and added[0].id < newest
        if resized or out_of_order or self._mostly_dead():
            self._shown, self._rows = _NOTHING, {}
            self._append(sorted(fields.values(), key=_made))
        else:
            self._bury([field_id for field_id in ids if field_id not in fields])
            self._replace(known)
            self._append(added)

    def _mostly_dead(self) -> bool:
        dead = int((~self._shown.alive).sum())
        return dead > _MANY_DEAD and 2 * dead > len(self._shown.alive)

    def _keeps_its_rows(self, field: ChartField) -> bool:
        rows = self._rows[field.id]
        return bool(rows.stop - rows.start == len(field.points))

    def _bury(self, field_ids: Iterable[UUID]) -> None:
        rows = [self._rows[field_id] for field_id in field_ids if field_id in self._rows]
        if rows:
            alive, seen = self._shown.alive.copy(), self._shown.seen.copy()
            for part in rows:
                alive[part] = seen[part] = False
            self._shown = replace(self._shown, alive=alive, seen=seen)

    def _replace(self, fields: Sequence[ChartField]) -> None:
        if not fields:
            return
        xy, seen, syringe = self._projected(fields)
        shown = self._shown
        new_xy, new_seen, new_syringe = shown.xy.copy(), shown.seen.copy(), shown.syringe.copy()
        alive = shown.alive.copy()
        start = 0
        for field in fields:
            rows, stop = self._rows[field.id], start + len(field.points)
            new_xy[rows], new_seen[rows] = xy[start:stop], seen[start:stop]
            new_syringe[rows] = syringe[start:stop]
            alive[rows] = True
            start = stop
        self._shown = replace(shown, xy=new_xy, seen=new_seen, alive=alive, syringe=new_syringe)

    def _append(self, fields: Sequence[ChartField]) -> None:
        if not fields:
            return
        xy, seen, syringe = self._projected(fields)
        shown, start = self._shown, len(self._shown.xy)
        lengths = np.array([len(field.points) for field in fields])
        first = np.cumsum(lengths) - lengths
        number = np.repeat(np.arange(len(fields)), lengths)
        for field, at, length in zip(fields, first.tolist(), lengths.tolist(), strict=True):
            self._rows[field.id] = slice(start + at, start + at + length)
        self._shown = Shown(
            np.concatenate([shown.xy, xy]),
            np.concatenate([shown.seen, seen]),
            np.concatenate([shown.alive, np.ones(len(seen), dtype=np.bool_)]),
            np.concatenate([shown.syringe, syringe]),
            np.concatenate([shown.field, number + len(shown.fields)]),
            np.concatenate([shown.index, np.arange(len(number)) - first[number]]),
            (*shown.fields, *(field.id for field in fields)),
        )

    def _projected(
        self, fields: Sequence[ChartField]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64]]:
        records = np.concatenate([field.points.records for field in fields])
        xy, seen = self.view.project(records["triangle"], records["u"], records["v"])
        known = {syringe_id: number for number, syringe_id in enumerate(self.syringes)}
        for field in fields:
            if field.syringe_id not in known:
                known[field.syringe_id] = len(known)
                self.syringes.append(field.syringe_id)
        numbers = [known[field.syringe_id] for field in fields]
        return xy, seen, np.repeat(numbers, [len(field.points) for field in fields])

    def of(self, ref: PointRef) -> tuple[tuple[float, float], bool]:
        """Return a point's picture pixels and whether it is seen."""
        row = self._rows[ref.field_id].start + ref.index
        x, y = self._shown.xy[row].tolist()
        return (x, y), bool(self._shown.seen[row])

    def seen_among(self, refs: Iterable[PointRef]) -> NDArray[np.float64]:
        """Return the picture pixels of those of some points that are seen, shape (n, 2)."""
        rows = np.array(
            [self._rows[ref.field_id].start + ref.index for ref in refs], dtype=np.int64
        )
        return self._shown.xy[rows[self._shown.seen[rows]]]

    def row(self, ref: PointRef) -> int | None:
        """Return the row of a point in `shown`, None if the chart does not have it."""
        rows = self._rows.get(ref.field_id)
        if rows is None or ref.index >= rows.stop - rows.start:
            return None
        return int(rows.start) + ref.index

    def of_field(self, field_id: UUID) -> NDArray[np.float64]:
        """Return the picture pixels of a field's seen points; none if there is no such field."""
        rows = self._rows.get(field_id, slice(0, 0))
        return self._shown.xy[rows][self._shown.seen[rows]]

    def hit(self, x_px: float, y_px: float, radius_px: float) -> PointRef | None:
        """Return the seen point nearest to a place, the newest of equals, or None."""
        shown = self.shown
        if not len(shown.xy):
            return None
        away = ((shown.xy - (x_px, y_px)) ** 2).sum(axis=1)
        away[~shown.seen] = np.inf
        row = len(away) - 1 - int(np.argmin(away[::-1]))
        return shown.ref(row) if away[row] <= radius_px**2 else None


def _made(field: ChartField) -> UUID:
    """Ids carry their time, so their order is that of making."""
    return field.id

"""Where what an amendment touched lies in one view."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.amended import Amended, Fate, Marked
from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.outline_places import middle_of
from mesodesk.domain.bodymap.packing import POINT_DTYPE
from mesodesk.domain.bodymap.planar import FloatArray, IntArray
from mesodesk.domain.bodymap.view import View


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The touched rows of one version in one view: pixels of the picture, and what is seen."""

    marked: Marked
    rows: IntArray
    xy: FloatArray
    seen: NDArray[np.bool_]

    def nearest(self, place: tuple[float, float]) -> tuple[float, int] | None:
        """Return the squared distance of the nearest that is seen, and its row."""
        if not self.seen.any():
            return None
        away = ((self.xy - place) ** 2).sum(axis=1)
        away[~self.seen] = np.inf
        at = int(np.argmin(away))
        return float(away[at]), int(self.rows[at])

    def only(self, chosen: NDArray[np.bool_]) -> "Places":
        """Return some of them."""
        return Places(self.marked, self.rows[chosen], self.xy[chosen], self.seen[chosen])


def touched_points(view: View, marked: Marked) -> Places:
    """Place the touched points of a version in a view."""
    rows = marked.touched
    none = np.zeros(0, dtype=POINT_DTYPE)
    records = [field.points.records for field in marked.fields]
    packed = np.concatenate([none, *records], dtype=POINT_DTYPE)[rows]
    return Places(marked, rows, *view.project(packed["triangle"], packed["u"], packed["v"]))


def touched_zones(view: View, atlas: Atlas, marked: Marked) -> Places:
    """Place the mark of each touched zone in the middle of its skin."""
    rows, places = [], []
    for row in marked.touched.tolist():
        outline = marked.fields[row].outline
        if outline is None:
            continue
        try:
            middle = middle_of(atlas, outline)
        except (KeyError, ValueError, IndexError):
            continue  # of regions that this body does not have: the words tell of it
        rows.append(row)
        places.append((middle.triangle, middle.u, middle.v))
    table = np.array(places, dtype=np.float64).reshape(-1, 3)
    projected = view.project(table[:, 0].astype(np.int64), table[:, 1], table[:, 2])
    return Places(marked, np.array(rows, dtype=np.int64), *projected)


def gone(found: Amended) -> list[ChartField]:
    """Return the zones and the laid fields of the original of which nothing is left."""
    points, zones = found.was.points, found.was.zones
    left = set(points.field[points.fate != Fate.ALONE].tolist())
    laid = [
        field
        for number, field in enumerate(points.fields)
        if len(field.points) and number not in left
    ]
    return [*laid, *(zones.fields[row] for row in np.flatnonzero(zones.fate == Fate.ALONE))]


def moves(was: Places, now: Places) -> FloatArray:
    """Return from where to where points were moved, of those seen at both, shape (n, 2, 2)."""
    at = {int(row): number for number, row in enumerate(now.rows)}
    pairs = [
        (was.xy[number], now.xy[at[partner]])
        for number, (row, partner) in enumerate(
            zip(was.rows.tolist(), was.marked.partner[was.rows].tolist(), strict=True)
        )
        if was.marked.fate[row] == Fate.MOVED and was.seen[number] and now.seen[at[partner]]
    ]
    return np.array(pairs, dtype=np.float64).reshape(-1, 2, 2)

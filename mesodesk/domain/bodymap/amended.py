"""What an amendment made of a chart, point by point: what it kept, changed, moved, struck, added.

An amendment begins as a copy with ids of its own, so points are told apart by place, as everywhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.differing import Counts
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.matching import (
    TRAITS,
    Matched,
    Numbers,
    Rows,
    What,
    matched_points,
    matched_zones,
    points_of,
    zones_of,
)
from mesodesk.domain.bodymap.planar import IntArray
from mesodesk.domain.dosing import Mixture

_NOBODY: Final = -1


class Fate(IntEnum):
    """What became of a point or zone; `ALONE` has no partner: struck if it was, added if it is."""

    KEPT = 0
    CHANGED = 1
    MOVED = 2
    ALONE = 3


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """The points, or the zones, of one version, each in a row, field after field.

    `field` numbers `fields` and `index` the points there, 0 for a zone. `partner` is the row of
    the other version that stands for it, -1 for none. `differs` has a column for each of `TRAITS`.
    """

    fields: tuple[ChartField, ...]
    field: IntArray  # (n,)
    index: IntArray  # (n,)
    fate: IntArray  # (n,)
    partner: IntArray  # (n,)
    differs: NDArray[np.bool_]  # (n, 5)

    def __len__(self) -> int:
        return len(self.fate)

    @property
    def touched(self) -> IntArray:
        """The rows that are not as in the other version."""
        return np.flatnonzero(self.fate != Fate.KEPT)

    def count(self, fate: Fate) -> int:
        return int((self.fate == fate).sum())

    def what_differs(self, row: int) -> tuple[What, ...]:
        """Return what is another in the other version, of a row that has a partner."""
        pairs = zip(TRAITS, self.differs[row].tolist(), strict=True)
        return tuple(what for what, other in pairs if other)


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One of the two versions."""

    points: Marked
    zones: Marked


@dataclass(frozen=True, slots=True, eq=False)
class Amended:
    """The two versions of a chart, each against the other."""

    was: Side
    now: Side

    @property
    def points(self) -> Counts:
        return _counts(self.was.points, self.now.points)

    @property
    def zones(self) -> Counts:
        return _counts(self.was.zones, self.now.zones)

    @property
    def nothing(self) -> bool:
        return self.points.nothing and self.zones.nothing


def amended(
    was: Iterable[ChartField],
    now: Iterable[ChartField],
    contents: Mapping[UUID, Mixture],
    atlas: Atlas,
    height_cm: float,
) -> Amended:
    """Compare the chart of an amendment with that of the version that it amends. Any thread.

    Every point and zone of either is in it once: kept, changed where it stands, moved by up to
    20 mm, or without a partner. Whoever swaps the two gets the same pairs.

    Args:
        was: the fields of what was signed first.
        now: those of the amendment.
        contents: what each syringe of either version holds.
        atlas: the patient's body.
        height_cm: of the patient.
    """
    numbers, before, after = Numbers(contents), tuple(was), tuple(now)
    old, new = points_of(before, atlas, numbers), points_of(after, atlas, numbers)
    old_zones, new_zones = zones_of(before, atlas, numbers), zones_of(after, atlas, numbers)
    points = _both(
        (before, _lengths(before), old.rows),
        (after, _lengths(after), new.rows),
        matched_points(new, old, atlas, height_cm),
    )
    zones = _both(
        _zones(before, old_zones.rows),
        _zones(after, new_zones.rows),
        matched_zones(new_zones, old_zones),
    )
    return Amended(Side(points[0], zones[0]), Side(points[1], zones[1]))


_Version = tuple[tuple[ChartField, ...], IntArray, Rows]
"""Fields, how many rows each of them has, and the rows."""


def _zones(fields: Sequence[ChartField], rows: Rows) -> _Version:
    zones = tuple(each for each in fields if not len(each.points))
    return zones, np.ones(len(zones), dtype=np.int64), rows


def _both(was: _Version, now: _Version, matched: Matched) -> tuple[Marked, Marked]:
    """Return the rows of both versions, each with its partner."""
    pairs, moved = matched.pairs, matched.moved
    before, after = was[2].values, now[2].values
    differs_at = after[pairs[:, 0]] != before[pairs[:, 1]]
    differs_off = after[moved[:, 0]] != before[moved[:, 1]]
    made = []
    for column, (fields, lengths, rows) in ((1, was), (0, now)):
        count = len(rows.place)
        fate = np.full(count, int(Fate.ALONE), dtype=np.int64)
        partner = np.full(count, _NOBODY, dtype=np.int64)
        differs = np.zeros((count, len(TRAITS)), dtype=np.bool_)
        fate[pairs[:, column]] = np.where(differs_at.any(axis=1), Fate.CHANGED, Fate.KEPT)
        fate[moved[:, column]] = Fate.MOVED
        for both, found in ((pairs, differs_at), (moved, differs_off)):
            partner[both[:, column]] = both[:, 1 - column]
            differs[both[:, column]] = found
        made.append(Marked(fields, *_numbered(lengths), fate, partner, differs))
    return made[0], made[1]


def _lengths(fields: Sequence[ChartField]) -> IntArray:
    return np.array([len(each.points) for each in fields], dtype=np.int64)


def _numbered(lengths: IntArray) -> tuple[IntArray, IntArray]:
    """Return for each row the number of its field and its index there."""
    number = np.repeat(np.arange(len(lengths)), lengths)
    first = np.cumsum(lengths) - lengths
    return number, np.arange(len(number)) - first[number]


def _counts(was: Marked, now: Marked) -> Counts:
    return Counts(
        now.count(Fate.KEPT),
        now.count(Fate.CHANGED),
        now.count(Fate.MOVED),
        now.count(Fate.ALONE),
        was.count(Fate.ALONE),
    )

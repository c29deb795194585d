"""Which points and zones of two charts stand for one another; it is found by place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.copying import strengths
from mesodesk.domain.bodymap.fields import ChartField, Outline
from mesodesk.domain.bodymap.packing import POINT_DTYPE, microlitres, micrometres
from mesodesk.domain.bodymap.pairing import as_pairs, equal, left, nearest, one_to_one
from mesodesk.domain.bodymap.planar import FloatArray, IntArray
from mesodesk.domain.bodymap.zones import zone_parts
from mesodesk.domain.dosing import Mixture

SAME_PLACE_MM: Final = 1.0
"""Two points no farther apart are one place: nobody aims finer."""
MOVED_MM: Final = 20.0
"""A point with no partner at its place is the nearest former one moved, if that was so near."""

Value = Decimal | str | Mixture | None
"""Millilitres or millimetres, the id of a technique or needle, or a mixture if it is known."""


class What(StrEnum):
    """What may have become of points or zones; what weighs most comes first."""

    MIXTURE = "mixture"
    VOLUME = "volume"
    TECHNIQUE = "technique"
    NEEDLE = "needle"
    DEPTH = "depth"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


TRAITS: Final = (What.MIXTURE, What.VOLUME, What.TECHNIQUE, What.NEEDLE, What.DEPTH)
MEASURED: Final = (What.VOLUME, What.DEPTH)


# What is compared


class Numbers:
    """Gives numbers to what is none, the same ones in both charts."""

    def __init__(self, contents: Mapping[UUID, Mixture]) -> None:
        self._contents = contents
        self._of: dict[object, int] = {}
        self.values: list[Value] = []

    def of(self, field: ChartField) -> tuple[int, int, int]:
        """Return the numbers of a field's mixture, technique and needle."""
        mixture = self._contents.get(field.syringe_id)
        return (
            self._number((What.MIXTURE, None if mixture is None else strengths(mixture)), mixture),
            self._number((What.TECHNIQUE, field.technique), field.technique),
            self._number((What.NEEDLE, field.needle), field.needle),
        )

    def _number(self, key: object, value: Value) -> int:
        if key not in self._of:
            self._of[key] = len(self.values)
            self.values.append(value)
        return self._of[key]

    def shown(self, what: What, numbers: IntArray) -> tuple[Value, ...]:
        """Return what stands behind numbers of one trait."""
        if what in MEASURED:
            ends = sorted({int(numbers.min()), int(numbers.max())})
            return tuple(Decimal(end).scaleb(-3) for end in ends)
        return tuple(self.values[number] for number in np.unique(numbers).tolist())


@dataclass(frozen=True, slots=True)
class Rows:
    """One row for each point, or zone: its numbers in the order of `TRAITS`, and where it is.

    `place` is an index in `places`, each the keys of the regions of it.
    """

    values: IntArray  # (n, 5)
    place: IntArray  # (n,)
    places: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Points:
    """The points of a chart, field after field, as `PackedPoints` keeps them."""

    records: NDArray[np.void]
    rows: Rows


@dataclass(frozen=True, slots=True)
class Zones:
    """The fields of a chart that have no points, in their order."""

    outlines: tuple[Outline | None, ...]
    rows: Rows


def points_of(fields: Sequence[ChartField], atlas: Atlas, numbers: Numbers) -> Points:
    """Return the points of some fields with what they are compared by."""
    none = np.zeros(0, dtype=POINT_DTYPE)
    records = np.concatenate([none, *(each.points.records for each in fields)], dtype=POINT_DTYPE)
    heads = np.array([numbers.of(each) for each in fields], dtype=np.int64).reshape(-1, 3)
    sizes = np.array([len(each.points) for each in fields], dtype=np.int64)
    mixture, technique, needle = heads.repeat(sizes, axis=0).T
    columns = (mixture, records["volume"], technique, needle, records["depth"])
    values = np.stack([column.astype(np.int64) for column in columns], axis=1)
    places = [(region.key,) for region in atlas.regions]
    return Points(records, Rows(values, atlas.region_indices(records["triangle"]), places))


def zones_of(fields: Sequence[ChartField], atlas: Atlas, numbers: Numbers) -> Zones:
    """Return the zones among some fields with what they are compared by."""
    zones = [each for each in fields if not len(each.points)]
    values = []
    for zone in zones:
        mixture, technique, needle = numbers.of(zone)
        volume_ul, depth_um = microlitres(zone.zone_ml or Decimal(0)), micrometres(zone.depth_mm)
        values.append((mixture, volume_ul, technique, needle, depth_um))
    table = np.array(values, dtype=np.int64).reshape(-1, len(TRAITS))
    places = [_regions_of(zone, atlas) for zone in zones]
    rows = Rows(table, np.arange(len(zones)), places)
    return Zones(tuple(_same_for_all(zone.outline) for zone in zones), rows)


def _regions_of(zone: ChartField, atlas: Atlas) -> tuple[str, ...]:
    """Return the regions of a zone, the one with most of its skin first."""
    weights: dict[str, int] = {}
    for part in () if zone.outline is None else zone_parts(atlas, zone.outline):
        key = atlas.regions[part.region].key
        weights[key] = weights.get(key, 0) + part.weight
    return tuple(sorted(weights, key=lambda key: -weights[key]))


def _same_for_all(outline: Outline | None) -> Outline | None:
    """Leave out the width that was drawn: the same skin is wider on a taller body."""
    return None if outline is None else replace(outline, width_mm=None)


# What stands for what


@dataclass(frozen=True, slots=True)
class Matched:
    """Rows of today with rows of the last session: at one place, and moved; each shape (n, 2)."""

    pairs: IntArray
    moved: IntArray

    def apart(self, new: Rows, old: Rows) -> tuple[IntArray, IntArray]:
        """Return the rows of today, and of the last session, that have no partner."""
        taken = np.concatenate([self.pairs, self.moved])
        return left(len(new.place), taken[:, 0]), left(len(old.place), taken[:, 1])


def matched_points(new: Points, old: Points, atlas: Atlas, height_cm: float) -> Matched:
    """Pair the points of two charts: the same place first, then the nearest within 20 mm."""
    # Nearly all stand at the very same place after a copy, and are found there at little cost.
    pairs = _same_bytes(new, old)
    for within_mm in (SAME_PLACE_MM, MOVED_MM):
        new_left = left(len(new.records), pairs[:, 0])
        old_left = left(len(old.records), pairs[:, 1])
        at_new = _positions(new.records[new_left], atlas, height_cm)
        at_old = _positions(old.records[old_left], atlas, height_cm)
        near = nearest(at_new, at_old, within_mm)
        found = np.stack([new_left[near[:, 0]], old_left[near[:, 1]]], axis=1)
        if within_mm == SAME_PLACE_MM:
            pairs = np.concatenate([pairs, found])
    return Matched(pairs, found)


def _positions(records: NDArray[np.void], atlas: Atlas, height_cm: float) -> FloatArray:
    return atlas.positions_mm(records["triangle"], records["u"], records["v"], height_cm)


def _same_bytes(new: Points, old: Points) -> IntArray:
    """Pair points at the very same place, those with the same values first."""
    places = [
        np.stack([points.records[name].astype(np.float64) for name in ("triangle", "u", "v")], 1)
        for points in (new, old)
    ]
    exact = equal(
        *(
            np.concatenate([at, points.rows.values.astype(np.float64)], axis=1)
            for at, points in zip(places, (new, old), strict=True)
        )
    )
    new_left, old_left = left(len(places[0]), exact[:, 0]), left(len(places[1]), exact[:, 1])
    rest = equal(places[0][new_left], places[1][old_left])
    return np.concatenate([exact, np.stack([new_left[rest[:, 0]], old_left[rest[:, 1]]], axis=1)])


def matched_zones(new: Zones, old: Zones) -> Matched:
    """Pair zones of one outline, those that differ least first."""
    found = [
        (float((new.rows.values[row] != old.rows.values[other]).sum()), row, other)
        for row, outline in enumerate(new.outlines)
        for other, former in enumerate(old.outlines)
        if outline == former
    ]
    return Matched(one_to_one(found), as_pairs([]))

"""What differs between today's chart and that of the last session; it is found by place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.matching import (
    MEASURED,
    TRAITS,
    Matched,
    Numbers,
    Rows,
    Value,
    What,
    matched_points,
    matched_zones,
    points_of,
    zones_of,
)
from mesodesk.domain.bodymap.planar import IntArray
from mesodesk.domain.dosing import Mixture

_ORDER: Final = tuple(What)


@dataclass(frozen=True, slots=True)
class Counts:
    """Today's points, or zones, against those of the last session.

    `alike` are as they were; `altered` stand where they were with another volume, mixture,
    technique, needle or depth; `moved` have gone up to 20 mm; `added` and `removed` have no
    partner.
    """

    alike: int = 0
    altered: int = 0
    moved: int = 0
    added: int = 0
    removed: int = 0

    @property
    def changed(self) -> int:
        return self.altered + self.moved

    @property
    def stay(self) -> int:
        """How many stand where one stood."""
        return self.alike + self.altered

    @property
    def nothing(self) -> bool:
        return not (self.changed or self.added or self.removed)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of some points, or zones, in the same way in each of some regions.

    `regions` are keys, the one with most of it first. `now` and `was` are the values of a trait
    that is another one: the least and the largest if it is measured, else all of them.
    """

    what: What
    regions: tuple[str, ...]
    count: int
    zones: bool = False
    now: tuple[Value, ...] = ()
    was: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Today's chart against that of the last session; `told` says the same by region."""

    points: Counts
    zones: Counts
    told: tuple[Told, ...] = ()

    @property
    def akin(self) -> bool:
        """Whether anything of today stands where something stood: as after a copy."""
        return self.points.stay + self.zones.stay > 0

    @property
    def nothing(self) -> bool:
        return self.points.nothing and self.zones.nothing


def difference(
    today: Iterable[ChartField],
    last: Iterable[ChartField],
    contents: Mapping[UUID, Mixture],
    atlas: Atlas,
    height_cm: float,
) -> Difference:
    """Compare two charts by their places; whence a field came need not be known. Any thread.

    Points are paired by their distance, zones by their outline.

    Args:
        today: the fields of today's chart.
        last: those of the last session.
        contents: what each syringe of either session holds.
        atlas: the patient's body.
        height_cm: of the patient.
    """
    numbers = Numbers(contents)
    charts = [tuple(chart) for chart in (today, last)]
    new, old = (points_of(chart, atlas, numbers) for chart in charts)
    new_zones, old_zones = (zones_of(chart, atlas, numbers) for chart in charts)
    points = matched_points(new, old, atlas, height_cm)
    zones = matched_zones(new_zones, old_zones)
    told = (
        *_told(new.rows, old.rows, points, numbers, zones=False),
        *_told(new_zones.rows, old_zones.rows, zones, numbers, zones=True),
    )
    return Difference(
        _counts(new.rows, old.rows, points),
        _counts(new_zones.rows, old_zones.rows, zones),
        tuple(sorted(told, key=lambda each: (_ORDER.index(each.what), -each.count))),
    )


# What is told of it


def _counts(new: Rows, old: Rows, matched: Matched) -> Counts:
    added, removed = matched.apart(new, old)
    pairs = matched.pairs
    same = (new.values[pairs[:, 0]] == old.values[pairs[:, 1]]).all(axis=1)
    alike = int(same.sum())
    return Counts(alike, len(pairs) - alike, len(matched.moved), len(added), len(removed))


def _told(
    new: Rows, old: Rows, matched: Matched, numbers: Numbers, *, zones: bool
) -> Iterator[Told]:
    both = np.concatenate([matched.pairs, matched.moved])
    place = new.place[both[:, 0]]
    for column, what in enumerate(TRAITS):
        now, was = new.values[both[:, 0], column], old.values[both[:, 1], column]
        ways: dict[tuple[tuple[int, ...], ...], list[IntArray]] = {}
        for rows in _by_place(place, np.flatnonzero(now != was)):
            ways.setdefault((_ends(what, now[rows]), _ends(what, was[rows])), []).append(rows)
        for alike in ways.values():
            alike.sort(key=len, reverse=True)
            regions = [key for rows in alike for key in new.places[place[rows[0]]]]
            every = np.concatenate(alike)
            shown = numbers.shown(what, now[every]), numbers.shown(what, was[every])
            yield Told(what, tuple(dict.fromkeys(regions)), len(every), zones, *shown)
    added, removed = matched.apart(new, old)
    for what, side, chosen in (
        (What.ADDED, new, added),
        (What.REMOVED, old, removed),
        (What.MOVED, new, matched.moved[:, 0]),
    ):
        for rows in _by_place(side.place, chosen):
            yield Told(what, side.places[side.place[rows[0]]], len(rows), zones)


def _ends(what: What, values: IntArray) -> tuple[int, ...]:
    if what in MEASURED:
        return int(values.min()), int(values.max())
    return tuple(np.unique(values).tolist())


def _by_place(place: IntArray, rows: IntArray) -> Iterator[IntArray]:
    """Yield some rows, place by place."""
    for each in np.unique(place[rows]):
        yield rows[place[rows] == each]

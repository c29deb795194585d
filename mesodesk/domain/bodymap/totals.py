"""What a chart adds up to: points, millilitres and milligrams, and what is left in each syringe.

Volumes are added as whole microlitres and amounts as fractions, so every sum is exact.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Self, TypeVar
from uuid import UUID

import numpy as np

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.packing import POINT_DTYPE, microlitres
from mesodesk.domain.bodymap.sharing import weighted_shares
from mesodesk.domain.bodymap.zones import zone_parts
from mesodesk.domain.dosing import Amount, Mixture, combined

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Cell:
    """All of one syringe in one region on one side.

    A region across the midline has points of both sides. Zones count in each region and on each
    side by how much of their skin lies there; `region_key` and `side` are empty for one of which it
    is not known where it lies. `punctures` are estimates of zones, never counted as points.
    """

    syringe_id: UUID
    region_key: str
    side: str
    points: int
    punctures: int
    volume_ul: int


@dataclass(frozen=True, slots=True)
class Sum:
    """Points, volume and actives of a part of the chart; unknown strengths stay unknown."""

    points: int
    punctures: int
    volume_ul: int
    amounts: tuple[Amount, ...]

    @property
    def volume_ml(self) -> Decimal:
        return Decimal(self.volume_ul).scaleb(-3)


@dataclass(frozen=True, slots=True)
class ActiveSum:
    """One active over the chart: how much of it, and the points and volume that carried it."""

    amount: Amount
    points: int
    volume_ul: int

    @property
    def volume_ml(self) -> Decimal:
        return Decimal(self.volume_ul).scaleb(-3)


class Totals:
    """The sums of a chart, each computed when first asked for."""

    def __init__(self, cells: Iterable[Cell], mixtures: Mapping[UUID, Mixture]) -> None:
        self.cells = tuple(cells)
        self._mixtures = mixtures

    @cached_property
    def whole(self) -> Sum:
        return self.of(lambda _: True)

    @cached_property
    def by_syringe(self) -> dict[UUID, Sum]:
        return self._grouped(lambda cell: cell.syringe_id)

    @cached_property
    def by_side(self) -> dict[str, Sum]:
        return self._grouped(lambda cell: cell.side)

    @cached_property
    def by_active(self) -> tuple[ActiveSum, ...]:
        carried: dict[tuple[str, str], tuple[int, int]] = {}
        for syringe_id, part in self.by_syringe.items():
            for amount in self._amounts(syringe_id, part.volume_ul):
                key = amount.key, amount.unit
                points, volume = carried.get(key, (0, 0))
                carried[key] = points + part.points, volume + part.volume_ul
        return tuple(
            ActiveSum(amount, *carried[amount.key, amount.unit]) for amount in self.whole.amounts
        )

    def of(self, wanted: Callable[[Cell], bool]) -> Sum:
        """Return the sum of some cells."""
        return self._sum([cell for cell in self.cells if wanted(cell)])

    def injected_ml(self, syringe_id: UUID) -> Decimal:
        """Return what the chart has taken from a syringe."""
        part = self.by_syringe.get(syringe_id)
        return Decimal(0) if part is None else part.volume_ml

    def _grouped(self, key_of: Callable[[Cell], Key]) -> dict[Key, Sum]:
        groups: dict[Key, list[Cell]] = {}
        for cell in self.cells:
            groups.setdefault(key_of(cell), []).append(cell)
        return {key: self._sum(cells) for key, cells in groups.items()}

    def _sum(self, cells: list[Cell]) -> Sum:
        volumes: dict[UUID, int] = {}
        for cell in cells:
            volumes[cell.syringe_id] = volumes.get(cell.syringe_id, 0) + cell.volume_ul
        return Sum(
            points=sum(cell.points for cell in cells),
            punctures=sum(cell.punctures for cell in cells),
            volume_ul=sum(volumes.values()),
            amounts=combined(
                amount
                for syringe_id, volume_ul in volumes.items()
                for amount in self._amounts(syringe_id, volume_ul)
            ),
        )

    def _amounts(self, syringe_id: UUID, volume_ul: int) -> tuple[Amount, ...]:
        mixture = self._mixtures.get(syringe_id)
        if mixture is None:
            return ()
        return mixture.delivered(Decimal(volume_ul).scaleb(-3))


_Place = tuple[UUID, str, str]
_Counts = tuple[int, int, int]


class Tally:
    """Keeps the sums of a chart up to date at the cost of what changed."""

    def __init__(self, atlas: Atlas, mixtures: Mapping[UUID, Mixture]) -> None:
        self._atlas = atlas
        self.mixtures = mixtures
        self._of_field: dict[UUID, dict[_Place, _Counts]] = {}
        self._sums: dict[_Place, _Counts] = {}

    @classmethod
    def of(
        cls, atlas: Atlas, mixtures: Mapping[UUID, Mixture], fields: Mapping[UUID, ChartField]
    ) -> Self:
        """Return the sums of fields."""
        tally = cls(atlas, mixtures)
        tally.update(fields, fields)
        return tally

    def update(self, fields: Mapping[UUID, ChartField], changed: Iterable[UUID]) -> None:
        """Count some fields anew; those that are no longer in `fields` are taken out."""
        present: list[ChartField] = []
        for field_id in changed:
            for place, counts in self._of_field.pop(field_id, {}).items():
                self._add(place, counts, -1)
            if field_id in fields:
                present.append(fields[field_id])
        for field, counted in zip(present, self._count(present), strict=True):
            self._of_field[field.id] = counted
            for place, counts in counted.items():
                self._add(place, counts, 1)

    def totals(self) -> Totals:
        """Return the sums as they are now."""
        cells = (Cell(*place, *counts) for place, counts in self._sums.items() if any(counts))
        return Totals(cells, self.mixtures)

    def of_field(self, field_id: UUID) -> Totals:
        """Return the sums of one field; nothing if it is not counted."""
        counted = self._of_field.get(field_id, {})
        return Totals((Cell(*place, *counts) for place, counts in counted.items()), self.mixtures)

    def of_others(self, field_ids: Iterable[UUID]) -> Totals:
        """Return the sums of all fields but some."""
        left_out = set(field_ids)
        sums: dict[_Place, _Counts] = {}
        for field_id, counted in self._of_field.items():
            if field_id in left_out:
                continue
            for place, (points, punctures, volume) in counted.items():
                old = sums.get(place, (0, 0, 0))
                sums[place] = old[0] + points, old[1] + punctures, old[2] + volume
        return Totals((Cell(*place, *counts) for place, counts in sums.items()), self.mixtures)

    def _add(self, place: _Place, counts: _Counts, sign: int) -> None:
        old = self._sums.get(place, (0, 0, 0))
        self._sums[place] = (
            old[0] + sign * counts[0],
            old[1] + sign * counts[1],
            old[2] + sign * counts[2],
        )

    def _count(self, fields: Sequence[ChartField]) -> list[dict[_Place, _Counts]]:
        counted: list[dict[_Place, _Counts]] = [{} for _ in fields]
        regions, sides = self._atlas.regions, [str(side) for side in self._atlas.sides]
        for number, region, side, points, volume in self._counted_points(fields):
            place = fields[number].syringe_id, regions[region].key, sides[side]
            counted[number][place] = points, 0, volume
        for field, counts in zip(fields, counted, strict=True):
            if field.zone_ml is not None or field.punctures is not None:
                self._add_zone(field, counts)
        return counted

    def _add_zone(self, field: ChartField, counts: dict[_Place, _Counts]) -> None:
        """Share a zone out over the regions and sides that it lies in."""
        parts = () if field.outline is None else zone_parts(self._atlas, field.outline)
        regions, sides = self._atlas.regions, self._atlas.sides
        places = [(regions[each.region].key, str(sides[each.side])) for each in parts]
        weights = [each.weight for each in parts]
        if not parts:
            places, weights = [("", "")], [1]
        volumes = weighted_shares(microlitres(field.zone_ml or Decimal(0)), weights)
        punctures = weighted_shares(field.punctures or 0, weights)
        for (region, side), *more in zip(places, punctures, volumes, strict=True):
            if any(more):
                place = field.syringe_id, region, side
                points, known, volume = counts.get(place, (0, 0, 0))
                counts[place] = points, known + more[0], volume + more[1]

    def _counted_points(
        self, fields: Sequence[ChartField]
    ) -> Iterable[tuple[int, int, int, int, int]]:
        """Give (number of the field, of the region, of the side, points, microlitres), at once."""
        if not fields:
            return ()
        # Told the type, NumPy need not work it out anew for every field, which took half the time.
        records = np.concatenate([field.points.records for field in fields], dtype=POINT_DTYPE)
        owner = np.repeat(np.arange(len(fields)), [len(field.points) for field in fields])
        triangles = records["triangle"].astype(np.int64)
        region = self._atlas.region_indices(triangles)
        side = self._atlas.side_indices(triangles, records["u"], records["v"])
        shape = len(fields), len(self._atlas.regions), len(self._atlas.sides)
        groups, which = np.unique(
            np.ravel_multi_index((owner, region, side), shape), return_inverse=True
        )
        points = np.bincount(which, minlength=len(groups))
        # Exact: a float holds every whole number of microlitres up to 9 million cubic metres.
        volumes = np.bincount(which, weights=records["volume"], minlength=len(groups))
        return zip(
            *(number.tolist() for number in np.unravel_index(groups, shape)),
            points.tolist(),
            volumes.astype(np.int64).tolist(),
            strict=True,
        )


def totals(
    fields: Mapping[UUID, ChartField], atlas: Atlas, mixtures: Mapping[UUID, Mixture]
) -> Totals:
    """Add up a whole chart."""
    tally = Tally(atlas, mixtures)
    tally.update(fields, fields)
    return tally.totals()


@dataclass(frozen=True, slots=True)
class Supply:
    """What a syringe holds and where it went. `wasted_ml` is what was thrown away so far."""

    syringe_id: UUID
    drawn_ml: Decimal
    wasted_ml: Decimal
    injected_ml: Decimal

    @property
    def remaining_ml(self) -> Decimal:
        """Drawn - wasted - injected; below 0 if more was charted than there was."""
        return self.drawn_ml - self.wasted_ml - self.injected_ml


@dataclass(frozen=True, slots=True)
class Shortage:
    """More is asked of a syringe than is left in it."""

    syringe_id: UUID
    asked_ml: Decimal
    remaining_ml: Decimal

    @property
    def missing_ml(self) -> Decimal:
        return self.asked_ml - max(self.remaining_ml, Decimal(0))


def shortage(supply: Supply, asked_ml: Decimal) -> Shortage | None:
    """Return what is missing for a volume more from the syringe, or None if there is enough.

    Taking less, or nothing, is never a shortage, even from a syringe that is overdrawn already.
    """
    if asked_ml <= 0 or asked_ml <= supply.remaining_ml:
        return None
    return Shortage(supply.syringe_id, asked_ml, supply.remaining_ml)

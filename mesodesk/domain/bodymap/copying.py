"""Copying the fields of the last session, never its lots, and what then differs from it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.packing import POINT_DTYPE, PackedPoints, PointFlag
from mesodesk.domain.dosing import Mixture
from mesodesk.domain.ids import new_id

SAME_PLACE_MM: Final = 1.0
"""Two points no farther apart are one place: nobody aims finer."""
MOVED_MM: Final = 20.0
"""A point with no partner at its place is the nearest former one moved, if that was so near."""

_ROWS: Final = 256

StandsFor = Mapping[UUID, UUID | None]
"""For each syringe of the last session that of today, or None if its points are left out."""


def prechosen(last: Mapping[UUID, Mixture], today: Mapping[UUID, Mixture]) -> dict[UUID, UUID]:
    """Return for syringes of the last session those of today with the same actives.

    Of several, the one with the same strengths, then one that stands for no other yet, then the
    first. A syringe whose actives none of today's has is not among them.
    """
    chosen: dict[UUID, UUID] = {}
    for last_id, mixture in last.items():
        fitting = [key for key, each in today.items() if same_actives(mixture, each)]
        if fitting:
            taken = set(chosen.values())
            chosen[last_id] = min(
                fitting, key=lambda key: (not same_strengths(mixture, today[key]), key in taken)
            )
    return chosen


def same_actives(one: Mixture, other: Mixture) -> bool:
    """Whether two mixtures hold the same actives, in whatever strengths."""
    return _actives(one) == _actives(other)


def same_strengths(one: Mixture, other: Mixture) -> bool:
    """Whether a millilitre of each holds the same of every active; unknown is like nothing."""
    return _strengths(one) == _strengths(other) and not any(
        each.per_ml is None for each in one.concentrations()
    )


def _actives(mixture: Mixture) -> frozenset[str]:
    return frozenset(each.ingredient_id for each in mixture.concentrations())


def _strengths(mixture: Mixture) -> frozenset[tuple[object, ...]]:
    return frozenset(
        (each.ingredient_id, each.unit, each.per_ml) for each in mixture.concentrations()
    )


@dataclass(frozen=True, slots=True)
class Need:
    """What a copy takes from one syringe of today."""

    syringe_id: UUID
    points: int
    zones: int
    volume_ml: Decimal


def needs(fields: Iterable[ChartField], stands_for: StandsFor) -> tuple[Need, ...]:
    """Return what a copy takes from each syringe of today, in the order of first use."""
    sums: dict[UUID, Need] = {}
    for field in fields:
        target = stands_for.get(field.syringe_id)
        if target is not None:
            known = sums.get(target, Need(target, 0, 0, Decimal(0)))
            sums[target] = Need(
                target,
                known.points + len(field.points),
                known.zones + (len(field.points) == 0),
                known.volume_ml + field.volume_ml,
            )
    return tuple(sums.values())


def copy_fields(
    fields: Iterable[ChartField],
    stands_for: StandsFor,
    make_id: Callable[[], UUID] = new_id,
    label: EditLabel = EditLabel.COPY,
) -> Edit | None:
    """Return one edit that puts the fields on a chart again; None if all are left out.

    Places, doses, depths and techniques are those of the last session. Each field has a new id and
    no note, no point a mark of the hand: nothing was done to them by hand today. A field stays the
    image of another if that one is copied too.

    Args:
        fields: of the last session; they are copied in the order of their ids.
        stands_for: today's syringe for each of the last session's.
        make_id: gives ids that rise from one to the next.
        label: what the gesture is called.
    """
    chosen = [
        (field, target)
        for field in sorted(fields, key=by_making)
        if (target := stands_for.get(field.syringe_id)) is not None
    ]
    if not chosen:
        return None
    ids = {field.id: make_id() for field, _ in chosen}
    changes = []
    for field, target in chosen:
        copied = replace(
            field,
            id=ids[field.id],
            syringe_id=target,
            mirror_of=None if field.mirror_of is None else ids.get(field.mirror_of),
            note="",
            points=freed_points(field.points),
        )
        changes.append((copied.id, None, copied))
    return Edit(label, tuple(changes))


def freed_points(points: PackedPoints) -> PackedPoints:
    """Return points without the marks of the hand; where a row begins stays marked."""
    records = points.records.copy()
    records["flags"] &= int(PointFlag.ROW_START)
    return PackedPoints.from_records(records)


def by_making(field: ChartField) -> UUID:
    """Sort fields in the order in which they were made: ids carry their time."""
    return field.id


@dataclass(frozen=True, slots=True)
class Difference:
    """Today's points against those of the last session.

    `alike` are as they were; `altered` stand where they were with another volume, depth or
    mixture; `moved` have gone up to 20 mm; `added` and `removed` have no partner.
    """

    alike: int
    altered: int
    moved: int
    added: int
    removed: int

    @property
    def changed(self) -> int:
        return self.altered + self.moved

    @property
    def akin(self) -> bool:
        """Whether any of today's points stands where one stood: as after a copy."""
        return self.alike + self.altered > 0

    @property
    def nothing(self) -> bool:
        return not (self.changed or self.added or self.removed)


Positions = Callable[[NDArray[np.void]], NDArray[np.float64]]
"""Gives the positions in mm, shape (n, 3), of packed points."""


def difference(
    today: Iterable[ChartField],
    last: Iterable[ChartField],
    contents: Mapping[UUID, Mixture],
    positions: Positions,
) -> Difference:
    """Compare two charts by the places of their points; whence a field came need not be known.

    Args:
        today: the fields of today's chart.
        last: those of the last session.
        contents: what each syringe of either session holds.
        positions: gives places on the patient's body, in mm.
    """
    kinds: dict[frozenset[str] | None, int] = {}
    new, old = _gathered(today, contents, kinds), _gathered(last, contents, kinds)
    pairs = _same_bytes(new.records, old.records)
    new_left, old_left = _left(len(new.records), pairs[:, 0]), _left(len(old.records), pairs[:, 1])
    at_new, at_old = positions(new.records[new_left]), positions(old.records[old_left])
    near = _nearest(at_new, at_old, SAME_PLACE_MM)
    pairs = np.concatenate([pairs, np.stack([new_left[near[:, 0]], old_left[near[:, 1]]], axis=1)])
    new_apart, old_apart = _left(len(new_left), near[:, 0]), _left(len(old_left), near[:, 1])
    moved = len(_nearest(at_new[new_apart], at_old[old_apart], MOVED_MM))
    alike = int((new.values[pairs[:, 0]] == old.values[pairs[:, 1]]).all(axis=1).sum())
    return Difference(
        alike=alike,
        altered=len(pairs) - alike,
        moved=moved,
        added=len(new_apart) - moved,
        removed=len(old_apart) - moved,
    )


@dataclass(frozen=True, slots=True)
class _Gathered:
    """All points of a chart: packed, and what makes two at one place alike."""

    records: NDArray[np.void]
    values: NDArray[np.int64]


def _gathered(
    fields: Iterable[ChartField],
    contents: Mapping[UUID, Mixture],
    kinds: dict[frozenset[str] | None, int],
) -> _Gathered:
    """Put all points together; `kinds` numbers the sets of actives, one for both charts."""
    parts, kind = [np.zeros(0, dtype=POINT_DTYPE)], []
    for field in fields:
        mixture = contents.get(field.syringe_id)
        actives = None if mixture is None else _actives(mixture)
        parts.append(field.points.records)
        kind += [kinds.setdefault(actives, len(kinds))] * len(field.points)
    records = np.concatenate(parts, dtype=POINT_DTYPE)
    columns = (records["volume"], records["depth"], np.array(kind, dtype=np.int64))
    return _Gathered(records, np.stack([each.astype(np.int64) for each in columns], axis=1))


def _same_bytes(new: NDArray[np.void], old: NDArray[np.void]) -> NDArray[np.int64]:
    """Pair points at the very same place: nearly all of them after a copy, and at little cost."""
    waiting: dict[tuple[int, float, float], list[int]] = {}
    for row, place in enumerate(old[["triangle", "u", "v"]].tolist()):
        waiting.setdefault(place, []).append(row)
    pairs = []
    for row, place in enumerate(new[["triangle", "u", "v"]].tolist()):
        found = waiting.get(place)
        if found:
            pairs.append((row, found.pop(0)))
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _left(count: int, taken: NDArray[np.int64]) -> NDArray[np.int64]:
    free = np.ones(count, dtype=np.bool_)
    free[taken] = False
    return np.flatnonzero(free)


def _nearest(
    new: NDArray[np.float64], old: NDArray[np.float64], within_mm: float
) -> NDArray[np.int64]:
    """Pair points one to one, the nearest first, none farther apart than that."""
    found: list[tuple[float, int, int]] = []
    for start in range(0, len(new), _ROWS):
        away = ((new[start : start + _ROWS, None] - old[None]) ** 2).sum(axis=2)
        rows, columns = np.nonzero(away <= within_mm**2)
        found += zip(
            away[rows, columns].tolist(), (rows + start).tolist(), columns.tolist(), strict=True
        )
    pairs, used_new, used_old = [], set(), set()
    for _, row, column in sorted(found):
        if row not in used_new and column not in used_old:
            used_new.add(row)
            used_old.add(column)
            pairs.append((row, column))
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)

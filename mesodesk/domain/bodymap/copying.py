"""Copying the fields of the last session, never its lots."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.dosing import Mixture, active_key
from mesodesk.domain.ids import new_id

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
    """Whether two mixtures hold the same actives, in whatever strengths.

    Of products without a listed active nobody knows what they hold: only the same are the same.
    """
    return _actives(one) == _actives(other)


def same_strengths(one: Mixture, other: Mixture) -> bool:
    """Whether a millilitre of each holds the same of every active; unknown is like nothing."""
    return strengths(one) == strengths(other) and not any(
        each.per_ml is None for each in one.concentrations()
    )


def _actives(mixture: Mixture) -> frozenset[object]:
    actives = frozenset(each.key for each in mixture.concentrations())
    return actives or frozenset(_products(mixture))


def strengths(mixture: Mixture) -> frozenset[tuple[object, ...]]:
    """Return what a millilitre holds, to be compared: the share of each product if no active."""
    actives = frozenset((each.key, each.unit, each.per_ml) for each in mixture.concentrations())
    return actives or frozenset(_products(mixture).items())


def _products(mixture: Mixture) -> dict[tuple[str, str], Fraction]:
    """Return which share of a mixture each product is, told apart from any active by name."""
    shares: dict[tuple[str, str], Fraction] = {}
    whole = Fraction(mixture.volume_ml)
    for part in mixture.components:
        key = "product", active_key("", part.label)
        shares[key] = shares.get(key, Fraction(0)) + Fraction(part.volume_ml) / whole
    return shares


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
    no note. What was done to single points by hand stays marked, so that a change of the whole
    field passes over them, and laying it anew asks first. A field stays the image of another if
    that one is copied too.

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
        )
        changes.append((copied.id, None, copied))
    return Edit(label, tuple(changes))


def by_making(field: ChartField) -> UUID:
    """Sort fields in the order in which they were made: ids carry their time."""
    return field.id

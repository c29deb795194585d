"""What limits look at: the syringes of a session, and what the chart took from each."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np

from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.packing import PointFlag
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.dosing import MASS_UNIT, ActiveStrength, Component, Mixture, mass_delivered
from mesodesk.domain.limit_files import EPINEPHRINE, load_limits
from mesodesk.domain.limits import SyringeUse
from mesodesk.domain.records.session import SyringeRecord
from mesodesk.domain.strength import per_ml

_UL_IN_ML: Final = 1000


class Drawn(NamedTuple):
    """A syringe of the session: how it is called, and what is in it."""

    id: UUID
    digit: int
    mixture: Mixture


class _Taken(NamedTuple):
    """What some fields took from one syringe, in whole microlitres."""

    points: int = 0
    punctures: int = 0
    uncounted: bool = False
    volume_ul: int = 0
    largest: Fraction | int = 0
    spacing_mm: Decimal | None = None
    unspaced: int = 0
    fields: int = 0


class Counted:
    """Remembers what the fields of a chart took, so that only what changed is counted anew."""

    def __init__(self) -> None:
        self._of: dict[UUID, tuple[ChartField, _Taken]] = {}

    def by_syringe(self, fields: Iterable[ChartField]) -> Mapping[UUID, Sequence[_Taken]]:
        """Return what each field took, by syringe; fields that are not among them are forgotten."""
        before, self._of = self._of, {}
        found: dict[UUID, list[_Taken]] = {}
        for field in fields:
            known = before.get(field.id)
            taken = known[1] if known is not None and known[0] is field else _taken_by(field)
            self._of[field.id] = field, taken
            found.setdefault(field.syringe_id, []).append(taken)
        return found


def syringe_uses(
    syringes: Iterable[Drawn], fields: Iterable[ChartField], counted: Counted | None = None
) -> tuple[SyringeUse, ...]:
    """Return the use of each syringe, in the order of the digits; fields of others are left out.

    Args:
        syringes: of the session.
        fields: of its chart.
        counted: what was counted of that chart before; None counts all.
    """
    taken = (counted or Counted()).by_syringe(fields)
    return tuple(
        _use(syringe, _joined(taken.get(syringe.id, ())))
        for syringe in sorted(syringes, key=lambda each: each.digit)
    )


def _use(syringe: Drawn, taken: _Taken) -> SyringeUse:
    actives = actives_of(syringe.mixture)
    return SyringeUse(
        syringe_id=syringe.id,
        digit=syringe.digit,
        actives=actives,
        with_epinephrine=load_limits().epinephrine.slows(actives.get(EPINEPHRINE)),
        points=taken.points,
        punctures=taken.punctures,
        uncounted=taken.uncounted,
        volume_ml=Fraction(taken.volume_ul, _UL_IN_ML),
        largest_ml=Fraction(taken.largest) / _UL_IN_ML,
        spacing_mm=taken.spacing_mm,
        unspaced=taken.unspaced,
        fields=taken.fields,
    )


def _taken_by(field: ChartField) -> _Taken:
    """Count one field. A zone has its punctures for points, each with an equal share.

    A point that a hand moved is where the pattern did not put it: its distance from others is not
    known any more, while the others keep theirs. A point by itself is measured as fields are.
    """
    volumes = field.points.records["volume"]
    points = len(field.points)
    largest: Fraction | int = int(volumes.max()) if points else 0
    zone_ul = Fraction(field.zone_ml or 0) * _UL_IN_ML
    punctures = field.punctures or 0
    is_zone = bool(zone_ul) or bool(punctures)
    uncounted = is_zone and not punctures
    # A field of one point says nothing of how far that is from others, whatever it was made with.
    spaced = field.spacing_mm is not None and (points + punctures > 1 or uncounted)
    moved = int(np.count_nonzero(field.points.records["flags"] & int(PointFlag.MOVED)))
    unspaced = points + is_zone if points != 1 or is_zone else 0
    if zone_ul and punctures:
        largest = max(largest, zone_ul / punctures)
    return _Taken(
        points=points,
        punctures=punctures,
        uncounted=uncounted,
        volume_ul=field.points.volume_ul + int(zone_ul),
        largest=largest,
        spacing_mm=field.spacing_mm if spaced else None,
        unspaced=moved if spaced else unspaced,
        fields=int(bool(points) or is_zone),
    )


def _joined(parts: Sequence[_Taken]) -> _Taken:
    return _Taken(
        points=sum(each.points for each in parts),
        punctures=sum(each.punctures for each in parts),
        uncounted=any(each.uncounted for each in parts),
        volume_ul=sum(each.volume_ul for each in parts),
        largest=max((each.largest for each in parts), default=0),
        spacing_mm=min(
            (each.spacing_mm for each in parts if each.spacing_mm is not None), default=None
        ),
        unspaced=sum(each.unspaced for each in parts),
        fields=sum(each.fields for each in parts),
    )


# Asked at every point for every limit and zone; a session has a few syringes.
@lru_cache(maxsize=256)
def actives_of(mixture: Mixture) -> Mapping[str, Fraction | None]:
    """Return milligrams of each ingredient in a millilitre of a mixture.

    None where a strength is not known, is no mass, or where a product only names the ingredient. An
    active that the clinic called by a name of its own counts as the ingredient that the name has in
    it.
    """
    total = mixture.volume_ml
    masses: dict[str, Fraction | None] = {}
    for part in mixture.components:
        for ingredient, mass_mg in _masses(part).items():
            known = masses.get(ingredient, Fraction(0))
            masses[ingredient] = None if known is None or mass_mg is None else known + mass_mg
    return MappingProxyType(
        {
            ingredient: None if mass_mg is None else mass_mg / Fraction(total)
            for ingredient, mass_mg in masses.items()
        }
    )


def _masses(part: Component) -> Mapping[str, Fraction | None]:
    masses: dict[str, Fraction | None] = {}
    for active in part.actives:
        mass_mg = None
        if active.strength is not None:
            amount, unit = per_ml(active.strength)
            mass_mg = (
                mass_delivered(part.volume_ml, Fraction(amount)) if unit == MASS_UNIT else None
            )
        for ingredient in _ingredients(active):
            known = masses.get(ingredient, Fraction(0))
            masses[ingredient] = None if known is None or mass_mg is None else known + mass_mg
    for ingredient in _named(part.label):
        masses.setdefault(ingredient, None)
    return masses


def _ingredients(active: ActiveStrength) -> frozenset[str]:
    """Return the ingredients that an active stands for.

    Epinephrine widens a limit, and "without epinephrine" names it too: an active is that only where
    its name says nothing else, whatever it was once taken for.
    """
    own = active.ingredient_id
    if own != EPINEPHRINE and own in load_catalogue().ingredients:
        return frozenset((own,))
    known_as = _named(active.name) | ({own} if own else frozenset())
    if load_limits().epinephrine.is_meant_by(active.name):
        return known_as | {EPINEPHRINE}
    return known_as - {EPINEPHRINE}


def _named(text: str) -> frozenset[str]:
    """Return the ingredients that a name has in it."""
    return frozenset(load_catalogue().named_in(text))


def drawn_up(syringes: Iterable[SyringeRecord]) -> tuple[Drawn, ...]:
    """Return the syringes of a session's record as limits look at them."""
    return tuple(
        Drawn(
            syringe.id,
            syringe.digit,
            Mixture(
                tuple(
                    Component(
                        part.lot_id,
                        part.product_name,
                        part.volume_ml,
                        tuple(
                            ActiveStrength(each.name, each.ingredient_id, each.strength)
                            for each in part.actives
                        ),
                    )
                    for part in syringe.components
                )
            ),
        )
        for syringe in syringes
    )

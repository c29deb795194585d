"""A syringe as the chart sees it: what to call it, what it holds, how it looks."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from mesodesk.domain.dosing import ActiveStrength, Component, Mixture
from mesodesk.domain.syringe_looks import SyringeLook, syringe_look

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mesodesk.domain.records.session import ComponentRecord, SyringeRecord


@dataclass(frozen=True, slots=True)
class PartLine:
    """One component as a line on the syringe's card: name, and lot number if known."""

    name: str
    lot: str = ""


@dataclass(frozen=True, slots=True)
class ChartSyringe:
    """A syringe that points can be placed from. `digit` is 1 to 9."""

    id: UUID
    digit: int
    label: str
    mixture: Mixture
    parts: tuple[PartLine, ...] = ()
    wasted_ml: Decimal = Decimal(0)

    @property
    def drawn_ml(self) -> Decimal:
        return self.mixture.volume_ml

    @property
    def look(self) -> SyringeLook:
        return syringe_look(self.digit)


def chart_syringe(record: "SyringeRecord") -> ChartSyringe:
    """Take over a syringe of the session's record."""
    return ChartSyringe(
        id=record.id,
        digit=record.digit,
        label=record.label,
        mixture=Mixture(tuple(_component(part) for part in record.components)),
        parts=tuple(PartLine(part.product_name, part.lot_number) for part in record.components),
        wasted_ml=record.wasted_ml or Decimal(0),
    )


def chart_syringes(records: "Iterable[SyringeRecord]") -> tuple[ChartSyringe, ...]:
    """Take over all syringes of a session, in the order of their digits."""
    return tuple(sorted(map(chart_syringe, records), key=_digit))


def _digit(syringe: ChartSyringe) -> int:
    return syringe.digit


def _component(part: "ComponentRecord") -> Component:
    return Component(
        lot_id=part.lot_id,
        label=part.product_name,
        volume_ml=part.volume_ml,
        actives=tuple(
            ActiveStrength(active.name, active.ingredient_id, active.strength)
            for active in part.actives
        ),
    )

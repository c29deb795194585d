"""What limits of spacing look at between fields: how near their points come to one another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final
from uuid import UUID

from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.limits import ANY, Beside, Limit, SyringeUse
from mesodesk.domain.records.limits import LimitKind

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.resizing import Body

_TOLD_MM: Final = Decimal("0.1")


def with_gaps(
    uses: Sequence[SyringeUse],
    fields: Iterable[ChartField],
    limits: Iterable[Limit],
    body: "Body | None",
) -> tuple[SyringeUse, ...]:
    """Return the uses with how near their fields come to one another.

    Nothing is measured that no limit asks for.

    Args:
        uses: of the syringes.
        fields: of the chart.
        limits: in force.
        body: that the chart lies on; None if this program does not have it.
    """
    spaced = [each for each in limits if each.on and each.kind is LimitKind.SPACING]
    concerned = [use for use in uses if any(_is_about(limit, use) for limit in spaced)]
    digits = {use.syringe_id: use.digit for use in concerned}
    mine = [each for each in fields if each.syringe_id in digits and _has_pricks(each)]
    if not concerned or body is None:
        return tuple(uses)
    reach_mm = float(max(limit.value for limit in spaced))
    gaps = _gaps(body, mine, digits, reach_mm) if len(mine) > 1 else {}
    return tuple(
        replace(use, beside=_of(use.digit, gaps)) if use in concerned else use for use in uses
    )


def _is_about(limit: Limit, use: SyringeUse) -> bool:
    return limit.active == ANY or limit.active in use.actives


def _has_pricks(field: ChartField) -> bool:
    return bool(len(field.points) or field.punctures or field.zone_ml)


def _gaps(
    body: "Body", fields: Sequence[ChartField], digits: Mapping[UUID, int], reach_mm: float
) -> Mapping[tuple[int, int], Beside]:
    from mesodesk.domain.bodymap.nearness import nearest_between

    groups = [digits[each.syringe_id] for each in fields]
    measured = nearest_between(body, fields, groups, reach_mm)
    return {
        pair: Beside(None if each.mm is None else _told(each.mm), each.known)
        for pair, each in measured.items()
    }


def _told(mm: float) -> Fraction:
    return Fraction(Decimal(str(mm)).quantize(_TOLD_MM))


def _of(digit: int, gaps: Mapping[tuple[int, int], Beside]) -> Mapping[int, Beside]:
    return {
        other if one == digit else one: each
        for (one, other), each in gaps.items()
        if digit in (one, other)
    }

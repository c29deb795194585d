"""Laws of lots: single-dose containers, containers that are open, what is taken out. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from mesodesk.domain.records.stock import LotRecord, LotState, LowStock, ProductRecord

NOTHING: Final = Decimal(0)


def taken_out(
    volume_ml: Decimal, *, single_dose: bool | None, container_ml: Decimal | None
) -> Decimal:
    """Return what a session takes out of a lot when it draws a volume.

    Of single-dose containers whole ones: what is left in one belongs to no other patient. Without
    the content of a container that cannot be reckoned, and the volume itself counts.
    """
    if not single_dose or container_ml is None or volume_ml <= 0:
        return volume_ml
    whole, rest = divmod(volume_ml, container_ml)
    return (whole + (1 if rest else 0)) * container_ml


def good_until(opened_on: date, days: int, expires_on: date) -> date:
    """Return the last day of an opened container: so many days on, never past the label's."""
    return min(opened_on + timedelta(days=days), expires_on)


def lot_state(
    *,
    expires_on: date,
    left_ml: Decimal | None,
    today: date,
    soon: timedelta,
    use_by: date | None = None,
    held: bool = False,
    recalled: bool = False,
) -> LotState:
    """Return whether a lot can be drawn from: on the day of its expiry it still can.

    The gravest comes first: a recall is said even of a lot that is used up.
    """
    grave = (
        (recalled, LotState.RECALLED),
        (held, LotState.QUARANTINED),
        (expires_on < today, LotState.EXPIRED),
        (left_ml is not None and left_ml <= 0, LotState.USED_UP),
        (use_by is not None and use_by < today, LotState.PAST_USE),
        (expires_on <= today + soon, LotState.EXPIRES_SOON),
    )
    return next((state for holds, state in grave if holds), LotState.USABLE)


def low_stock(lots: Iterable[LotRecord], products: Iterable[ProductRecord]) -> tuple[LowStock, ...]:
    """Return the products of which less can be drawn than the clinic wants, the emptiest first.

    A product with a lot that is not counted is left out: how much there is of it nobody knows.
    """
    left: dict[object, Decimal | None] = {}
    for lot in lots:
        if lot.can_be_drawn:
            so_far = left.get(lot.product.id, NOTHING)
            left[lot.product.id] = (
                None if so_far is None or lot.left_ml is None else so_far + lot.left_ml
            )
    found = []
    for product in products:
        wanted, there = product.fields.low_ml, left.get(product.id, NOTHING)
        if wanted is not None and there is not None and there < wanted and not product.archived:
            found.append(LowStock(product, there))
    return tuple(sorted(found, key=lambda each: each.left_ml / (each.product.fields.low_ml or 1)))

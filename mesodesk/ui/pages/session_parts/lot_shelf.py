"""The lots that syringes are drawn up from, as they stand now, in words to choose by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.records.stock import LotState
from mesodesk.ui.numbers import format_date, format_quantity, relative_day
from mesodesk.ui.pages.stock_parts.words import strength_words
from mesodesk.ui.widgets.options import Option

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from mesodesk.domain.records.stock import LotRecord, ProductFields
    from mesodesk.services.desk import Desk
    from mesodesk.ui.pages.session_parts.typed_syringe import Wanted

_SOON_DAYS = 56


@dataclass(frozen=True, slots=True)
class Shelf:
    """All lots of the clinic, the first to expire first, and the day they are looked at."""

    lots: tuple[LotRecord, ...] = ()
    today: date | None = None

    @property
    def is_read(self) -> bool:
        """Whether the lots were read already."""
        return self.today is not None

    def lot(self, lot_id: UUID | None) -> LotRecord | None:
        """Return a lot, None if there is none of that id."""
        return next((lot for lot in self.lots if lot.id == lot_id), None)

    def product(self, product_id: UUID) -> ProductFields | None:
        """Return a product of which there is or was a lot."""
        found = (lot.product for lot in self.lots if lot.product.id == product_id)
        return next((each.fields for each in found), None)

    def options(self, besides: Iterable[UUID], wanted: Wanted | None = None) -> list[Option]:
        """Return what can be drawn from, and those lots that are in use already.

        With a product wanted, only its lots; for a diluent, those of other diluents after them.
        """
        kept = frozenset(besides)
        found = [lot for lot in self.lots if _offered(lot) or lot.id in kept]
        if wanted is not None:
            of_it = [lot for lot in found if lot.product.id == wanted.product_id]
            found = [
                *of_it,
                *(
                    lot
                    for lot in found
                    if lot.product.id != wanted.product_id
                    and (lot.id in kept or (wanted.diluent and lot.product.fields.diluent))
                ),
            ]
        return [self._option(lot) for lot in found]

    def offers(self) -> int:
        """Return how many lots can be drawn from."""
        return sum(map(_offered, self.lots))

    def hidden_words(self) -> str:
        """Return how many lots are not offered, and why; "" if all are."""
        hidden = [lot for lot in self.lots if not _offered(lot)]
        if not hidden:
            return ""
        expired = sum(lot.state is LotState.EXPIRED for lot in hidden)
        used_up = sum(lot.state is LotState.USED_UP for lot in hidden)
        recalled = sum(lot.state is LotState.RECALLED for lot in hidden)
        held = sum(lot.state is LotState.QUARANTINED for lot in hidden)
        past_use = sum(lot.state is LotState.PAST_USE for lot in hidden)
        archived = len(hidden) - expired - used_up - recalled - held - past_use
        reasons = [
            (expired, _tr("{count} expired")),
            (used_up, _tr("{count} used up")),
            (recalled, _tr("{count} recalled")),
            (held, _tr("{count} in quarantine")),
            (past_use, _tr("{count} open for too long")),
            (archived, _tr("{count} of archived products")),
        ]
        why = ", ".join(words.format(count=count) for count, words in reasons if count)
        one, many = _tr("1 lot is not offered: {why}."), _tr("{count} lots are not offered: {why}.")
        return (one if len(hidden) == 1 else many).format(count=len(hidden), why=why)

    def expiry_words(self, day: date) -> str:
        """Return how long a lot is good, in words: the date, and the distance where it is near."""
        shown = format_date(day)
        if self.today is None:
            return shown
        ahead = (day - self.today).days
        if ahead < 0:
            return _tr("expired on {day}").format(day=shown)
        if ahead > _SOON_DAYS:
            return _tr("good through {day}").format(day=shown)
        when = relative_day(day, self.today)
        return _tr("expires {when}, {day}").format(when=when, day=shown)

    def is_soon(self, day: date) -> bool:
        """Tell whether the expiry is near enough to be pointed out."""
        return self.today is not None and (day - self.today).days <= _SOON_DAYS

    def _option(self, lot: LotRecord) -> Option:
        about = [
            _tr("lot {number}").format(number=lot.fields.number),
            strengths(lot.product.fields),
            self.expiry_words(lot.fields.expires_on),
        ]
        words = " · ".join(part for part in about if part)
        left = left_words(lot) if lot.left_ml is not None else ""
        return Option(lot.id, lot.product.fields.name, left, words)


def _offered(lot: LotRecord) -> bool:
    return lot.can_be_drawn and not lot.product.archived


def lot_name(lot: LotRecord) -> str:
    """Return a product and its lot number."""
    words = _tr("{product} · lot {number}")
    return words.format(product=lot.product.fields.name, number=lot.fields.number)


def left_words(lot: LotRecord) -> str:
    """Return what is left of a lot; one that the clinic does not count says so."""
    if lot.left_ml is None:
        return _tr("not counted")
    if lot.left_ml < 0:
        words = _tr("{volume} more drawn than the lot holds")
        return words.format(volume=format_quantity(-lot.left_ml, "mL"))
    return _tr("{volume} left").format(volume=format_quantity(lot.left_ml, "mL"))


def strengths(product: ProductFields) -> str:
    """Return the strengths of a product: `50 mg/mL`, or each with its active; "" for none."""
    told = [
        _tr("strength not typed") if active.strength is None else strength_words(active.strength)
        for active in product.actives
    ]
    if len(told) == 1:
        return told[0]
    if told and all(active.strength is None for active in product.actives):
        return _tr("strengths not typed")
    pairs = zip(product.actives, told, strict=True)
    return ", ".join(f"{active.name} {words}" for active, words in pairs)


def _tr(text: str) -> str:
    return QCoreApplication.translate("lots", text)


def read_lots(desk: Desk) -> tuple[LotRecord, ...]:
    """Return all lots; on the database thread."""
    return desk.catalogue.lots()

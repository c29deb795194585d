"""Status, class, strength and state of products and lots, in words."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.records.stock import (
    ActiveFields,
    LotRecord,
    LotState,
    ProductFields,
    ProductRecord,
    RegulatoryStatus,
)
from mesodesk.domain.strength import Strength
from mesodesk.domain.texts import fold
from mesodesk.ui.numbers import format_date, format_decimal, format_quantity, relative_day
from mesodesk.ui.tokens import Kind

_STATUS: Final[dict[RegulatoryStatus, str]] = {
    RegulatoryStatus.UNKNOWN: str(QT_TRANSLATE_NOOP("stock", "Unknown: not looked up yet")),
    RegulatoryStatus.APPROVED_FOR_USE: str(
        QT_TRANSLATE_NOOP("stock", "Authorised here for this use")
    ),
    RegulatoryStatus.APPROVED_OFF_LABEL: str(
        QT_TRANSLATE_NOOP("stock", "Authorised here for another use: off-label")
    ),
    RegulatoryStatus.NOT_APPROVED: str(QT_TRANSLATE_NOOP("stock", "Not authorised here")),
    RegulatoryStatus.DEVICE: str(QT_TRANSLATE_NOOP("stock", "Medical device")),
}


def status_words(status: RegulatoryStatus) -> str:
    """Return what a status means; what the clinic entered, never an opinion of the program."""
    return _tr(_STATUS[status])


def class_name(class_id: str, language: str) -> str:
    """Return the name of a class; one of the clinic's own is its own name."""
    known = load_catalogue().classes.get(class_id)
    return known.name.get(language) if known is not None else class_id


def strength_words(strength: Strength) -> str:
    """Return a strength with its unit: `20 mg/mL`."""
    return format_quantity(strength.value, strength.unit.label)


def active_words(active: ActiveFields) -> str:
    """Return an active with its strength, or that the strength is missing."""
    if active.strength is None:
        return _tr("{name}, strength?").format(name=active.name)
    return f"{active.name} {strength_words(active.strength)}"


def lacks_strength(product: ProductFields) -> bool:
    """Whether an active has no strength yet, so that no dose can be reckoned."""
    return any(active.strength is None for active in product.actives)


def summary(product: ProductFields, language: str) -> str:
    """Return what is in a product, in one line."""
    parts = [product.manufacturer, *(active_words(active) for active in product.actives)]
    if product.diluent:
        parts.append(_tr("diluent"))
    words = " · ".join(part for part in parts if part)
    return words or class_name(product.product_class, language)


def haystack(product: ProductRecord, lots: Iterable[LotRecord], language: str) -> str:
    """Return everything that a search looks into, folded."""
    fields = product.fields
    words = [
        fields.name,
        fields.manufacturer,
        class_name(fields.product_class, language),
        *(active.name for active in fields.actives),
        *(lot.fields.number for lot in lots),
    ]
    return fold(" ".join(words))


def lot_look(lot: LotRecord, today: date) -> tuple[Kind, str, str]:
    """Return how the state of a lot shows: kind, icon and words."""
    when = relative_day(lot.fields.expires_on, today)
    match lot.state:
        case LotState.EXPIRED:
            return Kind.STOP, "cancel", _tr("expired: not to be drawn")
        case LotState.RECALLED:
            return Kind.STOP, "alert-octagon", _tr("recalled: not to be drawn")
        case LotState.QUARANTINED:
            return Kind.STOP, "lock-outline", _tr("in quarantine")
        case LotState.PAST_USE:
            return Kind.STOP, "cancel", _tr("open for too long")
        case LotState.USED_UP:
            return Kind.NEUTRAL, "bottle-tonic-outline", _tr("used up")
        case LotState.EXPIRES_SOON:
            return Kind.CAUTION, "calendar-alert", _tr("expires {when}").format(when=when)
        case _:
            return Kind.OK, "check-circle", _tr("usable")


def closed_words(lot: LotRecord) -> tuple[Kind, str, str]:
    """Return what stands about a lot besides its expiry: kind, headline and text; "" if nothing."""
    if lot.recalled_on is not None:
        day = format_date(lot.recalled_on)
        return Kind.STOP, _tr("Recalled, notice of {day}").format(day=day), lot.recall_reason
    if lot.held is not None:
        words = _tr("In quarantine since {day}, by {name}")
        day = format_date(lot.held.at.date())
        return Kind.STOP, words.format(day=day, name=lot.held.by), lot.held.reason
    if lot.opening is None:
        return Kind.INFO, "", ""
    opened, until = format_date(lot.opening.opened_on), format_date(lot.opening.use_by)
    if lot.state is LotState.PAST_USE:
        words = _tr("The container opened on {opened} was good until {until}")
        told = _tr("Finish it, or open the next container of this lot.")
        return Kind.STOP, words.format(opened=opened, until=until), told
    words = _tr("A container is open since {opened}, good until {until}")
    return Kind.INFO, words.format(opened=opened, until=until), ""


def left_words(lot: LotRecord) -> str:
    """Return what is left of a lot: `34.5 of 50 mL left`, or that it is not counted."""
    if lot.left_ml is None or lot.received_ml is None:
        return _tr("not counted")
    received = format_quantity(lot.received_ml, "mL")
    left = format_decimal(lot.left_ml)
    return _tr("{left} of {received} left").format(left=left, received=received)


def _tr(text: str) -> str:
    return QCoreApplication.translate("stock", text)

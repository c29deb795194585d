"""Quantities as the chart's panels write them."""

from decimal import Decimal
from typing import Final

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.dosing import Amount, to_decimal
from mesodesk.domain.units import plain
from mesodesk.ui.numbers import NO_BREAK, format_decimal

_UNITS: Final = {"[iU]": "IU", "[USP'U]": "USP U"}


def unit_text(unit: str) -> str:
    """Return a UCUM unit as it is printed."""
    return _UNITS.get(unit, unit)


def ml(volume_ml: Decimal) -> str:
    """Return millilitres without the unit: two decimals, three only where they are needed."""
    decimals = len(plain(volume_ml).partition(".")[2])
    return format_decimal(volume_ml, max(2, min(decimals, 3)))


def amount_figure(amount: Amount) -> str:
    """Return an amount without its unit; a question mark where a strength is unknown."""
    if amount.value is None:
        return "?"
    if amount.value == 0:
        return format_decimal(0)
    # One decimal, and below 1 two digits that count: a microgram must not look like nothing.
    below = to_decimal(amount.value, 9).adjusted()
    places = 1 if below >= 0 else min(1 - below, 6)
    return format_decimal(to_decimal(amount.value, places), places)


def amount_text(amount: Amount) -> str:
    """Return an amount in words: `43.8 mg caffeine`."""
    if amount.value is None:
        return _tr("{name}: strength unknown").format(name=amount.name)
    return f"{amount_figure(amount)}{NO_BREAK}{unit_text(amount.unit)} {amount.name}"


def points_text(points: int) -> str:
    """Return a number of points: `1 point`, `35 points`."""
    return _tr("1 point") if points == 1 else _tr("{number} points").format(number=points)


def _tr(text: str) -> str:
    return QCoreApplication.translate("chart_figures", text)

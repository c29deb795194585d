"""Quantities as the chart's panels write them."""

from decimal import Decimal
from fractions import Fraction
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
    """Return an amount for a column, without its unit; a question mark where it is unknown."""
    if amount.value is None:
        return "?"
    rounded, places = _rounded(amount.value)
    return format_decimal(rounded, places)


def amount_text(amount: Amount) -> str:
    """Return an amount in words: `43.8 mg caffeine`."""
    if amount.value is None:
        return _tr("{name}: strength unknown").format(name=amount.name)
    return f"{measured_text(amount.value, amount.unit)} {amount.name}"


def measured_text(value: Fraction, unit: str) -> str:
    """Return so much of a UCUM unit: `43.8 mg`."""
    return f"{format_decimal(_rounded(value)[0])}{NO_BREAK}{unit_text(unit)}"


def _rounded(value: Fraction) -> tuple[Decimal, int]:
    """Round to about three digits that count, never to nothing: a microgram is something."""
    size = to_decimal(value, 9).adjusted() if value else 0
    places = 1 if size >= 1 else min(max(2, 1 - size), 6)
    return to_decimal(value, places), places


def points_text(points: int) -> str:
    """Return a number of points: `1 point`, `35 points`."""
    return _tr("1 point") if points == 1 else _tr("{number} points").format(number=points)


def zones_text(zones: int) -> str:
    """Return a number of zones: `1 zone`, `2 zones`."""
    return _tr("1 zone") if zones == 1 else _tr("{number} zones").format(number=zones)


def punctures_text(punctures: int) -> str:
    """Return an estimated number of punctures: `1 puncture`, `90 punctures`."""
    if punctures == 1:
        return _tr("1 puncture")
    return _tr("{number} punctures").format(number=punctures)


def _tr(text: str) -> str:
    return QCoreApplication.translate("chart_figures", text)

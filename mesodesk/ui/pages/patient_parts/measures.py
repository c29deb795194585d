"""Heights, weights and skin types in words, in the clinic's units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.records.clinic import LengthUnit, WeightUnit
from mesodesk.domain.units import cm_to_inches, kg_to_pounds
from mesodesk.ui.numbers import format_quantity

if TYPE_CHECKING:
    from decimal import Decimal

ROMAN: Final = ("I", "II", "III", "IV", "V", "VI")


def weight_words(weight_kg: Decimal, unit: WeightUnit) -> str:
    """Return a weight such as `64.0 kg` or `141.1 lb`."""
    pounds = unit is WeightUnit.LB
    shown = kg_to_pounds(weight_kg) if pounds else weight_kg
    return format_quantity(shown, unit.value, 1)


def length_words(length_cm: Decimal, unit: LengthUnit) -> str:
    """Return a length such as `168 cm` or `66.1 in`; whole centimetres show no decimals."""
    if unit is LengthUnit.INCH:
        return format_quantity(cm_to_inches(length_cm), unit.value, 1)
    whole = length_cm == length_cm.to_integral_value()
    return format_quantity(length_cm, unit.value, 0 if whole else 1)


def skin_words(skin_type: int) -> str:
    """Return `skin type III` for 3."""
    words = QCoreApplication.translate("measures", "skin type {number}")
    return words.format(number=ROMAN[skin_type - 1])

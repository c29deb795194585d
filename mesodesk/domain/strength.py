"""Strengths with a typed unit, converted exactly and never across kinds of unit."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final


class StrengthUnit(StrEnum):
    """Unit of a strength, as its UCUM code. IU and USP units are different things."""

    MG_PER_ML = "mg/mL"
    UG_PER_ML = "ug/mL"
    G_PER_L = "g/L"
    PERCENT = "%"
    IU_PER_ML = "[iU]/mL"
    USP_UNITS_PER_ML = "[USP'U]/mL"

    @property
    def label(self) -> str:
        """What is printed: `µg/mL`, `IU/mL`, `USP U/mL`."""
        return _LABELS.get(self, self.value)


# Per cent is mass in volume: 1 % is 1 g in 100 mL (label text of lidocaine: 1 % = 10 mg/mL).
_MG_PER_ML: Final = {
    StrengthUnit.MG_PER_ML: Decimal(1),
    StrengthUnit.UG_PER_ML: Decimal("0.001"),
    StrengthUnit.G_PER_L: Decimal(1),
    StrengthUnit.PERCENT: Decimal(10),
}
_LABELS: Final = {
    StrengthUnit.UG_PER_ML: "µg/mL",
    StrengthUnit.IU_PER_ML: "IU/mL",
    StrengthUnit.USP_UNITS_PER_ML: "USP U/mL",
}


@dataclass(frozen=True, slots=True)
class Strength:
    """How much of an active is in a millilitre of a product; more than 0.

    Raises:
        ValueError: if the value is not a finite number above 0.
    """

    value: Decimal
    unit: StrengthUnit

    def __post_init__(self) -> None:
        if not self.value.is_finite() or self.value <= 0:
            raise ValueError("a strength must be a number above 0")


def mg_per_ml(strength: Strength) -> Decimal | None:
    """Return a strength in mg/mL, exactly; None for IU and USP units, which are no mass."""
    factor = _MG_PER_ML.get(strength.unit)
    return None if factor is None else strength.value * factor


def per_ml(strength: Strength) -> tuple[Decimal, str]:
    """Return the amount in one millilitre and its UCUM unit: `mg`, `[iU]` or `[USP'U]`.

    Amounts may be added only where the unit is the same.
    """
    mass = mg_per_ml(strength)
    if mass is not None:
        return mass, "mg"
    return strength.value, strength.unit.removesuffix("/mL")

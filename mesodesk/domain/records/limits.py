"""What a clinic makes of the limits: values of its own, switches, limits that it adds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final


class LimitKind(StrEnum):
    """What a limit limits; the unit of its value follows from it."""

    VOLUME_PER_POINT = "volume_per_point"
    POINTS_PER_SESSION = "points_per_session"
    VOLUME_PER_SESSION = "volume_per_session"
    MASS_PER_SESSION = "mass_per_session"
    MASS_PER_KG = "mass_per_kg"
    SPACING = "spacing"

    @property
    def unit(self) -> str:
        """The unit of the value: mL, mg, mg/kg, mm, or empty for a number of points."""
        return _UNITS[self]


_UNITS: Final = {
    LimitKind.VOLUME_PER_POINT: "mL",
    LimitKind.POINTS_PER_SESSION: "",
    LimitKind.VOLUME_PER_SESSION: "mL",
    LimitKind.MASS_PER_SESSION: "mg",
    LimitKind.MASS_PER_KG: "mg/kg",
    LimitKind.SPACING: "mm",
}


@dataclass(frozen=True, slots=True)
class LimitChange:
    """What the clinic says of a shipped limit; None leaves that as shipped."""

    on: bool | None = None
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """All that the clinic says of limits.

    `changes` are by the id of a shipped limit. `total_volume_ml` is the clinic's own limit of the
    whole session, None if it has none; `masses_mg` its own limits by ingredient, in milligrams.
    """

    changes: Mapping[str, LimitChange] = field(default_factory=dict)
    total_volume_ml: Decimal | None = None
    masses_mg: Mapping[str, Decimal] = field(default_factory=dict)

    def to_plain(self) -> dict[str, Any]:
        """Return what is stored: only what differs from the shipped limits, so often nothing."""
        parts = {
            "changes": {
                name: {"on": each.on, "value": _text(each.value)}
                for name, each in sorted(self.changes.items())
                if each != LimitChange()
            },
            "total_volume_ml": _text(self.total_volume_ml),
            "masses_mg": {name: _text(mass) for name, mass in sorted(self.masses_mg.items())},
        }
        return {name: part for name, part in parts.items() if part}

    @classmethod
    def from_plain(cls, stored: Mapping[str, Any]) -> "LimitSettings":
        """Return what `to_plain` gave; an empty mapping is a clinic that changed nothing."""
        total = stored.get("total_volume_ml")
        return cls(
            {
                name: LimitChange(each["on"], _number(each["value"]))
                for name, each in stored.get("changes", {}).items()
            },
            _number(total),
            {name: Decimal(mass) for name, mass in stored.get("masses_mg", {}).items()},
        )


def _text(value: Decimal | None) -> str | None:
    if value is None:
        return None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)

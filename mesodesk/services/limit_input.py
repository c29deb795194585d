"""Whether what was typed about limits can be taken."""

from decimal import Decimal
from typing import Final

from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.records.limits import LimitSettings
from mesodesk.services.texts import Problems

MOST_DECIMALS: Final = 3
LARGEST: Final = Decimal(100_000)

_SENTENCE: Final = (
    f"Limit: a number above 0 and at most {LARGEST}, with at most {MOST_DECIMALS} decimals. To do"
    " without the limit, switch it off."
)


def check_limits(problems: Problems, typed: LimitSettings) -> None:
    """Note every value of a limit that cannot be taken, by `limits[id]`."""
    ingredients = load_catalogue().ingredients
    values = {name: change.value for name, change in typed.changes.items()}
    values["own.total_volume"] = typed.total_volume_ml
    values |= {f"own.mass.{name}": mass for name, mass in typed.masses_mg.items()}
    for name, value in values.items():
        if value is not None and not _can_be_taken(value):
            problems.add(f"limits[{name}]", _SENTENCE)
    for name in typed.masses_mg:
        if name not in ingredients:
            problems.add(f"limits[own.mass.{name}]", "Limit: choose the active from the list.")


def _can_be_taken(value: Decimal) -> bool:
    if not value.is_finite() or not 0 < value <= LARGEST:
        return False
    return value == value.quantize(Decimal(1).scaleb(-MOST_DECIMALS))

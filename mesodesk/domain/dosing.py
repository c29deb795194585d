"""What a mixture holds, what a volume of it delivers, and whether a syringe adds up. All exact."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Final
from uuid import UUID

from mesodesk.domain.strength import Strength, per_ml
from mesodesk.domain.texts import fold

MASS_UNIT: Final = "mg"

RECONCILE_TOLERANCE_ML: Final = Decimal("0.1")
"""How far drawn may be from injected + wasted + left: what a graduated syringe can be read to."""


def active_key(ingredient_id: str, name: str) -> str:
    """Return what an active is known by, wherever amounts of one and the same are put together.

    That is the ingredient of the catalogue, or else the name that the clinic gave it, blind to
    case, accents and spaces: what the catalogue does not have is not all one thing.
    """
    return ingredient_id or " ".join(fold(name).split())


@dataclass(frozen=True, slots=True)
class ActiveStrength:
    """An active of a component; `strength` is None where the clinic does not know it."""

    name: str
    ingredient_id: str
    strength: Strength | None

    @property
    def key(self) -> str:
        """See `active_key`."""
        return active_key(self.ingredient_id, self.name)


@dataclass(frozen=True, slots=True)
class Component:
    """What went into the syringe from one lot; a diluent has no actives. `volume_ml` is above 0."""

    lot_id: UUID
    label: str
    volume_ml: Decimal
    actives: tuple[ActiveStrength, ...] = ()

    def __post_init__(self) -> None:
        if not self.volume_ml.is_finite() or self.volume_ml <= 0:
            raise ValueError("a component needs a volume above 0")


@dataclass(frozen=True, slots=True)
class Concentration:
    """An active in one millilitre of a mixture.

    `unit` is `mg`, `[iU]` or `[USP'U]` (UCUM). `per_ml` is None where the strength in one of the
    components is unknown: never read it as 0.
    """

    ingredient_id: str
    name: str
    unit: str
    per_ml: Fraction | None

    @property
    def key(self) -> str:
        """See `active_key`."""
        return active_key(self.ingredient_id, self.name)


@dataclass(frozen=True)  # without slots: the concentrations are computed once
class Mixture:
    """The content of one syringe."""

    components: tuple[Component, ...]

    @property
    def volume_ml(self) -> Decimal:
        return sum((part.volume_ml for part in self.components), Decimal(0))

    def concentrations(self) -> tuple[Concentration, ...]:
        """Return each active in the order of the components.

        The same active from several products is added up where the units agree: a mass and
        international units of one active stay apart. Nothing is rounded.
        """
        return self._concentrations

    @cached_property
    def _concentrations(self) -> tuple[Concentration, ...]:
        amounts: dict[tuple[str, str], Fraction | None] = {}
        first: dict[str, ActiveStrength] = {}
        for part in self.components:
            for active in part.actives:
                first.setdefault(active.key, active)
                _add(amounts, active, Fraction(part.volume_ml))
        total = Fraction(self.volume_ml)
        return tuple(
            Concentration(
                first[key].ingredient_id,
                first[key].name,
                unit,
                None if sum_ is None else sum_ / total,
            )
            for (key, unit), sum_ in _one_unknown_hides_all(amounts).items()
        )

    def delivered(self, volume_ml: Decimal) -> tuple["Amount", ...]:
        """Return how much of each active a volume of the mixture holds.

        Raises:
            ValueError: if the volume is negative.
        """
        return tuple(
            Amount(
                active.ingredient_id,
                active.name,
                active.unit,
                None if active.per_ml is None else mass_delivered(volume_ml, active.per_ml),
            )
            for active in self.concentrations()
        )


@dataclass(frozen=True, slots=True)
class Amount:
    """So much of an active; `value` is exact, and None where a strength is unknown."""

    ingredient_id: str
    name: str
    unit: str
    value: Fraction | None

    @property
    def key(self) -> str:
        """See `active_key`."""
        return active_key(self.ingredient_id, self.name)

    @property
    def mass_mg(self) -> Fraction | None:
        """Milligrams, or None where unknown or not a mass."""
        return self.value if self.unit == MASS_UNIT else None


def _add(
    amounts: dict[tuple[str, str], Fraction | None], active: ActiveStrength, volume: Fraction
) -> None:
    if active.strength is None:
        amounts[active.key, MASS_UNIT] = None
        return
    amount, unit = per_ml(active.strength)
    key = active.key, unit
    known = amounts.get(key, Fraction(0))
    amounts[key] = None if known is None else known + Fraction(amount) * volume


def _one_unknown_hides_all(
    amounts: Mapping[tuple[str, str], Fraction | None],
) -> dict[tuple[str, str], Fraction | None]:
    """Give up every sum of an active of which one component has an unknown strength.

    The unknown one might be in any unit; a sum that leaves it out would be too small.
    """
    unknown = {active for (active, _), amount in amounts.items() if amount is None}
    return {
        key: amount for key, amount in amounts.items() if amount is None or key[0] not in unknown
    }


def mass_delivered(volume_ml: Decimal, per_ml: Fraction) -> Fraction:
    """Return the amount of an active in a volume, exactly, in the unit of the concentration.

    Raises:
        ValueError: if the volume or the concentration is negative.
    """
    if volume_ml < 0 or per_ml < 0:
        raise ValueError("a volume and a concentration cannot be negative")
    return Fraction(volume_ml) * per_ml


def combined(amounts: Iterable[Amount]) -> tuple[Amount, ...]:
    """Add amounts of the same active and unit; one unknown makes the sum unknown."""
    sums: dict[tuple[str, str], Amount] = {}
    for amount in amounts:
        key = amount.key, amount.unit
        known = sums.get(key)
        sums[key] = amount if known is None else _plus(known, amount)
    return tuple(sums.values())


def _plus(left: Amount, right: Amount) -> Amount:
    value = None
    if left.value is not None and right.value is not None:
        value = left.value + right.value
    return replace(left, value=value)


def to_decimal(value: Fraction, places: int) -> Decimal:
    """Round an exact value for display, halves away from zero."""
    scaled = value * 10**places
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    sign = -1 if value < 0 else 1
    return Decimal(sign * whole).scaleb(-places)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Drawn against injected + wasted + left, to the microlitre.

    `wasted_ml` and `left_ml` are None where nobody told them and something is missing: that may be
    either. Where nothing is missing, what was not told can only be nothing.
    """

    drawn_ml: Decimal
    injected_ml: Decimal
    wasted_ml: Decimal | None
    left_ml: Decimal | None

    @property
    def told_ml(self) -> Decimal:
        """What was told of the rest."""
        return (self.wasted_ml or Decimal(0)) + (self.left_ml or Decimal(0))

    @property
    def difference_ml(self) -> Decimal:
        """Above 0: missing; below 0: more was used than drawn."""
        return self.drawn_ml - self.injected_ml - self.told_ml

    @property
    def is_exact(self) -> bool:
        return self.difference_ml == 0

    @property
    def closes(self) -> bool:
        """Whether it is near enough to be signed; what is missing is said all the same."""
        return abs(self.difference_ml) <= RECONCILE_TOLERANCE_ML

    @property
    def is_untold(self) -> bool:
        """Whether something is missing that nobody has told yet."""
        return self.difference_ml > 0 and None in (self.wasted_ml, self.left_ml)


def reconcile(
    drawn_ml: Decimal, injected_ml: Decimal, wasted_ml: Decimal | None, left_ml: Decimal | None
) -> Reconciliation:
    """Compare what was drawn up with what became of it; the one rule of a syringe's balance.

    Raises:
        ValueError: if a volume is negative.
    """
    if min(drawn_ml, injected_ml, wasted_ml or 0, left_ml or 0) < 0:
        raise ValueError("a volume cannot be negative")
    told = Reconciliation(drawn_ml, injected_ml, wasted_ml, left_ml)
    if not told.is_exact:
        return told
    return replace(told, wasted_ml=wasted_ml or Decimal(0), left_ml=left_ml or Decimal(0))

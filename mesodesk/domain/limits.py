"""Limits of a session against what is charted. Pure and exact: fractions in, a level out.

    book = load_limits()
    found = evaluate(limits_in_force(book, settings, "en"), uses, weight_kg=None, jurisdiction="ES")

Nothing unknown is ever within a limit: without a weight a limit per kilogram is UNKNOWN, without a
strength every limit that hangs on how much of the active there is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from typing import Final, NamedTuple
from uuid import UUID

from mesodesk.domain.records.limits import LimitKind
from mesodesk.domain.texts import LocalText

ANY: Final = "any"

_MASSES: Final = frozenset({LimitKind.MASS_PER_SESSION, LimitKind.MASS_PER_KG})
# A pattern laid at a spacing has now and then a neighbour that is nearer, by a fifth at most.
_LAID_SHARE: Final = Fraction(4, 5)
_VOLUMES: Final = frozenset({LimitKind.VOLUME_PER_POINT, LimitKind.VOLUME_PER_SESSION})


class When(StrEnum):
    """Which mixtures a limit is about."""

    ALWAYS = "always"
    WITH_EPINEPHRINE = "with_epinephrine"
    WITHOUT_EPINEPHRINE = "without_epinephrine"


class Level(IntEnum):
    """How a chart stands to a limit, the worst last.

    UNKNOWN comes after NEAR, so that more volume never makes anything look better.
    """

    OK = 0
    NEAR = 1
    UNKNOWN = 2
    OVER = 3


class Lack(StrEnum):
    """What would have to be known to check a limit."""

    WEIGHT = "weight"
    STRENGTH = "strength"
    POINTS = "points"
    SPACING = "spacing"
    GAP = "gap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit as it is in force. `value` is above 0, in the unit of `kind`.

    `active` is an ingredient of the catalogue or ANY. An empty `jurisdictions` means everywhere.
    From `amber_share` of the value on it is NEAR; None: never.
    """

    id: str
    version: int
    active: str
    kind: LimitKind
    value: Decimal
    when: When
    jurisdictions: frozenset[str]
    amber_share: Decimal | None
    short: LocalText
    message: LocalText
    source: LocalText
    on: bool


class Beside(NamedTuple):
    """How near a field of one syringe comes to one of another.

    `mm` is the least distance of two points, None if it is more than limits ask. `known` is False
    where something may be nearer.
    """

    mm: Fraction | None
    known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SyringeUse:
    """What a syringe of the session holds and what the chart took from it.

    `actives` gives milligrams in a millilitre by ingredient, None where that is not known.
    `with_epinephrine` tells whether there is so much of it that labels state the wider limit.
    `punctures` are the estimates of zones; `uncounted` tells of a zone that has none. `largest_ml`
    is the most that one point got. `spacing_mm` is the least distance that a field was made with,
    None without such a field; `unspaced` counts the points and zones of which no distance is known:
    moved by hand, or laid without one, as in a zone. `fields` counts those with pricks. `beside`
    gives how near another field comes to one of this syringe, by the digit of its syringe (this one
    too); what is further away than limits ask is left out, and None means that nobody looked.
    """

    syringe_id: UUID
    digit: int
    actives: Mapping[str, Fraction | None]
    with_epinephrine: bool = False
    points: int = 0
    punctures: int = 0
    uncounted: bool = False
    volume_ml: Fraction = Fraction(0)
    largest_ml: Fraction = Fraction(0)
    spacing_mm: Decimal | None = None
    unspaced: int = 0
    fields: int = 0
    beside: Mapping[int, Beside] | None = None


class Term(NamedTuple):
    """What one syringe adds: mL, mg or points; None where it is not known.

    `volume_ml` and `mg_per_ml` are what an amount in mg was made of.
    """

    digit: int
    amount: Fraction | None
    volume_ml: Fraction
    mg_per_ml: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitFinding:
    """How the chart stands to one limit, with its arithmetic.

    `used` is what is known of the use, in mL, mg, points or mm: the sum of the terms, but the
    largest for a limit of a point, the least for a spacing (None without any). `allowed` is in the
    same unit, None while the weight is not known. `across` are the digits of two syringes, or twice
    the same, if what is used lies between two of their fields.
    """

    limit: Limit
    level: Level
    used: Fraction | None
    allowed: Fraction | None
    terms: tuple[Term, ...]
    lacks: tuple[Lack, ...]
    weight_kg: Decimal | None = None
    across: tuple[int, int] | None = None

    @property
    def needs_reason(self) -> bool:
        """Whether somebody has to say why to go on: over the line, or dose not to be checked."""
        blind = Lack.WEIGHT in self.lacks or Lack.STRENGTH in self.lacks
        return self.level is Level.OVER or (self.level is Level.UNKNOWN and blind)

    @property
    def share(self) -> Fraction:
        """How much of what is allowed is used; 0 where that cannot be said."""
        if self.used is None or not self.allowed:
            return Fraction(0)
        if self.limit.kind is LimitKind.SPACING:
            return self.allowed / self.used if self.used else Fraction(1)
        return self.used / self.allowed


def evaluate(
    limits: Iterable[Limit],
    uses: Sequence[SyringeUse],
    *,
    weight_kg: Decimal | None,
    jurisdiction: str | None,
    switched_off: frozenset[str] = frozenset(),
) -> tuple[LimitFinding, ...]:
    """Return how the chart stands to each limit that concerns what is drawn up, the worst first.

    Args:
        limits: in force.
        uses: one for each syringe of the session, whether anything is charted from it or not.
        weight_kg: of the patient, above 0; None if it is not known.
        jurisdiction: ISO 3166 code of the clinic's country. Unknown, every country's limits stand.
        switched_off: ids of limits that are silent besides those that are not `on`.
    """
    found = [
        _finding(limit, concerned, weight_kg)
        for limit in limits
        if limit.on and limit.id not in switched_off and _stands_in(limit, jurisdiction)
        if (concerned := _concerned(limit, uses))
    ]
    found.sort(key=lambda each: (-each.level, not each.needs_reason, -each.share))
    return tuple(found)


def _stands_in(limit: Limit, jurisdiction: str | None) -> bool:
    return not limit.jurisdictions or not jurisdiction or jurisdiction in limit.jurisdictions


def _concerned(limit: Limit, uses: Sequence[SyringeUse]) -> list[SyringeUse]:
    """Return the syringes that count towards a limit, none if it is not about them.

    The body adds up all lidocaine whatever it came with, and epinephrine slows only what it was
    mixed with. So one syringe without it puts the whole sum under the stricter limit, and the wider
    one stands only where every syringe has it.
    """
    found = [use for use in uses if limit.active == ANY or limit.active in use.actives]
    wide = all(use.with_epinephrine for use in found)
    if limit.when is not When.ALWAYS and wide is not (limit.when is When.WITH_EPINEPHRINE):
        return []
    if limit.kind is LimitKind.SPACING and not any(use.uncounted for use in found):
        pricks = sum(use.points + use.punctures for use in found)
        return found if pricks > 1 else []  # one point is near to nothing
    return found


def _finding(limit: Limit, uses: list[SyringeUse], weight_kg: Decimal | None) -> LimitFinding:
    terms = tuple(_term(limit, use) for use in uses)
    used = _used(limit.kind, terms)
    allowed: Fraction | None = Fraction(limit.value)
    per_kg = limit.kind is LimitKind.MASS_PER_KG
    if per_kg:
        allowed = None if weight_kg is None else Fraction(limit.value) * Fraction(weight_kg)
    lacks = _lacks(limit, uses, weight_known=allowed is not None)
    level = _level(limit, used, allowed, lacks)
    gap = _gap(uses) if limit.kind is LimitKind.SPACING else None
    across = None
    if gap is not None and gap.mm < limit.value:
        level = max(level, _gap_level(gap, limit, lacks))
        if used is None or gap.mm < used:
            used, across = gap.mm, gap.digits
    return LimitFinding(
        limit=limit,
        level=level,
        used=used,
        allowed=allowed,
        terms=terms,
        lacks=lacks,
        weight_kg=weight_kg if per_kg else None,
        across=across,
    )


class _Gap(NamedTuple):
    """The least known distance between points of two fields, and whose they are."""

    mm: Fraction
    digits: tuple[int, int]


def _gap(uses: list[SyringeUse]) -> _Gap | None:
    digits = {use.digit for use in uses}
    gaps = (
        _Gap(each.mm, (use.digit, other))
        for use in uses
        for other, each in (use.beside or {}).items()
        if each.mm is not None and other in digits and use.digit <= other
    )
    return min(gaps, default=None)


def _gap_level(gap: _Gap, limit: Limit, lacks: tuple[Lack, ...]) -> Level:
    """Return what a gap below the limit is: patterns lay their own points that little nearer."""
    if gap.mm < _LAID_SHARE * Fraction(limit.value):
        return Level.OVER
    return Level.UNKNOWN if lacks else Level.NEAR


def _gaps_known(uses: list[SyringeUse]) -> bool:
    """Whether it is known how near the fields of some syringes come to one another."""
    if sum(use.fields for use in uses) < 2:
        return True
    digits = {use.digit for use in uses}
    return all(
        use.beside is not None
        and all(each.known for other, each in use.beside.items() if other in digits)
        for use in uses
    )


def _term(limit: Limit, use: SyringeUse) -> Term:
    if limit.kind in _MASSES:
        per_ml = use.actives[limit.active]
        amount = None if per_ml is None else use.volume_ml * per_ml
        return Term(use.digit, amount, use.volume_ml, per_ml)
    amounts = {
        LimitKind.VOLUME_PER_POINT: use.largest_ml,
        LimitKind.VOLUME_PER_SESSION: use.volume_ml,
        LimitKind.POINTS_PER_SESSION: Fraction(use.points + use.punctures),
        LimitKind.SPACING: None if use.spacing_mm is None else Fraction(use.spacing_mm),
    }
    return Term(use.digit, amounts[limit.kind], use.volume_ml)


def _used(kind: LimitKind, terms: tuple[Term, ...]) -> Fraction | None:
    known = [term.amount for term in terms if term.amount is not None]
    if kind is LimitKind.SPACING:
        return min(known, default=None)
    if kind is LimitKind.VOLUME_PER_POINT:
        return max(known, default=Fraction(0))
    return sum(known, Fraction(0))


def _lacks(limit: Limit, uses: list[SyringeUse], *, weight_known: bool) -> tuple[Lack, ...]:
    """Return what keeps a limit from being checked.

    A volume says little of an active whose strength nobody knows: labels state volumes for their
    own strength.
    """
    kind = limit.kind
    counts_points = kind in (LimitKind.VOLUME_PER_POINT, LimitKind.POINTS_PER_SESSION)
    dosed = kind in _MASSES or (kind in _VOLUMES and limit.active != ANY)
    found = {
        Lack.WEIGHT: not weight_known,
        Lack.STRENGTH: dosed and any(use.actives[limit.active] is None for use in uses),
        Lack.POINTS: counts_points and any(use.uncounted for use in uses),
        Lack.SPACING: kind is LimitKind.SPACING and any(use.unspaced for use in uses),
        Lack.GAP: kind is LimitKind.SPACING and not _gaps_known(uses),
    }
    return tuple(lack for lack, lacking in found.items() if lacking)


def _level(
    limit: Limit, used: Fraction | None, allowed: Fraction | None, lacks: tuple[Lack, ...]
) -> Level:
    """Return the level. What is known is enough to be over the line, never to be within it."""
    least = limit.kind is LimitKind.SPACING
    if used is not None and allowed is not None and (used < allowed if least else used > allowed):
        return Level.OVER
    if lacks:
        return Level.UNKNOWN
    if least or not used or allowed is None or limit.amber_share is None:
        return Level.OK
    return Level.NEAR if used >= allowed * Fraction(limit.amber_share) else Level.OK

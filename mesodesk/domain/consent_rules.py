"""Whether a consent stands, and what asks for a new one. Pure: facts in, what is lacking out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from mesodesk.domain.answers import Answer
from mesodesk.domain.clock import local_date
from mesodesk.domain.conditions import add_months
from mesodesk.domain.records.consent import (
    ConsentRecord,
    Demand,
    DemandKind,
    PhotoDecision,
    PhotoPurpose,
    TextKey,
    Withdrawal,
    WithdrawalScope,
)

LEAST_GRADE: Final = 2
"""The grade of a reaction from which a new consent is asked for."""


class ConsentLack(StrEnum):
    """What stands against going on; the window has the sentence, `ConsentGap.values` its words."""

    NONE = "none"
    WITHDRAWN = "withdrawn"
    BROKEN = "broken"
    TEXT = "text"
    PERIOD = "period"
    REACTION = "reaction"
    DEMANDED = "demanded"
    PRODUCT = "product"
    AREA = "area"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class ConsentGap:
    """One thing that asks for a new consent.

    `values`: `day` of what asks for it, `grade` and `reason` of a reaction or demand, `product` and
    `area` of what no consent covers.
    """

    lack: ConsentLack
    values: Mapping[str, str] = field(default_factory=dict)


class Use(NamedTuple):
    """A product that a session uses, and where: the group of regions, empty before the chart."""

    product_id: UUID
    product: str
    product_class: str
    area: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A signed consent as the rules see it; `number` counts the patient's and gives their order.

    `products` are those it names and `classes` their classes; `outdated`: whether its text asks
    anew; `holds`: whether its seal does.
    """

    id: UUID
    number: int
    signed_at: datetime
    text: TextKey
    products: frozenset[UUID]
    classes: frozenset[str]
    areas: frozenset[str]
    photos: Mapping[PhotoPurpose, Answer]
    withdrawals: tuple[Withdrawal, ...] = ()
    outdated: bool = False
    holds: bool = True

    @property
    def withdrawn(self) -> Withdrawal | None:
        return next((one for one in self.withdrawals if one.scope is WithdrawalScope.ALL), None)

    def covers(self, use: Use) -> bool:
        """Whether it names the product, or one of its class, and the area."""
        return self.names(use) and (not use.area or use.area in self.areas)

    def names(self, use: Use) -> bool:
        if use.product_id in self.products:
            return True
        return bool(use.product_class) and use.product_class in self.classes


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFacts:
    """Everything that the decision rests on.

    `given` are the signed consents of a patient, the latest first; `months` is how long the clinic
    lets a consent stand, None without end; `uses` is what the session drew up and charted.
    """

    given: tuple[Given, ...]
    demands: tuple[Demand, ...] = ()
    uses: tuple[Use, ...] = ()
    months: int | None = None
    now: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class ConsentStanding:
    """Which consents stand, the latest first, and what is lacking: nothing without `gaps`."""

    standing: tuple[UUID, ...]
    gaps: tuple[ConsentGap, ...]

    @property
    def holds(self) -> bool:
        return not self.gaps


@dataclass(frozen=True, slots=True)
class ConsentOverview:
    """Everything that is known of a patient's consent.

    `required`: whether the clinic signs no session without; `against` says of each signed consent
    that stands no more why; `signed` are the latest first.
    """

    required: bool
    standing: ConsentStanding
    signed: tuple[ConsentRecord, ...]
    against: Mapping[UUID, tuple[ConsentGap, ...]]
    photos: Mapping[PhotoPurpose, PhotoDecision]
    demands: tuple[Demand, ...]
    draft: ConsentRecord | None

    @property
    def in_force(self) -> ConsentRecord | None:
        """The latest consent that stands."""
        return next((one for one in self.signed if one.id in self.standing.standing), None)


def standing_of(facts: ConsentFacts) -> ConsentStanding:
    """Return which consents stand, and why a session is not covered by them."""
    stand = [each for each in facts.given if not against(each, facts)]
    if stand:
        gaps = tuple(_uncovered(stand, facts.uses))
    elif facts.given:
        gaps = against(facts.given[0], facts)
    else:
        gaps = (ConsentGap(ConsentLack.NONE),)
    return ConsentStanding(tuple(each.id for each in stand), gaps)


def against(given: Given, facts: ConsentFacts) -> tuple[ConsentGap, ...]:
    """Return why a consent does not stand any more; nothing if it does."""
    return tuple(_against(given, facts))


def _against(given: Given, facts: ConsentFacts) -> Iterator[ConsentGap]:
    withdrawn = given.withdrawn
    if withdrawn is not None:
        yield ConsentGap(ConsentLack.WITHDRAWN, {"day": withdrawn.withdrawn_on.isoformat()})
    if not given.holds:
        yield ConsentGap(ConsentLack.BROKEN)
    if given.outdated:
        yield ConsentGap(ConsentLack.TEXT)
    signed_on = local_date(given.signed_at, facts.zone)
    if facts.months is not None:
        until = add_months(signed_on, facts.months)
        if local_date(facts.now, facts.zone) >= until:
            yield ConsentGap(ConsentLack.PERIOD, {"day": until.isoformat()})
    for demand in facts.demands:
        if demand.after >= given.number and _counts(demand):
            yield _demanded(demand, facts.zone)


def _counts(demand: Demand) -> bool:
    return demand.kind is DemandKind.OTHER or (demand.grade or 0) >= LEAST_GRADE


def _demanded(demand: Demand, zone: str) -> ConsentGap:
    by_reaction = demand.kind is DemandKind.REACTION
    values = {"day": local_date(demand.demanded_at, zone).isoformat(), "reason": demand.reason}
    if demand.grade is not None:
        values["grade"] = str(demand.grade)
    return ConsentGap(ConsentLack.REACTION if by_reaction else ConsentLack.DEMANDED, values)


def _uncovered(stand: Sequence[Given], uses: Sequence[Use]) -> Iterator[ConsentGap]:
    """Yield what no standing consent covers: a product, an area, or the two together."""
    told: set[tuple[ConsentLack, str, str]] = set()
    for use in uses:
        if any(each.covers(use) for each in stand):
            continue
        if not any(each.names(use) for each in stand):
            gap = (ConsentLack.PRODUCT, use.product, "")
        elif not any(use.area in each.areas for each in stand):
            gap = (ConsentLack.AREA, "", use.area)
        else:
            gap = (ConsentLack.TOGETHER, use.product, use.area)
        if gap not in told:
            told.add(gap)
            values = {"product": gap[1], "area": gap[2]}
            yield ConsentGap(gap[0], {key: said for key, said in values.items() if said})


def photo_decisions(given: Sequence[Given]) -> dict[PhotoPurpose, PhotoDecision]:
    """Return what holds for each purpose now: the latest answer, unless it was withdrawn.

    Args:
        given: signed consents, the latest first. One that only did not ask leaves what was said
            before; a new text, or time, takes no decision back.
    """
    return {purpose: _decision(given, purpose) for purpose in PhotoPurpose}


def _decision(given: Sequence[Given], purpose: PhotoPurpose) -> PhotoDecision:
    for each in given:
        answer = each.photos.get(purpose, Answer.NOT_ASKED)
        if answer is Answer.NOT_ASKED or not each.holds:
            continue
        scopes = (WithdrawalScope.ALL, WithdrawalScope(purpose.value))
        taken_back = [one for one in each.withdrawals if one.scope in scopes]
        if answer is Answer.YES and taken_back:
            return PhotoDecision(Answer.NO, min(one.recorded_at for one in taken_back), True)
        return PhotoDecision(answer, each.signed_at)
    return PhotoDecision(Answer.NOT_ASKED)

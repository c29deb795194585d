"""What screening looks at: one patient, one day, and what is about to be injected."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from mesodesk.domain.answers import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPart:
    """One component of a syringe, with what `Catalogue.exposure` knows of it alone.

    `names` are those of the product and its actives.
    """

    digit: int
    product: str
    lot: str
    classes: frozenset[str] = frozenset()
    ingredients: frozenset[str] = frozenset()
    traits: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningFacts:
    """Everything the rules may look at. What is missing is unknown, never "no".

    `answers` without an item means NOT_ASKED. `seen_in_checks` maps items to what the newest
    follow-up check about them has found; no later "no" of a questionnaire takes it back.
    `jurisdiction` is an ISO 3166 country code in capitals. `allergies_asked` tells whether the list
    was asked for, empty or not. `product_classes`, `ingredients` and `traits` come from
    `Catalogue.exposure`; they and `regions` are empty until products and regions are chosen.
    `component_names` are the names of the products and actives in the syringes, to compare with
    allergies typed in free text. `drawn` are the single parts, by which a finding names syringe and
    lot. `last_sessions` and `session_counts` concern signed sessions
    before this one, by product class. `in_session` is False for an intake or a header, where nobody
    has to have looked at the emergency kit.
    """

    on: date
    answers: Mapping[str, Answer] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)
    seen_in_checks: Mapping[str, str] = field(default_factory=dict)
    age_years: int | None = None
    body_sex: str | None = None
    height_cm: Decimal | None = None
    weight_kg: Decimal | None = None
    skin_type: int | None = None
    jurisdiction: str | None = None
    minimum_age: int = 18
    medicines: tuple[str, ...] = ()
    allergies: tuple[str, ...] = ()
    allergies_asked: bool = False
    product_classes: frozenset[str] = frozenset()
    ingredients: frozenset[str] = frozenset()
    traits: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    component_names: frozenset[str] = frozenset()
    drawn: tuple[DrawnPart, ...] = ()
    last_sessions: Mapping[str, date] = field(default_factory=dict)
    session_counts: Mapping[str, int] = field(default_factory=dict)
    emergency_kit_checked: Answer = Answer.NOT_ASKED
    told_today: Mapping[str, str] = field(default_factory=dict)
    red_flags: tuple[str, ...] = ()
    in_session: bool = True

    @property
    def bmi(self) -> Decimal | None:
        """Body mass index in kg/m2, not rounded; None while height or weight is unknown."""
        if self.weight_kg is None or not self.height_cm:
            return None
        height_m = self.height_cm / 100
        return self.weight_kg / (height_m * height_m)

    def answer(self, item_id: str) -> Answer:
        """Return the answer; what a check has found stands until a check says it is gone."""
        if item_id in self.seen_in_checks:
            return Answer.YES
        return self.answers.get(item_id, Answer.NOT_ASKED)

    def detail(self, item_id: str) -> str:
        """Return what was said beside a yes, or what a follow-up check has found."""
        return self.details.get(item_id, "") or self.seen_in_checks.get(item_id, "")

    def before_products(self) -> "ScreeningFacts":
        """Return the facts as they are before anything is drawn up: for the patient's header."""
        nothing: frozenset[str] = frozenset()
        return replace(
            self,
            product_classes=nothing,
            ingredients=nothing,
            traits=nothing,
            regions=nothing,
            component_names=nothing,
            drawn=(),
            told_today={},
            in_session=False,
        )


def age_in_years(born: date, on: date) -> int:
    """Return the completed years of life; somebody born on 29 February ages on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))

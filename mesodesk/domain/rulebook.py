"""The screening rules, read from `rules.toml`: condition, scope and words of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from mesodesk.domain.clinical_files import (
    ClinicalDataError,
    Entry,
    Source,
    by_id,
    folder,
    load_sources,
    read,
    with_includes,
)
from mesodesk.domain.condition_files import parse_condition, used_items
from mesodesk.domain.conditions import Condition, Context
from mesodesk.domain.findings import Cause, Override, Severity
from mesodesk.domain.questionnaire import load_questionnaire
from mesodesk.domain.records.screening_rules import RuleChange
from mesodesk.domain.region_ids import any_part_of
from mesodesk.domain.screening_facts import DrawnPart, ScreeningFacts
from mesodesk.domain.substances import load_substances
from mesodesk.domain.texts import LocalText
from mesodesk.domain.words import load_words


@dataclass(frozen=True, slots=True)
class Scope:
    """What a rule concerns: everything, or some products, or some regions, or products there.

    Products are named by class, ingredient or trait; one of them in a syringe is enough. With
    products *and* regions, both must match, but a region not yet known never excuses a product.
    """

    classes: frozenset[str] = frozenset()
    ingredients: frozenset[str] = frozenset()
    traits: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    name: LocalText | None = None

    @property
    def is_everything(self) -> bool:
        return not (self.by_product or self.regions)

    @property
    def by_product(self) -> bool:
        return bool(self.classes or self.ingredients or self.traits)

    def applies_now(self, facts: ScreeningFacts) -> bool:
        """Whether what is in the syringes and on the chart is concerned."""
        if not self.by_product:
            return not self.regions or any_part_of(facts.regions, self.regions)
        in_syringe = (
            self.classes & facts.product_classes
            or self.ingredients & facts.ingredients
            or self.traits & facts.traits
        )
        if not in_syringe:
            return False
        return not self.regions or not facts.regions or any_part_of(facts.regions, self.regions)

    def causes(self, facts: ScreeningFacts) -> tuple[Cause, ...]:
        """Return the products in the syringes and the regions charted that this concerns."""
        drawn = [each for each in facts.drawn if self.by_product and self._concerns(each)]
        charted = [each for each in sorted(facts.regions) if any_part_of((each,), self.regions)]
        return (
            *dict.fromkeys(Cause(each.digit, each.product, each.lot) for each in drawn),
            *(Cause(region=each) for each in charted),
        )

    def _concerns(self, part: DrawnPart) -> bool:
        return bool(
            self.classes & part.classes
            or self.ingredients & part.ingredients
            or self.traits & part.traits
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One screening rule.

    `shown_early`: shown as information while its products are not in a syringe. `order` is its
    place in the file. `items` are the questionnaire items that it looks at. `change` is what the
    clinic said last of it, None if it is as shipped.
    """

    id: str
    version: int
    order: int
    severity: Severity
    scope: Scope
    condition: Condition
    override: Override
    message: LocalText
    action: LocalText
    chip: LocalText | None
    sources: tuple[Source, ...]
    valid_from: date
    shown_early: bool
    items: frozenset[str]
    change: RuleChange | None = None

    @property
    def is_off(self) -> bool:
        """Whether the clinic switched it off."""
        return self.change is not None and not self.change.active

    def applies_now(self, facts: ScreeningFacts) -> bool:
        """Whether the rule concerns what is in the syringes and on the chart; "all" always does."""
        return self.scope.applies_now(facts)

    @property
    def source(self) -> str:
        """The sources in words, each with its grade; of a rule of the clinic, as it was typed."""
        if self.change is not None and self.change.own is not None:
            return self.change.own.source
        return "; ".join(str(source) for source in self.sources)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules with everything needed to evaluate and word them."""

    version: int
    rules: tuple[Rule, ...]
    context: Context
    phrases: Mapping[str, LocalText]
    fact_names: Mapping[str, LocalText]

    def rule(self, rule_id: str) -> Rule:
        """Return a rule.

        Raises:
            KeyError: if there is none of that id.
        """
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def name_of(self, item_id: str, language: str) -> str:
        """Return the short name of an item or fact that evidence points to."""
        if item_id in self.fact_names:
            return self.fact_names[item_id].get(language)
        return self.context.questionnaire.item(item_id).short.get(language)


@cache
def load_rules(path: Path | None = None) -> RuleBook:
    """Return the rules of a file, by default those shipped, for the questionnaire shipped.

    Raises:
        ClinicalDataError: if the file is wrong, or does not agree with the questionnaire.
    """
    path = path or folder() / "rules.toml"
    file = read(path)
    context = Context(load_questionnaire(), load_words(), load_substances())
    sources = load_sources()
    entries = enumerate(with_includes(file, path, "rule"))
    rules = by_id(file, (_rule(entry, n, context, sources) for n, entry in entries))
    phrases, facts = file.table("phrase"), file.table("fact")
    book = RuleBook(
        version=file.whole("version"),
        rules=tuple(rules.values()),
        context=context,
        phrases={key: phrases.local(key) for key in PHRASES},
        fact_names={key: facts.local(key) for key in FACTS},
    )
    for part in (phrases, facts, file):
        part.done()
    return book


PHRASES = (
    "not_asked",
    "matters_if",
    "allergy",
    "unanswered_chip",
    "not_recognised",
    "switched_off",
    "switched_off_by",
    "stricter_by",
    "own_by",
)
FACTS = (
    "birth_date",
    "skin_type",
    "bmi",
    "weight",
    "jurisdiction",
    "emergency_kit",
    "red_flag",
    "anything_changed",
    "reaction_to_last",
    "last_session",
    "session_count",
    "medicines",
    "allergies",
    "intake",
)


def _rule(entry: Entry, order: int, context: Context, sources: Mapping[str, Source]) -> Rule:
    severity = entry.choice("severity", Severity)
    condition = entry.table("condition")
    rule = Rule(
        id=entry.text("id"),
        version=entry.whole("version"),
        order=order,
        severity=severity,
        scope=_scope(entry),
        condition=parse_condition(condition, context),
        override=entry.choice("override", Override),
        message=entry.local("message"),
        action=entry.local("action"),
        chip=entry.optional_local("chip"),
        sources=entry.sources(sources),
        valid_from=entry.day("valid_from"),
        shown_early=entry.flag("shown_early", default=True),
        items=used_items(condition),
    )
    entry.done()
    if severity is not Severity.STOP and rule.override is not Override.ALLOWED:
        raise entry.wrong("only a rule that stops can limit who overrides it")
    return rule


def _scope(entry: Entry) -> Scope:
    if entry.data.get("scope") == "all":
        entry.text("scope")
        return Scope()
    table = entry.table("scope")
    scope = Scope(
        classes=frozenset(table.strings("classes")),
        ingredients=frozenset(table.strings("ingredients")),
        traits=frozenset(table.strings("traits")),
        regions=frozenset(table.strings("regions")),
        name=table.local("name"),
    )
    table.done()
    if scope.is_everything:
        raise entry.wrong('`scope` names nothing; write scope = "all" if that is meant')
    return scope


def check_products(
    book: RuleBook, classes: Iterable[str], ingredients: Iterable[str], traits: Iterable[str]
) -> None:
    """Refuse rules that name products the catalogue does not know.

    Raises:
        ClinicalDataError: naming the first such rule.
    """
    known = {"classes": set(classes), "ingredients": set(ingredients), "traits": set(traits)}
    for rule in book.rules:
        for kind, names in known.items():
            unknown = getattr(rule.scope, kind) - names
            if unknown:
                raise ClinicalDataError(
                    f"rules.toml: rule {rule.id!r}: `scope.{kind}` names {min(unknown)!r}, "
                    "which the catalogue does not know"
                )


def check_critical(book: RuleBook) -> None:
    """Refuse items marked critical that stop nothing, and unmarked ones that stop something.

    Raises:
        ClinicalDataError: naming the first such item.
    """
    stopping = {i for rule in book.rules if rule.severity is Severity.STOP for i in rule.items}
    for item in book.context.questionnaire.items:
        if item.critical != (item.id in stopping):
            wanted = "true" if item.id in stopping else "false"
            raise ClinicalDataError(
                f"intake.toml: item {item.id!r}: `critical` must be {wanted}, by the stop rules"
            )

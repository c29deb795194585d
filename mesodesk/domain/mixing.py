"""What must not be mixed: the rules of `mixtures.toml` against what is in a syringe. Pure.

rules = rules_in_force(load_mixing(), settings, "ES")
for found in evaluate(rules, (Mixed(1, parts),)):
    print(found.words("en"))
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.clinical_files import (
    Entry,
    Source,
    by_id,
    folder,
    load_sources,
    need_known,
    read,
)
from mesodesk.domain.dosing import active_key
from mesodesk.domain.findings import Severity
from mesodesk.domain.records.limits import LimitSettings
from mesodesk.domain.records.stock import ActiveFields
from mesodesk.domain.texts import LocalText

MIXTURE_RULE: Final = "mixture."
"""How the ids of findings begin that a rule of mixtures makes, and of the clinic's switches."""

UNMIXED_TRAIT: Final = "admixture_forbidden"
_PHRASES: Final = ("changed", "syringe", "action")
_COUNTS: Final = frozenset({"most_products", "most_actives"})


class MixingKind(StrEnum):
    """What a rule of mixtures looks at."""

    MOST_PRODUCTS = "most_products"
    MOST_ACTIVES = "most_actives"
    PAIR = "pair"
    UNMIXED = "unmixed"
    ANY_MIXTURE = "any_mixture"


@dataclass(frozen=True, slots=True)
class Group:
    """Products by what is in them: any of the ingredients, traits or classes."""

    ingredients: frozenset[str] = frozenset()
    traits: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class MixingRule:
    """A rule as it is in force. `value` is None where the kind has none."""

    id: str
    version: int
    kind: MixingKind
    severity: Severity
    value: int | None
    jurisdictions: frozenset[str]
    one: Group
    other: Group
    short: LocalText
    message: LocalText
    source: LocalText
    on: bool


@dataclass(frozen=True, slots=True)
class MixingBook:
    """The shipped rules, with the words around them."""

    version: int
    rules: tuple[MixingRule, ...]
    phrases: Mapping[str, LocalText]


@dataclass(frozen=True, slots=True)
class MixedPart:
    """One product of a mixture; `forbidden` tells that its own label forbids mixing."""

    product: str
    product_class: str
    diluent: bool
    actives: tuple[ActiveFields, ...]
    forbidden: bool = False


@dataclass(frozen=True, slots=True)
class Mixed:
    """What is in one syringe, by its digit; one product in two lots stands there once."""

    digit: int
    parts: tuple[MixedPart, ...]


@dataclass(frozen=True, slots=True)
class MixingFinding:
    """A rule that a syringe breaks. `count` is how many there are of what the rule counts."""

    rule: MixingRule
    digit: int
    products: tuple[str, ...]
    count: int = 0
    one: str = ""
    other: str = ""

    def words(self, language: str) -> str:
        """Return what is wrong, without the syringe."""
        return self.rule.message.get(language).format(
            count=self.count,
            value=self.rule.value,
            products=", ".join(self.products),
            one=self.one,
            other=self.other,
        )


@cache
def load_mixing(path: Path | None = None) -> MixingBook:
    """Return the rules of a file, by default those shipped.

    Raises:
        ClinicalDataError: if the file is wrong; a rule without a source is.
    """
    file = read(path or folder() / "mixtures.toml")
    sources = load_sources()
    rules = by_id(file, (_rule(entry, sources) for entry in file.tables("rule")))
    phrases = file.table("phrase")
    book = MixingBook(
        file.whole("version"),
        tuple(rules.values()),
        {key: phrases.local(key) for key in _PHRASES},
    )
    phrases.done()
    file.done()
    return book


def _rule(entry: Entry, sources: Mapping[str, Source]) -> MixingRule:
    kind = entry.choice("kind", MixingKind)
    named = "; ".join(str(source) for source in entry.sources(sources))
    rule = MixingRule(
        id=entry.text("id"),
        version=entry.whole("version"),
        kind=kind,
        severity=entry.choice("severity", Severity),
        value=entry.whole("value") if kind in _COUNTS else None,
        jurisdictions=frozenset(entry.strings("jurisdictions")),
        one=_group(entry, "one") if kind is MixingKind.PAIR else Group(),
        other=_group(entry, "other") if kind is MixingKind.PAIR else Group(),
        short=entry.local("short"),
        message=entry.local("message"),
        source=LocalText.of({"en": named}),
        on=entry.flag("on"),
    )
    entry.done()
    if rule.value == 0:
        raise entry.wrong("`value` must be above 0")
    return rule


def _group(entry: Entry, key: str) -> Group:
    part, catalogue = entry.table(key), load_catalogue()
    known = {
        "ingredients": catalogue.ingredients,
        "traits": catalogue.traits,
        "classes": catalogue.classes,
    }
    found = {name: frozenset(part.strings(name)) for name in known}
    for name, things in known.items():
        need_known(part, name, found[name], things)
    part.done()
    if not any(found.values()):
        raise entry.wrong(f"`{key}` names nothing")
    return Group(**found)


def rules_in_force(book: MixingBook, settings: LimitSettings) -> tuple[MixingRule, ...]:
    """Return the rules as this clinic has them, switched off or not."""
    return tuple(_changed(book, rule, settings) for rule in book.rules)


def _changed(book: MixingBook, rule: MixingRule, settings: LimitSettings) -> MixingRule:
    change = settings.changes.get(f"{MIXTURE_RULE}{rule.id}")
    if change is None:
        return rule
    made = replace(rule, on=rule.on if change.on is None else change.on)
    if rule.value is None or change.value is None or change.value == rule.value:
        return made
    value = int(change.value)
    phrase = book.phrases["changed"]
    said = {
        language: f"{text.format(value=value, shipped=rule.value)}; {rule.source.get(language)}"
        for language, text in phrase.by_language
    }
    return replace(made, value=value, source=LocalText.of(said))


def evaluate(
    rules: Iterable[MixingRule], syringes: Sequence[Mixed], jurisdiction: str
) -> tuple[MixingFinding, ...]:
    """Return the rules that syringes break, those that stop first.

    Args:
        rules: in force.
        syringes: of the session.
        jurisdiction: ISO 3166 code of the clinic's country. Unknown, every country's rules stand.
    """
    found = [
        finding
        for rule in rules
        if rule.on and _stands_in(rule, jurisdiction)
        for syringe in syringes
        if (finding := _finding(rule, syringe)) is not None
    ]
    found.sort(key=lambda each: (each.rule.severity is not Severity.STOP, each.digit))
    return tuple(found)


def _stands_in(rule: MixingRule, jurisdiction: str) -> bool:
    return not rule.jurisdictions or not jurisdiction or jurisdiction in rule.jurisdictions


def _finding(rule: MixingRule, mixed: Mixed) -> MixingFinding | None:
    products = tuple(dict.fromkeys(part.product for part in mixed.parts))
    said = MixingFinding(rule, mixed.digit, products)
    match rule.kind:
        case MixingKind.MOST_PRODUCTS:
            return _over(said, len({part.product for part in mixed.parts if not part.diluent}))
        case MixingKind.MOST_ACTIVES:
            return _over(said, len(_actives(mixed.parts)))
        case MixingKind.ANY_MIXTURE:
            return said if len(products) > 1 else None
        case MixingKind.UNMIXED:
            alone = next((p.product for p in mixed.parts if is_unmixed(p)), "")
            return replace(said, one=alone) if alone and len(products) > 1 else None
        case MixingKind.PAIR:
            return _pair(said, rule, mixed.parts)


def _over(said: MixingFinding, count: int) -> MixingFinding | None:
    most = said.rule.value
    return replace(said, count=count) if most is not None and count > most else None


def _actives(parts: Iterable[MixedPart]) -> set[str]:
    return {active_key(each.ingredient_id, each.name) for part in parts for each in part.actives}


def _pair(
    said: MixingFinding, rule: MixingRule, parts: tuple[MixedPart, ...]
) -> MixingFinding | None:
    """Return the first two that must not meet; one product that holds both is its maker's doing."""
    for one in parts:
        for other in parts:
            if one.product != other.product and _is_of(one, rule.one) and _is_of(other, rule.other):
                return replace(said, one=one.product, other=other.product)
    return None


def is_unmixed(part: MixedPart) -> bool:
    """Whether a product must not be mixed: its label says so, or what is in it."""
    return part.forbidden or _is_of(part, Group(traits=frozenset((UNMIXED_TRAIT,))))


# Screening asks at every keystroke, and a syringe has a few parts.
@lru_cache(maxsize=1024)
def _is_of(part: MixedPart, group: Group) -> bool:
    held = load_catalogue().exposure(
        (part.product_class,),
        (active.ingredient_id for active in part.actives),
        names=(part.product, *(active.name for active in part.actives)),
    )
    return bool(
        held.ingredients & group.ingredients
        or held.traits & group.traits
        or held.product_classes & group.classes
    )

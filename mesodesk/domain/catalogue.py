"""The starter catalogue of `catalogue.toml`: classes, ingredients and generic products.

No entry says that anything is approved: the status of every product is unknown until the clinic
enters it. What the files say on status are dated notes with their source.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from mesodesk.domain.clinical_files import (
    Entry,
    Source,
    by_id,
    folder,
    load_sources,
    need_known,
    read,
    with_includes,
)
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.domain.texts import LocalText
from mesodesk.domain.trade_names import read_trade_names
from mesodesk.domain.words import WordList, contains_words


class LimitKind(StrEnum):
    """What a limit of a series limits; limits of one session lie in limits.toml."""

    SESSIONS = "sessions"
    INTERVAL = "interval"


@dataclass(frozen=True, slots=True)
class Note:
    """A fact about an ingredient or class, with its sources."""

    text: LocalText
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class StatusNote:
    """What a source said on regulatory status, where and when. Never a status by itself."""

    text: LocalText
    jurisdiction: str
    noted_on: date
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of a series, off until the clinic has compared it with its origin.

    `unit` is UCUM: mo (calendar months), or 1 for a count.
    """

    kind: LimitKind
    value: Decimal
    unit: str
    sources: tuple[Source, ...]
    switched_on: bool = False


@dataclass(frozen=True, slots=True)
class Trait:
    """A property that rules look at, such as `local_anaesthetic` or `contains_sulfite`."""

    id: str
    name: LocalText


@dataclass(frozen=True, slots=True)
class ProductClass:
    """A class of products: what intervals, consents and rules go by."""

    id: str
    name: LocalText
    traits: frozenset[str]
    notes: tuple[Note, ...]
    status_notes: tuple[StatusNote, ...]
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Ingredient:
    """Something that products contain, with the strengths that labels commonly state."""

    id: str
    class_id: str
    name: LocalText
    strengths: tuple[Strength, ...]
    traits: frozenset[str]
    notes: tuple[Note, ...]
    status_notes: tuple[StatusNote, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """An active of a product; the strength is None where the clinic has to type it."""

    ingredient_id: str
    strength: Strength | None


@dataclass(frozen=True, slots=True)
class ProductTemplate:
    """A generic product to start from. The clinic adds manufacturer, route and status."""

    id: str
    name: LocalText
    class_id: str
    components: tuple[Component, ...]
    diluent: bool
    single_dose: bool | None
    container_ml: Decimal | None
    traits: frozenset[str]


class Exposure(NamedTuple):
    """What some products bring with them, as `ScreeningFacts` wants it."""

    product_classes: frozenset[str]
    ingredients: frozenset[str]
    traits: frozenset[str]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The starter catalogue. `trade_names` are further names of ingredients, by their ids."""

    version: int
    traits: Mapping[str, Trait]
    classes: Mapping[str, ProductClass]
    ingredients: Mapping[str, Ingredient]
    products: Mapping[str, ProductTemplate]
    trade_names: Mapping[str, WordList]

    def exposure(
        self,
        classes: Iterable[str],
        ingredients: Iterable[str],
        products: Iterable[str] = (),
        names: Iterable[str] = (),
    ) -> Exposure:
        """Return classes, ingredients and traits of what is in the syringes.

        Args:
            classes: ids of the products' classes; ids of the clinic's own pass through.
            ingredients: ids of their actives; the classes of these are added.
            products: ids of the templates that the products came from, for their traits.
            names: names of products and actives; an ingredient named in one is taken to be in it.
        """
        templates = [self.products[name] for name in products if name in self.products]
        actives = set(ingredients) | {c.ingredient_id for t in templates for c in t.components}
        actives |= {found for name in names for found in self.named_in(name)}
        known = [self.ingredients[name] for name in actives if name in self.ingredients]
        groups = set(classes) | {t.class_id for t in templates} | {i.class_id for i in known}
        traits = [thing.traits for thing in templates] + [thing.traits for thing in known]
        traits += [self.classes[group].traits for group in groups if group in self.classes]
        return Exposure(
            frozenset(groups - {""}), frozenset(actives - {""}), frozenset().union(*traits)
        )

    def named_in(self, name: str) -> Iterator[str]:
        """Yield the ids of the ingredients that a product's or an active's name has in it.

        A trade name has its ingredient in it.
        """
        for ingredient in self.ingredients.values():
            if _is_named(name, ingredient.name, self.trade_names.get(ingredient.id)):
                yield ingredient.id


# Screening asks at every keystroke, and the products of a clinic are few.
@lru_cache(maxsize=8192)
def _is_named(text: str, name: LocalText, others: WordList | None) -> bool:
    """Whether a product's name has one of an ingredient in it, in any language."""
    if others is not None and others.found_in(text):
        return True
    return any(contains_words(text, each) for each in {each for _, each in name.by_language})


@cache
def load_catalogue(path: Path | None = None) -> Catalogue:
    """Return the catalogue of a file, by default the one shipped.

    Raises:
        ClinicalDataError: if the file is wrong.
    """
    path = path or folder() / "catalogue.toml"
    file = read(path)
    sources = load_sources()
    reader = _Reader(sources, by_id(file, (_trait(e) for e in file.tables("trait"))))
    classes = by_id(file, (reader.product_class(e) for e in file.tables("class")))
    entries = with_includes(file, path, "ingredient")
    ingredients = by_id(file, (reader.ingredient(entry, classes) for entry in entries))
    products = by_id(
        file, (reader.product(e, classes, ingredients) for e in file.tables("product"))
    )
    others = file.optional_text("trade_names")
    catalogue = Catalogue(
        file.whole("version"),
        reader.traits,
        classes,
        ingredients,
        products,
        {} if others is None else read_trade_names(path.with_name(others), sources, ingredients),
    )
    file.done()
    return catalogue


def _trait(entry: Entry) -> Trait:
    trait = Trait(entry.text("id"), entry.local("name"))
    entry.done()
    return trait


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the entries of the catalogue; knows the sources and traits they may name."""

    sources: Mapping[str, Source]
    traits: Mapping[str, Trait]

    def product_class(self, entry: Entry) -> ProductClass:
        result = ProductClass(
            id=entry.text("id"),
            name=entry.local("name"),
            traits=self._traits(entry),
            notes=self._notes(entry),
            status_notes=self._status_notes(entry),
            limits=self._limits(entry),
        )
        entry.done()
        return result

    def ingredient(self, entry: Entry, classes: Mapping[str, ProductClass]) -> Ingredient:
        result = Ingredient(
            id=entry.text("id"),
            class_id=_known(entry, "class", classes),
            name=entry.local("name"),
            strengths=tuple(_strength(part) for part in entry.tables("strengths")),
            traits=self._traits(entry),
            notes=self._notes(entry),
            status_notes=self._status_notes(entry),
        )
        entry.done()
        return result

    def product(
        self,
        entry: Entry,
        classes: Mapping[str, ProductClass],
        ingredients: Mapping[str, Ingredient],
    ) -> ProductTemplate:
        result = ProductTemplate(
            id=entry.text("id"),
            name=entry.local("name"),
            class_id=_known(entry, "class", classes),
            components=tuple(_component(part, ingredients) for part in entry.tables("component")),
            diluent=entry.flag("diluent"),
            single_dose=entry.flag("single_dose") if entry.has("single_dose") else None,
            container_ml=entry.optional_decimal("container_ml"),
            traits=self._traits(entry),
        )
        entry.done()
        if not (result.components or result.diluent):
            raise entry.wrong("contains nothing: only a diluent may be without components")
        return result

    def _traits(self, entry: Entry) -> frozenset[str]:
        names = entry.strings("traits")
        need_known(entry, "traits", names, self.traits)
        return frozenset(names)

    def _notes(self, entry: Entry) -> tuple[Note, ...]:
        return tuple(self._note(part) for part in entry.tables("note"))

    def _note(self, entry: Entry) -> Note:
        note = Note(entry.local("text"), entry.sources(self.sources))
        entry.done()
        return note

    def _status_notes(self, entry: Entry) -> tuple[StatusNote, ...]:
        return tuple(self._status_note(part) for part in entry.tables("status_note"))

    def _status_note(self, entry: Entry) -> StatusNote:
        note = StatusNote(
            entry.local("text"),
            entry.text("jurisdiction"),
            entry.day("noted_on"),
            entry.sources(self.sources),
        )
        entry.done()
        return note

    def _limits(self, entry: Entry) -> tuple[Limit, ...]:
        return tuple(self._limit(part) for part in entry.tables("limit"))

    def _limit(self, entry: Entry) -> Limit:
        limit = Limit(
            kind=entry.choice("kind", LimitKind),
            value=entry.decimal("value"),
            unit=entry.text("unit"),
            sources=entry.sources(self.sources),
        )
        entry.done()
        if limit.value <= 0:
            raise entry.wrong("`value` must be above 0")
        return limit


def _known(entry: Entry, key: str, things: Mapping[str, object]) -> str:
    name = entry.text(key)
    need_known(entry, key, (name,), things)
    return name


def _component(entry: Entry, ingredients: Mapping[str, Ingredient]) -> Component:
    ingredient_id = _known(entry, "ingredient", ingredients)
    strength = _strength(entry) if entry.has("value") else None
    if strength is None:
        entry.done()
    return Component(ingredient_id, strength)


def _strength(entry: Entry) -> Strength:
    value, unit = entry.decimal("value"), entry.choice("unit", StrengthUnit)
    entry.done()
    try:
        return Strength(value, unit)
    except ValueError as error:
        raise entry.wrong(f"`value`: {error}") from None

"""Reads `limits.toml`, and lays what the clinic says of limits over it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Final

from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.clinical_files import Entry, Source, by_id, folder, load_sources, read
from mesodesk.domain.dosing import to_decimal
from mesodesk.domain.limits import ANY, Limit, When
from mesodesk.domain.records.limits import LimitKind, LimitSettings
from mesodesk.domain.texts import LANGUAGES, LocalText, tokens
from mesodesk.domain.units import plain
from mesodesk.domain.words import WordList, pattern_of

EPINEPHRINE: Final = "epinephrine"
OWN: Final = "own."
TOTAL_VOLUME: Final = f"{OWN}total_volume"
OWN_VERSION: Final = 1
OWN_AMBER: Final = Decimal("0.8")

PHRASES: Final = (
    "sum",
    "of",
    "at_least",
    "across",
    "across_one",
    "largest",
    "points",
    "syringe",
    "no_weight",
    "no_strength",
    "no_points",
    "no_spacing",
    "no_gap",
    "changed",
    "own_source",
    "own_volume",
    "own_volume_short",
    "own_mass",
    "own_mass_short",
    "action_over",
    "action_weight",
    "action_strength",
)


@dataclass(frozen=True, slots=True)
class Epinephrine:
    """When a mixture has enough of it for the wider limit, and which names mean it.

    `names` are its own, `salts` the words that may stand beside them.
    """

    least_mg_per_ml: Fraction
    source: str
    names: WordList
    salts: WordList

    def slows(self, mg_per_ml: Fraction | None) -> bool:
        """Whether so much in a millilitre is enough; an unknown strength never is."""
        return mg_per_ml is not None and mg_per_ml >= self.least_mg_per_ml

    def is_meant_by(self, name: str) -> bool:
        """Whether a name means epinephrine and nothing else: no "without", no other active."""
        said = [word for word in tokens(name) if not word.isdigit()]
        beside = [word for word in said if not self.names.found_in(word)]
        return len(beside) < len(said) and all(self.salts.found_in(word) for word in beside)


@dataclass(frozen=True, slots=True)
class LimitBook:
    """The shipped limits, with the words that their arithmetic is written in."""

    version: int
    epinephrine: Epinephrine
    limits: tuple[Limit, ...]
    phrases: Mapping[str, LocalText]

    def limit(self, limit_id: str) -> Limit:
        """Return a shipped limit.

        Raises:
            KeyError: if there is none of that id.
        """
        for limit in self.limits:
            if limit.id == limit_id:
                return limit
        raise KeyError(limit_id)


@cache
def load_limits(path: Path | None = None) -> LimitBook:
    """Return the limits of a file, by default those shipped.

    Raises:
        ClinicalDataError: if the file is wrong; a limit without a source is.
    """
    file = read(path or folder() / "limits.toml")
    sources = load_sources()
    epinephrine = _epinephrine(file.table("epinephrine"), sources)
    limits = by_id(file, (_limit(e, sources, epinephrine) for e in file.tables("limit")))
    phrases = file.table("phrase")
    book = LimitBook(
        file.whole("version"),
        epinephrine,
        tuple(limits.values()),
        {key: phrases.local(key) for key in PHRASES},
    )
    phrases.done()
    file.done()
    return book


def _epinephrine(entry: Entry, sources: Mapping[str, Source]) -> Epinephrine:
    least_ug = entry.decimal("least_ug_per_ml")
    made = Epinephrine(
        Fraction(least_ug) / 1000,
        "; ".join(str(source) for source in entry.sources(sources)),
        *(
            WordList(key, tuple(pattern_of(entry, word) for word in entry.strings(key)))
            for key in ("names", "salts")
        ),
    )
    entry.done()
    if least_ug <= 0:
        raise entry.wrong("`least_ug_per_ml` must be above 0")
    return made


def _limit(entry: Entry, sources: Mapping[str, Source], epinephrine: Epinephrine) -> Limit:
    named = [str(source) for source in entry.sources(sources)]
    when = entry.optional_choice("when", When) or When.ALWAYS
    if when is not When.ALWAYS:
        named.append(epinephrine.source)
    limit = Limit(
        id=entry.text("id"),
        version=entry.whole("version"),
        active=entry.text("active"),
        kind=entry.choice("kind", LimitKind),
        value=entry.decimal("value"),
        when=when,
        jurisdictions=frozenset(entry.strings("jurisdictions")),
        amber_share=entry.optional_decimal("amber_share"),
        short=entry.local("short"),
        message=_filled_in(entry.local("message"), epinephrine),
        source=LocalText.of({"en": "; ".join(named)}),
        on=entry.flag("on"),
    )
    entry.done()
    _check(entry, limit)
    return limit


def _filled_in(message: LocalText, epinephrine: Epinephrine) -> LocalText:
    """Say in a message how little epinephrine is as good as none."""
    least = plain(to_decimal(epinephrine.least_mg_per_ml * 1000, 3))
    return LocalText.of(
        {
            language: text.replace(
                "{least}", f"{least.replace('.', decimal_point(language))}\u00a0µg/mL"
            )
            for language, text in message.by_language
        }
    )


def _check(entry: Entry, limit: Limit) -> None:
    if limit.id.startswith(OWN):
        raise entry.wrong(f"an id beginning with {OWN!r} belongs to limits of the clinic")
    if limit.active != ANY and limit.active not in load_catalogue().ingredients:
        raise entry.wrong(f"`active` names {limit.active!r}, which is not known")
    if limit.active == ANY and limit.kind.unit.startswith("mg"):
        raise entry.wrong("a mass can only be limited for one active")
    if limit.value <= 0:
        raise entry.wrong("`value` must be above 0")
    if limit.amber_share is not None and not 0 < limit.amber_share < 1:
        raise entry.wrong("`amber_share` must lie between 0 and 1")
    if any("{value}" not in text for _, text in limit.message.by_language):
        raise entry.wrong("`message` must say {value} in each language")


def limits_in_force(book: LimitBook, settings: LimitSettings) -> tuple[Limit, ...]:
    """Return the limits as this clinic has them, switched off or not, its own ones last."""
    shipped = tuple(_changed(book, limit, settings) for limit in book.limits)
    return (*shipped, *_own(book, settings))


def value_text(limit: Limit, language: str, point: str, value: Decimal | None = None) -> str:
    """Return a limit's value with its unit: `4.5 mg/kg`, `50 points`."""
    number = plain(limit.value if value is None else value).replace(".", point)
    if limit.kind is LimitKind.POINTS_PER_SESSION:
        return load_limits().phrases["points"].get(language).format(number=number)
    return f"{number}\u00a0{limit.kind.unit}"


def decimal_point(language: str) -> str:
    """Return the decimal sign of a clinical text."""
    return "." if language == "en" else ","


def _changed(book: LimitBook, limit: Limit, settings: LimitSettings) -> Limit:
    change = settings.changes.get(limit.id)
    if change is None:
        return limit
    on = limit.on if change.on is None else change.on
    if change.value is None or change.value == limit.value:
        return replace(limit, on=on)
    return replace(
        limit, on=on, value=change.value, source=_changed_source(book, limit, change.value)
    )


def _changed_source(book: LimitBook, limit: Limit, value: Decimal) -> LocalText:
    said = {}
    for language in LANGUAGES:
        point = decimal_point(language)
        words = (
            book.phrases["changed"]
            .get(language)
            .format(
                value=value_text(limit, language, point, value),
                shipped=value_text(limit, language, point),
            )
        )
        said[language] = f"{words}; {limit.source.get(language)}"
    return LocalText.of(said)


def _own(book: LimitBook, settings: LimitSettings) -> tuple[Limit, ...]:
    """Return the clinic's own limits; their `source` says so."""
    phrases = book.phrases
    masses = (
        _own_limit(book, f"{OWN}mass.{active}", LimitKind.MASS_PER_SESSION, mass_mg, active)
        for active, mass_mg in settings.masses_mg.items()
    )
    named = (
        replace(
            limit,
            short=_named(phrases["own_mass_short"], limit.active),
            message=_named(phrases["own_mass"], limit.active),
        )
        for limit in masses
    )
    total = settings.total_volume_ml
    if total is None:
        return tuple(named)
    return (_own_limit(book, TOTAL_VOLUME, LimitKind.VOLUME_PER_SESSION, total, ANY), *named)


def _own_limit(
    book: LimitBook, limit_id: str, kind: LimitKind, value: Decimal, active: str
) -> Limit:
    return Limit(
        id=limit_id,
        version=OWN_VERSION,
        active=active,
        kind=kind,
        value=value,
        when=When.ALWAYS,
        jurisdictions=frozenset(),
        amber_share=OWN_AMBER,
        short=book.phrases["own_volume_short"],
        message=book.phrases["own_volume"],
        source=book.phrases["own_source"],
        on=True,
    )


def _named(phrase: LocalText, active: str) -> LocalText:
    ingredient = load_catalogue().ingredients.get(active)
    return LocalText.of(
        {
            language: phrase.get(language).replace(
                "{active}", active if ingredient is None else ingredient.name.get(language)
            )
            for language in LANGUAGES
        }
    )

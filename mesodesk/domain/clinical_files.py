"""Reads the TOML files of `resources/clinical/` and refuses what is wrong in them, by file and id.

Whoever adds a rule, an item or a check makes mistakes in a text file; each refusal is one sentence
that names the file and the entry, so that it is found without a debugger.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from mesodesk.assets import resources
from mesodesk.domain.texts import FALLBACK, LocalText

E = TypeVar("E", bound=StrEnum)


class ClinicalDataError(ValueError):
    """A clinical file is wrong. The message names the file and the entry."""


class Grade(StrEnum):
    """How much a source weighs."""

    REGULATOR = "A"  # regulator, statute, label text or peer-reviewed abstract
    TEXTBOOK = "B"  # textbook, professional body, trade or legal summary
    PAGE = "C"  # page of a clinic, trainer, supplier or newspaper
    UNCONFIRMED = "U"  # general knowledge, to be confirmed by the clinic
    DERIVED = "D"  # follows from other entries by arithmetic or logic


@dataclass(frozen=True, slots=True)
class Source:
    """Where a clinical fact comes from."""

    id: str
    citation: str
    grade: Grade

    def __str__(self) -> str:
        return f"{self.citation} ({self.grade})"


class HasId(Protocol):
    """Anything with an identifier."""

    @property
    def id(self) -> str: ...


H = TypeVar("H", bound=HasId)


@dataclass(slots=True)
class Entry:
    """One table of a clinical file. Every key must be asked for; `done` refuses the rest."""

    file: str
    name: str
    data: Mapping[str, Any]
    _asked: set[str] = field(default_factory=set)

    def wrong(self, what: str) -> ClinicalDataError:
        """Return the error that says what is wrong with this entry."""
        return ClinicalDataError(f"{self.file}: {self.name}: {what}")

    def has(self, key: str) -> bool:
        return key in self.data

    def text(self, key: str) -> str:
        value = self._need(key, str)
        if not value.strip():
            raise self.wrong(f"`{key}` is empty")
        return str(value)

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if self.has(key) else None

    def whole(self, key: str) -> int:
        value = self._need(key, int)
        if isinstance(value, bool) or value < 0:
            raise self.wrong(f"`{key}` must be a whole number, not negative")
        return int(value)

    def optional_whole(self, key: str) -> int | None:
        return self.whole(key) if self.has(key) else None

    def decimal(self, key: str) -> Decimal:
        """Return an exact number: TOML floats are read as Decimal."""
        value = self._need(key, (int, Decimal))
        if isinstance(value, bool):
            raise self.wrong(f"`{key}` must be a number")
        return Decimal(value)

    def optional_decimal(self, key: str) -> Decimal | None:
        return self.decimal(key) if self.has(key) else None

    def flag(self, key: str, *, default: bool = False) -> bool:
        return bool(self._need(key, bool)) if self.has(key) else default

    def day(self, key: str) -> date:
        value: date = self._need(key, date)
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty if the key is missing; no text may come twice."""
        self._asked.add(key)
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise self.wrong(f"`{key}` must be a list of texts")
        if len(set(value)) != len(value):
            raise self.wrong(f"`{key}` names something twice")
        return tuple(value)

    def wholes(self, key: str) -> tuple[int, ...]:
        value = self._need(key, list)
        if not all(isinstance(part, int) and not isinstance(part, bool) for part in value):
            raise self.wrong(f"`{key}` must be a list of whole numbers")
        return tuple(value)

    def pairs(self, key: str) -> tuple[tuple[Decimal, Decimal], ...]:
        """Return a list of pairs of exact numbers."""
        value = self._need(key, list)
        for pair in value:
            if not isinstance(pair, list) or len(pair) != 2 or not all(map(_is_number, pair)):
                raise self.wrong(f"`{key}` must be a list of pairs of numbers")
        return tuple((Decimal(first), Decimal(second)) for first, second in value)

    def choice(self, key: str, kind: type[E]) -> E:
        value = self.text(key)
        try:
            return kind(value)
        except ValueError:
            allowed = ", ".join(kind)
            raise self.wrong(f"`{key}` is {value!r}, but must be one of {allowed}") from None

    def optional_choice(self, key: str, kind: type[E]) -> E | None:
        return self.choice(key, kind) if self.has(key) else None

    def local(self, key: str) -> LocalText:
        value = self._need(key, dict)
        for language, text in value.items():
            if not isinstance(text, str) or not text.strip():
                raise self.wrong(f"`{key}.{language}` must be a text")
        if FALLBACK not in value:
            raise self.wrong(f"`{key}` has no {FALLBACK!r} text")
        return LocalText.of(value)

    def optional_local(self, key: str) -> LocalText | None:
        return self.local(key) if self.has(key) else None

    def table(self, key: str) -> "Entry":
        """Return a table inside this one; its keys are then asked for on their own."""
        return Entry(self.file, f"{self.name}.{key}", self._need(key, dict))

    def tables(self, key: str) -> tuple["Entry", ...]:
        """Return a list of tables, empty if the key is missing."""
        self._asked.add(key)
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            raise self.wrong(f"`{key}` must be a list of tables")
        return tuple(Entry(self.file, _name(self.name, key, n, t), t) for n, t in enumerate(value))

    def sources(self, known: Mapping[str, Source]) -> tuple[Source, ...]:
        """Return the entry's sources; an entry without one, or with an unknown one, is refused."""
        names = self.strings("sources")
        if not names:
            raise self.wrong("has no source; name at least one of sources.toml in `sources`")
        for name in names:
            if name not in known:
                raise self.wrong(f"names the source {name!r}, which sources.toml does not hold")
        return tuple(known[name] for name in names)

    def done(self) -> None:
        """Refuse keys that nothing asked for: a misspelt key must not be lost in silence."""
        for key in self.data:
            if key not in self._asked:
                raise self.wrong(f"has the unknown key `{key}`")

    def _need(self, key: str, kind: type | tuple[type, ...]) -> Any:  # noqa: ANN401
        self._asked.add(key)
        if key not in self.data:
            raise self.wrong(f"has no `{key}`")
        value = self.data[key]
        if not isinstance(value, kind):
            raise self.wrong(f"`{key}` is of the wrong kind: {value!r}")
        return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _name(parent: str, key: str, number: int, table: Mapping[str, Any]) -> str:
    given = table.get("id")
    own = f"{key} {given!r}" if isinstance(given, str) else f"{key} no. {number + 1}"
    return own if parent == "file" else f"{parent}, {own}"


def folder() -> Path:
    """Return the folder of the clinical files."""
    return resources() / "clinical"


def read(path: Path) -> Entry:
    """Return the whole of a clinical file.

    Raises:
        ClinicalDataError: if the file is missing or is not TOML.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except FileNotFoundError:
        raise ClinicalDataError(f"{path.name}: the file is missing from {path.parent}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ClinicalDataError(f"{path.name}: not a TOML file: {error}") from error
    return Entry(path.name, "file", data)


def with_includes(file: Entry, path: Path, key: str) -> tuple[Entry, ...]:
    """Return the tables `key` of a file and of the files that its `include` names.

    A long file is split that way; an included file holds such tables and nothing else.
    """
    tables = list(file.tables(key))
    for name in file.strings("include"):
        part = read(path.with_name(name))
        tables += part.tables(key)
        part.done()
    return tuple(tables)


@cache
def load_sources(path: Path | None = None) -> dict[str, Source]:
    """Return the sources of `sources.toml` by id."""
    file = read(path or folder() / "sources.toml")
    sources = by_id(file, (_source(entry) for entry in file.tables("source")))
    file.done()
    return sources


def _source(entry: Entry) -> Source:
    source = Source(entry.text("id"), entry.text("citation"), entry.choice("grade", Grade))
    entry.done()
    return source


def by_id(file: Entry, things: Iterable[H]) -> dict[str, H]:
    """Return things by their id.

    Raises:
        ClinicalDataError: if two share one.
    """
    found: dict[str, H] = {}
    for thing in things:
        if thing.id in found:
            raise ClinicalDataError(f"{file.file}: the id {thing.id!r} is used twice")
        found[thing.id] = thing
    return found


def need_known(entry: Entry, key: str, names: Iterable[str], known: Iterable[str]) -> None:
    """Refuse names that are not known.

    Raises:
        ClinicalDataError: naming the first unknown one.
    """
    for name in _unknown(names, set(known)):
        raise entry.wrong(f"`{key}` names {name!r}, which is not known")


def _unknown(names: Iterable[str], known: set[str]) -> Iterator[str]:
    return (name for name in names if name not in known)

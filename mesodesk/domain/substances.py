"""Recognises what was typed as a medicine or an allergy: substance, groups, actives, and the rest.

    found = recognised("Xarelto 20 mg, Foobarol", load_substances(), load_words())

What no list knows comes back as `unknown`, to be read by somebody; it is never taken for harmless.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from mesodesk.domain.clinical_files import Entry, Source, by_id, folder, load_sources, read
from mesodesk.domain.texts import LocalText, tokens
from mesodesk.domain.words import WordList, pattern_of

# Between two medicines of one line, in the languages of the word lists; a slash is not: 1/2.
_APART: Final = re.compile(r"[,;+&\n]|\s(?:and|et|e|y|und)\s", re.IGNORECASE)
_SHORTEST: Final = 3


@dataclass(frozen=True, slots=True)
class Substance:
    """A medicine or allergen with the words that mean it: its own and trade names among them."""

    id: str
    name: LocalText
    words: WordList


@dataclass(frozen=True, slots=True)
class Substances:
    """All known substances, and which actives of the catalogue a text names."""

    version: int
    all: tuple[Substance, ...]

    def named_in(self, text: str) -> tuple[Substance, ...]:
        """Return the substances that a text names, in the order of the file."""
        said = tokens(text)
        return tuple(each for each in self.all if each.words.among(said))

    def ingredients_in(self, text: str) -> frozenset[str]:
        """Return the ids of the catalogue's ingredients that a text names, trade names included."""
        return _ingredients_in(text)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a typed text was recognised as.

    `groups` are ids of word lists, `ingredients` of the catalogue. `unknown` are the parts of the
    text that nothing knows, as typed.
    """

    substances: tuple[Substance, ...] = ()
    groups: tuple[str, ...] = ()
    ingredients: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def _ingredients_in(text: str) -> frozenset[str]:
    # Imported where somebody names an allergy: the first page does without the catalogue.
    from mesodesk.domain.catalogue import load_catalogue

    return frozenset(load_catalogue().named_in(text))


def recognised(text: str, known: Substances, words: Mapping[str, WordList]) -> Recognised:
    """Return what a text of one line is recognised as; blank text gives nothing at all."""
    found: dict[str, Substance] = {}
    groups: dict[str, None] = {}
    ingredients: dict[str, None] = {}
    unknown = []
    for part in _parts(text):
        substances = known.named_in(part)
        said = tokens(part)
        lists = [each.id for each in words.values() if each.among(said)]
        actives = () if substances or lists else sorted(known.ingredients_in(part))
        found.update({each.id: each for each in substances})
        groups.update(dict.fromkeys(lists))
        ingredients.update(dict.fromkeys(actives))
        if not (substances or lists or actives):
            unknown.append(part)
    return Recognised(tuple(found.values()), tuple(groups), tuple(ingredients), tuple(unknown))


def _parts(text: str) -> Iterator[str]:
    """Yield the things that a line names; a dose beside one names nothing of its own."""
    parts = [clean for part in _APART.split(text) if (clean := part.strip())]
    named = [part for part in parts if any(map(_is_word, tokens(part)))]
    yield from named or parts


def _is_word(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha()


@cache
def load_substances(path: Path | None = None) -> Substances:
    """Return the substances of `substances.toml`.

    Raises:
        ClinicalDataError: if the file is wrong; a substance without a source is.
    """
    file = read(path or folder() / "substances.toml")
    sources = load_sources()
    found = by_id(file, (_substance(entry, sources) for entry in file.tables("substance")))
    result = Substances(file.whole("version"), tuple(found.values()))
    file.done()
    return result


def _substance(entry: Entry, sources: Mapping[str, Source]) -> Substance:
    own_id, words = entry.text("id"), entry.strings("words")
    if not words:
        raise entry.wrong("has no words")
    name = entry.local("name")
    meant = dict.fromkeys((*words, *(each for _, each in name.by_language)))
    patterns = WordList(own_id, tuple(pattern_of(entry, word) for word in meant))
    found = Substance(own_id, name, patterns)
    entry.sources(sources)
    entry.done()
    return found

"""Word lists that recognise medicines and allergens in what was typed, in any of the languages."""

from collections.abc import Mapping
from dataclasses import dataclass
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
)
from mesodesk.domain.texts import LocalText, tokens


@dataclass(frozen=True, slots=True)
class WordList:
    """Words for one group of substances.

    A pattern is a row of folded words; a word that ends in `*` stands for every word that begins
    so, as in `apixab*`. `name` is what the group is called; lists of one substance have none.
    """

    id: str
    patterns: tuple[tuple[str, ...], ...]
    name: LocalText | None = None

    def found_in(self, text: str) -> bool:
        """Whether one of the words stands in a text, blind to case and accents."""
        return self.among(tokens(text))

    def among(self, words: tuple[str, ...]) -> bool:
        """Whether one of the words stands among folded words."""
        return any(_stands_in(pattern, words) for pattern in self.patterns)


def _stands_in(pattern: tuple[str, ...], words: tuple[str, ...]) -> bool:
    size = len(pattern)
    starts = range(len(words) - size + 1)
    return any(all(map(_fits, pattern, words[at : at + size])) for at in starts)


def _fits(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def contains_words(text: str, phrase: str) -> bool:
    """Whether the words of a phrase stand, in order, in a text, blind to case and accents."""
    words = tokens(phrase)
    return bool(words) and _stands_in(words, tokens(text))


def same_substance(one: str, other: str) -> bool:
    """Whether the words of one name stand, in order, in the other: "lidocaine" in a product name.

    Numbers alone never count.
    """
    first, second = tokens(one), tokens(other)
    short, long = sorted((first, second), key=len)
    if not any(len(word) > 2 and not word.isdigit() for word in short):
        return False
    return _stands_in(short, long)


@cache
def load_words(path: Path | None = None) -> Mapping[str, WordList]:
    """Return the word lists of `words.toml` by id.

    Raises:
        ClinicalDataError: if the file is wrong; a list without a source is.
    """
    file = read(path or folder() / "words.toml")
    sources = load_sources()
    lists = by_id(file, (_word_list(entry, sources) for entry in file.tables("list")))
    file.done()
    return lists


def _word_list(entry: Entry, sources: Mapping[str, Source]) -> WordList:
    patterns = tuple(pattern_of(entry, word) for word in entry.strings("words"))
    if not patterns:
        raise entry.wrong("has no words")
    result = WordList(entry.text("id"), patterns, entry.local("name"))
    entry.sources(sources)
    entry.done()
    return result


def pattern_of(entry: Entry, written: str) -> tuple[str, ...]:
    """Return the pattern that a word of a list stands for (see `WordList`).

    Raises:
        ClinicalDataError: if there is no word in it.
    """
    words = tokens(written)
    if not words:
        raise ClinicalDataError(f"{entry.file}: {entry.name}: {written!r} holds no word")
    if written.endswith("*"):
        return (*words[:-1], words[-1] + "*")
    return words

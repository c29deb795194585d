"""Texts of the clinical files in several languages, and how words are compared."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

FALLBACK = "en"
LANGUAGES = ("en", "fr", "it", "es")

# As the window writes them, whose library stays out of here.
_MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec",
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "es": "ene feb mar abr may jun jul ago sept oct nov dic",
}

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class LocalText:
    """One text in several languages; English is always among them."""

    by_language: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "LocalText":
        """Make a text from `{language: text}`.

        Raises:
            ValueError: if English is missing.
        """
        if FALLBACK not in texts:
            raise ValueError(f"the text has no {FALLBACK!r}")
        return cls(tuple(texts.items()))

    def get(self, language: str = FALLBACK) -> str:
        """Return the text in a language such as `fr` or `fr_CA`, else in English.

        Raises:
            KeyError: if it was made without English, past `of`.
        """
        # Asked for by the thousand: no dictionary is made, and no pattern looked up.
        short = language.replace("-", "_").partition("_")[0].lower()
        english = None
        for known, text in self.by_language:
            if known == short:
                return text
            if known == FALLBACK:
                english = text
        if english is None:
            raise KeyError(FALLBACK)
        return english

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(language for language, _ in self.by_language)


def day_text(day: date, language: str = FALLBACK) -> str:
    """Return a date whose month cannot be mistaken: `3 Apr 2026`."""
    months = LocalText.of(_MONTHS).get(language).split()
    return f"{day.day} {months[day.month - 1]} {day.year}"


def fold(text: str) -> str:
    """Return a text without case and accents, for comparing."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def tokens(text: str) -> tuple[str, ...]:
    """Return the folded words of a text, in order."""
    return tuple(_WORD.findall(fold(text)))


def match_rank(query: str, name: str, others: str = "") -> int | None:
    """Return how well something answers a search: 0 is the best, None is not at all.

    Args:
        query: as typed; each of its words must be somewhere.
        name: what it is called. 0 if it begins with the query, 1 if each word begins a word of it.
        others: what else is looked into: 2 if each word begins a word there or in the name, 3 if
            one of them is only found inside a word.
    """
    asked = fold(query).split()
    called, whole = fold(name), fold(f"{name} {others}")
    if not all(word in whole for word in asked):
        return None
    if called.startswith(" ".join(asked)):
        return 0
    for rank, text in ((1, called), (2, whole)):
        begun = tuple(_WORD.findall(text))
        if all(any(one.startswith(word) for one in begun) for word in asked):
            return rank
    return 3

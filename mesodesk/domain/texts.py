"""Texts of the clinical files in several languages, and how words are compared."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

FALLBACK = "en"
LANGUAGES = ("en", "fr", "it", "es")

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
        """Return the text in a language such as `fr` or `fr_CA`, else in English."""
        texts = dict(self.by_language)
        short = re.split(r"[-_]", language, maxsplit=1)[0].lower()
        return texts.get(short, texts[FALLBACK])

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(language for language, _ in self.by_language)


def fold(text: str) -> str:
    """Return a text without case and accents, for comparing."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def tokens(text: str) -> tuple[str, ...]:
    """Return the folded words of a text, in order."""
    return tuple(_WORD.findall(fold(text)))

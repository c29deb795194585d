"""What does not belong in a person's text: control characters, and signs that reorder it unseen."""

import unicodedata
from typing import Final

# Embeddings, overrides and isolates can make a text read otherwise than it is stored. Plain
# right-to-left letters, and the joiners that scripts and emoji need, stay.
_REORDERING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN: Final = frozenset("\u200b\ufeff\ufffe\uffff")
_BREAKS: Final = frozenset("\n\r\t\v\f\u0085\u2028\u2029")


def clean_text(text: str, *, lines: bool = False) -> tuple[str, bool]:
    """Return a text without what cannot be seen, and whether anything was left out.

    Line breaks and tabs become spaces, or stay line breaks if `lines`; that alone does not count.
    """
    whole = text.replace("\r\n", "\n")
    kept = "".join(_kept(character, lines=lines) for character in whole)
    return kept, any(_is_foreign(character) for character in whole)


def _kept(character: str, *, lines: bool) -> str:
    if character in _BREAKS:
        return "\n" if lines and character != "\t" else " "
    return "" if _is_foreign(character) else character


def _is_foreign(character: str) -> bool:
    if character in _BREAKS:
        return False
    unseen = character in _REORDERING or character in _UNSEEN
    return unseen or unicodedata.category(character) in {"Cc", "Cs"}

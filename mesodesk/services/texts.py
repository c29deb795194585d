"""Rules of typed texts, numbers and dates: what is taken, and the sentence for what is not."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Final

from mesodesk.domain.units import plain
from mesodesk.services.errors import FieldProblem, InvalidError

LINE: Final = 200
"""Longest name, number or address, in letters."""

NOTE: Final = 4_000
"""Longest note, in letters."""

EARLIEST_BIRTH: Final = date(1900, 1, 1)

# Joiners shape emoji and Persian or Indic words; the marks set the direction of mixed text.
_KEPT_FORMAT: Final = frozenset("\u200c\u200d\u200e\u200f")
_LINE_BREAKS: Final = re.compile(r"\r\n?|[\u2028\u2029\u0085]")
_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+")


class Problems:
    """Collects what is wrong with a form, and raises it all at once."""

    def __init__(self) -> None:
        self._found: list[FieldProblem] = []

    def add(self, place: str, sentence: str) -> None:
        self._found.append(FieldProblem(place, sentence))

    def done(self) -> None:
        """Raise what was collected.

        Raises:
            InvalidError: if there is anything.
        """
        if self._found:
            raise InvalidError(self._found)

    def line(self, place: str, text: str, what: str, *, needed: bool = False) -> str:
        """Return a text of one line, stripped and in the composed form.

        Args:
            place: the field, for the form.
            text: what was typed.
            what: the field's name in a sentence, capitalised: "Family name".
            needed: whether it may not be empty.
        """
        clean = unicodedata.normalize("NFC", text).strip()
        return self._checked(place, clean, what, LINE, needed=needed)

    def note(
        self, place: str, text: str, what: str, *, needed: bool = False, longest: int = NOTE
    ) -> str:
        """Return a text of any number of lines; all kinds of line break become one."""
        clean = unicodedata.normalize("NFC", _LINE_BREAKS.sub("\n", text)).strip()
        return self._checked(place, clean, what, longest, needed=needed, breaks=True)

    def email(self, place: str, text: str, what: str) -> str:
        clean = self.line(place, text, what)
        if clean and not _EMAIL.fullmatch(clean):
            self.add(place, f"{what}: write it as name@example.org, or leave it empty.")
        return clean

    def number(
        self,
        place: str,
        value: Decimal | None,
        what: str,
        *,
        least: Decimal,
        most: Decimal,
        places: int,
        unit: str,
    ) -> Decimal | None:
        """Return a quantity in a range that catches slips of the hand; it is no clinical limit."""
        if value is None:
            return None
        if not value.is_finite() or not least <= value <= most:
            self.add(
                place,
                f"{what}: between {plain(least)} and {plain(most)} {unit}. Check the number"
                " and its unit.",
            )
            return None
        exponent = value.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > places:
            self.add(place, f"{what}: at most {places} digits after the decimal point.")
            return None
        return value

    def birth_date(self, place: str, day: date, today: date) -> date:
        """Return a date of birth between 1900 and today."""
        if day > today:
            self.add(place, "Birth date: this day is still to come. Check the year.")
        elif day < EARLIEST_BIRTH:
            self.add(place, "Birth date: this is before 1900. Check the year.")
        return day

    def _checked(
        self, place: str, text: str, what: str, longest: int, *, needed: bool, breaks: bool = False
    ) -> str:
        bad = _unwanted(text, breaks=breaks)
        if bad:
            self.add(place, f"{what}: {bad} Delete it or type the text anew.")
        elif len(text) > longest:
            self.add(place, f"{what}: at most {longest:,} letters; this has {len(text):,}.")
        elif needed and not text:
            self.add(place, f"{what} is missing.")
        return text


def _unwanted(text: str, *, breaks: bool) -> str:
    """Return what is wrong with the first character that cannot be kept, else an empty text."""
    for at, character in enumerate(text, start=1):
        if character.isprintable() or character in _KEPT_FORMAT or (breaks and character == "\n"):
            continue
        category = unicodedata.category(character)
        if category in ("Zs", "Co", "Cn"):  # a wide space, a private letter, an emoji newer than us
            continue
        name = "a line break" if character in "\n\r\u2028\u2029\u0085" else "a control character"
        name = "a tab" if character == "\t" else name
        return f"letter {at} is {name}, which cannot be seen."
    return ""


def note(place: str, text: str, what: str, *, needed: bool = False) -> str:
    """Return one text of any number of lines.

    Raises:
        InvalidError: if it breaks a rule of texts.
    """
    problems = Problems()
    clean = problems.note(place, text, what, needed=needed)
    problems.done()
    return clean

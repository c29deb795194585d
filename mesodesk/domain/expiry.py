"""Reads expiry dates as labels print them: a day, or a month, which then counts to its last day.

`2027-03-31`, `31.03.2027`, `03/2027`, `2027-03`, `03/27`, `MAR 2027`, `31 MAR 27`, `270300` (the
order of GS1 bar codes, in which a day of 00 means the last one), with or without EXP before it. Six
digits that may be two dates, such as 270331, are not guessed at.
"""

import calendar
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

_LONGEST: Final = 40
_CENTURY: Final = 2000
_EXPECTED: Final = range(2015, 2100)
_LABEL: Final = re.compile(r"^(?:use by|best before|expiry|expires?|exp|e|verw\.? bis)[\s.:]*")
_PART: Final = re.compile(r"[0-9]+|[a-z]+")
_MONTHS: Final = {
    # English, French, Italian, Spanish and German, as far as three letters tell them apart.
    "jan": 1, "gen": 1, "ene": 1, "feb": 2, "fev": 2, "mar": 3, "mae": 3, "mrz": 3, "apr": 4,
    "avr": 4, "abr": 4, "may": 5, "mai": 5, "mag": 5, "jun": 6, "giu": 6, "jul": 7, "lug": 7,
    "aug": 8, "aou": 8, "ago": 8, "sep": 9, "set": 9, "oct": 10, "ott": 10, "okt": 10, "nov": 11,
    "dec": 12, "dic": 12, "dez": 12, "juin": 6, "juil": 7,
}  # fmt: skip


class ExpiryError(ValueError):
    """A text that is no expiry date; `sentence` says what to type."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def read_expiry(text: str, *, month_first: bool = False) -> date:
    """Return the last day on which a lot is good.

    Args:
        text: what stands on the label.
        month_first: whether 03/04/2027 is 4 March, as in the United States; what cannot be a month
            is never read as one.

    Raises:
        ExpiryError: if the text is no such date, or may be two.
    """
    parts = _PART.findall(_bare(text))
    if not parts:
        raise ExpiryError("Type the expiry date as it stands on the label, such as 03/2027.")
    found = set(_readings(parts, month_first=month_first))
    if len(found) == 1:
        return found.pop()
    if not found:
        raise ExpiryError("This is not an expiry date. Type it as 2027-03-31 or 03/2027.")
    raise ExpiryError("This may be two different dates. Type it as 2027-03-31 or 03/2027.")


def _bare(text: str) -> str:
    """Return the text without case, accents and the word before the date."""
    if len(text) > _LONGEST:
        return ""
    folded = unicodedata.normalize("NFKD", text.strip().casefold())
    plain = "".join(_plain(character) for character in folded)
    return _LABEL.sub("", plain)


def _plain(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    return "" if unicodedata.combining(character) else character


def _readings(parts: Sequence[str], *, month_first: bool) -> Iterator[date]:
    words = [part for part in parts if part.isalpha()]
    if words:
        yield from _with_name(parts, words)
    elif len(parts) == 1:
        yield from _run(parts[0])
    elif len(parts) == 2:
        yield from _month_and_year(parts[0], parts[1])
    elif len(parts) == 3:
        yield from _three(parts, month_first=month_first)


def _with_name(parts: Sequence[str], words: Sequence[str]) -> Iterator[date]:
    """Read MAR 2027, MAR27, 31 MAR 2027 and 2027 MAR 31."""
    month = _MONTHS.get(words[0][:4]) or _MONTHS.get(words[0][:3])
    numbers = [part for part in parts if part.isdigit()]
    if month is None or len(words) > 1:
        return
    if len(numbers) == 1:
        yield from _day(_year(numbers[0]), month, None)
    elif len(numbers) == 2:
        first, last = numbers
        day, year = (last, first) if len(first) == 4 else (first, last)
        yield from _day(_year(year), month, int(day))


def _run(digits: str) -> Iterator[date]:
    """Read digits without signs: YYYYMMDD, DDMMYYYY, MMYYYY, YYYYMM, YYMMDD, DDMMYY and MMYY."""
    if len(digits) == 8:
        yield from _day(_year(digits[:4]), int(digits[4:6]), int(digits[6:]))
        yield from _day(_year(digits[4:]), int(digits[2:4]), int(digits[:2]))
    elif len(digits) == 6:
        yield from _day(_year(digits[2:]), int(digits[:2]), None)
        yield from _day(_year(digits[:4]), int(digits[4:]), None)
        yield from _day(_year(digits[:2]), int(digits[2:4]), int(digits[4:]) or None)
        yield from _day(_year(digits[4:]), int(digits[2:4]), int(digits[:2]))
    elif len(digits) == 4:
        yield from _day(_year(digits[2:]), int(digits[:2]), None)


def _month_and_year(first: str, second: str) -> Iterator[date]:
    if len(first) == 4:
        first, second = second, first
    if len(first) <= 2:
        yield from _day(_year(second), int(first), None)


def _three(parts: Sequence[str], *, month_first: bool) -> Iterator[date]:
    first, second, third = parts
    if len(first) == 4:
        yield from _day(_year(first), int(second), int(third))
        return
    day, month = (second, first) if month_first else (first, second)
    usual = list(_day(_year(third), int(month), int(day)))
    yield from usual or _day(_year(third), int(day), int(month))


def _year(digits: str) -> int | None:
    """Return a year of four digits as it is, of two digits as in this century."""
    if len(digits) == 4:
        return int(digits)
    return _CENTURY + int(digits) if len(digits) == 2 else None


def _day(year: int | None, month: int, day: int | None) -> Iterator[date]:
    """Yield the day, or the last one of the month; nothing if there is none, or far off."""
    if year is None or year not in _EXPECTED or not 1 <= month <= 12:
        return
    last = calendar.monthrange(year, month)[1]
    if day is None or 1 <= day <= last:
        yield date(year, month, last if day is None else day)

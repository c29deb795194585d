"""Reads dates as people type them, in the order of the user's locale.

`3/4/1985`, `3.4.85`, `03041985`, `1985-04-03`, `3 Apr 1985` and `April 3, 1985` are all read; what
is ambiguous follows the locale's order of day and month.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from PySide6.QtCore import QCoreApplication, QLocale

_LONGEST: Final = 40
_PARTS: Final = re.compile(r"[^\W\d_]+|\d+")


class DateTextError(ValueError):
    """A text that is no date; `sentence` says what to type."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Habits:
    """How a locale writes dates: month before day or not, and its names of the months."""

    month_first: bool
    months: tuple[str, ...]

    @classmethod
    def of(cls, locale: QLocale) -> "Habits":
        """Return a locale's habits."""
        pattern = locale.dateFormat(QLocale.FormatType.ShortFormat)
        day_at, month_at = pattern.lower().find("d"), pattern.find("M")
        names = [_fold(locale.monthName(month)) for month in range(1, 13)]
        return cls(0 <= month_at < day_at and not pattern.startswith("y"), tuple(names))


_ENGLISH: Final = tuple(
    QLocale(QLocale.Language.English).monthName(month).lower() for month in range(1, 13)
)


def parse_date(text: str, habits: Habits, *, latest: date | None) -> date:
    """Read a date.

    Args:
        text: what was typed.
        habits: of the locale.
        latest: a year of two digits means the last such year that is not after this day's; None
            refuses such years, as long as somebody may still be typing.

    Raises:
        DateTextError: with what to type instead.
    """
    if len(text) > _LONGEST:
        raise _unreadable()
    parts = _PARTS.findall(_plain_digits(text))
    if len(parts) == 1:
        parts = _split_run(parts[0], habits)
    if len(parts) != 3:
        raise _unreadable()
    day, month, year, digits = _ordered(parts, habits)
    if digits <= 2 and latest is not None:
        year += latest.year // 100 * 100
        year -= 100 if year > latest.year else 0
    elif digits != 4:
        raise _unreadable()
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        raise DateTextError(_tr("There is no such day in the calendar.")) from None


def _ordered(parts: list[str], habits: Habits) -> tuple[int, int, int, int]:
    """Return day, month, year and the number of digits the year was typed with."""
    words = [at for at, part in enumerate(parts) if not part.isdigit()]
    if len(words) == 1:
        month = _month(parts[words[0]], habits)
        first, second = (part for at, part in enumerate(parts) if at != words[0])
        if len(first) == 4:
            return int(second), month, int(first), 4
        return int(first), month, int(second), len(second)
    if words:
        raise _unreadable()
    first, second, third = parts
    if len(first) == 4:
        return int(third), int(second), int(first), 4
    if habits.month_first:
        first, second = second, first
    return int(first), int(second), int(third), len(third)


def _month(word: str, habits: Habits) -> int:
    wanted = _fold(word)
    for names in (habits.months, _ENGLISH):
        found = [at for at, name in enumerate(names, 1) if name.startswith(wanted)]
        if len(found) == 1 and len(wanted) >= 3:
            return found[0]
    raise DateTextError(
        _tr("This is not the name of a month. Type a date such as {example}.").format(
            example=_tr("3 Apr 1985")
        )
    )


def _split_run(run: str, habits: Habits) -> list[str]:
    """Split digits typed without signs: DDMMYYYY, or YYYYMMDD where that alone makes sense."""
    if not run.isdigit() or len(run) not in (6, 8):
        raise _unreadable()
    day_first = [run[:2], run[2:4], run[4:]]
    month = int(day_first[0] if habits.month_first else day_first[1])
    if len(run) == 8 and not 1 <= month <= 12:
        return [run[:4], run[4:6], run[6:]]
    return day_first


def _plain_digits(text: str) -> str:
    digits = (unicodedata.decimal(character, None) for character in text)
    return "".join(
        character if digit is None else str(digit)
        for character, digit in zip(text, digits, strict=True)
    )


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if character.isalpha())


def _unreadable() -> DateTextError:
    sentence = _tr("This is not a date. Type day, month and year, such as {example}.")
    return DateTextError(sentence.format(example=_tr("3 Apr 1985")))


def _tr(text: str) -> str:
    return QCoreApplication.translate("dates", text)

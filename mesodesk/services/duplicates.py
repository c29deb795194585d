"""Tells whether two patients may be one: by birth date, name and phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from mesodesk.db.search_words import PHONE_TAIL, phone_digits, words

_ONE_SLIP: Final = 4
_TWO_SLIPS: Final = 8
_SHORTEST_STEM: Final = 3
_SURE: Final = 2


class Reason(StrEnum):
    """Why two patients may be one, as it is shown."""

    SAME_BIRTH_AND_NAME = "Same name and birth date"
    SAME_BIRTH_SIMILAR_NAME = "Same birth date, similar name"
    SWAPPED_BIRTH = "Similar name, day and month of birth swapped"
    BIRTH_ONE_DIGIT = "Same name, birth date differs in one digit"
    SAME_NAME = "Same name"
    SAME_PHONE = "Same phone number"


@dataclass(frozen=True, slots=True)
class Person:
    """What is compared. `birth_date` is None while it is not typed yet."""

    family_name: str
    given_names: str
    birth_date: date | None
    phone: str

    @property
    def name(self) -> tuple[str, ...]:
        return tuple(sorted((*words(self.family_name), *words(self.given_names))))


def reasons(typed: Person, known: Person) -> tuple[Reason, ...]:
    """Return why a person about to be entered may be one on record; empty if nothing says so."""
    found = [_by_name(typed, known)]
    if _same_phone(typed.phone, known.phone):
        found.append(Reason.SAME_PHONE)
    return tuple(reason for reason in found if reason is not None)


def _by_name(typed: Person, known: Person) -> Reason | None:
    same = bool(typed.name) and typed.name == known.name
    if typed.birth_date is None or known.birth_date is None:
        return Reason.SAME_NAME if same else None
    if typed.birth_date == known.birth_date:
        if same:
            return Reason.SAME_BIRTH_AND_NAME
        return Reason.SAME_BIRTH_SIMILAR_NAME if similar(typed.name, known.name) else None
    if swapped(typed.birth_date) == known.birth_date and similar(typed.name, known.name):
        return Reason.SWAPPED_BIRTH
    if same and _digits_apart(typed.birth_date, known.birth_date) == 1:
        return Reason.BIRTH_ONE_DIGIT
    return None


def swapped(day: date) -> date | None:
    """Return the date with day and month swapped, None where that is no date or the same one."""
    try:
        other = day.replace(month=day.day, day=day.month)
    except ValueError:
        return None
    return None if other == day else other


def _digits_apart(one: date, other: date) -> int:
    pairs = zip(one.isoformat(), other.isoformat(), strict=True)
    return sum(a != b for a, b in pairs)


def _same_phone(one: str, other: str) -> bool:
    """Whether two numbers end alike: +34 612 345 678 and 612 345 678, 0044 7700 and 07700."""
    short, long = sorted((phone_digits(one).lstrip("0"), phone_digits(other)), key=len)
    short, long = short.lstrip("0"), long.lstrip("0")
    return len(short) >= PHONE_TAIL and long.endswith(short)


def similar(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two names may be one written differently.

    All words of the shorter name, or two of them, must have a like word in the other: the same, one
    that begins with it, or one a slip of the hand away.
    """
    short, long = sorted((list(one), list(other)), key=len)
    left, met = list(long), 0
    for word in short:
        like = next((each for each in left if _like(word, each)), None)
        if like is not None:
            left.remove(like)
            met += 1
    return met > 0 and (met == len(short) or met >= _SURE)


def _like(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if short == long or (len(short) >= _SHORTEST_STEM and long.startswith(short)):
        return True
    allowed = 2 if len(short) >= _TWO_SLIPS else 1 if len(short) >= _ONE_SLIP else 0
    return slips(one, other, allowed) <= allowed


def slips(one: str, other: str, most: int) -> int:
    """Return how many letters were missed, added, mistaken or swapped with their neighbour.

    Words that differ by more than `most` in length are not compared: `most + 1` is returned.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]

"""Secrets as text that people can read, type and mistype: recovery keys and codes.

Characters of Crockford's base 32 carry the bits, two more a Reed-Solomon check over GF(32): any one
wrong character, and any two, are noticed, and one wrong character can be located.
"""

import secrets
from dataclasses import dataclass
from typing import ClassVar, Self

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_CHARACTERS = 2
GROUP = 4

_MEANT = {"O": "0", "I": "1", "L": "1"}
_IGNORED = " -\t\r\n.,_\u2010\u2011\u2012\u2013\u2014\u00a0"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


class KeyTextError(ValueError):
    """What was typed is no such secret; `group` (from 1) is where to look, if that is known."""

    def __init__(self, sentence: str, group: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.group = group


@dataclass(frozen=True, slots=True)
class Shape:
    """How long a secret is, and what it and its original are called in sentences.

    Args:
        what: "A recovery key".
        original: what to compare with: "the printed key".
        secret_bytes: of the secret; its bits fit into the characters.
        data_characters: with the two of the check a multiple of four.
        error: raised for what is mistyped.
    """

    what: str
    original: str
    secret_bytes: int
    data_characters: int
    error: type[KeyTextError]

    @property
    def characters(self) -> int:
        return self.data_characters + CHECK_CHARACTERS

    @property
    def groups(self) -> int:
        return self.characters // GROUP

    def groups_of(self, secret: bytes) -> tuple[str, ...]:
        """Return a secret as groups of four characters."""
        number = int.from_bytes(secret, "big")
        places = reversed(range(self.data_characters))
        data = [(number >> (5 * place)) & 31 for place in places]
        text = "".join(ALPHABET[value] for value in (*data, *check_values(data)))
        return tuple(text[start : start + GROUP] for start in range(0, self.characters, GROUP))

    def read(self, typed: str) -> bytes:
        """Read a secret as people type it: any case and spacing, O for 0, I or L for 1.

        Raises:
            KeyTextError: with a sentence that names the wrong group where it can be known.
        """
        values = self._values(typed)
        if len(values) != self.characters:
            raise self.error(
                f"{self.what} has {self.characters} characters in {self.groups} groups of {GROUP}; "
                f"here are {len(values)}. Compare group by group with {self.original}."
            )
        if _syndromes(values) != (0, 0):
            raise self._misread(values)
        number = 0
        for value in values[: self.data_characters]:
            number = number << 5 | value
        if number >> (8 * self.secret_bytes):
            raise self.error(self._look_at(1), 1)
        return number.to_bytes(self.secret_bytes, "big")

    def _values(self, typed: str) -> list[int]:
        values: list[int] = []
        for character in _told(typed):
            value = _VALUES.get(character)
            if value is None:
                group = min(len(values), self.characters - 1) // GROUP + 1
                what = self.what.removeprefix("A ")
                raise self.error(
                    f"Group {group} holds a character that no {what} has. It has digits and "
                    f"letters only, and never the letter U. Compare this group with "
                    f"{self.original}.",
                    group,
                )
            values.append(value)
        return values

    def _misread(self, values: list[int]) -> KeyTextError:
        suspects = {place // GROUP + 1 for place in _places_of_one_error(values)}
        if len(suspects) == 1:
            group = suspects.pop()
            return self.error(self._look_at(group), group)
        return self.error(
            f"More than one character is wrong. Compare each of the {self.groups} groups with "
            f"{self.original}."
        )

    def _look_at(self, group: int) -> str:
        return f"Group {group} seems to be mistyped. Compare it with {self.original}."


@dataclass(frozen=True, slots=True, repr=False)
class WrittenSecret:
    """A secret that is written down; it never shows in a log or a traceback.

    Raises:
        ValueError: if its length is not that of its shape.
    """

    SHAPE: ClassVar[Shape]

    secret: bytes

    def __post_init__(self) -> None:
        if len(self.secret) != self.SHAPE.secret_bytes:
            raise ValueError(f"{self.SHAPE.what} has {self.SHAPE.secret_bytes} bytes")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    @classmethod
    def new(cls) -> Self:
        """Return one of random bits."""
        return cls(secrets.token_bytes(cls.SHAPE.secret_bytes))

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups of four characters."""
        return self.SHAPE.groups_of(self.secret)

    @property
    def text(self) -> str:
        """The groups, joined by hyphens."""
        return "-".join(self.groups)


def typed_length(typed: str) -> int:
    """Return how many characters were typed, spaces and the like left out."""
    return len(_told(typed))


def _told(typed: str) -> list[str]:
    return [_MEANT.get(one, one) for one in typed.upper() if one not in _IGNORED]


def _places_of_one_error(values: list[int]) -> list[int]:
    """Return where one wrong character, or two neighbours exchanged, would explain the check."""
    places: list[int] = []
    first, second = _syndromes(values)
    if first and second:
        power = (_LOG[second] - _LOG[first]) % 31
        if power < len(values):
            places.append(len(values) - 1 - power)
    for place in range(len(values) - 1):
        swapped = values.copy()
        swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
        if swapped != values and _syndromes(swapped) == (0, 0):
            places.append(place)
    return places


# GF(32) with x^5 + x^2 + 1; every value but 0 is a power of 2.
def _tables() -> tuple[list[int], list[int]]:
    powers, logarithms, value = [0] * 62, [0] * 32, 1
    for power in range(31):
        powers[power] = powers[power + 31] = value
        logarithms[value] = power
        value = value << 1 ^ (0b100101 if value & 16 else 0)
    return powers, logarithms


_POWER, _LOG = _tables()


def _times(left: int, right: int) -> int:
    return _POWER[_LOG[left] + _LOG[right]] if left and right else 0


def _syndromes(values: list[int]) -> tuple[int, int]:
    """Return the value of the polynomial at 2 and at 4; both are 0 for a valid text."""
    first = second = 0
    for value in values:
        first = _times(first, 2) ^ value
        second = _times(second, 4) ^ value
    return first, second


def check_values(data: list[int]) -> tuple[int, int]:
    """Return the two values that make the text of these a valid one."""
    # Division by (x - 2)(x - 4) = x^2 + 6x + 8, where minus is plus.
    high = low = 0
    for value in data:
        lead = value ^ high
        high, low = low ^ _times(lead, 6), _times(lead, 8)
    return high, low

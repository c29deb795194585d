"""The recovery key: 128 random bits as text that people can read, type and mistype.

26 characters of Crockford's base 32 carry the bits, two more a Reed-Solomon check over GF(32):
any one wrong character, and any two, are noticed, and one wrong character can be located.
"""

import secrets
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_BYTES = 16
DATA_CHARACTERS, CHECK_CHARACTERS = 26, 2
CHARACTERS = DATA_CHARACTERS + CHECK_CHARACTERS
GROUP = 4

_MEANT = {"O": "0", "I": "1", "L": "1"}
_IGNORED = " -\t\r\n.,_\u2010\u2011\u2012\u2013\u2014\u00a0"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


class RecoveryKeyError(ValueError):
    """What was typed is no recovery key; `group` (1 to 7) is where to look, if that is known."""

    def __init__(self, sentence: str, group: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.group = group


@dataclass(frozen=True, slots=True, repr=False)
class RecoveryKey:
    """The secret of the recovery kit."""

    secret: bytes

    def __post_init__(self) -> None:
        if len(self.secret) != SECRET_BYTES:
            raise ValueError("a recovery key has 16 bytes")

    def __repr__(self) -> str:
        return "RecoveryKey(...)"

    @classmethod
    def new(cls) -> "RecoveryKey":
        return cls(secrets.token_bytes(SECRET_BYTES))

    @property
    def groups(self) -> tuple[str, ...]:
        """Seven groups of four characters."""
        number = int.from_bytes(self.secret, "big")
        data = [(number >> (5 * place)) & 31 for place in reversed(range(DATA_CHARACTERS))]
        text = "".join(ALPHABET[value] for value in (*data, *_check_values(data)))
        return tuple(text[start : start + GROUP] for start in range(0, CHARACTERS, GROUP))

    @property
    def text(self) -> str:
        """The groups, joined by hyphens."""
        return "-".join(self.groups)


def parse(typed: str) -> RecoveryKey:
    """Read a recovery key as people type it: any case and spacing, O for 0, I or L for 1.

    Raises:
        RecoveryKeyError: with a sentence that names the wrong group where it can be known.
    """
    values = _values(typed)
    if len(values) != CHARACTERS:
        raise RecoveryKeyError(
            f"A recovery key has {CHARACTERS} characters in 7 groups of 4; "
            f"here are {len(values)}. Compare group by group with the printed key."
        )
    if _syndromes(values) != (0, 0):
        raise _misread(values)
    number = 0
    for value in values[:DATA_CHARACTERS]:
        number = number << 5 | value
    if number >> (8 * SECRET_BYTES):
        raise RecoveryKeyError(_look_at(1), 1)
    return RecoveryKey(number.to_bytes(SECRET_BYTES, "big"))


def _values(typed: str) -> list[int]:
    values: list[int] = []
    for character in typed.upper():
        if character in _IGNORED:
            continue
        value = _VALUES.get(_MEANT.get(character, character))
        if value is None:
            group = min(len(values), CHARACTERS - 1) // GROUP + 1
            raise RecoveryKeyError(
                f"Group {group} holds a character that no recovery key has. It has digits and "
                "letters only, and never the letter U. Compare this group with the printed key.",
                group,
            )
        values.append(value)
    return values


def _misread(values: list[int]) -> RecoveryKeyError:
    suspects = {place // GROUP + 1 for place in _places_of_one_error(values)}
    if len(suspects) == 1:
        group = suspects.pop()
        return RecoveryKeyError(_look_at(group), group)
    return RecoveryKeyError(
        "More than one character is wrong. Compare each of the 7 groups with the printed key."
    )


def _look_at(group: int) -> str:
    return f"Group {group} seems to be mistyped. Compare it with the printed key."


def _places_of_one_error(values: list[int]) -> list[int]:
    """Return where one wrong character, or two neighbours exchanged, would explain the check."""
    places: list[int] = []
    first, second = _syndromes(values)
    if first and second:
        power = (_LOG[second] - _LOG[first]) % 31
        if power < CHARACTERS:
            places.append(CHARACTERS - 1 - power)
    for place in range(CHARACTERS - 1):
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
    """Return the value of the polynomial at 2 and at 4; both are 0 for a valid key."""
    first = second = 0
    for value in values:
        first = _times(first, 2) ^ value
        second = _times(second, 4) ^ value
    return first, second


def _check_values(data: list[int]) -> tuple[int, int]:
    # Division by (x - 2)(x - 4) = x^2 + 6x + 8, where minus is plus.
    high = low = 0
    for value in data:
        lead = value ^ high
        high, low = low ^ _times(lead, 6), _times(lead, 8)
    return high, low

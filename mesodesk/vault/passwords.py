"""How strong a password is, in words, and passphrases that are strong and can be remembered."""

import math
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from mesodesk.assets import resources
from mesodesk.vault.keys import LONGEST_PASSWORD, SHORTEST_PASSWORD

SUGGESTED_LENGTH = 15
FEWEST_WORDS = 5

# The estimator's time grows with the square of the length; what follows only makes it stronger.
_RATED_CHARACTERS = 72


class Level(IntEnum):
    """From refused to strong; `UNUSABLE` passwords cannot be set."""

    UNUSABLE = 0
    WEAK = 1
    FAIR = 2
    GOOD = 3
    STRONG = 4


@dataclass(frozen=True, slots=True)
class Strength:
    """What to say about a password. `guesses_log10`: a thief needs some 10 to this many guesses."""

    level: Level
    sentence: str
    guesses_log10: float = 0.0

    @property
    def acceptable(self) -> bool:
        """Whether it may be set."""
        return self.level > Level.UNUSABLE


def strength(password: str, own_words: Sequence[str] = ()) -> Strength:
    """Judge a new password.

    Args:
        password: as typed.
        own_words: what a guesser tries first: names of the clinic, of the user, the town.
    """
    typed = unicodedata.normalize("NFKC", password)
    if not typed:
        return Strength(Level.UNUSABLE, "Choose a password, or take a suggested passphrase.")
    if len(typed) < SHORTEST_PASSWORD:
        missing = SHORTEST_PASSWORD - len(typed)
        more = "1 more character is" if missing == 1 else f"{missing} more characters are"
        return Strength(Level.UNUSABLE, f"Too short: {more} needed.")
    if len(typed) > LONGEST_PASSWORD:
        return Strength(Level.UNUSABLE, f"Too long: at most {LONGEST_PASSWORD} characters.")
    magnitude = _magnitude(typed, own_words)
    level = _level(magnitude)
    return Strength(level, _sentence(level, typed), magnitude)


def _magnitude(typed: str, own_words: Sequence[str]) -> float:
    from zxcvbn import zxcvbn

    said = [part for word in own_words for part in (word, *word.split()) if part]
    rated = zxcvbn(typed[:_RATED_CHARACTERS], user_inputs=said)
    return float(rated["guesses_log10"])


def _level(magnitude: float) -> Level:
    # A fast attacker makes some 300 guesses a second at 256 MiB each: a million in an hour, 10^10
    # in a year.
    if magnitude < 6:
        return Level.UNUSABLE
    if magnitude < 8:
        return Level.WEAK
    if magnitude < 11:
        return Level.FAIR
    return Level.GOOD if magnitude < 14 else Level.STRONG


def _sentence(level: Level, typed: str) -> str:
    match level:
        case Level.UNUSABLE:
            return "Too easy: it is among the first million that a thief would try."
        case Level.WEAK:
            return "Weak: it follows a common pattern and is soon guessed by whoever has the disk."
        case Level.FAIR:
            return "Fair: it holds for a while. Some more words make it good."
        case Level.GOOD:
            return "Good: guessing it takes years."
        case _ if len(typed) < SUGGESTED_LENGTH:
            return "Strong. Longer is better still, as long as you remember it."
        case _:
            return "Strong."


def suggest_passphrase(words: int = FEWEST_WORDS) -> str:
    """Return random words joined by blanks; five carry 56 bits (see `passphrase_bits`).

    Raises:
        ValueError: for fewer than five words.
    """
    if words < FEWEST_WORDS:
        raise ValueError(f"a passphrase has at least {FEWEST_WORDS} words")
    return " ".join(secrets.choice(word_list()) for _ in range(words))


def passphrase_bits(words: int = FEWEST_WORDS) -> float:
    """Return the entropy of a suggested passphrase, in bits."""
    return words * math.log2(len(word_list()))


@cache
def word_list() -> tuple[str, ...]:
    """Return the words that passphrases are made of."""
    text = (resources() / "words" / "english.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))

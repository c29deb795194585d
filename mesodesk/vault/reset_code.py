"""The code that lets somebody in once: 88 random bits, written like the recovery key but shorter.

An owner hands it over; whoever comes in with it chooses a password, and the code is no more.
"""

import contextlib
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from mesodesk.vault.key_text import KeyTextError, Shape, WrittenSecret, typed_length
from mesodesk.vault.recovery import CHARACTERS as RECOVERY_CHARACTERS
from mesodesk.vault.recovery import RecoveryKey, parse

SECRET_BYTES: Final = 11
VALID_FOR: Final = timedelta(days=7)
_DATA_CHARACTERS: Final = 18


class ResetCodeError(KeyTextError):
    """What was typed is no code; `group` (1 to 5) is where to look, if that is known."""


_SHAPE: Final = Shape(
    "A code", "the code that you were given", SECRET_BYTES, _DATA_CHARACTERS, ResetCodeError
)


@dataclass(frozen=True, slots=True, repr=False)
class ResetCode(WrittenSecret):
    """The secret of a code, in five groups."""

    SHAPE: ClassVar[Shape] = _SHAPE


def parse_code(typed: str) -> ResetCode:
    """Read a code as people type it.

    Raises:
        ResetCodeError: with a sentence that names the wrong group where it can be known.
    """
    return ResetCode(_SHAPE.read(typed))


def code_in(typed: str) -> ResetCode | None:
    """Return the code that was typed where a password is asked for, if it is one."""
    with contextlib.suppress(ResetCodeError):
        return parse_code(typed)
    return None


def parse_either(typed: str) -> RecoveryKey | ResetCode:
    """Read a recovery key or a code: which of them it is meant to be, its length tells.

    Raises:
        RecoveryKeyError: if it is as long as a recovery key, and none.
        ResetCodeError: if it is shorter, and no code.
    """
    between = (RECOVERY_CHARACTERS + _SHAPE.characters) // 2
    return parse_code(typed) if typed_length(typed) <= between else parse(typed)

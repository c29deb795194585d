"""The recovery key: 128 random bits as text that people can read, type and mistype."""

from dataclasses import dataclass
from typing import ClassVar, Final

from mesodesk.vault.key_text import KeyTextError, Shape, WrittenSecret

SECRET_BYTES = 16
_DATA_CHARACTERS = 26


class RecoveryKeyError(KeyTextError):
    """What was typed is no recovery key; `group` (1 to 7) is where to look, if that is known."""


_SHAPE: Final = Shape(
    "A recovery key", "the printed key", SECRET_BYTES, _DATA_CHARACTERS, RecoveryKeyError
)
CHARACTERS: Final = _SHAPE.characters


@dataclass(frozen=True, slots=True, repr=False)
class RecoveryKey(WrittenSecret):
    """The secret of the recovery kit, in seven groups."""

    SHAPE: ClassVar[Shape] = _SHAPE


def parse(typed: str) -> RecoveryKey:
    """Read a recovery key as people type it: any case and spacing, O for 0, I or L for 1.

    Raises:
        RecoveryKeyError: with a sentence that names the wrong group where it can be known.
    """
    return RecoveryKey(_SHAPE.read(typed))

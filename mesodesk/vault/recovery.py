"""The recovery key: 128 random bits as text that people can read, type and mistype."""

import secrets
from dataclasses import dataclass
from typing import Final

from mesodesk.vault.key_text import KeyTextError, Shape

SECRET_BYTES = 16
_DATA_CHARACTERS = 26


class RecoveryKeyError(KeyTextError):
    """What was typed is no recovery key; `group` (1 to 7) is where to look, if that is known."""


_SHAPE: Final = Shape(
    "A recovery key", "the printed key", SECRET_BYTES, _DATA_CHARACTERS, RecoveryKeyError
)
CHARACTERS: Final = _SHAPE.characters


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
        return _SHAPE.groups_of(self.secret)

    @property
    def text(self) -> str:
        """The groups, joined by hyphens."""
        return "-".join(self.groups)


def parse(typed: str) -> RecoveryKey:
    """Read a recovery key as people type it: any case and spacing, O for 0, I or L for 1.

    Raises:
        RecoveryKeyError: with a sentence that names the wrong group where it can be known.
    """
    return RecoveryKey(_SHAPE.read(typed))

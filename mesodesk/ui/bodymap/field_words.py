"""What the gestures on fields share: how an area joins others, what is asked before."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Joining(Enum):
    """What a drawn area does with the selected field."""

    NEW = "new"
    ADD = "add"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that is asked before it is done, where the user is looking."""

    headline: str
    text: str
    answer: str
    go_on: Callable[[], None]

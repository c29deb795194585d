"""The three answers to a yes/no question. "Not asked" is an answer of its own, never a "no"."""

from enum import StrEnum


class Answer(StrEnum):
    """What is known about a yes/no question."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"

    @property
    def rank(self) -> int:
        """How far the answer speaks for a "yes": no 0, not asked 1, yes 2."""
        return _RANKS[self]


_RANKS = {Answer.NO: 0, Answer.NOT_ASKED: 1, Answer.YES: 2}

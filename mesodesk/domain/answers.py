"""The three answers to a yes/no question. "Not asked" is an answer of its own, never a "no"."""

from enum import StrEnum


class Answer(StrEnum):
    """What is known about a yes/no question."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"

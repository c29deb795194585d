"""What the audit chain is made of."""

from enum import StrEnum


class SpanKind(StrEnum):
    """How a span of audit entries was closed.

    A found span was left open by a program that was killed, and is closed at the next opening.
    Whoever opened with the recovery key has nothing to sign with.
    """

    SIGNED = "signed"
    FOUND = "found"
    RECOVERY = "recovery"

"""What a service refuses. Each `sentence` says what happened, what was kept and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from mesodesk.domain.rights import Right


class ServiceError(Exception):
    """Anything a service refuses; nothing was changed by the call that raised it."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class NotFoundError(ServiceError):
    """There is no such record, or none that this user may see."""


class RestrictedError(NotFoundError):
    """Only others may see the record of this patient; kept on the audit chain."""

    def __init__(self, patient_id: UUID) -> None:
        self.patient_id = patient_id
        super().__init__(
            "This record is restricted, and you are not among those who may see it. Nothing was"
            " changed. Ask one of them, or open it in an emergency and write why."
        )


class RefusedError(ServiceError):
    """A rule stands against it."""


class NotAllowedError(RefusedError):
    """Who acts does not have the right; kept on the audit chain."""

    def __init__(self, right: Right, sentence: str) -> None:
        self.right = right
        super().__init__(sentence)


class ConflictError(ServiceError):
    """Somebody else changed the record meanwhile; `record` is how it stands now."""

    def __init__(self, record: Any, sentence: str = "") -> None:  # noqa: ANN401  any of the records
        self.record = record
        super().__init__(
            sentence
            or "This was changed elsewhere meanwhile. What you typed is still here and not yet"
            " kept. Compare it with what is on record now, and choose which of the two stays."
        )


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong at one place of a form.

    `place` is the name of the field of the record, with `[n]` for the nth of a list:
    `birth_date`, `medicines[0].name`. `sentence` never repeats what was typed.
    """

    place: str
    sentence: str


class InvalidError(ServiceError):
    """What was typed cannot be taken; one problem or more, each at its place."""

    def __init__(self, problems: Iterable[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(problem.sentence for problem in self.problems))

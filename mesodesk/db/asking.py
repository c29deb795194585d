"""What both connections can be asked: SQLAlchemy's to a vault, and the plain one to a copy."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeAlias

#: Of whatever kind the column holds: what was changed outside the program may be of any.
Value: TypeAlias = Any


class Answer(Protocol):
    """The rows that a statement answers."""

    def __iter__(self) -> Iterator[Any]: ...
    def all(self) -> Sequence[Any]: ...
    def first(self) -> Value: ...
    def scalar(self) -> Value: ...
    def scalar_one(self) -> Value: ...
    def scalars(self) -> Iterable[Any]: ...


class Asked(Protocol):
    """An open connection that takes plain SQL."""

    @property
    def connection(self) -> Value:
        """The connection of the driver."""

    def exec_driver_sql(self, statement: str, parameters: Value = ..., /) -> Answer:
        """Run one statement."""

"""Column types that lose nothing: exact decimals, UTC moments, identifiers, canonical JSON."""

import json
import re
from datetime import datetime
from decimal import Context, Decimal, Inexact
from enum import Enum
from functools import lru_cache
from typing import Any, NoReturn
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine

from mesodesk.db.moments import from_microseconds, to_microseconds
from mesodesk.domain.canonical import canonical_json

LARGEST_WHOLE = 2**63 - 1
ENUM_WIDTH = 40

# Enough digits for any 64-bit number with any scale; raising beats rounding.
_EXACT = Context(prec=60, traps=[Inexact])


class Uuid(TypeDecorator[UUID]):
    """An identifier in 16 bytes: a third of its text, and in the order of its making."""

    impl = sa.LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.Uuid())
        return dialect.type_descriptor(sa.LargeBinary(16))

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> object:
        if value is None or dialect.name == "postgresql":
            return value
        return value.bytes

    def process_result_value(self, value: bytes | UUID | None, _dialect: Dialect) -> UUID | None:
        if value is None or isinstance(value, UUID):
            return value
        return _identifier(value)

    def __repr__(self) -> str:
        return "Uuid()"


# The rows of one record name the same patient and session by the thousand.
@lru_cache(maxsize=4096)
def _identifier(stored: bytes) -> UUID:
    return UUID(bytes=stored)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, stored as whole microseconds since 1970 in UTC; aware in, aware UTC out."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else from_microseconds(value)

    def __repr__(self) -> str:
        return "UtcDateTime()"


class ScaledDecimal(TypeDecorator[Decimal]):
    """An exact decimal, stored as a whole number of its last place: 0.125 with 3 places is 125.

    Sums, comparisons and ordering in SQL are right; products and quotients are not, and are
    refused: multiply in Python.
    """

    impl = sa.BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | int | None, _dialect: Dialect) -> int | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            raise TypeError(f"a Decimal is needed here, not {type(value).__name__}")
        return scaled(Decimal(value), self.places)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.places, _EXACT)

    def coerce_compared_value(
        self, op: operators.OperatorType | None, _value: object
    ) -> TypeEngine[Any]:
        if op in {operators.mul, operators.truediv, operators.floordiv, operators.mod}:
            _refuse_product()
        return self

    def __repr__(self) -> str:
        return f"ScaledDecimal(places={self.places})"


def _refuse_product() -> NoReturn:
    raise TypeError("scaled decimals cannot be multiplied or divided in SQL; do it in Python")


def scaled(value: Decimal, places: int) -> int:
    """Return the value in units of its last kept place.

    Raises:
        ValueError: if it is not finite, has more places than are kept, or does not fit 64 bits.
    """
    if not value.is_finite():
        raise ValueError("only finite numbers can be stored")
    if value and value.adjusted() + places > len(str(LARGEST_WHOLE)):
        raise ValueError("the number is too large to be stored")
    if value and -int(value.as_tuple().exponent) > len(value.as_tuple().digits) + places + 60:
        raise ValueError(f"only {places} decimal places are kept")
    shifted = value.scaleb(places, Context(prec=len(value.as_tuple().digits) + 60, traps=[Inexact]))
    whole = int(shifted)
    if whole != shifted:
        raise ValueError(f"only {places} decimal places are kept")
    if abs(whole) > LARGEST_WHOLE:
        raise ValueError("the number is too large to be stored")
    return whole


class Json(TypeDecorator[Any]):
    """Mappings and lists as canonical JSON text. To change a value, assign a new one."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: object, _dialect: Dialect) -> str | None:
        return None if value is None else canonical_json(value).decode("utf-8")

    def process_result_value(self, value: str | None, _dialect: Dialect) -> object:
        return None if value is None else json.loads(value)

    def __repr__(self) -> str:
        return "Json()"


def by_value(values: type[Enum], name: str | None = None) -> sa.Enum:
    """Return the type of a column that holds the members of an enum by value, with a CHECK.

    Args:
        values: an enum whose values are text.
        name: name of the constraint; to be given where one table has two columns of the same enum.
    """
    return sa.Enum(
        values,
        name=name or re.sub(r"(?<!^)(?=[A-Z])", "_", values.__name__).lower(),
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=ENUM_WIDTH,
    )

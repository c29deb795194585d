"""One spelling of a value as bytes, so that what is sealed today can be compared for ever.

JSON in UTF-8, keys sorted by code point, no blanks. Decimals are text without trailing zeros
("0.5"), identifiers and dates are ISO text, moments are UTC with microseconds and a `Z`, bytes are
hexadecimal.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final
from uuid import UUID

_AS_IT_IS: Final = frozenset({str, int, bool, type(None)})
_NUMBERS: Final = frozenset({int, float})


def canonical_json(value: object) -> bytes:
    """Return the canonical bytes of a value made of records, mappings, sequences and plain values.

    Raises:
        ValueError: for a number that is not finite, a moment without a time zone, a text with half
            a surrogate pair, or two keys that spell alike.
        TypeError: for a type that has no canonical spelling, such as a set.
    """
    text = json.dumps(
        plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8")


def plain(value: object) -> object:
    """Return the value as `canonical_json` sees it: dicts, lists, text, whole numbers, null."""
    # Nearly all there is, in outlines most of all: asked for by its very type, which is fastest.
    if type(value) in _AS_IT_IS:
        return value
    if type(value) is float and math.isfinite(value):
        return value
    if type(value) is list:
        return value if _is_plain(value) else [plain(item) for item in value]
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float | Decimal):
        return _number(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return _moment(value)
    return _container(value)


def decimal_text(value: Decimal) -> str:
    """Return a decimal without exponent and without trailing zeros: the same for 0.5 and 0.500."""
    if not value.is_finite():
        raise ValueError("only finite numbers can be sealed")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def moment_text(value: datetime) -> str:
    """Return an aware moment as UTC text with six decimals of a second and a `Z`."""
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be sealed")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _is_plain(values: list[Any]) -> bool:
    """Tell whether a list holds nothing but what stays as it is: corners, runs, names."""
    kinds = set(map(type, values))
    if float not in kinds:
        return kinds <= _AS_IT_IS
    # What is not finite is not 0 less itself; whole numbers may be beyond any float.
    return kinds <= _NUMBERS and not any(number - number for number in values)


def _number(value: float | Decimal) -> object:
    if isinstance(value, Decimal):
        return decimal_text(value)
    if not math.isfinite(value):
        raise ValueError("only finite numbers can be sealed")
    return value


def _moment(value: date) -> str:
    return moment_text(value) if isinstance(value, datetime) else value.isoformat()


def _container(value: object) -> object:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, Mapping):
        spelled = {_key(key): plain(item) for key, item in value.items()}
        if len(spelled) != len(value):
            raise ValueError("two keys of one mapping spell alike")
        return spelled
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Sequence):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical spelling")


def _key(key: object) -> str:
    spelled = plain(key)
    if not isinstance(spelled, str):
        raise TypeError("the keys of a mapping must be text, identifiers or dates")
    return spelled

"""What was typed into a form as plain values, and laid over its fields again."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from mesodesk.domain.canonical import plain

T = TypeVar("T")


def plain_changes(before: object, after: object) -> dict[str, object]:
    """Return the fields of `after` that are others than in `before`, as `canonical.plain` does.

    Of a mapping only the keys that differ are named; None takes one away.

    Args:
        before: a frozen record.
        after: another of the same class.
    """
    changed: dict[str, object] = {}
    for each in fields(cast("Any", after)):
        old, new = getattr(before, each.name), getattr(after, each.name)
        if old == new:
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            keys = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
            changed[each.name] = {str(key): plain(new.get(key)) for key in sorted(keys, key=str)}
        else:
            changed[each.name] = plain(new)
    return changed


def laid_over(record: T, values: Mapping[str, object]) -> T:
    """Return a record with plain values laid over its fields; what it does not know is left out.

    Raises:
        ValueError, TypeError, ArithmeticError: if a value cannot be one of its field.
    """
    hints = _hints(cast("type", type(record)))
    found: dict[str, object] = {}
    for name, value in values.items():
        if name not in hints:
            continue
        now = getattr(record, name)
        if isinstance(now, Mapping) and isinstance(value, Mapping):
            found[name] = _laid_over_mapping(now, hints[name], value)
        else:
            found[name] = _typed(hints[name], value)
    return cast("T", replace(cast("Any", record), **found))


def _laid_over_mapping(
    now: Mapping[Any, Any], hint: object, values: Mapping[Any, Any]
) -> dict[Any, Any]:
    key_hint, value_hint = get_args(hint)
    laid = dict(now)
    for key, value in values.items():
        if value is None:
            laid.pop(_typed(key_hint, key), None)
        else:
            laid[_typed(key_hint, key)] = _typed(value_hint, value)
    return laid


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _typed(hint: Any, value: Any) -> Any:  # noqa: ANN401  one way for each kind of field
    """Return the value that was made plain, of the type that a field has."""
    origin = get_origin(hint)
    if origin is UnionType or (origin is not None and NoneType in get_args(hint)):
        (kind,) = (each for each in get_args(hint) if each is not NoneType)
        return None if value is None else _typed(kind, value)
    if origin is tuple:
        (kind, _more) = get_args(hint)
        return tuple(_typed(kind, each) for each in value)
    if origin is not None:
        key, kind = get_args(hint)
        return {_typed(key, name): _typed(kind, each) for name, each in value.items()}
    if is_dataclass(hint):
        known, make = _hints(cast("type", hint)), cast("Any", hint)
        return make(**{name: _typed(known[name], each) for name, each in value.items()})
    return _single(hint, value)


def _single(kind: Any, value: Any) -> Any:  # noqa: ANN401
    if issubclass(kind, Enum):
        return kind(value)
    if kind in (Decimal, UUID):
        return kind(str(value))
    if kind is datetime or kind is date:
        return kind.fromisoformat(value)
    if not isinstance(value, kind):
        raise TypeError(f"a {kind.__name__} was expected")
    return value

"""What was typed and could not be written to the records, as plain values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

GESTURES = "gestures"
"""The name under which the gestures of a chart wait, in their order."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What one form holds that is not on record.

    `form` says which form, `subject` which record it is of, `values` what was typed, by field, as
    `canonical.plain` spells it; `version` is that of the record on which it was typed.
    """

    form: str
    subject: str
    values: Mapping[str, object]
    version: int = 0


@dataclass(frozen=True, slots=True)
class SetAside:
    """One thing that waits in a side file, for the person who typed it."""

    file: Path
    set_aside_at: datetime
    waiting: Waiting


@dataclass(frozen=True, slots=True)
class AllSetAside:
    """All that waits for one person; `unreadable` are damaged files, of whomever."""

    things: tuple[SetAside, ...] = ()
    unreadable: tuple[Path, ...] = ()


def joined(waiting: Iterable[Waiting]) -> tuple[Waiting, ...]:
    """Return one for each form of a record: of a field the last value, of gestures all."""
    found: dict[tuple[str, str], Waiting] = {}
    for each in waiting:
        known = found.get((each.form, each.subject))
        if known is None:
            found[each.form, each.subject] = each
        else:
            values = {name: _both(known.values, name, new) for name, new in each.values.items()}
            found[each.form, each.subject] = replace(known, values={**known.values, **values})
    return tuple(found.values())


def _both(before: Mapping[str, object], name: str, new: object) -> object:
    old = before.get(name)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return {**old, **new}
    if name == GESTURES and isinstance(old, list) and isinstance(new, list):
        return [*old, *new]
    return new

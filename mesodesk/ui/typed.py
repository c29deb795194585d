"""What forms tell their keepers of what is typed, for the day on which storage does not take it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from mesodesk.domain.canonical import plain
from mesodesk.domain.plain_fields import plain_changes
from mesodesk.domain.records.set_aside import GESTURES, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from mesodesk.domain.bodymap.edits import Edit

DRAFT: Final = "draft"
"""The form of everything that is kept as a draft; its subject is `form/subject` of the draft."""


def changes(form: str, record_id: UUID, before: object, after: object) -> Callable[[], Waiting]:
    """Tell the fields that were changed since `before`, which is on record."""

    def told() -> Waiting:
        return Waiting(form, str(record_id), plain_changes(before, after))

    return told


def values(form: str, record_id: UUID, fields: Mapping[str, object]) -> Callable[[], Waiting]:
    """Tell values of fields, by name."""

    def told() -> Waiting:
        return Waiting(form, str(record_id), {name: plain(each) for name, each in fields.items()})

    return told


def draft(form: str, subject: object, payload: Mapping[str, object]) -> Callable[[], Waiting]:
    """Tell a form that is kept as a draft."""
    return partial(Waiting, DRAFT, f"{form}/{subject}", payload)


def gesture(
    session_id: UUID | None,
    kind: str,
    cursor: int,
    edit: Edit | None = None,
    regions: Mapping[UUID, tuple[str, ...]] | None = None,
) -> Callable[[], Waiting]:
    """Tell one gesture of a chart, made after `cursor` others: `append`, `undo` or `redo`."""

    def told() -> Waiting:
        made: dict[str, object] = {"kind": kind, "cursor": cursor}
        if edit is not None:
            made |= {"edit": edit.to_json(), "regions": plain(regions or {})}
        return Waiting("chart", str(session_id), {GESTURES: [made]})

    return told

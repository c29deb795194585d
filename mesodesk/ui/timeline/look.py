"""How one event shows: its words, its icon, and what opens from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.session import SessionSummary


class Opens(NamedTuple):
    """What Enter on an event leads to: the page of a session or of a check, or a tab."""

    where: str
    id: UUID | None = None


SESSION, CHECK = "session", "check"
"""The pages that an event may open; every other word is a tab of the record."""


@dataclass(frozen=True, slots=True)
class Look:
    """An event in words.

    `lines` are at most two; `state` stands at the right in the colour `tone`, with `by` below it.
    Of a `session` there is a small body to show, of `photos` (ids) a strip of them.
    """

    title: str
    opens: Opens
    icon: str
    lines: tuple[str, ...] = ()
    state: str = ""
    tone: str = "muted"
    by: str = ""
    struck: bool = False
    session: SessionSummary | None = None
    photos: tuple[UUID, ...] = ()

    @property
    def spoken(self) -> str:
        """The words as they are read out."""
        return ". ".join(part for part in (self.title, *self.lines, self.state, self.by) if part)


def joined(*parts: str) -> str:
    """Return what is said of the parts, one after the other."""
    return " \u00b7 ".join(part for part in parts if part)

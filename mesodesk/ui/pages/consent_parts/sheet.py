"""The text of a consent as a page to be read."""

from __future__ import annotations

from typing import Final, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.consent_text import parts
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import PageScroll, clear, nest
from mesodesk.ui.widgets.text import Label


class ConsentSheet(PageScroll):
    """Shows a text; the same text again keeps the place where one reads.

    With `large`, for eyes that do not sit at the desk.
    """

    def __init__(
        self, object_name: str, *, large: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(object_name, max_width=900, margin=0, parent=parent)
        self.setAccessibleName(self.tr("Text of the consent"))
        card = Card(padding=Space.XL)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(Space.S)
        nest(card.body, self._lines)
        self.add(card)
        self.column.addStretch(1)
        self._shown = ""
        self._roles = _LARGE if large else _AT_THE_DESK

    @property
    def text(self) -> str:
        return self._shown

    def show_text(self, shown: str) -> None:
        """Show a text as `domain.consent_text` reads it."""
        if shown == self._shown:
            return
        self._shown = shown
        clear(self._lines)
        for at, (kind, words) in enumerate(parts(shown)):
            self._lines.addWidget(_line(kind, words, self._roles, first=at == 0))


class _Roles(NamedTuple):
    heading: Role
    body: Role


_AT_THE_DESK: Final = _Roles(Role.HEADING, Role.BODY)
_LARGE: Final = _Roles(Role.READING_STRONG, Role.READING)


def _line(kind: str, words: str, roles: _Roles, *, first: bool) -> QWidget:
    if kind == "heading":
        made = Label(words, Role.TITLE if first else roles.heading, wrap=True)
        if not first:
            made.setContentsMargins(0, Space.M, 0, 0)
        return made
    return _entry(words, roles.body) if kind == "entry" else Label(words, roles.body, wrap=True)


def _entry(words: str, role: Role) -> QWidget:
    """Return a line of a list: where it wraps, it goes on beneath its first word."""
    made = QWidget()
    line = QHBoxLayout(made)
    line.setContentsMargins(Space.M, 0, 0, 0)
    line.setSpacing(Space.S)
    line.addWidget(Label("\u2022", role), 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(Label(words, role, wrap=True), 1)
    return made

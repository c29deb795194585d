"""The text of a consent as a page to be read."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.consent_text import parts
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import PageScroll, clear
from mesodesk.ui.widgets.text import Body, Label


class ConsentSheet(PageScroll):
    """Shows a text; the same text again keeps the place where one reads."""

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(object_name, max_width=900, margin=0, parent=parent)
        self.setAccessibleName(self.tr("Text of the consent"))
        card = Card(padding=Space.XL)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(Space.S)
        card.body.addLayout(self._lines)
        self.add(card)
        self.column.addStretch(1)
        self._shown = ""

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
            self._lines.addWidget(_line(kind, words, first=at == 0))


def _line(kind: str, words: str, *, first: bool) -> QWidget:
    if kind == "heading":
        made = Label(words, Role.TITLE if first else Role.HEADING, wrap=True)
        if not first:
            made.setContentsMargins(0, Space.M, 0, 0)
        return made
    return _entry(words) if kind == "entry" else Body(words)


def _entry(words: str) -> QWidget:
    """Return a line of a list: where it wraps, it goes on beneath its first word."""
    made = QWidget()
    line = QHBoxLayout(made)
    line.setContentsMargins(Space.M, 0, 0, 0)
    line.setSpacing(Space.S)
    line.addWidget(Body("\u2022", wrap=False), 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(Body(words), 1)
    return made

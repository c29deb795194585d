"""The views that were photographed before, to be taken again: which are done today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.ui.numbers import format_date
from mesodesk.ui.photographs.words import view_words
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.layouts import FlowLayout, clear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mesodesk.domain.photo_again import ToTake

View = tuple[str, str]
"""Ids of an area and an angle."""


class _AgainButton(Button):
    """One view; a tick stands before it once it is taken today."""

    picked = Signal(object)

    def __init__(self, each: ToTake, words: str, *, framed: bool, parent: QWidget) -> None:
        area, angle = self._view = each.view
        super().__init__(
            words,
            f"again_{area}_{angle}",
            ButtonKind.SECONDARY if framed else ButtonKind.QUIET,
            "check" if each.is_taken else "",
            compact=True,
            parent=parent,
        )
        state = self.tr("taken today") if each.is_taken else self.tr("not taken today")
        self.setAccessibleName(f"{words}, {state}")
        last = format_date(each.last.fields.taken_on)
        self.setToolTip(self.tr("Last on {day}, {state}").format(day=last, state=state))
        self.clicked.connect(self._tell)

    @Slot()
    def _tell(self) -> None:
        self.picked.emit(self._view)


class AgainList(QWidget):
    """A button for each view; the chosen one is framed, all of them where none is chosen."""

    #: (area, angle)
    picked = Signal(object)

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language = language
        self._box = QWidget(self)
        self._flow = FlowLayout(self._box, Space.S)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._box)

    def show_views(self, views: Sequence[ToTake], chosen: View | None = None) -> None:
        """Offer the views."""
        clear(self._flow)
        for each in views:
            words = view_words(each.last.fields, self._language)
            framed = chosen in (None, each.view)
            button = _AgainButton(each, words, framed=framed, parent=self._box)
            button.picked.connect(self.picked)
            self._flow.addWidget(button)

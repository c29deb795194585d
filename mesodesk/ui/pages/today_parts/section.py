"""A card of the Today page: a heading with its number, rows, and how many more there are."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.rows import Row, RowList

T = TypeVar("T")


class _SectionCard(Card):
    """Declares the signal; a generic class cannot be a Qt class of its own."""

    opened = Signal(object)
    """The thing whose row was clicked."""


class Section(_SectionCard, Generic[T]):
    """Shows things as rows, the first `most` of them until the rest is asked for.

    Hidden while there is nothing to show.
    """

    def __init__(
        self,
        title: str,
        object_name: str,
        make: Callable[[T], Row],
        *,
        kind: Kind | None = None,
        icon_name: str = "",
        most: int = 12,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, object_name=f"{object_name}_card", padding=Space.M, parent=parent)
        self._make = make
        self._most = self._shown = most
        self._things: Sequence[T] = ()
        self.number = Chip(kind or Kind.NEUTRAL, "0", f"{object_name}_count", icon_name=icon_name)
        self.add_trailing(self.number)
        self.rows = RowList(object_name, title)
        self.more = Button("", f"{object_name}_more", ButtonKind.QUIET, compact=True)
        self.body.setSpacing(Space.XS)
        self.add(self.rows)
        self.add(self.more)
        self.rows.activated.connect(self._activated)
        self.more.clicked.connect(self._show_all)

    def show_things(self, things: Sequence[T]) -> None:
        """Replace the rows; the focus stays at its place in the list."""
        at = self._focused()
        if at is not None and things:
            # A row that goes would hand the focus on, and the page would scroll after it.
            self.rows.rows()[at].clearFocus()
        self._things = things
        self.setVisible(bool(things))
        self.rows.set_rows(self._make(thing) for thing in things[: self._shown])
        for row in self.rows.rows():
            row.show()  # at once, since one of them may get the focus
        self.number.set_text(str(len(things)))
        left_over = len(things) - self._shown
        self.more.setVisible(left_over > 0)
        self.more.setText(self.tr("Show {count} more").format(count=max(0, left_over)))
        self.more.setAccessibleName(self.more.text())
        rows = self.rows.rows()
        if at is not None and rows:
            rows[min(at, len(rows) - 1)].setFocus()

    def _focused(self) -> int | None:
        return next((at for at, row in enumerate(self.rows.rows()) if row.hasFocus()), None)

    @Slot(int)
    def _activated(self, at: int) -> None:
        self.opened.emit(self._things[at])

    @Slot()
    def _show_all(self) -> None:
        first = self._shown
        self._shown = max(len(self._things), self._most)
        self.show_things(self._things)
        self.rows.rows()[first].setFocus()

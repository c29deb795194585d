"""What every station of the workspace is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

if TYPE_CHECKING:
    from collections.abc import Generator

    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.state import SessionState


class Station(QWidget):
    """A station of the workspace. Subclasses show `state` and change it through it only.

    Object names are the places that `Missing.place` names. Texts that are being typed are not set
    again: a station compares before it sets, and leaves alone what has the focus.
    """

    #: what the strip and `Missing.station` call it: check, prepare, chart or finish.
    station_id = ""

    #: this station is done: go on to the next.
    next_asked = Signal()
    #: (station, place): leads elsewhere, as a missing thing does.
    place_asked = Signal(str, str)

    def __init__(self, state: SessionState, context: Context, parent: QWidget) -> None:
        # Inside the window from the start: to take in a whole station later takes 20 ms more.
        super().__init__(parent)
        self.state = state
        self.context = context

    def show_state(self) -> None:
        """Show everything anew; called after `opened` and when the station comes into sight."""

    def fill(self) -> Generator[None]:
        """Show everything for the first time; yields where the window may have a turn."""
        self.show_state()
        yield

    def leave(self) -> None:
        """Called before another station or page comes into sight."""

    def first_focus(self) -> QWidget | None:
        """Return the widget that takes the focus when the station comes into sight."""
        return None

    def reveal(self, place: str) -> bool:
        """Bring the widget with that object name into sight and give it the focus.

        Returns False if there is none.
        """
        found = self._place(place)
        if found is None or found.isHidden():
            return False
        target = _focusable(found)
        above = found.parentWidget()
        while above is not None and above is not self:
            if isinstance(above, QScrollArea):
                above.ensureWidgetVisible(found, 0, 80)
            above = above.parentWidget()
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def has_focus_in(self, place: str) -> bool:
        """Tell whether the widget with that object name, or one inside it, has the focus."""
        found, focus = self._place(place), self.window().focusWidget()
        return (
            found is not None
            and focus is not None
            and (found is focus or found.isAncestorOf(focus))
        )

    def _place(self, name: str) -> QWidget | None:
        found: QWidget | None = self.findChild(QWidget, name)
        return found or self.findChild(QWidget, f"{name}_field")


def _focusable(widget: QWidget) -> QWidget:
    if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus or widget.focusProxy() is not None:
        return widget
    for child in widget.findChildren(QWidget):
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and not child.isHidden():
            return child
    return widget

"""A window of which one page can be all there is: it is in the hands of a patient."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from mesodesk.ui.frame.covered import CoveredWindow

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from mesodesk.ui.frame.floating import FloatingGuard


class HandedPage(QWidget):
    """What is handed over. It uses up every key, and locks by Ctrl+L.

    Its parent is where it belongs; it goes back there when it is taken back.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        lock = QShortcut(QKeySequence("Ctrl+L"), self)
        lock.activated.connect(self._lock)

    @Slot()
    def _lock(self) -> None:
        window = self.window()
        if isinstance(window, CoveredWindow):
            window.ask_lock()

    def keyPressEvent(self, _event: QKeyEvent) -> None:
        """Let nothing through to the window, Escape least of all: it is no way out."""


class HandingWindow(CoveredWindow):
    """Hides rail, notices and pages while a page is handed over, as the lock does.

    What is hidden takes no key. The lock's cover lies above the page that is handed over.
    """

    loss_near = Signal()
    """The window is to be closed, locked or handed over, while something is not kept."""

    _handed: HandedPage | None = None
    _home: QWidget | None = None

    @cached_property
    def frame(self) -> QWidget:
        """What stands in the window otherwise."""
        raise NotImplementedError

    @cached_property
    def _hand_guard(self) -> FloatingGuard:
        from mesodesk.ui.frame.floating import FloatingGuard

        return FloatingGuard(self)

    def hand_over(self, page: HandedPage) -> None:
        """Let a page be all there is until `take_back`; it has the focus.

        What floats above the pages is closed, and nothing else comes up meanwhile.
        """
        if self._handed is not None or self.is_covered():
            return
        from mesodesk.ui.frame.floating import close_what_floats, hide_windows

        close_what_floats(self)
        hide_windows(self)
        self._home, self._handed = page.parentWidget(), page
        self.frame.hide()
        self._column.addWidget(page)
        page.show()
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        self._hand_guard.watch(page, self.cover_widget)

    def is_handed_over(self) -> bool:
        """Tell whether a page is all there is, locked or not."""
        return self._handed is not None

    def is_open_to_keys(self) -> bool:
        """Tell whether keys are for the window and its pages, and nothing lies above them."""
        return not self.is_handed_over() and not self.is_covered()

    def take_back(self) -> None:
        """Show everything again, or have it shown when the lock is left."""
        page, self._handed = self._handed, None
        if page is None:
            return
        home, self._home = self._home, None
        self._hand_guard.rest()
        page.hide()
        self._column.removeWidget(page)
        if home is not None and isValid(home):
            page.setParent(home)
        else:
            page.deleteLater()
        if not self.is_covered():
            self.frame.show()

    def take_away(self) -> None:
        """Take back, behind the lock, what nobody gave back: there is nothing to show any more."""
        if self._handed is not None:
            self.ask_lock()
            self.take_back()

    def content(self) -> QWidget:
        """Return what is to be seen while the window is not covered."""
        return self.frame if self._handed is None else self._handed

"""A window whose content can be hidden at once, and is when it is locked."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Signal, Slot
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from mesodesk.ui.frame.cover import LockCover
from mesodesk.ui.widgets.layouts import lay_out_what_asks

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from mesodesk.ui.frame.floating import FloatingGuard

NAME = "Mesodesk"


class CoveredWindow(QMainWindow):
    """Content goes into `_column`. Its title names the program alone while it is covered."""

    lock_asked = Signal()
    """The window is to be locked. Nothing can be seen any more, and what waits is being written."""

    switch_asked = Signal()
    """Somebody else wants to come in; told after `lock_asked`."""

    stopping = Signal()
    """The window is to be closed: what leaves the records stops, so that nobody waits for it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lock_owed = False
        self._root = QWidget()
        self._column = QVBoxLayout(self._root)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setCentralWidget(self._root)
        # Of the window itself, above all that pages open over themselves.
        self.cover_widget = LockCover(self)

    @cached_property
    def _guard(self) -> FloatingGuard:
        from mesodesk.ui.frame.floating import FloatingGuard

        return FloatingGuard(self)

    @Slot()
    def ask_lock(self) -> None:
        """Hide the content, have everything written, and ask for the lock.

        While something else covers the window, the lock comes after it.
        """
        if self.is_covered():
            self._lock_owed = True
        else:
            self.show_cover()
            self.lock_asked.emit()

    @Slot()
    def ask_switch(self) -> None:
        """As `ask_lock`, for somebody else to come in."""
        if not self.is_covered():
            self.ask_lock()
            self.switch_asked.emit()

    def show_cover(self, content: QWidget | None = None) -> None:
        """Hide everything at once; `content` unlocks. Keys of the pages do nothing meanwhile."""
        if content is not None or not self.is_covered():
            self._lock_owed = False
            self.cover_widget.set_content(content)
        if self.is_covered():
            return
        if self.isVisible():
            # Imported with the first lock that has something to hide.
            from mesodesk.ui.frame.floating import hide_windows

            hide_windows(self)
            self._guard.watch(self.cover_widget)
        self.setWindowTitle(NAME)
        self.cover_widget.setGeometry(QRect(QPoint(0, 0), self.size()))
        self.cover_widget.show()
        self.cover_widget.raise_()
        self.cover_widget.repaint()
        # Not before it is painted: what is asked of the pages now may take a moment.
        self.covered()

    def hide_cover(self, *, proved: bool = False) -> None:
        """Show everything again; or the lock, if it was asked for meanwhile.

        Args:
            proved: somebody has just proved who they are, so that no lock is due.
        """
        owed, self._lock_owed = self._lock_owed and not proved, False
        if owed:
            self.lock_asked.emit()
        elif self.is_covered():
            if "_guard" in self.__dict__:
                self._guard.rest()
            self.uncovered()
            self.cover_widget.hide()
            self.cover_widget.set_content(None)

    def covered(self) -> None:
        """Called when nothing can be seen any more."""

    def uncovered(self) -> None:
        """Called before the content can be seen again."""

    def is_covered(self) -> bool:
        """Tell whether the window is hidden behind the cover."""
        return not self.cover_widget.isHidden()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.cover_widget.setGeometry(QRect(QPoint(0, 0), self.size()))

    def event(self, event: QEvent) -> bool:
        """Paint once what has just been shown or laid out.

        Qt posts to each widget that is shown to update itself once more, and each layout posts to
        the one around it. A picture asked for before is painted first else, half laid out, and then
        all of that again.
        """
        if event.type() is QEvent.Type.UpdateRequest:
            lay_out_what_asks()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.UpdateLater.value)
        return super().event(event)

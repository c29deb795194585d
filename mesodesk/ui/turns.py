"""Work for the UI thread that would hold the window up, taken one step at a time.

A task is an iterator, as a rule a method that yields where the window may have a turn:

    self._turns.run(self._bring(key))

Between two steps the window answers: it paints, and takes keys and clicks. What is typed while a
page is being made is meant for that page: `HeldKeys` keeps it until it is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Iterator


class Turns(QObject):
    """Takes the steps of one task, the first at once, each other in a turn of the event loop."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Iterator[None] | None = None
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        # Not 0: whatever fell due during a step must have its turn before the next.
        self._next.setInterval(1)
        self._next.timeout.connect(self._take)

    def run(self, steps: Iterator[None]) -> None:
        """Begin a task in place of the one under way, of which no more steps are taken."""
        self._steps = steps
        self._take()

    def is_running(self) -> bool:
        """Tell whether steps are left."""
        return self._steps is not None

    def stop(self) -> None:
        """Take no more steps."""
        self._next.stop()
        self._steps = None

    def finish(self) -> None:
        """Take all steps that are left, now."""
        while self._steps is not None:
            self._take()

    @Slot()
    def _take(self) -> None:
        steps = self._steps
        if steps is None:
            return
        try:
            next(steps)
        except BaseException as ended:
            # A step may have begun another task: that one goes on.
            if self._steps is steps:
                self.stop()
            if not isinstance(ended, StopIteration):
                raise
        if self._steps is not None:
            self._next.start()


class HeldKeys(QWidget):
    """Has the focus while a page is made, and gives the keys typed meanwhile to who comes next."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(0, 0)
        self._keys: list[QKeyEvent] = []

    def hold(self) -> None:
        """Take the focus, if anybody here can have it; keys for a page that never came go."""
        self._keys.clear()
        if self.isVisible():
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def give_to(self, widget: QWidget | None) -> None:
        """Let a widget have the focus and what was typed.

        If somebody has clicked elsewhere meanwhile, the focus stays there and the keys are let go.
        """
        keys, self._keys = self._keys, []
        if widget is None or self.window().focusWidget() is not self:
            return
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
        for key in keys:
            # A key before may have moved the focus on.
            QCoreApplication.sendEvent(self.window().focusWidget() or widget, key)

    def event(self, event: QEvent) -> bool:
        """Keep plain letters that would otherwise set off something on the page before."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            event.setAccepted(plain)
            return plain
        return super().event(event)

    def focusNextPrevChild(self, _forwards: bool, /) -> bool:
        return False  # Tab is kept like any other key

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._keys.append(event.clone())
